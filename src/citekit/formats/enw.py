"""EndNote tagged (.enw, Refer with EndNote's tags): what a click opens in EndNote.

The universal dialect of formats.md 2.5: `%0` first, CRLF, one physical line per value (keywords
go on, one a line), bracket tags last because some readers do not know them, an empty line after
each record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from msgspec.structs import replace

from citekit import dates
from citekit.dates import Date
from citekit.errors import Problem
from citekit.formats import crosswalk, identifiers, pages
from citekit.formats.base import Format
from citekit.formats.mapping import Codec, Fields, Line, Mapping, Shape, names_line, row
from citekit.formats.plaintext import plain
from citekit.formats.text import clean, lines
from citekit.keys import Keys
from citekit.model import Item
from citekit.names import from_sort_form

COLUMN: Final = crosswalk.column("enw")


def write_date(date: Date) -> str:
    """The date as EndNote shows it: "May 1, 2020", "May 2020", "Spring 2020", "2020"."""
    day = month_and_day(date)
    if date.year is None or date.year < 0:
        return clean(date.edtf)
    comma = "," if day[-1:].isdecimal() else ""
    return f"{day}{comma} {date.year:04}".strip()


def month_and_day(date: Date) -> str:
    """The month and day of the first date, "May 1"; "" when only a year is known."""
    _, month, day = (*(date.parts[0] if date.parts else ()), 0, 0, 0)[:3]
    if month > 20:
        return next(name for name, number in dates.SEASONS.items() if number == month).capitalize()
    name = dates.MONTH_NAMES[month - 1] if month else ""
    return f"{name} {day or ''}".strip()


def write_issued(item: Item, year: str, day: str) -> Iterator[Line]:
    """The year in one slot, month and day in the other; a date without year all in the first."""
    date = item.dates["issued"]
    if date.year is None or date.year < 0:
        yield year, clean(date.edtf)
        return
    yield year, f"{date.year:04}"
    if said := month_and_day(date):
        yield day, said


def read_issued(fields: Fields, year: str, day: str) -> Date | None:
    """The date in a slot for the year and one for month and day, which may repeat the year."""
    years, days = (fields.get(slot, [""])[0] for slot in (year, day))
    for text in (days, f"{days} {years}", years):
        date = Date.from_text(text)
        if date.parts and (text != days or date.year):
            return date
    return Date.from_text(years or days) if years or days else None


def _write_issued(item: Item) -> Iterator[Line]:
    return write_issued(item, "%D", "%8")


def _read_issued(fields: Fields) -> Date | None:
    return read_issued(fields, "%D", "%8")


def write_page(item: Item, slot: str) -> Iterator[Line]:
    """The range with a hyphen, shortened ranges in full."""
    yield slot, pages.joined(*pages.split(clean(item.texts["page"])))


def _write_page(item: Item) -> Iterator[Line]:
    return write_page(item, "%P")


def _read_page(fields: Fields) -> str | None:
    return pages.joined(*pages.split(fields.get("%P", [""])[0])) or None


def _read_article_page(fields: Fields) -> str | None:
    """%P, unless it only repeats the article number of %]."""
    page = _read_page(fields)
    return None if page in fields.get("%]", ()) else page


def _read_page_of_whole(fields: Fields) -> str | None:
    page = _read_page(fields)
    return None if page and page.isdecimal() else page


def _write_article_number(item: Item) -> Iterator[Line]:
    number = clean(item.texts["number"])
    if "page" not in item.texts:
        yield "%P", number
    yield "%]", number


def _read_article_number(fields: Fields) -> str | None:
    return fields.get("%]", [None])[0]


def _write_page_count(item: Item) -> Iterator[Line]:
    if "page" not in item.texts:
        yield "%P", clean(item.texts["number-of-pages"])


def _read_page_count(fields: Fields) -> str | None:
    page = _read_page(fields)
    return page if page and page.isdecimal() else None


def _write_url(item: Item) -> Iterator[Line]:
    # One %U only: Zotero glues several. Without a URL it is the DOI's, for bibutils.
    if url := clean(item.texts.get("URL", "")):
        yield "%U", url
    elif doi := clean(item.texts.get("DOI", "")):
        yield "%U", identifiers.doi_url(doi)


def _write_doi(item: Item) -> Iterator[Line]:
    yield "%R", clean(item.texts["DOI"])
    if "URL" not in item.texts:
        yield from _write_url(item)


def _read_doi(fields: Fields) -> str | None:
    found = (identifiers.doi(text) for tag in ("%R", "%U") for text in fields.get(tag, ()))
    return next(filter(None, found), None)


def _read_url(fields: Fields) -> str | None:
    own = _read_doi(fields)
    texts = fields.get("%U", ())
    return next((text for text in texts if not own or identifiers.doi(text) != own), None)


def _read_issn(fields: Fields) -> str | None:
    return next((text for text in fields.get("%@", ()) if identifiers.is_issn(text)), None)


def _read_isbn(fields: Fields) -> str | None:
    return next((text for text in fields.get("%@", ()) if not identifiers.is_issn(text)), None)


def _write_issn_if_free(item: Item) -> Iterator[Line]:
    if "ISBN" not in item.texts:
        yield "%@", clean(item.texts["ISSN"])


def _write_isbn_if_free(item: Item) -> Iterator[Line]:
    if "ISSN" not in item.texts:
        yield "%@", clean(item.texts["ISBN"])


def _read_pmid(fields: Fields) -> str | None:
    return next((text for text in fields.get("%M", ()) if text.isdecimal()), None)


def _read_pmcid(fields: Fields) -> str | None:
    return next(filter(None, map(identifiers.pmcid, fields.get("%2", ()))), None)


def _write_journal(item: Item) -> Iterator[Line]:
    yield "%J", plain(item.texts["container-title"])


# fmt: off
ROWS: Final = (
    #   variable                 tags    also read  item types
    row("author",                "%A",   "",        "-motion_picture -MUSIC"),
    row("director",              "%A",   "",        "motion_picture"),
    row("composer",              "%A",   "",        "MUSIC"),
    row("title",                 "%T"),
    row("editor",                "%E"),
    row("collection-editor",     "%Y"),
    row("container-title",       "%J",   "%B",      "ARTICLES"),
    row("container-title",       "%B",   "%J",      "-ARTICLES -SERIES -speech"),
    row("event-title",           "%B",   "",        "speech"),
    row("collection-title",      "%B",   "",        "SERIES"),
    row("collection-title",      "%S",   "",        "-SERIES"),
    row("issued",                "%D %8", "",       "", Shape(_write_issued, _read_issued)),
    row("volume",                "%V"),
    row("issue",                 "%N",   "",        "-SERIES"),
    row("collection-number",     "%N",   "",        "SERIES"),
    row("number-of-volumes",     "%6"),
    row("page",                  "%P",   "",        "ARTICLES", Shape(_write_page, _read_article_page)),
    row("page",                  "%P",   "",        "-ARTICLES -WHOLES", Shape(_write_page, _read_page)),
    row("page",                  "%P",   "",        "WHOLES", Shape(_write_page, _read_page_of_whole)),
    row("number-of-pages",       "%P",   "",        "WHOLES", Shape(_write_page_count, _read_page_count)),
    row("chapter-number",        "%&",   "",        "PARTS"),
    row("section",               "%&",   "",        "-PARTS"),
    row("edition",               "%7",   "",        "-ARTICLES -software -dataset"),
    row("version",               "%7",   "",        "software dataset"),
    row("available-date",        "%7",   "",        "ARTICLES"),
    row("event-place",           "%C",   "",        "MEETINGS"),
    row("publisher-place",       "%C",   "",        "-MEETINGS"),
    row("publisher",             "%I",   "",        "-legal_case"),
    row("authority",             "%I",   "",        "legal_case"),
    row("DOI",                   "%R",   "%U",      "", Shape(_write_doi, _read_doi)),
    row("URL",                   "%U",   "",        "", Shape(_write_url, _read_url)),
    row("number",                "%@",   "",        "NUMBERED"),
    row("ISSN",                  "%@",   "",        "ARTICLES periodical", Shape(read=_read_issn)),
    row("ISBN",                  "%@",   "",        "ARTICLES periodical", Shape(_write_isbn_if_free, _read_isbn)),
    row("ISBN",                  "%@",   "",        "-ARTICLES -periodical -NUMBERED", Shape(read=_read_isbn)),
    row("ISSN",                  "%@",   "",        "-ARTICLES -periodical -NUMBERED", Shape(_write_issn_if_free, _read_issn)),
    row("language",              "%G"),
    row("genre",                 "%9"),
    row("keyword",               "%K"),
    row("abstract",              "%X"),
    row("note",                  "%Z"),
    row("call-number",           "%L"),
    row("PMID",                  "%M",   "",        "", Shape(read=_read_pmid)),
    row("PMCID",                 "%2",   "",        "", Shape(read=_read_pmcid)),
    row("source",                "%W"),
    row("archive",               "%~"),
    row("translator",            "%?"),
    row("title-short",           "%!"),
    row("original-date",         "%("),
    row("annote",                "%<"),
    row("accessed",              "%["),
    row("number",                "%]",   "",        "ARTICLES", Shape(_write_article_number, _read_article_number)),
)
# fmt: on

CODEC: Final = Codec(
    name=names_line,
    to_name=from_sort_form,
    date=write_date,
    to_date=Date.from_text,
    title=plain,
    to_title=str.strip,
    abstract=plain,
)
MAPPING: Final = Mapping(ROWS, CODEC, COLUMN, note="%Z", key="%F")
KEYWORDS: Final = "%K"


def write(items: Iterable[Item]) -> Iterator[str]:
    """One record an item."""
    keys = Keys()
    for item in items:
        yield _record(item, keys.key(item))


def _record(item: Item, key: str) -> str:
    out = [f"%0 {COLUMN.codes[item.type]}\r\n"]
    before = ""
    for tag, text in MAPPING.lines(item):
        if tag == before == KEYWORDS:
            # A keyword's own "%" at the start of a line would begin a tag.
            out.append(f" {text}\r\n" if text.startswith("%") else f"{text}\r\n")
        else:
            out.append(f"{tag} {text}\r\n")
        before = tag
    out.append(f"%F {clean(key)}\r\n\r\n")
    return "".join(out)


def read(stream: BinaryIO) -> Iterator[Item | Problem]:
    """An Item for each record, a Problem for what is none."""
    problems: list[Problem] = []
    for number, (first, record) in enumerate(_records(lines(stream, problems.append)), 1):
        place = Problem("", line=first, record=number, raw=record[0][:80], lost=False)
        found = _item(record, place, problems)
        yield from problems
        problems.clear()
        if found:
            yield found
    yield from problems


_TAG: Final = re.compile(r"(%[0-9A-Za-z@!~&?()<>\[\]^$*#+|=,.\"';:`_-])(?: |$)(.*)")


# Fields in which the wild has empty lines; elsewhere an empty line ends the record.
_LONG: Final = ("%X", "%Z")


def _records(numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, lines); a record begins at %0, or after an empty line."""
    first, after_empty, tag = 0, True, ""
    record: list[str] = []
    for number, line in numbered:
        match = _TAG.match(line)
        begins = line.startswith("%0") or (after_empty and (match or tag not in _LONG))
        after_empty = not line.strip()
        if begins and not after_empty and record:
            yield first, record
            record = []
        if not after_empty:
            first = first if record else number
            record.append(line)
            tag = match[1] if match else tag
    if record:
        yield first, record


def _item(record: list[str], place: Problem, problems: list[Problem]) -> Item | None:
    if not _TAG.match(record[0]):
        problems.append(replace(place, message="text outside a record"))
        return None
    fields = _fields(record)
    codes = fields.pop("%0", [])
    if not codes:
        problems.append(replace(place, message="a record without %0 line, read as document"))
    if not any(map(any, fields.values())):
        problems.append(replace(place, message="a record without fields", lost=True))
        return None
    code = codes[0] if codes else "Generic"
    type_ = COLUMN.type_of(code, fields.get("%9", [""])[0])
    if type_ is None:
        message = f"unknown type {code[:40]!r}, read as document"
        problems.append(replace(place, message=message, field="%0"))
    key = fields.pop("%F", [""])[0]
    item = MAPPING.item(type_ or "document", fields)
    if key:
        item.id = item.texts["citation-key"] = key
    return item


def _fields(record: list[str]) -> Fields:
    """{tag: values}; a line without a tag is the next keyword, or goes on with the last value."""
    fields: Fields = {}
    tag = ""
    for line in record:
        if match := _TAG.match(line):
            tag = match[1]
            fields.setdefault(tag, []).append(match[2].strip())
        elif tag == KEYWORDS:
            fields[tag].append(line.strip())
        else:
            fields[tag][-1] = f"{fields[tag][-1]} {line.strip()}"
    return fields


def looks_like(head: str) -> bool:
    """Whether *head* begins with tagged lines of Refer."""
    return bool(re.match(r"\s*(?:%0 \S|%[A-Z] .+\r?\n%[A-Z0-9] )", head))


FORMAT: Final = Format(
    name="enw",
    label="EndNote",
    media_type="application/x-endnote-refer",
    suffix="enw",
    read=read,
    write=write,
    looks_like=looks_like,
    holds=MAPPING.holds,
    accept=("application/endnote", "text/x-endnote"),
)
