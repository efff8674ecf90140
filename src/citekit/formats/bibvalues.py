"""Values of .bib files: names, dates, pages, preprints, addresses, languages.

What BibTeX and BibLaTeX say in ways of their own. The tables in `bibtex` use them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote

from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts
from msgspec.structs import replace

from citekit import dates, identifiers, pages
from citekit.dates import Date
from citekit.formats import capitals
from citekit.formats.detex import detex
from citekit.formats.mapping import Fields, Line, Shape
from citekit.formats.text import clean
from citekit.markup.latex import escape, is_balanced
from citekit.model import Item
from citekit.names import Name, body, glue, person

# --- names -----------------------------------------------------------------------------------


def write_name(name: Name) -> str:
    """BibTeX's "von Last, Jr, First"; a body in braces of its own."""
    if name.literal:
        return f"{{{escape(clean(name.literal))}}}"
    if not name.given:
        whole = " ".join(filter(None, (name.whole_family, name.suffix)))
        whole = escape(clean(whole))
        return f"{{{whole}}}" if set(whole) & set(" ,") else whole
    particle = clean(glue(name.dropping_particle, name.non_dropping_particle))
    family = glue(escape(particle), _whole(clean(name.family)))
    given = escape(clean(name.given))
    if "," in given or " and " in given:
        given = f"{{{given}}}"
    parts = (family, escape(clean(name.suffix)), given)
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
    pattern = r"\b([A-Za-z-]{1,20}) ?= ?(\{[^{}]*\}|\"[^\"]*\"|[^,{\"]*)"
    parts = dict(re.findall(pattern, text))
    said = {key.lower(): detex(value.strip().strip('"{}')) for key, value in parts.items()}
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
    found = [date for date in map(read_date, texts) if date.parts]
    if not found:
        return Date(literal=detex(texts[0])) if texts else None
    date = found[0]
    month = detex(fields.get("month", [""])[0])
    if month and len(date.parts) == 1 and len(date.parts[0]) == 1:
        return _with_month(date, month, detex(fields.get("day", [""])[0]))
    return date


def _with_month(date: Date, month: str, day: str) -> Date:
    """The year of *date* with what `month` says: "jun", "6", "5 January", "May/June"."""
    year = date.parts[0][0]
    if (number := dates.month_number(month)) and number <= 12:
        month = dates.MONTHS[number - 1]
    found = Date.from_text(f"{day} {month.replace('/', '-')} {year}")
    is_same_year = found.parts and found.parts[0][0] == year
    return replace(found, circa=date.circa) if is_same_year else date


def write_date(date: Date) -> str:
    """EDTF; a date that is none as it stands."""
    return clean(date.edtf) if date.parts else escape(clean(date.literal))


def read_date(text: str) -> Date:
    """The date of a field; EDTF's mark of uncertainty is no blank of LaTeX."""
    date = Date.from_text(text.strip())
    return date if date.parts else Date.from_text(detex(text))


def _write_date_or_year(item: Item) -> Iterator[Line]:
    """BibLaTeX takes EDTF in `date`; what is no date may stand in `year`."""
    date = item.dates["issued"]
    yield ("date" if date.parts else "year"), write_date(date)


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
    r"""A verbatim field of the wild: "\_", "{\_}" and "\url{…}" are taken back, the rest stays."""
    text = re.sub(r"^\\url\{(.*)\}$", r"\1", text.strip())
    text = re.sub(r"\{\\textless\}|\\textless\{\}", "<", text)
    text = re.sub(r"\{\\textgreater\}|\\textgreater\{\}", ">", text)
    return re.sub(r"\{\\([_%#&$~])\}|\\([_%#&$~{}])", r"\1\2", text)


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


def _protected(variable: str, field: str) -> Callable[[Item], Iterator[Line]]:
    def write(item: Item) -> Iterator[Line]:
        yield field, capitals.protected(clean(item.texts[variable]))

    return write


# BibLaTeX has the second half of a title in a field of its own; CSL has one title.
SUBTITLES: Final = {
    "title": "subtitle",
    "booktitle": "booksubtitle",
    "maintitle": "mainsubtitle",
    "journaltitle": "journalsubtitle",
}


def join_subtitles(fields: Fields) -> None:
    """Puts each subtitle behind its title."""
    for title, subtitle in SUBTITLES.items():
        if fields.get(title) and (said := fields.pop(subtitle, None)):
            between = " " if fields[title][0].rstrip("}")[-1:] in ":?!" else ": "
            fields[title] = [f"{fields[title][0]}{between}{said[0]}"]


# The words that BibLaTeX has for kinds of work, which its styles translate.
KINDS: Final = {
    "phdthesis": "PhD thesis",
    "mathesis": "Master’s thesis",
    "mastersthesis": "Master’s thesis",
    "bathesis": "Bachelor’s thesis",
    "candthesis": "Candidate thesis",
    "techreport": "Technical report",
    "resreport": "Research report",
    "software": "Computer software",
    "datacd": "Data CD",
    "audiocd": "Audio CD",
}


def _read_genre(fields: Fields) -> str | None:
    said = detex(fields.get("type", [""])[0])
    return KINDS.get(said.lower(), said) or None


def _write_genre(item: Item) -> Iterator[Line]:
    yield "type", escape(clean(item.texts["genre"]))


def _read_pmid(fields: Fields) -> str | None:
    if fields.get("pmid"):
        said = detex(fields["pmid"][0])
        return identifiers.pmid(said) or said or None
    is_pubmed = fields.get("eprinttype", [""])[0].lower() == "pubmed"
    return identifiers.pmid(fields.get("eprint", [""])[0]) or None if is_pubmed else None


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


def is_arxiv(fields: Fields) -> bool:
    """Whether the fields for electronic prints say that this is one of arXiv's."""
    server = (fields.get("archiveprefix") or fields.get("eprinttype") or [""])[0].lower()
    eprint = fields.get("eprint", [""])[0]
    looks = not server and bool(_ARXIV.fullmatch(eprint))
    return bool(eprint) and (server == "arxiv" or looks)


def _write_preprint(item: Item) -> Iterator[Line]:
    number = item.texts["number"]
    found = list(_eprint(number))
    yield from found or [("number", escape(clean(number)))]


def _write_preprint_doi(item: Item) -> Iterator[Line]:
    yield from _write_doi(item)
    if "number" not in item.texts:
        yield from _eprint(item.texts["DOI"])


def _read_preprint(fields: Fields) -> str | None:
    if is_arxiv(fields):
        return f"arXiv:{fields['eprint'][0].removeprefix('arXiv:')}"
    return detex(fields["number"][0]) if fields.get("number") else None


PAGE: Final = Shape(_write_page, _read_page)
PAGE_OR_EID: Final = Shape(_write_page, _read_page_or_eid)
TITLE: Final = Shape(_protected("title", "title"))
BOOK_TITLE: Final = Shape(_protected("container-title", "booktitle"))
GENRE: Final = Shape(_write_genre, _read_genre)
PMID: Final = Shape(read=_read_pmid)
MEDIUM: Final = Shape(read=_read_medium)
ISSUED: Final = Shape(_write_issued, _read_issued)
DATE: Final = Shape(_write_date_or_year, _read_issued)
PREPRINT: Final = Shape(_write_preprint, _read_preprint)
ARTICLE_NUMBER: Final = Shape(_write_article_number, _read_article_number)
PREPRINT_DOI: Final = Shape(_write_preprint_doi, _read_doi)
DOI: Final = Shape(_write_doi, _read_doi)
URL: Final = Shape(_write_url, _read_url)
LANGUAGE: Final = Shape(_write_language, _read_language)
