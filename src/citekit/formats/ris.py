"""RIS: the tagged file that Zotero, Mendeley, EndNote and most others import.

The universal dialect of formats.md 2.3: CRLF, `ER  - ` with its blank and an empty line after,
one physical line per value, no byte-order mark, only type codes that every importer knows.
rispy reads the syntax of a record; this module cuts the file into records, so that a broken one
spoils no other and memory stays constant.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import BinaryIO, Final

from msgspec.structs import replace
from rispy import RisParser

from citekit import dates, identifiers, pages
from citekit.dates import Date
from citekit.errors import Problem
from citekit.formats import crosswalk, shapes
from citekit.formats.base import Format
from citekit.formats.mapping import Codec, Fields, Line, Mapping, Shape, Slots, row
from citekit.formats.plaintext import names_line, plain
from citekit.formats.text import clean, lines, undressed
from citekit.keys import Keys
from citekit.model import Item
from citekit.names import from_sort_form

COLUMN: Final = crosswalk.column("ris")


# --- dates -----------------------------------------------------------------------------------


def write_date(date: Date) -> str:
    """YYYY/MM/DD/other, the first day of a range; months and days that are not known are empty."""
    if date.year is None or date.year < 0:
        return f"///{clean(date.edtf)}"
    year, month, day = (*date.parts[0], 0, 0)[:3]
    if month > 20:
        season = next(name for name, number in dates.SEASONS.items() if number == month)
        return f"{year:04}///{season.capitalize()}"
    return f"{year:04}/{_two(month)}/{_two(day)}/"


def _two(number: int) -> str:
    return f"{number:02}" if number else ""


def read_date(text: str) -> Date:
    """The Date in YYYY/MM/DD/other or in whatever else stands there."""
    parts = text.split("/", 3)
    if len(parts) == 4 and parts[3].strip():
        other = parts[3].strip()
        if parts[:3] == ["", "", ""]:
            return Date.from_text(other)
        if parts[1:3] == ["", ""] and (season := dates.month_number(other)):
            return Date.from_text(f"{parts[0]}-{season:02}")
        text = "/".join(parts[:3])
    return Date.from_text(text.strip("/ ") if text.strip("/ ").isdecimal() else text)


def _write_issued(item: Item) -> Iterator[Line]:
    # PY before Y1: pandoc takes the first. DA too: Zotero and bibutils want it (formats.md 2.3).
    date = item.dates["issued"]
    if date.year is not None and date.year > 0:
        yield "PY", f"{date.year:04}"
        yield "Y1", write_date(date)
    yield "DA", write_date(date)


def _read_issued(fields: Fields) -> Date | None:
    texts = [fields[tag][0] for tag in ("DA", "Y1", "PY") if fields.get(tag)]
    # Some write the day without its year: DA "May 1" beside PY "2020".
    texts += [f"{fields['PY'][0]} {text}" for text in fields.get("DA", ()) if "PY" in fields]
    found = [date for date in map(read_date, texts) if date.parts]
    # A DA of another year than PY is the day of online publication (formats.md 3.9).
    year = read_date(fields["PY"][0]).year if "PY" in fields else None
    told = [date for date in found if year in (None, date.year)]
    if told:
        return max(told, key=lambda date: len(date.parts[0]))
    return read_date(texts[0]) if texts else None


# --- pages and numbers -----------------------------------------------------------------------


def _write_page(item: Item) -> Iterator[Line]:
    first, last = pages.split(clean(item.texts["page"]))
    yield "SP", first
    if last:
        yield "EP", last


def _read_page(fields: Fields) -> str | None:
    page = pages.joined(*(shapes.first(fields, tag) for tag in ("SP", "EP")))
    return None if page in fields.get("C7", ()) else page or None


# --- titles, kinds, identifiers --------------------------------------------------------------


def _write_proceedings(item: Item) -> Iterator[Line]:
    title = plain(item.texts["container-title"])
    yield "T2", plain(item.texts.get("event-title", "")) or title
    yield "BT", title
    yield "C3", title


def _read_proceedings(fields: Fields) -> str | None:
    return next((fields[tag][0] for tag in ("C3", "BT", "T2") if fields.get(tag)), None)


def _write_event(item: Item) -> Iterator[Line]:
    if "container-title" not in item.texts:
        yield "T2", plain(item.texts["event-title"])


def _read_event(fields: Fields) -> str | None:
    """T2 is the meeting only where the proceedings have another title of their own."""
    event = fields.get("T2", [""])[0]
    return event if event and event != _read_proceedings(fields) else None


def _read_short_title(fields: Fields) -> str | None:
    """The abbreviated journal title: any of its tags that says something else than the full one."""
    tags = ("J2", "J1", "JA", "JO")
    full = next((fields[tag][0] for tag in ("T2", "JF", "JO", "JA") if fields.get(tag)), "")
    return next((t for tag in tags for t in fields.get(tag, ()) if t.lower() != full.lower()), None)


def _read_issue(fields: Fields) -> str | None:
    """IS; or M1, in which Ovid has the authors' address, if it can be the number of an issue."""
    said = shapes.first(fields, "IS") or shapes.first(fields, "M1")
    is_number = "IS" in fields or re.fullmatch(r"[\w .()/-]{0,12}\d[\w .()/-]{0,12}", said)
    return said if said and is_number else None


def _read_pmid(fields: Fields) -> str | None:
    """EndNote's export of a PubMed record has the PMID as accession number."""
    database = fields.get("DB", [""])[0].lower()
    number = fields.get("AN", [""])[0]
    return number if number.isdecimal() and database in ("pubmed", "medline") else None


def _read_genre(fields: Fields) -> str | None:
    return next((text for text in fields.get("M3", ()) if not identifiers.doi(text)), None)


def _nothing(_: Item) -> Iterable[Line]:
    return ()


ISSUED: Final = Shape(_write_issued, _read_issued)
PAGE: Final = Shape(_write_page, _read_page)
PAGE_OF_WHOLE: Final = shapes.page_of_whole(PAGE)
PAGE_COUNT: Final = shapes.page_count("SP", PAGE)
# Every importer keeps SP; most drop C7 (formats.md 3.7).
ARTICLE_NUMBER: Final = Shape(
    shapes.text("number", "SP", unless="page"),
    lambda fields: shapes.first(fields, "C7") or None,
    one_way=True,
)
PROCEEDINGS: Final = Shape(_write_proceedings, _read_proceedings)
EVENT: Final = Shape(_write_event, _read_event)

# The order is the order in the file (formats.md 2.3, "Tag order to write"); JabRef takes the last
# of AN, M1 and IS for the number of the issue, so IS comes after the others.
# fmt: off
ROWS: Final = (
    #   variable                 tags        also read    item types
    row("title",                 "TI",       "T1 CT",     "-SERIES"),
    row("title",                 "TI",       "T1 CT BT",  "SERIES"),
    row("title-short",           "ST"),
    row("author",                "AU",       "A1",        "-motion_picture -MUSIC"),
    row("director",              "AU",       "A1",        "motion_picture"),
    row("composer",              "AU",       "A1",        "MUSIC"),
    row("editor",                "ED",       "A2",        "ARTICLES PARTS paper-conference document"),
    row("editor",                "ED",       "A3",        "book classic report"),
    row("editor",                "ED",       "",          "-ARTICLES -PARTS -paper-conference -document -book -classic -report"),
    row("collection-editor",     "A2",       "",          "SERIES"),
    row("interviewer",           "A2",       "",          "interview"),
    row("recipient",             "A2",       "",          "personal_communication"),
    row("performer",             "A2",       "",          "MUSIC"),
    row("authority",             "A2",       "",          "patent"),
    row("collection-editor",     "A3",       "",          "PARTS paper-conference"),
    row("producer",              "A3",       "",          "motion_picture"),
    row("translator",            "A4"),
    row("issued",                "PY Y1 DA", "",          "", ISSUED),
    row("accessed",              "Y2"),
    row("original-date",         "OP"),
    row("container-title",       "T2 JF",    "JO JA J1", "ARTICLES"),
    row("container-title",       "T2 BT",    "",          "PARTS"),
    row("container-title",       "T2 BT C3", "",          "paper-conference", PROCEEDINGS),
    row("container-title",       "T2",       "JF JO",     "-ARTICLES -PARTS -SERIES -MEETINGS -thesis"),
    row("event-title",           "T2",       "",          "paper-conference", EVENT),
    row("event-title",           "T2",       "",          "speech"),
    row("collection-title",      "T2",       "",          "SERIES"),
    row("container-title-short", "J2",       "J1 JA JO",  "ARTICLES", Shape(read=_read_short_title)),
    row("collection-title",      "T3",       "",          "-SERIES -bill -hearing"),
    row("authority",             "T3",       "",          "bill hearing"),
    row("volume",                "VL"),
    row("number-of-volumes",     "NV"),
    row("archive",               "DB"),
    row("PMID",                  "AN DB",    "",          "", Shape(_nothing, _read_pmid)),
    row("archive_location",      "AN"),
    row("collection-number",     "M1",       "",          "IN_SERIES map pamphlet software"),
    row("number",                "M1",       "",          "-ARTICLES -PARTS -SERIES -NUMBERED -paper-conference"),
    row("issue",                 "IS",       "M1",        "ARTICLES", Shape(read=_read_issue)),
    row("issue",                 "IS",       "",          "-ARTICLES"),
    row("page",                  "SP EP",    "",          "-WHOLES", PAGE),
    row("page",                  "SP EP",    "",          "WHOLES", PAGE_OF_WHOLE),
    row("number-of-pages",       "SP",       "",          "WHOLES", PAGE_COUNT),
    row("number",                "SP",       "C7",        "ARTICLES", ARTICLE_NUMBER),
    row("edition",               "ET",       "",          "-software -dataset"),
    row("version",               "ET",       "",          "software dataset"),
    row("chapter-number",        "SE",       "",          "PARTS"),
    row("section",               "SE",       "",          "-PARTS"),
    row("publisher",             "PB",       "",          "-legal_case"),
    row("authority",             "PB",       "",          "legal_case"),
    row("publisher-place",       "C1",       "PP",        "MEETINGS"),
    row("submitted",             "C1",       "",          "patent"),
    row("scale",                 "C1",       "",          "map"),
    row("event-place",           "CY",       "",          "MEETINGS"),
    row("publisher-place",       "CY",       "PP",        "-MEETINGS"),
    row("number",                "SN",       "M1",        "NUMBERED"),
    row("ISSN",                  "SN",       "",          "ARTICLES periodical", shapes.issn("SN")),
    row("ISBN",                  "SN",       "",          "ARTICLES periodical", shapes.isbn_if_free("SN")),
    row("ISBN",                  "SN",       "",          "-ARTICLES -periodical -NUMBERED", shapes.isbn("SN")),
    row("ISSN",                  "SN",       "",          "-ARTICLES -periodical -NUMBERED", shapes.issn_if_free("SN")),
    row("DOI",                   "DO",       "M3 UR",     "", shapes.doi("DO", "M3", "UR")),
    row("URL",                   "UR",       "LK L2",     "", shapes.url(("UR", "LK", "L2"), "DO", "M3")),
    row("language",              "LA"),
    row("abstract",              "AB",       "N2"),
    row("keyword",               "KW"),
    row("annote",                "RN"),
    row("note",                  "N1"),
    row("call-number",           "CN"),
    row("source",                "DP"),
    row("PMCID",                 "C2",       "",          "ARTICLES", shapes.pmcid("C2")),
    row("jurisdiction",          "C3",       "",          "patent"),
    row("genre",                 "M3",       "",          "-software -dataset", Shape(read=_read_genre)),
)
# fmt: on

CODEC: Final = Codec(
    name=names_line,
    to_name=lambda text: from_sort_form(undressed(text)),
    date=write_date,
    to_date=read_date,
    title=plain,
    to_title=undressed,
    to_text=undressed,
    abstract=plain,
)
MAPPING: Final = Mapping(ROWS, CODEC, COLUMN, Slots(note="N1", key="ID"))


def write(items: Iterable[Item]) -> Iterator[str]:
    """One record an item."""
    keys = Keys()
    for item in items:
        yield _record(item, keys.key(item))


def _record(item: Item, key: str) -> str:
    out = [f"TY  - {COLUMN.codes[item.type]}\r\n"]
    out.extend(f"{tag}  - {text}\r\n" for tag, text in MAPPING.lines(item))
    out.append(f"ID  - {clean(key)}\r\nER  - \r\n\r\n")
    return "".join(out)


def read(stream: BinaryIO) -> Iterator[Item | Problem]:
    """An Item for each record, a Problem for what is none."""
    problems: list[Problem] = []
    number = 0
    for first, record in _records(lines(stream, problems.append)):
        number += any(map(_TAGGED.match, record))
        found = _item(record, first, number, problems)
        yield from problems
        problems.clear()
        if found:
            yield found
    yield from problems


Numbered = tuple[int, str]
_TAGGED: Final = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: |$)(.*)")


# A line without a tag goes on with the value before it, but begins the next of these.
_LISTS: Final = ("KW", "UR")


def _records(numbered: Iterable[Numbered]) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, lines) for each record; it ends at ER or where another begins."""
    first = 0
    record: list[str] = []
    for number, line in numbered:
        match = _TAGGED.match(line)
        if match and match[1] == "TY" and record:
            yield first, record
            record = []
        if record or line.strip():
            first = first if record else number
            record.append(line)
        if match and match[1] == "ER":
            yield first, record
            record = []
    if record:
        yield first, record


def _item(record: list[str], first: int, number: int, problems: list[Problem]) -> Item | None:
    start = next((i for i, line in enumerate(record) if _TAGGED.match(line)), len(record))
    if start:
        raw = record[0][:80]
        problems.append(Problem("text outside a record", line=first, raw=raw, lost=False))
    record, first = record[start:], first + start
    if not record:
        return None
    place = Problem("", line=first, record=number, raw=record[0][:80], lost=False)
    if not record[0].startswith("TY"):
        problems.append(replace(place, message="a record without TY line", lost=True))
        return None
    if not record[-1].startswith("ER"):
        problems.append(replace(place, message="no ER line at the end of the record"))
    fields = _fields(record)
    code = str(fields.pop("TY"))  # the one tag that rispy never keeps as a list
    if not any(map(any, fields.values())):
        problems.append(replace(place, message="a record without fields", lost=True))
        return None
    type_ = COLUMN.type_of(code, fields.get("M3", [""])[0])
    if type_ is None:
        message = f"unknown type {code[:40]!r}, read as document"
        problems.append(replace(place, message=message, field="TY"))
    return _mapped(type_ or "document", fields)


def _mapped(type_: str, fields: Fields) -> Item:
    key = fields.pop("ID", [""])[0]
    item = MAPPING.item(type_, fields)
    event = item.texts.get("event-title")
    if event and event == item.texts.get("container-title") and not fields.keys() & {"BT", "C3"}:
        del item.texts["container-title"]  # T2 alone was the meeting, as the note says
    if key:
        item.id = item.texts["citation-key"] = key
    return item


def _fields(record: list[str]) -> Fields:
    """{tag: values} of a record; a line without a tag goes on with the value before it."""
    parts: list[list[str]] = []
    for line in record:
        if _TAGGED.match(line):
            parts.append([line])
        elif line.strip() and parts[-1][0].startswith(_LISTS):
            parts.append([f"{parts[-1][0][:2]}  - {line.strip()}"])
        elif line.strip():
            parts[-1].append(line.strip())
    whole = [" ".join(part) for part in parts]
    if not whole[-1].startswith("ER"):
        whole.append("ER  - ")
    fields: Fields = _Syntax().parse_lines(iter(whole))[0]
    return fields


class _Every(Container[str]):
    """Contains everything: to rispy, each tag is one that may be repeated."""

    def __contains__(self, _: object) -> bool:
        return True


class _OwnName(dict[str, str]):
    """Maps each tag to itself, where rispy has names of its own."""

    def __missing__(self, tag: str) -> str:
        return tag


class _Syntax(RisParser):  # type: ignore[misc]  # rispy carries no types
    """rispy's parser with bare tags as keys, tolerant of a missing blank before the dash."""

    def __init__(self) -> None:
        super().__init__(mapping=_OwnName(), list_tags=_Every(), delimiter_tags_mapping={})

    def parse_line(self, line: str) -> tuple[str, str] | tuple[None, str]:
        match = _TAGGED.match(line)
        return (match[1], match[2].strip()) if match else (None, line.strip())


def looks_like(head: str) -> bool:
    """Whether a line of *head* begins a RIS record."""
    return bool(re.search(r"^\s*TY {1,2}- *[A-Z]", head, re.M))


FORMAT: Final = Format(
    name="ris",
    label="RIS",
    media_type="application/x-research-info-systems",
    suffix="ris",
    read=read,
    write=write,
    looks_like=looks_like,
    holds=MAPPING.holds,
    accept=(
        "text/x-research-info-systems",
        "application/x-ris",
        "text/ris",
        "application/ris",
    ),
)
