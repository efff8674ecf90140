"""The store: papers and reading lists in SQLite or PostgreSQL. The CSL-JSON text is the truth.

Everything else in the database is for finding, and is made from the JSON. What goes in are Items,
what comes out are Papers and Items, never rows; what goes wrong is a StoreError or a NotFoundError.
A call is one transaction, or one for each batch where there may be many papers. No connection is
held between two items of an iterator: a reader who is slow, or who leaves, holds up nobody.

Only this wing knows SQL. Inside it, `identity` says which paper an item is and `folding` what a
search compares, both without the database; `intake` adds, `papers` and `lists` read and arrange;
`schema` has the tables, `database` the connections.
"""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct
from sqlalchemy import delete, insert, select

from citekit.model import Item
from citekit.store import folding, identity, intake, lists, papers
from citekit.store.database import Database, among, holds
from citekit.store.lists import ReadingList
from citekit.store.papers import Page, Paper
from citekit.store.schema import HANDLES, LISTS, PAPERS, SEARCH

__all__ = ["Added", "Page", "Paper", "ReadingList", "Store"]


class Added(Struct):
    """What became of the items given: so many were new, changed a paper, changed nothing.

    `papers` has the number of every item's paper, in order, if that was asked for.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    papers: list[int] = []


class Store:
    """Papers and reading lists in a database. One Store serves all threads."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def open(cls, url_or_path: str | Path | None = None) -> Self:
        """The Store at a file, a URL, ":memory:", $CITEKIT_DATABASE or ./citekit.sqlite.

        Raises StoreError when the database cannot be used or is newer than the code.
        """
        return cls(Database(url_or_path))

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(
        self, items: Iterable[Item], *, list_id: int | None = None, with_ids: bool = False
    ) -> Added:
        """What became of *items*: each is a new paper or the new state of one (see `identity`).

        Their papers are put at the end of the list *list_id*. An error keeps the batches before it.
        """
        counts = Added()
        self._check_list(list_id)
        for batch in intake.batches(items):
            with self.database.writing() as connection:
                filing = intake.Batch(connection, batch)
                filed = [filing.file(incoming) for incoming in batch]
                filing.write()
                ids = [known.id for _, known in filed]
                if list_id is not None:
                    lists.reading_list(connection, list_id)
                    lists.append(connection, list_id, ids)
            for word, _ in filed:
                setattr(counts, word, getattr(counts, word) + 1)
            if with_ids:
                counts.papers += ids
        return counts

    def paper(self, paper_id: int) -> Paper:
        """The paper with that number; NotFoundError when there is none."""
        return self.papers([paper_id])[0]

    def papers(self, ids: Sequence[int]) -> list[Paper]:
        """The papers with those numbers, in that order; NotFoundError names those missing."""
        with self.database.reading() as connection:
            return papers.by_number(connection, ids)

    def find(self, identifier: str) -> Paper | None:
        """The paper that *identifier* names: "doi:…", "pmid:…", "pmcid:…", "arxiv:…" or "key:…".

        A bare DOI or arXiv number and addresses of doi.org, arXiv and PubMed do as well. Of two
        papers with one identifier it is the one whose item has it now, then the first.
        """
        kind, _, key = identifier.strip().partition(":")
        query = select(*papers.COLUMNS)
        if kind.lower() == "key":
            key = intake.clean(key).strip().lower()
            query = query.where(PAPERS.c.folded_key == key)
        elif handle := identity.identifier(intake.clean(identifier)):
            query = query.join(HANDLES).where(HANDLES.c.handle == handle)
            query = query.order_by(HANDLES.c.current.desc(), PAPERS.c.id).limit(1)
        else:
            return None
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        return papers.paper(row) if row else None

    def search(self, query: str = "", *, page: int = 1, size: int = 20) -> Page:
        """The papers in which every word of *query* begins a word; the last added come first.

        Words are looked for in titles, names, year, journal and identifiers, without case and
        accents. Without a word, all papers are found.
        """
        words = [_plain_address(word) for word in query.split()]
        numbers = select(SEARCH.c.paper).order_by(SEARCH.c.paper.desc())
        with self.database.reading() as connection:
            for term in folding.terms(" ".join(words)):
                numbers = numbers.where(holds(connection, SEARCH.c.words, term))
            return papers.page(connection, numbers, page, size)

    def items(self, list_id: int | None = None) -> Generator[Item, None, None]:
        """Every item in the order of adding, or a list's items in its order.

        `citation-key` is the paper's key, so that it is the same in every export. Papers are read
        part by part: one that changes meanwhile comes once, in one of its states.
        """
        self._check_list(list_id)
        return self._all_items() if list_id is None else self._list_items(list_id)

    def remove(self, paper_id: int) -> None:
        """Removes the paper from the store and from all lists."""
        with self.database.writing() as connection:
            papers.check(connection, [paper_id])
            connection.execute(delete(PAPERS).where(PAPERS.c.id == paper_id))

    def new_list(self, title: str, description: str = "", text: str = "") -> ReadingList:
        said = {"title": title, "description": description, "text": text}
        row = {name: intake.clean(value) for name, value in said.items()}
        with self.database.writing() as connection:
            number = connection.scalar(insert(LISTS).returning(LISTS.c.id), row)
            return lists.reading_list(connection, number or 0)

    def lists(self) -> list[ReadingList]:
        """All lists, the last made first."""
        with self.database.reading() as connection:
            return [ReadingList(*row) for row in connection.execute(lists.lists())]

    def reading_list(self, list_id: int) -> ReadingList:
        """The list with that number; NotFoundError when there is none."""
        with self.database.reading() as connection:
            return lists.reading_list(connection, list_id)

    def list_page(self, list_id: int, page: int = 1, size: int = 20) -> Page:
        """One page of the list, in its order."""
        with self.database.reading() as connection:
            lists.reading_list(connection, list_id)
            return papers.page(connection, lists.in_order(list_id), page, size)

    def append(self, list_id: int, paper_ids: Sequence[int]) -> int:
        """How many of the papers were put at the end of the list; the others were in it before."""
        with self.database.writing() as connection:
            lists.reading_list(connection, list_id)
            papers.check(connection, paper_ids)
            return lists.append(connection, list_id, paper_ids)

    def move(self, list_id: int, paper_id: int, position: int) -> None:
        """Makes the paper the *position*-th of the list, from 1; beyond the end, the last."""
        with self.database.writing() as connection:
            lists.move(connection, list_id, paper_id, position)

    def remove_from_list(self, list_id: int, paper_id: int) -> None:
        """Takes the paper out of the list; it stays in the store."""
        with self.database.writing() as connection:
            lists.take_out(connection, list_id, paper_id)

    def delete_list(self, list_id: int) -> None:
        """Removes the list; its papers stay in the store."""
        with self.database.writing() as connection:
            lists.reading_list(connection, list_id)
            connection.execute(delete(LISTS).where(LISTS.c.id == list_id))

    def _check_list(self, list_id: int | None) -> None:
        if list_id is not None:
            self.reading_list(list_id)

    def _all_items(self) -> Generator[Item, None, None]:
        last = 0
        columns = select(PAPERS.c.id, PAPERS.c.key, PAPERS.c.csl).order_by(PAPERS.c.id)
        while True:
            part = columns.where(PAPERS.c.id > last).limit(papers.PART)
            with self.database.reading() as connection:
                rows = connection.execute(part).all()
            if not rows:
                return
            yield from (papers.exported(key, csl) for _, key, csl in rows)
            last = rows[-1][0]

    def _list_items(self, list_id: int) -> Generator[Item, None, None]:
        with self.database.reading() as connection:
            # Eight bytes a paper, so that an order which changes meanwhile repeats none.
            numbers = array("q", connection.scalars(lists.in_order(list_id)))
        columns = select(PAPERS.c.id, PAPERS.c.key, PAPERS.c.csl)
        for part in papers.parts(numbers):
            with self.database.reading() as connection:
                rows = connection.execute(columns.where(among(connection, PAPERS.c.id, part))).all()
            found = {number: papers.exported(key, csl) for number, key, csl in rows}
            yield from (found[number] for number in part if number in found)


def _plain_address(word: str) -> str:
    """*word*, or the identifier when it is the address of a paper: "https://doi.org/10.1/x"."""
    return (identity.identifier(word) if "://" in word else "") or word
