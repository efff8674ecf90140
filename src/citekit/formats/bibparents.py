"""Entries of .bib files that take fields from another: `crossref`.

A child waits until its parent comes, which BibTeX wants behind it, or until the file ends. Parents
are kept for children behind them, the last `MOST` of them, so that memory does not grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from citekit.errors import Problem
from citekit.formats.mapping import Fields

MOST: Final = 500
# What a volume says of itself and not of its parts.
_OWN: Final = frozenset(
    """
    abstract annotation annote crossref doi eid entrysubtype file ids keywords label note options
    pages pagetotal shorthand shorttitle sortkey sorttitle subtitle title titleaddon type url
    urldate usera xref
    """.split()
)
# The title of the volume is the book title of its parts.
_RENAMED: Final = {"title": "booktitle", "subtitle": "booksubtitle"}


class Entry(Struct):
    """One entry: its type and key, its fields, and its place for messages."""

    code: str
    key: str
    fields: Fields
    place: Problem

    @property
    def parent(self) -> str:
        return self.fields.get("crossref", [""])[0].strip().lower()


class Family:
    """Who waits for whom."""

    def __init__(self) -> None:
        self._parents: dict[str, Fields] = {}
        self._waiting: dict[str, list[Entry]] = {}

    def settle(self, entry: Entry) -> Iterator[Entry]:
        """The entries that are complete now: children of *entry* that waited, and itself."""
        parent = entry.parent
        if parent and parent not in self._parents:
            self._waiting.setdefault(parent, []).append(entry)
            return
        if parent:
            inherit(entry.fields, self._parents[parent])
        yield entry
        key = entry.key.lower()
        self._parents[key] = heritage(entry.fields)
        if len(self._parents) > MOST:
            del self._parents[next(iter(self._parents))]
        for child in self._waiting.pop(key, ()):
            inherit(child.fields, self._parents[key])
            yield child

    def orphans(self) -> Iterator[Entry]:
        """The children whose parent never came."""
        for children in self._waiting.values():
            yield from children


def heritage(parent: Fields) -> Fields:
    """What the parts of *parent* may take from it."""
    fields = {name: texts for name, texts in parent.items() if name not in _OWN}
    for name, part_name in _RENAMED.items():
        if name in parent:
            fields[part_name] = parent[name]
    return fields


def inherit(child: Fields, fields: Fields) -> None:
    """Gives *child* those *fields* that it lacks."""
    for name, texts in fields.items():
        child.setdefault(name, list(texts))
    child.pop("crossref", None)
