"""Papers as they come out: rows become Papers and Items here and nowhere else.

Every function takes the connection of a transaction that its caller began.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Select, func, select

from citekit.errors import NotFoundError, Problem
from citekit.model import Item
from citekit.store.database import among
from citekit.store.schema import PAPERS

LARGEST_PAGE: Final = 1000
# How many papers are read at once: enough to make a query cheap, few enough to fit into memory.
PART: Final = 200
LARGEST_NUMBER: Final = 2**63 - 1

COLUMNS: Final = (PAPERS.c.id, PAPERS.c.key, PAPERS.c.version, PAPERS.c.changed, PAPERS.c.csl)
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


class Paper(Struct, frozen=True):
    """A stored item. `key` never changes; `version` rises by one with every change of the item."""

    id: int
    item: Item
    key: str
    version: int
    changed: datetime

    @property
    def exported(self) -> Item:
        """The item with the paper's key as its `citation-key`, as exports have it."""
        texts = {**self.item.texts, "citation-key": self.key}
        return msgspec.structs.replace(self.item, texts=texts)


class Page(Struct, frozen=True):
    """One page of papers; pages count from 1, and there is always a first."""

    papers: list[Paper]
    total: int
    page: int
    pages: int


def paper(row: Any) -> Paper:
    """The Paper in a row of COLUMNS."""
    number, key, version, changed, csl = row
    return Paper(number, item(csl), key, version, changed.replace(tzinfo=UTC))


def item(csl: str) -> Item:
    """The Item in stored JSON."""
    return Item.from_csl(_decode(csl), report=_ignore)


def exported(key: str, csl: str) -> Item:
    """The Item in stored JSON, with the paper's key."""
    found = item(csl)
    found.texts["citation-key"] = key
    return found


def by_number(connection: Connection, numbers: Sequence[int]) -> list[Paper]:
    """The papers with those numbers, in that order; NotFoundError names those missing."""
    found: dict[int, Paper] = {}
    for part in parts(numbers):
        rows = connection.execute(select(*COLUMNS).where(among(connection, PAPERS.c.id, part)))
        found.update((row[0], paper(row)) for row in rows)
    _all_in(found, numbers)
    return [found[number] for number in numbers]


def page(connection: Connection, numbers: Select[Any], number: int, size: int) -> Page:
    """One page of the papers whose numbers the query *numbers* gives, in its order.

    A page before the first is the first, one after the last is the last.
    """
    size = min(max(size, 1), LARGEST_PAGE)
    everything = numbers.order_by(None).subquery()
    total = connection.scalar(select(func.count()).select_from(everything)) or 0
    pages = max(1, -(-total // size))
    number = min(max(number, 1), pages)
    shown = connection.scalars(numbers.offset((number - 1) * size).limit(size)).all()
    return Page(by_number(connection, shown), total, number, pages)


def parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """*numbers* in parts that one query can name; what cannot be a number of a row is left out."""
    for start in range(0, len(numbers), PART):
        part = numbers[start : start + PART]
        yield [number for number in part if 0 < number <= LARGEST_NUMBER]


def check(connection: Connection, numbers: Sequence[int]) -> None:
    """Raises NotFoundError when one of *numbers* is not that of a paper."""
    found: set[int] = set()
    for part in parts(numbers):
        found.update(
            connection.scalars(select(PAPERS.c.id).where(among(connection, PAPERS.c.id, part)))
        )
    _all_in(found, numbers)


def _all_in(found: Container[int], numbers: Sequence[int]) -> None:
    absent = [str(number)[:20] for number in numbers if number not in found]
    if absent:
        raise NotFoundError(f"no paper {', '.join(absent[:10])}")


def _ignore(_problem: Problem) -> None:
    """What could not be understood was reported when the item was read; it stays in `extra`."""
