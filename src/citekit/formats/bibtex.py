"""BibTeX and BibLaTeX: two dialects of the .bib file.

bibtexparser reads the syntax, a stretch of the file at a time; this module owns the mapping and
writes. One field a line, braces always balanced, months as bare macros, capitals protected word
by word, corporate names in braces, DOIs and URLs as they are (formats.md 2.7 and 3.12 to 3.18).
What BibTeX has no field for stands in `usera`, which no bibliography style prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final
from urllib.parse import quote

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ParsingFailedBlock,
    String,
)

from citekit import dates, richtext
from citekit.dates import Date
from citekit.errors import Problem
from citekit.formats import capitals, crosswalk, identifiers, pages
from citekit.formats.base import Format
from citekit.formats.crosswalk import Column
from citekit.formats.detex import detex
from citekit.formats.mapping import Codec, Fields, Line, Mapping, Row, Shape, row
from citekit.formats.text import Report, clean, lines
from citekit.keys import Keys
from citekit.markup.latex import LATEX, escape, is_balanced
from citekit.model import Item
from citekit.names import Name, body, glue, person
from citekit.variables import NAMES

# Fields that hold addresses and numbers, not text: nothing is escaped in them.
VERBATIM: Final = frozenset("doi url eprint".split())
LABELS: Final = "usera"
SUBTYPE: Final = "entrysubtype"


# --- names -----------------------------------------------------------------------------------


def write_name(name: Name) -> str:
    """BibTeX's "von Last, Jr, First"; a body in braces of its own."""
    if name.literal:
        return f"{{{escape(clean(name.literal))}}}"
    particle = clean(glue(name.dropping_particle, name.non_dropping_particle))
    family = glue(escape(particle), _whole(clean(name.family)))
    parts = (family, escape(clean(name.suffix)), escape(clean(name.given)))
    return ", ".join(part for part in parts if part)


def _whole(family: str) -> str:
    """A family name in braces where BibTeX would cut it: at commas, "and", small inner words."""
    words = family.split()
    cuts = "," in family or any(word == "and" or word[:1].islower() for word in words[1:])
    return f"{{{escape(family)}}}" if cuts else escape(family)


def read_name(text: str) -> Name:
    """The Name in one name of BibTeX or in BibLaTeX's "given=…, family=…"."""
    text = text.strip()
    if text.startswith("{") and text.endswith("}") and is_balanced(text[1:-1]):
        return body(detex(text))
    if re.match(r"\w+\s*=", text):
        return _extended_name(text)
    try:
        parts = parse_single_name_into_parts(text, strict=False)
    except InvalidNameError:
        return body(detex(text))
    first, von, last, jr = (
        detex(" ".join(words)) for words in (parts.first, parts.von, parts.last, parts.jr)
    )
    if not first and not von and not jr:
        return body(last) if " " in last else Name(family=last)
    if von:
        return Name(last, first, suffix=jr, non_dropping_particle=von)
    return person(last, first, jr)


def _extended_name(text: str) -> Name:
    parts = dict(re.findall(r"(\w[\w-]*)\s*=\s*((?:\{[^{}]*\}|\"[^\"]*\"|[^,{\"])*)", text))
    said = {key.lower(): detex(value.strip().strip('"')) for key, value in parts.items()}
    particle, keeps = said.get("prefix", ""), said.get("useprefix", "true").lower() == "true"
    return Name(
        said.get("family", ""),
        said.get("given", ""),
        suffix=said.get("suffix", ""),
        non_dropping_particle=particle if keeps else "",
        dropping_particle="" if keeps else particle,
    )


# --- dates -----------------------------------------------------------------------------------


def _write_issued(item: Item) -> Iterator[Line]:
    """BibTeX has the year and, as a macro, the month."""
    date = item.dates["issued"]
    yield "year", f"{date.year}" if date.year and date.year > 0 else escape(clean(date.edtf))
    month = date.parts[0][1] if date.parts and len(date.parts[0]) > 1 else 0
    if date.year and date.year > 0 and 1 <= month <= 12:
        yield "month", dates.MONTHS[month - 1]


def _read_issued(fields: Fields) -> Date | None:
    texts = [fields[name][0] for name in ("date", "year") if fields.get(name)]
    found = [date for date in map(_date, texts) if date.parts]
    if not found:
        return Date(literal=detex(texts[0])) if texts else None
    date = found[0]
    month = detex(fields.get("month", [""])[0])
    number = dates.month_number(month.split()[0].strip('#"')) if month.split() else None
    if number and len(date.parts) == 1 and len(date.parts[0]) == 1:
        return _with_month(date, number, detex(fields.get("day", [""])[0]) or month)
    return date


def _with_month(date: Date, month: int, text: str) -> Date:
    """The year of *date* with its month, and the day if *text* holds one ("may 27", "27")."""
    day = re.search(r"\b([12]?\d|3[01])\b", text)
    alone = text.strip().isdecimal() and int(text) == month
    parts = (date.parts[0][0], month, *((int(day[1]),) if day and not alone and month < 13 else ()))
    return Date(parts=(parts,), circa=date.circa)


def _write_edtf(date: Date) -> str:
    return clean(date.edtf) if date.parts else escape(clean(date.literal))


def _date(text: str) -> Date:
    """The date of a field; EDTF's mark of uncertainty is no blank of LaTeX."""
    date = Date.from_text(text.strip())
    return date if date.parts else Date.from_text(detex(text))


def _write_date(item: Item) -> Iterator[Line]:
    """BibLaTeX takes EDTF in `date`; what is no date may stand in `year`."""
    date = item.dates["issued"]
    yield ("date" if date.parts else "year"), _write_edtf(date)


# --- pages, titles, identifiers --------------------------------------------------------------


def _write_page(item: Item) -> Iterator[Line]:
    first, last = pages.split(clean(item.texts["page"]))
    yield "pages", escape(f"{first}--{last}" if last else first)


def _read_page(fields: Fields) -> str | None:
    page = pages.joined(*pages.split(detex(fields.get("pages", [""])[0])))
    return None if page in map(detex, fields.get("eid", ())) else page or None


def _read_page_or_eid(fields: Fields) -> str | None:
    return _read_page({"pages": fields.get("pages") or fields.get("eid") or [""]})


def _write_article_number(item: Item) -> Iterator[Line]:
    # Zotero and pandoc know pages only, BibLaTeX styles want eid.
    number = escape(clean(item.texts["number"]))
    if "page" not in item.texts:
        yield "pages", number
    yield "eid", number


def _read_article_number(fields: Fields) -> str | None:
    return detex(fields["eid"][0]) if fields.get("eid") else None


def _verbatim(text: str) -> str:
    """An address or number as it is; what would break the field is percent-encoded."""
    text = clean(text)
    return (
        text if is_balanced(text) and "\\" not in text else quote(text, safe=":/?#[]@!$&'()*+,;=%~")
    )


def _unescaped(text: str) -> str:
    r"""A verbatim field of the wild: "\_" and "\url{…}" are taken back, the rest stays."""
    text = re.sub(r"^\\url\{(.*)\}$", r"\1", text.strip())
    return re.sub(r"\\([_%#&$~{}])", r"\1", text)


def _write_doi(item: Item) -> Iterator[Line]:
    yield "doi", _verbatim(item.texts["DOI"])


def _read_doi(fields: Fields) -> str | None:
    text = _unescaped(fields.get("doi", [""])[0])
    return identifiers.doi(text) or text or None


def _write_url(item: Item) -> Iterator[Line]:
    yield "url", _verbatim(item.texts["URL"])


def _read_url(fields: Fields) -> str | None:
    if fields.get("url"):
        return _unescaped(fields["url"][0]) or None
    text = _unescaped(fields.get("howpublished", [""])[0])
    return text if text.startswith(("http://", "https://")) else None


def _read_medium(fields: Fields) -> str | None:
    text = fields.get("howpublished", [""])[0]
    return None if _read_url({"howpublished": [text]}) else detex(text) or None


def _write_title(item: Item) -> Iterator[Line]:
    yield "title", capitals.protected(clean(item.texts["title"]))


# The names that babel has for languages; BibLaTeX hyphenates and translates by them.
LANGIDS: Final = {
    "ar": "arabic", "bg": "bulgarian", "ca": "catalan", "cs": "czech", "da": "danish",
    "de": "ngerman", "el": "greek", "en": "english", "es": "spanish", "et": "estonian",
    "fa": "persian", "fi": "finnish", "fr": "french", "he": "hebrew", "hi": "hindi",
    "hr": "croatian", "hu": "magyar", "is": "icelandic", "it": "italian", "ja": "japanese",
    "ko": "korean", "la": "latin", "lt": "lithuanian", "lv": "latvian", "nb": "norsk",
    "nl": "dutch", "nn": "nynorsk", "no": "norsk", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sk": "slovak", "sl": "slovenian", "sr": "serbian",
    "sv": "swedish", "tr": "turkish", "uk": "ukrainian", "vi": "vietnamese", "zh": "chinese",
}  # fmt: skip
_TAGS: Final = {name: tag for tag, name in reversed(LANGIDS.items())}


def _write_language(item: Item) -> Iterator[Line]:
    language = clean(item.texts["language"])
    yield "language", escape(language)
    if langid := LANGIDS.get(language.replace("_", "-").split("-")[0].lower()):
        yield "langid", langid


def _read_language(fields: Fields) -> str | None:
    if fields.get("language"):
        return detex(fields["language"][0]) or None
    langid = fields.get("langid", [""])[0].lower()
    return _TAGS.get(langid, langid) or None


_ARXIV: Final = re.compile(
    r"(?:arXiv:|https?://arxiv\.org/(?:abs|pdf)/|10\.48550/arXiv\.)?"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(v\d+)?",
    re.I,
)


def _eprint(text: str) -> Iterator[Line]:
    """The fields that between them every reader of preprints understands, if this is arXiv's."""
    if match := _ARXIV.fullmatch(clean(text)):
        yield "eprint", match[1] + (match[2] or "")
        yield "archiveprefix", "arXiv"
        yield "eprinttype", "arxiv"


def _write_preprint(item: Item) -> Iterator[Line]:
    number = item.texts["number"]
    found = list(_eprint(number))
    yield from found or [("number", escape(clean(number)))]


def _write_preprint_doi(item: Item) -> Iterator[Line]:
    yield from _write_doi(item)
    if "number" not in item.texts:
        yield from _eprint(item.texts["DOI"])


def _read_preprint(fields: Fields) -> str | None:
    eprint = fields.get("eprint", [""])[0]
    server = (fields.get("archiveprefix") or fields.get("eprinttype") or [""])[0].lower()
    if eprint and (server == "arxiv" or (not server and _ARXIV.fullmatch(eprint))):
        return f"arXiv:{eprint.removeprefix('arXiv:')}"
    return detex(fields["number"][0]) if fields.get("number") else None


def _write_genre(item: Item) -> Iterator[Line]:
    if genre := clean(item.texts.get("genre", "")):
        yield "type", escape(genre)


PAGE: Final = Shape(_write_page, _read_page)
PAGE_OR_EID: Final = Shape(_write_page, _read_page_or_eid)
ISSUED: Final = Shape(_write_issued, _read_issued)
PREPRINT: Final = Shape(_write_preprint, _read_preprint)
ARTICLE_NUMBER: Final = Shape(_write_article_number, _read_article_number)
PREPRINT_DOI: Final = Shape(_write_preprint_doi, _read_doi)
DOI: Final = Shape(_write_doi, _read_doi)
URL: Final = Shape(_write_url, _read_url)
LANGUAGE: Final = Shape(_write_language, _read_language)

# --- the tables ------------------------------------------------------------------------------

# fmt: off
_SHARED: Final = (
    #   variable                 fields            also read        item types
    row("author",                "author",         "",              "-motion_picture -MUSIC"),
    row("director",              "author",         "",              "motion_picture"),
    row("composer",              "author",         "",              "MUSIC"),
    row("editor",                "editor"),
    row("translator",            "translator"),
    row("container-author",      "bookauthor"),
    row("title",                 "title",          "",              "", Shape(_write_title)),
    row("title-short",           "shorttitle"),
    row("container-title",       "booktitle",      "journaltitle journal maintitle", "-ARTICLES"),
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
    row("page",                  "pages",          "",              "ARTICLES", PAGE),
    row("page",                  "pages",          "eid",           "-ARTICLES", PAGE_OR_EID),
    row("number",                "eid",            "",              "ARTICLES", ARTICLE_NUMBER),
    row("number-of-pages",       "pagetotal",      "numpages"),
    row("edition",               "edition"),
    row("version",               "version"),
    row("chapter-number",        "chapter"),
    row("medium",                "howpublished",   "",              "", Shape(read=_read_medium)),
    row("genre",                 "type",           "",              "", Shape(_write_genre)),
    row("status",                "pubstate"),
    row("language",              "language langid", "",             "", LANGUAGE),
    row("call-number",           "library"),
    row("license",               "copyright"),
    row("abstract",              "abstract"),
    row("keyword",               "keywords",       "keyword"),
    row("note",                  "note",           "addendum"),
    row("ISBN",                  "isbn"),
    row("ISSN",                  "issn"),
    row("DOI",                   "doi",            "",              "-article", DOI),
    row("DOI",                   "doi",            "",              "article", PREPRINT_DOI),
    row("URL",                   "url",            "howpublished",  "", URL),
    row("PMID",                  "pmid"),
    row("PMCID",                 "pmcid"),
)
_BIBTEX: Final = (
    row("container-title",       "journal",        "journaltitle booktitle", "ARTICLES"),
    row("issued",                "year month",     "date",          "", ISSUED),
    row("issue",                 "number",         "issue",         "ARTICLES periodical"),
    row("number",                "eprint",         "number archiveprefix eprinttype", "article", PREPRINT),
    row("collection-number",     "number",         "",              "SERIES PARTS paper-conference"),
    row("number",                "number",         "",              "-ARTICLES -SERIES -PARTS -paper-conference -periodical -article"),
    row("publisher",             "school",         "institution publisher", "thesis"),
    row("publisher",             "institution",    "publisher school organization", "report standard"),
    row("publisher",             "publisher",      "institution organization school", "-thesis -report -standard"),
    row("publisher-place",       "address",        "location"),
    row("annote",                "annote",         "annotation"),
)
_BIBLATEX: Final = (
    row("container-title",       "journaltitle",   "journal booktitle", "ARTICLES"),
    row("issued",                "date",           "year month",    "", Shape(_write_date, _read_issued)),
    row("issue",                 "number",         "issue",         "ARTICLES periodical"),
    row("number",                "eprint",         "number archiveprefix eprinttype", "article", PREPRINT),
    row("collection-number",     "number",         "",              "SERIES PARTS paper-conference"),
    row("number",                "number",         "",              "-ARTICLES -SERIES -PARTS -paper-conference -periodical -article"),
    row("publisher",             "institution",    "school publisher organization", "thesis report standard"),
    row("publisher",             "publisher",      "institution organization school", "-thesis -report -standard"),
    row("publisher-place",       "location",       "address"),
    row("annote",                "annotation",     "annote"),
)
# fmt: on


def _text(text: str) -> str:
    return escape(clean(text))


def _title(text: str) -> str:
    return LATEX.write(richtext.parse(clean(text)))


CODEC: Final = Codec(
    name=write_name,
    to_name=read_name,
    date=_write_edtf,
    to_date=_date,
    title=_title,
    to_title=detex,
    abstract=_title,
    text=_text,
    to_text=detex,
)


# What a reader of the file looks for first; the other fields follow in the order of the rows.
_FIRST: Final = "author editor title journal journaltitle booktitle year month date".split()
_RANK: Final = {field: rank for rank, field in enumerate(_FIRST)}
_NAME_FIELDS: Final = frozenset(
    slot for rule in _SHARED if rule.variable in NAMES for slot in (*rule.slots, *rule.also)
)
_KEYWORD_FIELDS: Final = frozenset({"keywords", "keyword"})


class Dialect:
    """BibTeX or BibLaTeX: the two differ in their tables only."""

    def __init__(self, column: Column, rows: tuple[Row, ...]) -> None:
        self.column = column
        self.mapping = Mapping(
            (*rows, *_SHARED),
            CODEC,
            column,
            note="note",
            labels=LABELS,
            type_slot=SUBTYPE,
            key="entry key",
        )

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
        if code == "phdthesis" and "master" in item.texts.get("genre", "").lower():
            code = "mastersthesis"
        ordered = sorted(fields.items(), key=lambda field: _RANK.get(field[0], len(_RANK)))
        body = ",\n".join(f"  {name} = {_value(name, texts)}" for name, texts in ordered)
        return f"@{code}{{{key},\n{body}\n}}\n\n"

    def read(self, stream: BinaryIO) -> Iterator[Item | Problem]:
        """An Item for each entry, a Problem for each block that cannot be read."""
        problems: list[Problem] = []
        count = 0
        for first, block in _blocks(stream, problems.append):
            if isinstance(block, Entry):
                count += 1
                yield from problems
                yield self._item(block)
            else:
                yield from problems
                yield _problem(block, first)
            problems.clear()
        yield from problems

    def _item(self, entry: Entry) -> Item:
        fields: Fields = {}
        for field in entry.fields:
            name = field.key.lower()
            fields.setdefault(name, _split(name, str(field.value)))
        type_ = self.column.type_of(entry.entry_type, detex(fields.get("type", [""])[0]))
        item = self.mapping.item(type_ or "document", fields)
        item.id = item.texts["citation-key"] = entry.key
        return item


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
        return re.split(r"\s*;\s*" if ";" in text else r"\s*,\s*", text)
    return [" ".join(text.split())]


# --- syntax ----------------------------------------------------------------------------------

_BEGINS: Final = re.compile(r"\s*@\s*\w+\s*[{(]")
_STRETCH: Final = 1 << 16


def _blocks(stream: BinaryIO, report: Report) -> Iterator[tuple[int, Block]]:
    """(number of the first line of its stretch, block) for each entry and each broken block."""
    strings: list[Block] = []
    for first, text in _stretches(stream, report):
        library = parse_string(text, library=Library(strings))
        for block in map(_entry_of, library.blocks):
            if isinstance(block, Entry | ParsingFailedBlock):
                yield first, block
        strings = [block for block in library.blocks if isinstance(block, String)]


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


def _problem(block: Block, first: int) -> Problem:
    reason = (
        getattr(block.error, "abort_reason", "") if isinstance(block, ParsingFailedBlock) else ""
    )
    return Problem(
        f"an entry that cannot be read: {reason or 'broken syntax'}",
        line=first + (block.start_line or 0),
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
