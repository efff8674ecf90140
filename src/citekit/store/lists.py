"""Reading lists: which papers, in which order.

Every function takes the connection of a transaction that its caller began. Positions inside the
database rise along a list and may have gaps; positions that callers see count from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Select, delete, func, insert, select, update

from citekit.errors import NotFoundError
from citekit.store.database import among
from citekit.store.papers import LARGEST_NUMBER, parts
from citekit.store.schema import ENTRIES, LISTS


class ReadingList(Struct, frozen=True):
    """A list of papers in an order; `text` may hold an answer that cites them."""

    id: int
    title: str
    description: str
    text: str
    count: int


def lists() -> Select[Any]:
    """The query for all lists, the last made first."""
    count = select(func.count()).where(ENTRIES.c.list == LISTS.c.id).scalar_subquery()
    return select(*LISTS.c, count).order_by(LISTS.c.id.desc())


def reading_list(connection: Connection, number: int) -> ReadingList:
    row = None
    if 0 < number <= LARGEST_NUMBER:
        row = connection.execute(lists().where(LISTS.c.id == number)).first()
    if row is None:
        raise NotFoundError(f"no list {str(number)[:20]}")
    return ReadingList(*row)


def in_order(number: int) -> Select[Any]:
    """The query for the papers of a list."""
    query = select(ENTRIES.c.paper).where(ENTRIES.c.list == number)
    return query.order_by(ENTRIES.c.position, ENTRIES.c.paper)


def append(connection: Connection, number: int, papers: Sequence[int]) -> int:
    """How many of the stored *papers* were put at the end; the others were in the list before."""
    present = {
        paper
        for part in parts(papers)
        for paper in connection.scalars(
            in_order(number).where(among(connection, ENTRIES.c.paper, part))
        )
    }
    new = [paper for paper in dict.fromkeys(papers) if paper not in present]
    end = _end(connection, number)
    rows = [{"list": number, "paper": paper, "position": end + i} for i, paper in enumerate(new)]
    if rows:
        connection.execute(insert(ENTRIES), rows)
    return len(rows)


def move(connection: Connection, number: int, paper: int, position: int) -> None:
    """Makes *paper* the *position*-th; beyond the end, the last."""
    _check(connection, number, paper)
    others = in_order(number).where(ENTRIES.c.paper != paper).with_only_columns(ENTRIES.c.position)
    before = min(max(position, 1) - 1, LARGEST_NUMBER)
    place = connection.scalar(others.offset(before).limit(1))
    if place is None:
        place = _end(connection, number)
    entries = update(ENTRIES).where(ENTRIES.c.list == number)
    behind = entries.where(ENTRIES.c.position >= place)
    connection.execute(behind.values(position=ENTRIES.c.position + 1))
    connection.execute(entries.where(ENTRIES.c.paper == paper).values(position=place))


def take_out(connection: Connection, number: int, paper: int) -> None:
    _check(connection, number, paper)
    connection.execute(delete(ENTRIES).where(ENTRIES.c.list == number, ENTRIES.c.paper == paper))


def _check(connection: Connection, number: int, paper: int) -> None:
    """Raises NotFoundError when there is no such list, or *paper* is not in it."""
    reading_list(connection, number)
    in_list = in_order(number).where(ENTRIES.c.paper.in_([paper]))
    if not 0 < paper <= LARGEST_NUMBER or connection.scalar(in_list) is None:
        raise NotFoundError(f"no paper {str(paper)[:20]} in list {number}")


def _end(connection: Connection, number: int) -> int:
    """The first position after all papers."""
    last = select(func.max(ENTRIES.c.position)).where(ENTRIES.c.list == number)
    return (connection.scalar(last) or 0) + 1
