"""docs/formats.md: what each format can hold, written from the tables that the formats use.

`citekit formats --markdown` prints it; a test compares it with the file in docs/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from citekit.formats.base import Format
from citekit.formats.crosswalk import column
from citekit.variables import TYPES, VARIABLES

_HEAD: Final = """\
# What each format can hold

This page is written by `citekit formats --markdown` from the tables that readers and writers use.
Everything named here comes back from a file: `read(write(items))` gives the same values, but for
the changes listed at the end.

## Formats
"""
_VARIABLES: Final = """
## Variables

Where a CSL variable stands depends on the item type; the places are listed from the most common
one. **note** means the format's field for notes (in BibTeX and BibLaTeX the field `usera`, which
no bibliography prints), with the variable's name before it: `Event date: 2020-06-27`. It is where
a variable goes for types that have no place for it; nothing is left out.
"""
_TYPES: Final = """
## Item types

The code that is written for each CSL type. Where other types share the code, the exact type goes
with it: as `Item type: …` in the note, or in `entrysubtype`. `+ …` is the kind of work that RIS
needs beside its code.
"""
_CHANGES: Final = """
## What changes on the way

| format | change |
|---|---|
| all but CSL-JSON | Unknown keys of an item stay behind; runs of blanks and line ends become one blank (EndNote XML keeps paragraphs). Text is composed Unicode (NFC), without control characters. |
| all but CSL-JSON | The `id` of an item comes back as its citation key: `citation-key`, else an `id` that is a key like ours, else one made of name, year and title. |
| all but CSL-JSON | No format says whether a name's particle drops in sorting: "van Beethoven" comes back with a particle that does not. A name of one word comes back as a body. |
| all but CSL-JSON | A URL that only is the address of the DOI is left out. |
| EndNote | With a DOI, `%U` has the DOI's address, and another URL goes to the note. |
| all but CSL-JSON | Shortened page ranges are written in full: 123-8 becomes 123-128. A text beside the parts of a date is left out. |
| RIS, EndNote | Markup in titles and abstracts becomes plain text: H₂O keeps its small 2, *E. coli* loses its slant. |
| RIS, EndNote, EndNote XML | A comma inside the name of a body goes, because importers take it for the end of a family name. |
| RIS, EndNote, BibTeX, BibLaTeX | HTML entities such as `&amp;` are decoded when a file is read. |
| RIS | The number of an article without pages stands where pages stand, and comes back as `page`. A preprint or standard of no named genre comes back with `Preprint` or `Standard`. |
| BibLaTeX | A thesis or report of no named genre comes back as `PhD thesis` or `Technical report`: BibLaTeX wants a kind. |
| BibTeX, BibLaTeX, EndNote XML | Titles without a field of their own lose their markup in the note. |
| BibTeX, BibLaTeX | Braces and backslashes in a DOI or URL are percent-encoded. |
"""


def markdown(registry: Mapping[str, Format]) -> str:
    """The page, as text."""
    parts = (_HEAD, _formats(registry), _VARIABLES, _variables(registry), _TYPES, _types(registry))
    return "\n".join(part.rstrip("\n") + "\n" for part in (*parts, _CHANGES))


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines)


def _formats(registry: Mapping[str, Format]) -> str:
    rows = (
        [found.label, f"`{found.name}`", f"`.{found.suffix}`", f"`{found.content_type}`"]
        for found in registry.values()
    )
    return _table(["format", "name", "file", "Content-Type"], rows)


def _variables(registry: Mapping[str, Format]) -> str:
    rows = (
        [f"`{variable}`", *(_places(found, variable) for found in registry.values())]
        for variable in sorted(VARIABLES, key=str.lower)
    )
    return _table(["variable", *(found.label for found in registry.values())], rows)


def _places(found: Format, variable: str) -> str:
    """The places of *variable* over all types, the most common first."""
    counts: dict[str, int] = {}
    for type_ in TYPES:
        place = found.holds(type_).get(variable, "")
        place = "**note**" if "“" in place else f"`{place}`" if place else ""
        counts[place] = counts.get(place, 0) + 1
    counts.pop("", None)
    return " · ".join(sorted(counts, key=lambda place: -counts[place]))


def _types(registry: Mapping[str, Format]) -> str:
    columns = {name: column(name) for name in registry if name != "csl-json"}
    rows = ([f"`{type_}`", *(_code(name, type_) for name in columns)] for type_ in TYPES)
    return _table(["type", *(registry[name].label for name in columns)], rows)


def _code(name: str, type_: str) -> str:
    found = column(name)
    kind = f" + {found.kinds[type_]}" if type_ in found.kinds else ""
    exact = "" if found.tells(type_, "") else " + type"
    return f"{found.codes[type_]}{kind}{exact}"
