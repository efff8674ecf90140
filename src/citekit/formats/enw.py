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

from citekit.dates import Date
from citekit.errors import Problem
from citekit.formats import crosswalk, shapes
from citekit.formats.base import Format
from citekit.formats.mapping import Codec, Fields, Mapping, Slots, row
from citekit.formats.plaintext import names_line, plain
from citekit.formats.text import clean, lines, undressed
from citekit.keys import Keys
from citekit.model import Item
from citekit.names import from_sort_form

COLUMN: Final = crosswalk.column("enw")


PAGE: Final = shapes.page("%P")


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
    row("issued",                "%D %8", "",       "", shapes.issued("%D", "%8")),
    row("volume",                "%V"),
    row("issue",                 "%N",   "",        "-SERIES"),
    row("collection-number",     "%N",   "",        "SERIES"),
    row("number-of-volumes",     "%6"),
    row("page",                  "%P",   "",        "ARTICLES", shapes.page("%P", "%]")),
    row("page",                  "%P",   "",        "-ARTICLES -WHOLES", PAGE),
    row("page",                  "%P",   "",        "WHOLES", shapes.page_of_whole(PAGE)),
    row("number-of-pages",       "%P",   "",        "WHOLES", shapes.page_count("%P", PAGE)),
    row("chapter-number",        "%&",   "",        "PARTS"),
    row("section",               "%&",   "",        "-PARTS"),
    row("edition",               "%7",   "",        "-ARTICLES -software -dataset"),
    row("version",               "%7",   "",        "software dataset"),
    row("available-date",        "%7",   "",        "ARTICLES"),
    row("event-place",           "%C",   "",        "MEETINGS"),
    row("publisher-place",       "%C",   "",        "-MEETINGS"),
    row("publisher",             "%I",   "",        "-legal_case"),
    row("authority",             "%I",   "",        "legal_case"),
    row("DOI",                   "%R",   "%U",      "", shapes.doi("%R", urls=("%U",), keeps_url=False)),
    row("URL",                   "%U",   "",        "", shapes.url(("%U",), "%R", is_second=True)),
    row("number",                "%@",   "",        "NUMBERED"),
    row("ISSN",                  "%@",   "",        "ARTICLES periodical", shapes.issn("%@")),
    row("ISBN",                  "%@",   "",        "ARTICLES periodical", shapes.isbn_if_free("%@")),
    row("ISBN",                  "%@",   "",        "-ARTICLES -periodical -NUMBERED", shapes.isbn("%@")),
    row("ISSN",                  "%@",   "",        "-ARTICLES -periodical -NUMBERED", shapes.issn_if_free("%@")),
    row("language",              "%G"),
    row("genre",                 "%9"),
    row("keyword",               "%K"),
    row("abstract",              "%X"),
    row("note",                  "%Z"),
    row("call-number",           "%L"),
    row("PMID",                  "%M",   "",        "", shapes.pmid("%M")),
    row("PMCID",                 "%2",   "",        "", shapes.pmcid("%2")),
    row("source",                "%W"),
    row("archive",               "%~"),
    row("translator",            "%?"),
    row("title-short",           "%!"),
    row("original-date",         "%("),
    row("annote",                "%<"),
    row("accessed",              "%["),
    row("number",                "%]",   "",        "ARTICLES", shapes.article_number("%P", "%]")),
)
# fmt: on

CODEC: Final = Codec(
    name=names_line,
    to_name=lambda text: from_sort_form(undressed(text)),
    date=shapes.reading_date,
    to_date=Date.from_text,
    title=plain,
    to_title=undressed,
    to_text=undressed,
    abstract=plain,
)
MAPPING: Final = Mapping(ROWS, CODEC, COLUMN, Slots(note="%Z", key="%F"))
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
    parts: list[tuple[str, list[str]]] = []
    for line in record:
        if match := _TAG.match(line):
            parts.append((match[1], [match[2].strip()]))
        elif parts[-1][0] == KEYWORDS:
            parts.append((KEYWORDS, [line.strip()]))
        else:
            parts[-1][1].append(line.strip())
    fields: Fields = {}
    for tag, texts in parts:
        fields.setdefault(tag, []).append(" ".join(texts))
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
