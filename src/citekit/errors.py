"""What can go wrong, as one tree.

CitekitError                    every error that citekit raises on purpose
├── InputError                  what was given cannot be used as it is
│   ├── ItemError               a CSL-JSON item has a field that cannot be understood
│   ├── ReadError               a file, as a whole, is not what it is said to be
│   └── RecordError             some records of a file could not be read; the others are in `.items`
├── UnknownNameError            nothing is called that; the nearest names are in `.nearest`
│   ├── UnknownFormatError
│   ├── UnknownStyleError
│   ├── UnknownLocaleError
│   └── UnknownOutputError
├── StyleError                  a style file is broken, or the engine cannot run it
├── NotFoundError               no paper or list has that number
└── StoreError                  the database cannot be used

A bad record is a value (`Problem`), a bad request is an exception: readers yield a Problem
between the good records and go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from citekit.model import Item


MOST_NAMED = 12


class Problem(Struct, frozen=True):
    """Something in a file that was not understood, and its place.

    `lost` says whether a whole record is missing because of it (True) or whether the record was
    read without the field named (False). Numbers of lines and records count from 1; 0 is unknown.
    """

    message: str
    line: int = 0
    record: int = 0
    id: str = ""
    field: str = ""
    raw: str = ""
    lost: bool = True

    def __str__(self) -> str:
        places = (
            f"line {self.line}" if self.line else "",
            f"record {self.record}" if self.record else "",
            f"({self.id})" if self.id else "",
            self.field,
        )
        place = " ".join(part for part in places if part)
        return f"{place}: {self.message}" if place else self.message


class CitekitWarning(UserWarning):
    """A field of a record was put aside; the record itself was read."""


class CitekitError(Exception):
    """The root of the tree."""


class InputError(CitekitError):
    """What was given cannot be used as it is."""


class ItemError(InputError):
    """An item has a field that cannot be understood; `.problem` names the item and the field."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class ReadError(InputError):
    """A file, as a whole, is not what it is said to be."""


class RecordError(InputError):
    """Some records could not be read: `.problems` says which, `.items` holds all the others."""

    def __init__(self, problems: Sequence[Problem], items: Sequence[Item]) -> None:
        lost = sum(problem.lost for problem in problems)
        noun = "record" if lost == 1 else "records"
        super().__init__(f"{lost} {noun} could not be read, {len(items)} could; {problems[0]}")
        self.problems = problems
        self.items = items


class UnknownNameError(CitekitError):
    """Nothing is called `.name`; `.nearest` lists what comes closest."""

    kind = "name"

    def __init__(
        self, name: str, known: Iterable[str] = (), *, nearest: Sequence[str] = ()
    ) -> None:
        self.name = name
        known = list(known)
        self.nearest = list(nearest) or get_close_matches(name.lower(), known, n=5, cutoff=0.5)
        hint = f" (nearest: {', '.join(self.nearest)})" if self.nearest else ""
        if not hint and (names := sorted(known)):
            more = ", …" if len(names) > MOST_NAMED else ""
            hint = f" (known: {', '.join(names[:MOST_NAMED])}{more})"
        super().__init__(f"unknown {self.kind}: {name[:100]!r}{hint}")


class UnknownFormatError(UnknownNameError):
    """No format has that name, file suffix or media type."""

    kind = "format"


class UnknownStyleError(UnknownNameError):
    """No citation style has that id."""

    kind = "style"


class UnknownLocaleError(UnknownNameError):
    """No locale has that language tag."""

    kind = "locale"


class UnknownOutputError(UnknownNameError):
    """No output markup has that name."""

    kind = "output"


class StyleError(CitekitError):
    """A style file is broken, or the engine cannot run it."""


class NotFoundError(CitekitError):
    """No paper or list has that number."""


class StoreError(CitekitError):
    """The database cannot be used: wrong address, newer schema, no permission."""
