"""Labels: what a format has no place for, as a note that says its name.

"Event date: 2020-06; PMID: 40579466" is written from an item and read into one again. A note that
is not made of labels only is a note; a label never contradicts what a field says.
"""

from __future__ import annotations

import re
from typing import Final

from citekit import identifiers
from citekit.dates import Date
from citekit.formats.plaintext import names_line, plain
from citekit.formats.text import clean
from citekit.model import Item, Value
from citekit.names import from_sort_form
from citekit.variables import DATES, NAMES, TITLES, VARIABLES

# About the item's place in a document, not about the work: no file is the place for them.
TRANSIENT: Final = frozenset(
    "citation-number citation-label first-reference-note-number locator year-suffix".split()
)
_BETWEEN_NAMES: Final = " | "
_UNLABELLED: Final = TRANSIENT | {"citation-key", "note"}
TYPE_LABEL: Final = "Item type"


def labelled(item: Item, placed: set[str]) -> list[str]:
    """What has no slot, as "Label: text"."""
    parts = []
    # PMID first, where people look for it; then by name, so that a file written again is the same.
    for variable in sorted(item.variables(), key=lambda name: (name != "PMID", name)):
        if variable in placed or variable in _UNLABELLED:
            continue
        if variable == "URL" and identifiers.doi(item.texts["URL"]) == item.texts.get("DOI"):
            continue  # the DOI says it
        if text := _BETWEEN_NAMES.join(_label_texts(variable, item[variable])):
            # A value must not bring a label of its own.
            text = _LABEL_START.sub(_tamed, text)
            parts.append(f"{label(variable)}: {text}")
    return parts


def _tamed(label_: re.Match[str]) -> str:
    return label_[0].replace("; ", ", ")


def _label_texts(variable: str, value: Value) -> list[str]:
    if isinstance(value, Date):
        return [clean(value.edtf)]
    if isinstance(value, str):
        return [plain(value) if variable in TITLES else clean(value)]
    return [names_line(name) for name in value]


def _from_label(variable: str, text: str) -> Value | None:
    if variable in NAMES:
        return tuple(
            from_sort_form(name) for name in text.split(_BETWEEN_NAMES) if name.strip(" ,")
        )
    return Date.from_text(text) if variable in DATES else text


def obey(item: Item, said: dict[str, str]) -> bool:
    """Files what a note's labels say; False when one contradicts a field, or there are none.

    Only a date or a page may be said again: in full, where its field holds a part.
    """
    told = {variable: text for variable, text in said.items() if variable != TYPE_LABEL}
    again = {variable for variable in told if variable in item}
    if not said or again - DATES - {"page"}:
        return False
    for variable, text in told.items():
        if value := _from_label(variable, text):
            item.put(variable, value)
    return True


def label(variable: str) -> str:
    """The name of *variable* in a note: "event-date" is "Event date"; PMID stays."""
    return _LABELS[variable]


def parse(note: str) -> dict[str, str]:
    """{variable: text} of a note made of labels only; {} for any other note.

    >>> parse("PMID: 40579466; Event date: 2020-06")
    {'PMID': '40579466', 'event-date': '2020-06'}
    >>> parse("PMID: see below. And more")
    {'PMID': 'see below. And more'}
    >>> parse("Read this first")
    {}
    """
    if not _LABEL_START.match(note):
        return {}
    pieces = _LABEL_START.split(note)[1:]
    return {
        _BY_LABEL[name]: text.strip() for name, text in zip(pieces[::2], pieces[1::2], strict=True)
    }


# Words that people have for a variable, where CSL's name is for programs.
_WORDS: Final = {
    "available-date": "Published online",
    "container-title-short": "Journal abbreviation",
}


def _label(variable: str) -> str:
    if variable in _WORDS:
        return _WORDS[variable]
    if variable.upper() == variable:
        return variable
    return variable.replace("-", " ").replace("_", " ").capitalize()


_LABELS: Final = {variable: _label(variable) for variable in sorted(VARIABLES)}
_BY_LABEL: Final = {text: variable for variable, text in _LABELS.items()} | {TYPE_LABEL: TYPE_LABEL}
_LABEL_START: Final = re.compile(
    rf"(?:^|; )({'|'.join(sorted(map(re.escape, _BY_LABEL), key=len, reverse=True))}): "
)
