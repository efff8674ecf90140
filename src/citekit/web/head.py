"""The head of a paper's page: `citation_*` tags for reference managers and Google Scholar.

Names and forms are those that importers were seen to read (Highwire Press tags): a date with
slashes, a name as "Family, Given", an article number as the first page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from citekit import identifiers, pages
from citekit.dates import Date
from citekit.model import Item
from citekit.names import Name
from citekit.web.shown import plain

Tag = tuple[str, str]

# The tag decides what Zotero makes of the page; other types have none for their container.
CONTAINERS: Final = {
    "article-journal": "citation_journal_title",
    "article-magazine": "citation_journal_title",
    "article-newspaper": "citation_journal_title",
    "review": "citation_journal_title",
    "review-book": "citation_journal_title",
    "paper-conference": "citation_conference_title",
    "chapter": "citation_inbook_title",
    "entry-dictionary": "citation_inbook_title",
    "entry-encyclopedia": "citation_inbook_title",
}
PUBLISHERS: Final = {
    "thesis": "citation_dissertation_institution",
    "report": "citation_technical_report_institution",
}
# fmt: off
# variable   tag
PLAIN: Final = (
    ("volume",   "citation_volume"),
    ("issue",    "citation_issue"),
    ("PMID",     "citation_pmid"),
    ("language", "citation_language"),
)
# fmt: on


def tags(item: Item) -> Iterator[Tag]:
    """The names and contents of the tags, in the order of Google Scholar's guide."""
    texts = item.texts
    yield "citation_title", plain(texts.get("title", ""))
    for name in item.names.get("author", ()):
        yield "citation_author", plain(person(name))
    if day := date(item.dates.get("issued")):
        yield "citation_publication_date", day
    container = plain(texts.get("container-title", ""))
    if container and item.type in CONTAINERS:
        yield CONTAINERS[item.type], container
    if publisher := plain(texts.get("publisher", "")):
        yield PUBLISHERS.get(item.type, "citation_publisher"), publisher
    for variable, tag in PLAIN:
        if text := plain(texts.get(variable, "")):
            yield tag, text
    yield from _numbers(item)


def person(name: Name) -> str:
    """The name as "Family, Given"; importers lose a suffix there, so it is left out."""
    return name.literal or ", ".join(filter(None, (name.whole_family, name.given)))


def date(value: Date | None) -> str:
    """YYYY/MM/DD, or as much of it as is known; "" when there is no year of the era."""
    if value is None or value.year is None or value.year < 0:
        return ""
    year, *rest = value.parts[0]
    is_season = bool(rest) and rest[0] > 12
    return "/".join([f"{year:04}", *(f"{part:02}" for part in rest if not is_season)])


def _numbers(item: Item) -> Iterator[Tag]:
    texts = item.texts
    # A report's number is no page, an article's stands for its pages.
    number = texts.get("number", "") if item.type == "article-journal" else ""
    first, last = pages.split(plain(texts.get("page", "") or number))
    if first:
        yield "citation_firstpage", first
    if last:
        yield "citation_lastpage", last
    if doi := identifiers.doi(texts.get("DOI", "")):
        yield "citation_doi", doi
    for variable, tag in (("ISSN", "citation_issn"), ("ISBN", "citation_isbn")):
        for one in texts.get(variable, "").replace(",", " ").split():
            yield tag, one
