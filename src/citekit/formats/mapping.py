"""Item ↔ fields: how a format's table of rows is used, in both directions.

A format says with rows which CSL variable stands in which of its slots (a tag, an element, a
field) for which item types. Everything without a slot goes, with its name, into the format's
note ("Event date: 2020-06"), is read from there again, and so is never lost in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from citekit import identifiers, pages
from citekit.dates import Date
from citekit.formats.crosswalk import Column
from citekit.formats.plaintext import plain
from citekit.formats.text import clean
from citekit.model import Item, Value, join_keywords, split_keywords
from citekit.names import Name, from_sort_form
from citekit.variables import DATES, NAMES, TITLES, TYPES, VARIABLES

Line = tuple[str, str]
Fields = dict[str, list[str]]

# About the item's place in a document, not about the work: no file is the place for them.
TRANSIENT: Final = frozenset(
    "citation-number citation-label first-reference-note-number locator year-suffix".split()
)
_BETWEEN_NAMES: Final = " | "
_UNLABELLED: Final = TRANSIENT | {"citation-key", "note"}
TYPE_LABEL: Final = "Item type"


# Item types that formats treat alike.
GROUPS: Final = {
    "ARTICLES": "article-journal article-magazine article-newspaper review review-book",
    "PARTS": "chapter entry entry-dictionary entry-encyclopedia",
    "SERIES": "book classic collection map pamphlet report software standard",
    "WHOLES": "book classic manuscript thesis",
    "MEETINGS": "paper-conference speech",
    "NUMBERED": "patent report standard",
    "MUSIC": "musical_score song",
    "LAW": "bill hearing legal_case legislation patent regulation treaty",
    "IN_SERIES": "book classic collection chapter entry entry-dictionary entry-encyclopedia paper-conference",
}


class Shape(Struct, frozen=True):
    """What replaces the usual way of a row: one value in several slots, or several in one.

    A row that goes `one_way` is read back as the variable of another row: an article's number
    stands where pages stand, and comes back as `page`.
    """

    write: Callable[[Item], Iterable[Line]] | None = None
    read: Callable[[Fields], Value | None] | None = None
    one_way: bool = False


class Row(Struct, frozen=True):
    """One CSL variable and its slots.

    The value is written to every slot of `slots` and read from the first of `slots`, then `also`,
    that has one. `types` restricts the row to item types.
    """

    variable: str
    slots: tuple[str, ...]
    also: tuple[str, ...]
    types: frozenset[str]
    shape: Shape


def row(
    variable: str, slots: str, also: str = "", types: str = "", shape: Shape | None = None
) -> Row:
    """A Row from words; see `type_set` for *types*."""
    words = tuple(slots.split()), tuple(also.split())
    return Row(variable, *words, type_set(types), shape or Shape())


def type_set(words: str) -> frozenset[str]:
    """The item types that *words* name: types and GROUPS, or with "-" all but these.

    >>> sorted(type_set("MUSIC thesis"))
    ['musical_score', 'song', 'thesis']
    """
    named = {word.removeprefix("-") for word in words.split()}
    types = {type_ for word in named for type_ in GROUPS.get(word, word).split()}
    if unknown := types - set(TYPES):
        raise ValueError(f"no item types: {unknown}")
    return frozenset(types if words and not words.startswith("-") else set(TYPES) - types)


class Codec(Struct, frozen=True):
    """How a format writes one name, one date and one title as text of a slot, and reads them."""

    name: Callable[[Name], str]
    to_name: Callable[[str], Name]
    date: Callable[[Date], str]
    to_date: Callable[[str], Date]
    title: Callable[[str], str]
    to_title: Callable[[str], str]
    abstract: Callable[[str], str]
    text: Callable[[str], str] = clean
    to_text: Callable[[str], str] = str.strip


class Slots(Struct, frozen=True):
    """The slots of a format that no row has.

    `note` is the slot for notes, `labels` that for what has no slot of its own, by default the
    same. `type` is where the exact item type goes when the code does not tell it; without one it
    goes with the labels. `key` names the place of the citation key, which the format's own writer
    and reader look after.
    """

    note: str
    key: str
    labels: str = ""
    type: str = ""


class Mapping:
    """The table of one format: its rows, how it writes values, its codes for item types."""

    def __init__(self, rows: Sequence[Row], codec: Codec, column: Column, slots: Slots) -> None:
        self.rows = rows
        self.codec = codec
        self.column = column
        self.note = slots.note
        self.key = slots.key
        self.labels = slots.labels or slots.note
        self.type_slot = slots.type
        self.plan = cache(self._plan)

    def lines(self, item: Item) -> list[Line]:
        """(slot, text) for all that *item* says, in the order of the rows; never empty text."""
        plan = self.plan(item.type)
        kind = self.column.kinds.get(item.type, "")
        if kind and "genre" not in item.texts:
            item = replace(item, texts=item.texts | {"genre": kind})
        found: list[tuple[int, Row, Value, list[Line]]] = []
        for shelf in (item.texts, item.names, item.dates):
            for variable, value in shelf.items():
                if variable in plan and variable != "note" and value:
                    place, rule = plan[variable]
                    found.append((place, rule, value, self._write(rule, item, value)))
        found.sort(key=_place)
        out = [line for *_, lines in found for line in lines]
        placed = self._placed(found, out)
        if item.texts.get("genre") == kind:
            placed.add("genre")
        place = plan["note"][0]
        notes_at = sum(len(lines) for at, *_, lines in found if at < place)
        out[notes_at:notes_at] = self._notes(item, placed)
        return out

    def _placed(self, found: list[tuple[int, Row, Value, list[Line]]], out: list[Line]) -> set[str]:
        """The variables that come back; asked only where a slot may hold part of a value."""
        fields: Fields = {}
        for slot, text in out:
            fields.setdefault(slot, []).append(text)
        placed = set()
        for _, rule, value, lines in found:
            asks = not rule.shape.one_way and (rule.shape.read or isinstance(value, Date))
            if _same(rule.variable, value, self._read(rule, fields)) if asks else lines:
                placed.add(rule.variable)
        return placed

    def _notes(self, item: Item, placed: set[str]) -> Iterator[Line]:
        if note := self.codec.text(item.texts.get("note", "")):
            yield self.note, note
        labelled = _labelled(item, placed)
        if not self.column.tells(item.type, item.texts.get("genre", "")):
            if self.type_slot:
                yield self.type_slot, item.type
            else:
                labelled.insert(0, f"{TYPE_LABEL}: {item.type}")
        if labelled:
            yield self.labels, self.codec.text("; ".join(labelled))

    def item(self, type_: str, fields: Fields) -> Item:
        """The Item in *fields*; what no row reads is kept in CSL-JSON's `custom`."""
        notes = [(text, parse_labels(text)) for text in self._texts_of(fields, self.labels)]
        told = [labelled[TYPE_LABEL] for _, labelled in notes if TYPE_LABEL in labelled]
        told += fields.get(self.type_slot, [])
        item = Item("", told[0] if told and told[0] in TYPES else type_)
        left = dict(fields)
        for slot in (self.labels, self.type_slot):
            left.pop(slot, None)
        for variable, (_, rule) in self.plan(item.type).items():
            if variable != "note" and (value := self._read(rule, fields, left)):
                put(item, variable, value)
        kept = [text for text, labelled in notes if not _obey(item, labelled)]
        if self.labels != self.note:
            kept = self._texts_of(fields, self.note) + kept
            left.pop(self.note, None)
        for slot in self.plan(item.type)["note"][1].also:
            kept += self._texts_of(fields, slot)
            left.pop(slot, None)
        if kept:
            item.texts["note"] = "\n".join(kept)
        if left:
            item.extra["custom"] = {slot: "\n".join(texts) for slot, texts in left.items()}
        return item

    def _texts_of(self, fields: Fields, slot: str) -> list[str]:
        return [text for text in map(self.codec.to_text, fields.get(slot, ())) if text]

    def holds(self, type_: str) -> dict[str, str]:
        """Where each variable of an item of *type_* stands in a file: {"DOI": "DO", …}."""
        rules = [rule for _, rule in self.plan(type_).values()]
        moved = {rule.variable for rule in rules if rule.shape.one_way}
        places = {rule.variable: " ".join(rule.slots) for rule in rules if not rule.shape.one_way}
        places["citation-key"] = self.key
        for variable in sorted(VARIABLES - TRANSIENT - places.keys() - moved):
            places[variable] = f"{self.labels} “{label(variable)}:”"
        return places

    def _plan(self, type_: str) -> dict[str, tuple[int, Row]]:
        """{variable: (place in the table, row)} of the rows that hold for one item type."""
        plan: dict[str, tuple[int, Row]] = {}
        for place, rule in enumerate(self.rows):
            if type_ in rule.types and plan.setdefault(rule.variable, (place, rule))[0] != place:
                raise ValueError(f"two rows for {rule.variable} of {type_}")
        return plan

    def _write(self, rule: Row, item: Item, value: Value) -> list[Line]:
        if rule.shape.write:
            return [line for line in rule.shape.write(item) if line[1]]
        texts = self.texts(rule.variable, value)
        return [(slot, text) for text in texts for slot in rule.slots]

    def texts(self, variable: str, value: Value) -> list[str]:
        """*value* as texts of a slot: one for each name and keyword, else one; none is empty."""
        if isinstance(value, Date):
            found = [self.codec.date(value)]
        elif isinstance(value, tuple):
            found = [self.codec.name(name) for name in value]
        elif variable == "keyword":
            found = [self.codec.text(keyword) for keyword in split_keywords(value)]
        elif variable in TITLES:
            found = [self.codec.title(value)]
        elif variable == "abstract":
            found = [self.codec.abstract(value)]
        else:
            found = [self.codec.text(value)]
        return [text for text in found if text]

    def _read(self, rule: Row, fields: Fields, left: Fields | None = None) -> Value | None:
        """The value of a row; the slots that it used up are taken out of *left*."""
        left = {} if left is None else left
        if rule.shape.read or rule.shape.one_way:
            for slot in rule.slots + rule.also:
                left.pop(slot, None)
            return rule.shape.read(fields) if rule.shape.read else None
        for slot in rule.slots + rule.also:
            if (texts := fields.get(slot)) and (value := self._value(rule.variable, texts)):
                for said in (slot, *rule.slots):
                    left.pop(said, None)
                for other in rule.also:
                    if left.get(other) == texts:
                        del left[other]
                if len(texts) > 1 and isinstance(value, str) and rule.variable != "keyword":
                    left[slot] = texts[1:]
                return value
        return None

    def _value(self, variable: str, texts: list[str]) -> Value | None:
        if variable in NAMES:
            people = (self.codec.to_name(text) for text in texts if text.strip(" ,"))
            return tuple(name for name in people if name != Name())
        texts = [text for text in texts if text.strip()]
        if not texts:
            return None
        if variable in DATES:
            return self.codec.to_date(texts[0])
        if variable == "keyword":
            return join_keywords([self.codec.to_text(text) for text in texts])
        if variable in TITLES or variable == "abstract":
            return self.codec.to_title(texts[0])
        return self.codec.to_text(texts[0])


def _labelled(item: Item, placed: set[str]) -> list[str]:
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


def _obey(item: Item, labelled: dict[str, str]) -> bool:
    """Files what a note's labels say; False when one contradicts a field, or there are none.

    Only a date or a page may be said again: in full, where its field holds a part.
    """
    said = {variable: text for variable, text in labelled.items() if variable != TYPE_LABEL}
    again = {variable for variable in said if variable in item}
    if not labelled or again - DATES - {"page"}:
        return False
    for variable, text in said.items():
        if value := _from_label(variable, text):
            put(item, variable, value)
    return True


def _same(variable: str, value: Value, back: Value | None) -> bool:
    if variable == "page" and isinstance(value, str) and isinstance(back, str):
        return pages.same(value, back)
    if isinstance(value, str):
        return clean(value) == back
    return value == back


def _place(found: tuple[int, Row, Value, list[Line]]) -> int:
    return found[0]


def put(item: Item, variable: str, value: Value) -> None:
    """Files *value* on the shelf of its kind."""
    if isinstance(value, Date):
        item.dates[variable] = value
    elif isinstance(value, tuple):
        item.names[variable] = value
    else:
        item.texts[variable] = value


def names_line(name: Name) -> str:
    """One name as RIS, .enw and EndNote XML have it: "van der Berg, Jan, Jr."; a body "WHO,".

    A comma inside the name of a body would be read as family and given name: it goes, and the
    one at the end says that this is a body (formats.md 3.6).
    """
    if name.suffix and not name.given:
        return clean(f"{name.whole_family}, , {name.suffix}")
    if name.literal or not name.given:
        return clean((name.literal or name.whole_family).replace(",", "")) + ","
    return clean(name.sort_form)


def label(variable: str) -> str:
    """The name of *variable* in a note: "event-date" is "Event date"; PMID stays."""
    return _LABELS[variable]


def parse_labels(note: str) -> dict[str, str]:
    """{variable: text} of a note made of labels only; {} for any other note.

    >>> parse_labels("PMID: 40579466; Event date: 2020-06")
    {'PMID': '40579466', 'event-date': '2020-06'}
    >>> parse_labels("PMID: see below. And more")
    {'PMID': 'see below. And more'}
    >>> parse_labels("Read this first")
    {}
    """
    if not _LABEL_START.match(note):
        return {}
    pieces = _LABEL_START.split(note)[1:]
    return {
        _BY_LABEL[name]: text.strip() for name, text in zip(pieces[::2], pieces[1::2], strict=True)
    }


def _label(variable: str) -> str:
    if variable.upper() == variable:
        return variable
    return variable.replace("-", " ").replace("_", " ").capitalize()


_LABELS: Final = {variable: _label(variable) for variable in sorted(VARIABLES)}
_BY_LABEL: Final = {text: variable for variable, text in _LABELS.items()} | {TYPE_LABEL: TYPE_LABEL}
_LABEL_START: Final = re.compile(
    rf"(?:^|; )({'|'.join(sorted(map(re.escape, _BY_LABEL), key=len, reverse=True))}): "
)
