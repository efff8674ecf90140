"""Format: one file format as two functions over iterators.

A reader takes a binary stream and yields an Item for each record, or a Problem where there is
none to give; it never raises for what a record says and never holds more than a few records. A
writer takes items and yields pieces of text, a record or more at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from msgspec import Struct

from citekit.errors import Problem
from citekit.model import Item

Read = Callable[[BinaryIO], Iterator[Item | Problem]]
Write = Callable[[Iterable[Item]], Iterator[str]]


class Format(Struct, frozen=True):
    """A file format of reference managers.

    `holds` says for an item type where each CSL variable stands in a file of this format:
    {"DOI": "DO", …}; what it names comes back from a file. Text is UTF-8 without a byte-order mark in every format.
    """

    name: str
    label: str
    media_type: str
    suffix: str
    read: Read
    write: Write
    looks_like: Callable[[str], bool]
    holds: Callable[[str], dict[str, str]]
    accept: tuple[str, ...] = ()
    other_suffixes: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header."""
        return f"{self.media_type}; charset=utf-8"
