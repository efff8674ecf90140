"""The steps that the command line and the service share: sources to items, items to files.

Everything streams: a job holds a few records at a time, and what could not be read goes to a
report, never away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from citekit import files
from citekit.errors import Problem
from citekit.files import Source
from citekit.formats import Format
from citekit.model import Item
from citekit.store import Store

Report = Callable[[Problem], None]


def items(source: Source, format: str | None, report: Report) -> Iterator[Item]:  # noqa: A002
    """The items of *source*; each Problem goes to *report*. Raises as `files.iterload` does."""
    for result in files.iterload(source, format):
        if isinstance(result, Problem):
            report(result)
        else:
            yield result


def encoded(works: Iterable[Item], to: Format) -> Iterator[bytes]:
    """The file of *works* in the format *to*, piece by piece."""
    for piece in to.write(works):
        # A lone surrogate is the one thing that text may hold and UTF-8 may not.
        yield piece.encode("utf-8", "replace")


def stored(store: Store, *, list_id: int | None = None, ids: Iterable[int] = ()) -> Iterator[Item]:
    """Papers by number, or a list in its order, or without either the whole store."""
    numbers = list(ids)
    if not numbers:
        return store.items(list_id)
    return (paper.exported for paper in store.papers(numbers))
