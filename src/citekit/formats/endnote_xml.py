"""EndNote XML: the one format of EndNote that carries italics and raised letters in titles.

Elements stand in the order of EndNote's document type; a reference type has both its name and
its number, because readers differ in which they believe (formats.md 2.1c, 2.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from msgspec.structs import replace

from citekit import richtext
from citekit.dates import Date
from citekit.errors import Problem
from citekit.formats import crosswalk, shapes
from citekit.formats.base import Format
from citekit.formats.mapping import Codec, Fields, Mapping, Slots, row
from citekit.formats.plaintext import names_line
from citekit.formats.text import clean
from citekit.formats.xmlrecords import records
from citekit.keys import Keys
from citekit.model import Item
from citekit.names import from_sort_form
from citekit.tokens import (
    BOLD,
    DOWN,
    ITALIC,
    SUBSCRIPT,
    SUPERSCRIPT,
    TEXT,
    UNDERLINE,
    UP,
    Mark,
    Token,
    words,
    wrapped,
)

COLUMN: Final = crosswalk.column("endnote-xml")
_BY_NUMBER: Final = {code.split()[0]: type_ for code, type_ in COLUMN.types.items()}
_BY_NAME: Final = {code.split(" ", 1)[1]: type_ for code, type_ in COLUMN.types.items()}

# The sequence of EndNote's document type definition; what is not here is not written.
# fmt: off
ORDER: Final = (
    "contributors/authors/author", "contributors/secondary-authors/author",
    "contributors/tertiary-authors/author", "contributors/subsidiary-authors/author",
    "titles/title", "titles/secondary-title", "titles/tertiary-title", "titles/short-title",
    "titles/translated-title",
    "periodical/full-title", "periodical/abbr-1",
    "pages", "volume", "number", "num-vols", "edition", "section",
    "keywords/keyword", "dates/year", "dates/pub-dates/date",
    "pub-location", "publisher", "orig-pub", "isbn", "accession-num", "call-num",
    "electronic-resource-num", "abstract", "label", "notes", "research-notes", "work-type",
    "reviewed-item", "meeting-place", "remote-database-name", "remote-database-provider",
    "language", "urls/web-urls/url", "urls/related-urls/url", "access-date",
    "custom2", "custom7",
)
# fmt: on
RICH: Final = frozenset(
    {
        "abstract",
        "reviewed-item",
        *(slot for slot in ORDER if slot.startswith(("titles", "period"))),
    }
)
FACES: Final[dict[str, Mark]] = {
    "italic": ITALIC,
    "bold": BOLD,
    "underline": UNDERLINE,
    "superscript": SUPERSCRIPT,
    "subscript": SUBSCRIPT,
}
_FACE_OF: Final = {mark: face for face, mark in FACES.items()}


URLS: Final = ("urls/web-urls/url", "urls/related-urls/url")
PAGE: Final = shapes.page("pages")

# fmt: off
ROWS: Final = (
    #   variable                 elements                               also read  item types
    row("author",                "contributors/authors/author",          "", "-motion_picture -MUSIC"),
    row("director",              "contributors/authors/author",          "", "motion_picture"),
    row("composer",              "contributors/authors/author",          "", "MUSIC"),
    row("editor",                "contributors/secondary-authors/author", "", "-SERIES -MUSIC -interview -personal_communication"),
    row("editor",                "contributors/tertiary-authors/author", "", "SERIES"),
    row("collection-editor",     "contributors/secondary-authors/author", "", "SERIES"),
    row("collection-editor",     "contributors/tertiary-authors/author", "", "-SERIES"),
    row("performer",             "contributors/secondary-authors/author", "", "MUSIC"),
    row("interviewer",           "contributors/secondary-authors/author", "", "interview"),
    row("recipient",             "contributors/secondary-authors/author", "", "personal_communication"),
    row("translator",            "contributors/subsidiary-authors/author"),
    row("title",                 "titles/title"),
    row("container-title",       "titles/secondary-title periodical/full-title", "", "ARTICLES"),
    row("container-title",       "titles/secondary-title",               "periodical/full-title", "-ARTICLES -SERIES -speech"),
    row("event-title",           "titles/secondary-title",               "", "speech"),
    row("collection-title",      "titles/secondary-title",               "", "SERIES"),
    row("collection-title",      "titles/tertiary-title",                "", "-SERIES"),
    row("title-short",           "titles/short-title"),
    row("original-title",        "titles/translated-title"),
    row("container-title-short", "periodical/abbr-1"),
    row("page",                  "pages",       "", "ARTICLES", shapes.page("pages", "custom7")),
    row("page",                  "pages",       "", "-ARTICLES -WHOLES", PAGE),
    row("page",                  "pages",       "", "WHOLES", shapes.page_of_whole(PAGE)),
    row("number-of-pages",       "pages",       "", "WHOLES", shapes.page_count("pages", PAGE)),
    row("volume",                "volume"),
    row("issue",                 "number",      "issue", "-SERIES"),
    row("collection-number",     "number",      "", "SERIES"),
    row("number-of-volumes",     "num-vols"),
    row("edition",               "edition",     "", "-ARTICLES -software -dataset"),
    row("version",               "edition",     "", "software dataset"),
    row("available-date",        "edition",     "", "ARTICLES"),
    row("chapter-number",        "section",     "", "PARTS"),
    row("section",               "section",     "", "-PARTS"),
    row("keyword",               "keywords/keyword"),
    row("issued",                "dates/year dates/pub-dates/date", "", "", shapes.issued("dates/year", "dates/pub-dates/date")),
    row("publisher-place",       "pub-location"),
    row("publisher",             "publisher",   "", "-legal_case"),
    row("authority",             "publisher",   "", "legal_case"),
    row("original-date",         "orig-pub"),
    row("number",                "isbn",        "", "NUMBERED"),
    row("ISSN",                  "isbn",        "", "ARTICLES periodical", shapes.issn("isbn")),
    row("ISBN",                  "isbn",        "", "ARTICLES periodical", shapes.isbn_if_free("isbn")),
    row("ISBN",                  "isbn",        "", "-ARTICLES -periodical -NUMBERED", shapes.isbn("isbn")),
    row("ISSN",                  "isbn",        "", "-ARTICLES -periodical -NUMBERED", shapes.issn_if_free("isbn")),
    row("PMID",                  "accession-num", "", "", shapes.pmid("accession-num")),
    row("call-number",           "call-num"),
    row("DOI",                   "electronic-resource-num", "", "", shapes.doi("electronic-resource-num", urls=URLS)),
    # EndNote shows related-urls, Zotero reads web-urls (formats.md 2.6).
    row("URL",                   "urls/web-urls/url urls/related-urls/url", "", "", shapes.url(URLS, "electronic-resource-num")),
    row("abstract",              "abstract"),
    row("note",                  "notes"),
    row("annote",                "research-notes"),
    row("genre",                 "work-type"),
    row("reviewed-title",        "reviewed-item"),
    row("event-place",           "meeting-place"),
    row("archive",               "remote-database-name"),
    row("source",                "remote-database-provider"),
    row("language",              "language"),
    row("accessed",              "access-date"),
    row("PMCID",                 "custom2",     "", "", shapes.pmcid("custom2")),
    row("number",                "custom7",     "", "ARTICLES", shapes.article_number("pages", "custom7")),
)
# fmt: on


def _paragraphs(text: str) -> str:
    return "\n".join(filter(None, map(clean, text.splitlines())))


def _unwrapped(text: str) -> str:
    """A title on one line: pretty-printed XML wraps them."""
    return " ".join(filter(None, map(str.strip, text.split("\n"))))


CODEC: Final = Codec(
    name=names_line,
    to_name=from_sort_form,
    date=shapes.reading_date,
    to_date=Date.from_text,
    title=clean,
    to_title=_unwrapped,
    abstract=_paragraphs,
)
MAPPING: Final = Mapping(ROWS, CODEC, COLUMN, Slots(note="notes", key="label"))


# --- writing ---------------------------------------------------------------------------------


def write(items: Iterable[Item]) -> Iterator[str]:
    """The whole document, a record a piece."""
    keys = Keys()
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
    for number, item in enumerate(items, 1):
        yield _record(item, number, keys.key(item))
    yield "</records></xml>\n"


def _record(item: Item, number: int, key: str) -> str:
    fields: Fields = {"label": [key]}
    for slot, text in MAPPING.lines(item):
        fields.setdefault(slot, []).append(text)
    code, name = COLUMN.codes[item.type].split(" ", 1)
    # bibutils passes over short records without database, source-app and rec-number.
    head = (
        '<record><database name="citekit.enl" path="citekit.enl">citekit.enl</database>'
        '<source-app name="citekit" version="1.0">citekit</source-app>'
        f"<rec-number>{number}</rec-number><ref-type name={quoteattr(name)}>{code}</ref-type>"
    )
    return f"{head}{''.join(_elements(fields))}</record>\n"


def _elements(fields: Fields) -> Iterator[str]:
    """The elements in EndNote's order; parents open and close as the paths ask."""
    is_open: list[str] = []
    for slot in ORDER:
        for text in fields.get(slot, ()):
            *parents, name = slot.split("/")
            while is_open != parents[: len(is_open)]:
                yield f"</{is_open.pop()}>"
            for parent in parents[len(is_open) :]:
                is_open.append(parent)
                yield f"<{parent}>"
            yield f"<{name}>{_content(slot, text)}</{name}>"
    while is_open:
        yield f"</{is_open.pop()}>"


def _content(slot: str, text: str) -> str:
    if slot in RICH and "<" in text:
        tokens = richtext.parse(text)
        if len(tokens) > 1:
            return "".join(_runs(tokens))
    # EndNote ends a line inside a field with CR.
    return escape(text, {"\n": "&#13;"})


def _runs(tokens: list[Token]) -> Iterator[str]:
    faces: list[str] = []
    for token in tokens:
        face = _FACE_OF.get(token.mark) if token.mark else None
        if face and token.kind == UP:
            faces.append(face)
        elif face and token.kind == DOWN:
            faces.remove(face)
        elif token.kind == TEXT:
            said = escape(token.text, {"\n": "&#13;"})
            look = " ".join(faces) or "normal"
            yield f'<style face="{look}" font="default" size="100%">{said}</style>'


# --- reading ---------------------------------------------------------------------------------


def read(stream: BinaryIO) -> Iterator[Item | Problem]:
    """An Item for each record, a Problem for each that is not well-formed."""
    problems: list[Problem] = []
    for number, (line, element) in enumerate(records(stream, "record", problems.append), 1):
        item = _item(element, Problem("", line=line, record=number, lost=False), problems)
        yield from problems
        problems.clear()
        if item:
            yield item
    yield from problems


def _item(record: etree._Element, place: Problem, problems: list[Problem]) -> Item | None:
    fields = _fields(record)
    if not fields:
        problems.append(replace(place, message="a record without fields", lost=True))
        return None
    reference = record.find("ref-type")
    number = (reference.text or "").strip() if reference is not None else ""
    name = str(reference.get("name", "")) if reference is not None else ""
    type_ = _BY_NAME.get(name.strip().lower()) or _BY_NUMBER.get(number)
    if type_ is None:
        message = f"unknown type {(name or number)[:40]!r}, read as document"
        problems.append(replace(place, message=message, field="ref-type"))
    key = clean(fields.pop("label", [""])[0])
    item = MAPPING.item(type_ or "document", fields)
    if key:
        item.texts["citation-key"] = key
    number = (record.findtext("rec-number") or "").strip()
    item.id = key or number
    return item


_SKIPPED: Final = frozenset("database source-app rec-number foreign-keys ref-type".split())


def _fields(record: etree._Element) -> Fields:
    """{path: texts} of the leaves of *record* that hold text."""
    fields: Fields = {}
    for child in record:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED:
            _collect(child, child.tag, fields)
    return fields


def _collect(element: etree._Element, path: str, fields: Fields) -> None:
    children = [child for child in element if isinstance(child.tag, str) and child.tag != "style"]
    if not children:
        if text := _text(element, rich=path in RICH):
            fields.setdefault(path, []).append(text)
        return
    for child in children:
        _collect(child, f"{path}/{child.tag!s}", fields)


def _text(element: etree._Element, *, rich: bool) -> str:
    """The text with EndNote's styles as CSL-JSON markup, CR as the end of a line."""
    tokens = [words(element.text or "")]
    for run in element:
        said = [words("".join(run.itertext()))] if isinstance(run.tag, str) else []
        asked = run.get("face", "")
        for face in (face for face in reversed(FACES) if face in asked):
            said = wrapped(FACES[face], said)
        tokens += [*said, words(run.tail or "")]
    text = richtext.write(tokens) if rich else "".join(token.text for token in tokens)
    return re.sub(r"\r\n?", "\n", text).strip()


def looks_like(head: str) -> bool:
    """Whether *head* is XML with EndNote's elements."""
    return "<records" in head and "<record" in head and "<ref-type" in head


FORMAT: Final = Format(
    name="endnote-xml",
    label="EndNote XML",
    media_type="application/xml",
    suffix="endnote.xml",
    read=read,
    write=write,
    looks_like=looks_like,
    holds=MAPPING.holds,
    accept=("text/xml", "application/endnote+xml", "application/x-endnote+xml"),
    other_suffixes=("xml",),
)
