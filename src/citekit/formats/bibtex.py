"""BibTeX and BibLaTeX: two dialects of the .bib file.

bibtexparser reads the syntax, a stretch of the file at a time; this module owns the mapping and
writes. One field a line, braces always balanced, months as bare macros, capitals protected word
by word, corporate names in braces, DOIs and URLs as they are (formats.md 2.7 and 3.12 to 3.18).
What BibTeX has no field for stands in `usera`, which no bibliography style prints.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import split_multiple_persons_names
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    ParsingFailedBlock,
    String,
)
from bibtexparser.model import Entry as BibEntry
from msgspec.structs import replace

from citekit import richtext
from citekit.errors import Problem
from citekit.formats import bibvalues, crosswalk
from citekit.formats.base import Format
from citekit.formats.bibparents import Entry, Family
from citekit.formats.crosswalk import Column
from citekit.formats.detex import detex
from citekit.formats.mapping import Codec, Fields, Mapping, Row, Slots, row
from citekit.formats.text import Report, clean, lines, undressed
from citekit.keys import Keys
from citekit.markup.latex import LATEX, escape, is_balanced
from citekit.model import Item
from citekit.variables import NAMES

# --- the tables ------------------------------------------------------------------------------

# fmt: off
_SHARED: Final = (
    #   variable                 fields            also read        item types
    row("issue",                 "number",         "issue",         "ARTICLES periodical"),
    row("number",                "eprint",         "number archiveprefix eprinttype", "article", bibvalues.PREPRINT),
    row("collection-number",     "number",         "",              "IN_SERIES"),
    row("number",                "number",         "",              "-ARTICLES -IN_SERIES -periodical -article"),
    row("publisher",             "publisher",      "institution organization school", "-thesis -report -standard -LAW"),
    row("publisher",             "publisher",      "holder school", "LAW"),
    row("author",                "author",         "",              "-motion_picture -MUSIC"),
    row("director",              "author",         "",              "motion_picture"),
    row("composer",              "author",         "",              "MUSIC"),
    row("editor",                "editor"),
    row("translator",            "translator"),
    row("container-author",      "bookauthor"),
    row("title",                 "title",          "",              "", bibvalues.TITLE),
    row("title-short",           "shorttitle"),
    row("container-title",       "booktitle",      "journaltitle journal maintitle", "-ARTICLES", bibvalues.BOOK_TITLE),
    row("container-title-short", "shortjournal",   "journalabbr"),
    row("collection-title",      "series"),
    row("event-title",           "eventtitle"),
    row("event-date",            "eventdate"),
    row("event-place",           "venue"),
    row("original-date",         "origdate"),
    row("original-title",        "origtitle"),
    row("original-publisher",    "origpublisher"),
    row("original-publisher-place", "origlocation"),
    row("accessed",              "urldate"),
    row("volume",                "volume"),
    row("number-of-volumes",     "volumes"),
    row("part-number",           "part"),
    row("page",                  "pages",          "",              "ARTICLES", bibvalues.PAGE),
    row("page",                  "pages",          "eid",           "-ARTICLES", bibvalues.PAGE_OR_EID),
    row("number",                "eid",            "",              "ARTICLES", bibvalues.ARTICLE_NUMBER),
    row("number-of-pages",       "pagetotal",      "numpages"),
    row("edition",               "edition"),
    row("version",               "version"),
    row("chapter-number",        "chapter"),
    row("medium",                "howpublished",   "",              "", bibvalues.MEDIUM),
    row("genre",                 "type",           "",              "", bibvalues.GENRE),
    row("status",                "pubstate"),
    row("language",              "language langid", "",             "", bibvalues.LANGUAGE),
    row("call-number",           "library"),
    row("license",               "copyright"),
    row("abstract",              "abstract"),
    row("keyword",               "keywords",       "keyword"),
    row("note",                  "note",           "addendum"),
    row("ISBN",                  "isbn"),
    row("ISSN",                  "issn"),
    row("DOI",                   "doi",            "",              "-article", bibvalues.DOI),
    row("DOI",                   "doi",            "",              "article", bibvalues.PREPRINT_DOI),
    row("URL",                   "url",            "howpublished",  "", bibvalues.URL),
    row("PMID",                  "pmid",           "",              "", bibvalues.PMID),
    row("authority",             "institution",    "organization",  "LAW"),
    row("PMCID",                 "pmcid"),
)
_BIBTEX: Final = (
    row("container-title",       "journal",        "journaltitle booktitle", "ARTICLES"),
    row("issued",                "year month",     "date",          "", bibvalues.ISSUED),
    row("publisher",             "school",         "institution publisher", "thesis"),
    row("publisher",             "institution",    "publisher school organization", "report standard"),
    row("publisher-place",       "address",        "location"),
    row("annote",                "annote",         "annotation"),
)
_BIBLATEX: Final = (
    row("container-title",       "journaltitle",   "journal booktitle", "ARTICLES"),
    row("issued",                "date",           "year month",    "", bibvalues.DATE),
    row("publisher",             "institution",    "school publisher organization", "thesis report standard"),
    row("publisher-place",       "location",       "address"),
    row("annote",                "annotation",     "annote"),
)
# fmt: on


def _text(text: str) -> str:
    return escape(clean(text))


def _title(text: str) -> str:
    return LATEX.write(richtext.parse(clean(text)))


def _from_latex(text: str) -> str:
    return undressed(detex(text))


CODEC: Final = Codec(
    name=bibvalues.write_name,
    to_name=bibvalues.read_name,
    date=bibvalues.write_date,
    to_date=bibvalues.read_date,
    title=_title,
    to_title=_from_latex,
    abstract=_title,
    text=_text,
    to_text=_from_latex,
)


# What a reader of the file looks for first; the other fields follow in the order of the rows.
_FIRST: Final = """
    author editor title journal journaltitle booktitle year month date publisher school institution
    address location
    """.split()
_RANK: Final = {field: rank for rank, field in enumerate(_FIRST)}
_NAME_FIELDS: Final = frozenset(
    slot for rule in _SHARED if rule.variable in NAMES for slot in (*rule.slots, *rule.also)
)
_KEYWORD_FIELDS: Final = frozenset({"keywords", "keyword"})


class Dialect:
    """BibTeX or BibLaTeX: the two differ in their tables only."""

    def __init__(self, column: Column, rows: tuple[Row, ...]) -> None:
        self.column = column
        slots = Slots(note="note", labels="usera", type="entrysubtype", key="entry key")
        self.mapping = Mapping((*rows, *_SHARED), CODEC, column, slots)

    def write(self, items: Iterable[Item]) -> Iterator[str]:
        """One entry an item, an empty line after each."""
        keys = Keys()
        for item in items:
            yield self._entry(item, keys.key(item))

    def _entry(self, item: Item, key: str) -> str:
        fields: Fields = {}
        for slot, text in self.mapping.lines(item):
            fields.setdefault(slot, []).append(text)
        code = self.column.codes[item.type]
        genre = item.texts.get("genre", "").lower()
        if code == "phdthesis" and genre.startswith(("master", "mathesis")):
            code = "mastersthesis"
        ordered = sorted(fields.items(), key=lambda field: _RANK.get(field[0], len(_RANK)))
        body = ",\n".join(f"  {name} = {_value(name, texts)}" for name, texts in ordered)
        return f"@{code}{{{key},\n{body}\n}}\n\n"

    def read(self, stream: BinaryIO) -> Iterator[Item | Problem]:
        """An Item for each entry, a Problem for each block that cannot be read."""
        problems: list[Problem] = []
        family = Family()
        number = 0
        for line, block, strings in _blocks(stream, problems.append):
            if isinstance(block, BibEntry):
                number += 1
                place = Problem("", line=line, record=number, id=block.key, lost=False)
                entry = Entry(block.entry_type, block.key, _fields(block, strings), place)
                items = [self._item(settled, problems) for settled in family.settle(entry)]
                yield from problems
                yield from items
            else:
                yield from problems
                yield _problem(block, line)
            problems.clear()
        for orphan in family.orphans():
            message = f"no entry {orphan.parent[:40]!r} to take fields from"
            problems.append(replace(orphan.place, message=message, field="crossref"))
            yield self._item(orphan, problems)
        yield from problems

    def _item(self, entry: Entry, problems: list[Problem]) -> Item:
        fields, place = entry.fields, entry.place
        for name in _NAME_FIELDS & fields.keys():
            if fields[name][-1:] == ["others"]:
                fields[name] = fields[name][:-1]
                message = "the list of names ends in “and others”"
                problems.append(replace(place, message=message, field=name))
        bibvalues.join_subtitles(fields)
        type_ = self._type(entry.code, fields)
        if type_ is None:
            message = f"unknown type {entry.code[:40]!r}, read as document"
            problems.append(replace(place, message=message))
        item = self.mapping.item(type_ or "document", fields)
        item.id = item.texts["citation-key"] = entry.key
        return item

    def _type(self, code: str, fields: Fields) -> str | None:
        if code == "mastersthesis":
            fields.setdefault("type", ["mathesis"])
        found = self.column.type_of(code, detex(fields.get("type", [""])[0]))
        is_preprint = found in ("document", "webpage") and bibvalues.is_arxiv(fields)
        return "article" if is_preprint else found


def _fields(block: BibEntry, strings: dict[str, str]) -> Fields:
    """{field: texts}; of a field that is there twice, the first."""
    fields: Fields = {}
    for field in block.fields:
        name = field.key.lower()
        if name not in fields:
            fields[name] = _split(name, _resolved(str(field.value), strings))
    return fields


def _value(name: str, texts: list[str]) -> str:
    if name == "month":
        return texts[0]
    if name in _NAME_FIELDS:
        between = " and "
    else:
        has_comma = any("," in text for text in texts)
        between = ", " if name in _KEYWORD_FIELDS and not has_comma else "; "
    end = ";" if name in _KEYWORD_FIELDS and len(texts) == 1 and "," in texts[0] else ""
    return f"{{{between.join(texts)}{end}}}"


def _split(name: str, text: str) -> list[str]:
    if name in _NAME_FIELDS:
        return split_multiple_persons_names(" ".join(text.split()))
    if name in _KEYWORD_FIELDS:
        return [part.strip() for part in text.split(";" if ";" in text else ",")]
    return [" ".join(text.split())]


# What bibtexparser logs of a broken entry is our Problem already.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())

# --- syntax ----------------------------------------------------------------------------------

_BEGINS: Final = re.compile(r"\s*@\s*\w+\s*[{(]")
_STRETCH: Final = 1 << 16
_LONGEST_JOINED: Final = 1 << 20


def _blocks(stream: BinaryIO, report: Report) -> Iterator[tuple[int, Block, dict[str, str]]]:
    """(line, block, @strings so far) for each entry and each broken block."""
    strings: dict[str, str] = {}
    for first, text in _stretches(stream, report):
        for block in map(_entry_of, parse_string(text, parse_stack=[]).blocks):
            if isinstance(block, String):
                strings[block.key.lower()] = _resolved(block.value, strings)
            elif isinstance(block, BibEntry | ParsingFailedBlock):
                yield first + (block.start_line or 0), block, strings


def _resolved(value: str, strings: dict[str, str]) -> str:
    """A value without what encloses it, its parts put together, @strings in their places."""
    value = value.strip()
    if value[:1] == "{" and value[-1:] == "}" and is_balanced(value[1:-1]):
        return value[1:-1]
    if value[:1] == value[-1:] == '"' and value.count('"') == 2:
        return value[1:-1]
    parts = [_said(part, strings) for part in _parts(value)]
    # Strings made of strings can grow without end; what no field would hold stays as it is written.
    too_long = len(parts) > 1 and sum(map(len, parts)) > _LONGEST_JOINED
    return value if too_long else "".join(parts)


def _parts(value: str) -> Iterator[str]:
    """The parts of a value that "#" puts together; a quote inside braces ends nothing."""
    depth, start, quoted = 0, 0, False
    for place, char in enumerate(value):
        depth += (char == "{") - (char == "}")
        if char == '"' and not depth:
            quoted = not quoted
        elif char == "#" and not depth and not quoted:
            yield value[start:place].strip()
            start = place + 1
    yield value[start:].strip()


def _said(part: str, strings: dict[str, str]) -> str:
    """The inside of {…} or "…"; else what the @string of that name says."""
    if len(part) > 1 and (part[0], part[-1]) in (("{", "}"), ('"', '"')):
        return part[1:-1]
    return strings.get(part.lower(), part)


def _entry_of(block: Block) -> Block:
    """The same key or field twice is no reason to lose the entry."""
    if isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
        return block.ignore_error_block or block
    return block


def _stretches(stream: BinaryIO, report: Report) -> Iterator[tuple[int, str]]:
    """(first line, text) of stretches of whole blocks, so that memory does not grow.

    A stretch ends before a line that begins a block, where bibtexparser gives up an unfinished
    one as well.
    """
    first, size = 1, 0
    stretch: list[str] = []
    for number, line in lines(stream, report):
        if size >= _STRETCH and _BEGINS.match(line):
            yield first, "\n".join(stretch)
            first, size, stretch = number, 0, []
        stretch.append(line)
        size += len(line) + 1
    if stretch:
        yield first, "\n".join(stretch)


def _problem(block: Block, line: int) -> Problem:
    reason = (
        getattr(block.error, "abort_reason", "") if isinstance(block, ParsingFailedBlock) else ""
    )
    return Problem(
        f"an entry that cannot be read: {reason or 'broken syntax'}",
        line=line,
        raw=(block.raw or "")[:80],
    )


def looks_like(head: str) -> bool:
    """Whether a line of *head* begins an entry."""
    return bool(re.search(r"^\s*@\s*[A-Za-z]+\s*[{(]", head, re.M))


_BIBTEX_DIALECT: Final = Dialect(crosswalk.column("bibtex"), _BIBTEX)
_BIBLATEX_DIALECT: Final = Dialect(crosswalk.column("biblatex"), _BIBLATEX)

BIBTEX: Final = Format(
    name="bibtex",
    label="BibTeX",
    media_type="application/x-bibtex",
    suffix="bib",
    read=_BIBTEX_DIALECT.read,
    write=_BIBTEX_DIALECT.write,
    looks_like=looks_like,
    holds=_BIBTEX_DIALECT.mapping.holds,
    accept=("text/x-bibtex", "text/bibtex"),
    other_suffixes=("bibtex",),
)
BIBLATEX: Final = Format(
    name="biblatex",
    label="BibLaTeX",
    media_type="application/x-bibtex",
    suffix="biblatex.bib",
    read=_BIBLATEX_DIALECT.read,
    write=_BIBLATEX_DIALECT.write,
    looks_like=looks_like,
    holds=_BIBLATEX_DIALECT.mapping.holds,
    accept=("application/x-biblatex",),
)
