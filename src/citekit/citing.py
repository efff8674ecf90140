"""How to cite: a record, a style, a locale and an output in; finished text out.

The only place where `csl` and `markup` meet: the style says what stands in an entry, the markup
writes it, and neither knows the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from msgspec import Struct

from citekit import csl, markup
from citekit.model import Work, as_item, as_items


class Entry(Struct, frozen=True):
    """One work of a bibliography: the id of its record, and its text."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Bibliography(Sequence[Entry]):
    """Entries in the order of a style; `str()` gives them as one list."""

    style: str
    locale: str
    output: str
    entries: tuple[Entry, ...] = ()

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, index: int | slice) -> Entry | tuple[Entry, ...]:
        return self.entries[index]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __str__(self) -> str:
        return markup.find(self.output).listing(entry.text for entry in self.entries)


def cite(
    item: Work,
    style: str = "apa",
    locale: str = "en-US",
    output: str = "text",
    *,
    engine: str = "citeproc-py",
) -> str:
    """The bibliography's entry of *item*, an Item or a CSL-JSON object.

    A locale of "" is the style's own.

    >>> paper = {
    ...     "id": "40579466",
    ...     "type": "article-journal",
    ...     "title": "Barriers and solutions for CAR-T therapy in solid tumors",
    ...     "author": [
    ...         {"family": "Chen", "given": "Yuelin"},
    ...         {"family": "Li", "given": "Ling"},
    ...         {"family": "Meng", "given": "Wanrong"},
    ...         {"family": "Tu", "given": "Zhihao"},
    ...         {"family": "Zhang", "given": "Zhimi"},
    ...     ],
    ...     "container-title": "Cancer Gene Therapy",
    ...     "DOI": "10.1038/s41417-025-00931-7",
    ...     "issued": {"date-parts": [[2025, 6, 27]]},
    ... }
    >>> print(cite(paper))  # doctest: +NORMALIZE_WHITESPACE
    Chen, Y., Li, L., Meng, W., Tu, Z., & Zhang, Z. (2025). Barriers and solutions for CAR-T
    therapy in solid tumors. Cancer Gene Therapy. https://doi.org/10.1038/s41417-025-00931-7
    >>> print(cite(paper, "vancouver"))  # doctest: +NORMALIZE_WHITESPACE
    1. Chen Y, Li L, Meng W, Tu Z, Zhang Z. Barriers and solutions for CAR-T therapy in solid
    tumors. Cancer Gene Therapy. 2025 Jun 27. doi:10.1038/s41417-025-00931-7
    """
    writer = markup.find(output)
    return writer.write(csl.load(style, locale, engine=engine).entry(as_item(item)))


def bibliography(
    items: Iterable[Work] | Work,
    style: str = "apa",
    locale: str = "en-US",
    output: str = "text",
    *,
    engine: str = "citeproc-py",
) -> Bibliography:
    """The entries of *items*, Items or CSL-JSON objects, in the order of the style.

    >>> works = [
    ...     {"id": "w", "type": "book", "title": "Walden", "issued": 1854},
    ...     {"id": "e", "type": "book", "title": "Emma", "issued": 1815},
    ... ]
    >>> print(bibliography(works))
    Emma. (1815).
    Walden. (1854).
    """
    writer = markup.find(output)
    loaded = csl.load(style, locale, engine=engine)
    entries = loaded.bibliography(as_items(items))
    written = tuple(Entry(id_, writer.write(tokens)) for id_, tokens in entries)
    return Bibliography(loaded.info.id, loaded.locale, output, written)
