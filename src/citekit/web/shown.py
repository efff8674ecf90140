"""What a page says of a paper: texts for people, in English.

A record is data: what it says is escaped, and only the markup that a field may hold (italics,
raised and lowered letters, …) becomes markup of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup
from msgspec import Struct

from citekit import identifiers, richtext
from citekit.dates import MONTH_NAMES, SEASONS, Date, Part
from citekit.markup.html import HTML
from citekit.markup.plain import PLAIN
from citekit.model import Item, split_keywords
from citekit.names import Name
from citekit.store import Paper
from citekit.store.identity import identifiers as identifiers_of

# Other types are called what CSL calls them.
KINDS: Final = {
    "article": "Preprint",
    "article-journal": "Journal article",
    "article-magazine": "Magazine article",
    "article-newspaper": "Newspaper article",
    "entry-dictionary": "Dictionary entry",
    "entry-encyclopedia": "Encyclopedia entry",
    "graphic": "Image",
    "motion_picture": "Film",
    "paper-conference": "Conference paper",
    "post-weblog": "Blog post",
    "review-book": "Book review",
    "song": "Recording",
    "webpage": "Web page",
}
# What a reader must know before citing; other words of `status` only say how far a paper is.
WARNINGS: Final = ("retract", "withdraw", "concern", "correct")
# fmt: off
# label             variable
FACTS: Final = (
    ("Published in",    "container-title"),
    ("Series",          "collection-title"),
    ("Volume",          "volume"),
    ("Issue",           "issue"),
    ("Pages",           "page"),
    ("Number",          "number"),
    ("Edition",         "edition"),
    ("Version",         "version"),
    ("Event",           "event-title"),
    ("Published",       "issued"),
    ("Online since",    "available-date"),
    ("First published", "original-date"),
    ("Publisher",       "publisher"),
    ("Place",           "publisher-place"),
    ("Archive",         "archive"),
    ("Status",          "status"),
    ("ISSN",            "ISSN"),
    ("ISBN",            "ISBN"),
    ("Language",        "language"),
    ("Licence",         "license"),
    ("Accessed",        "accessed"),
    ("Note",            "note"),
)
# kind      label        where it leads
RESOLVERS: Final[Mapping[str, tuple[str, str]]] = {
    "doi":   ("DOI",       "https://doi.org/"),
    "pmid":  ("PubMed",    "https://pubmed.ncbi.nlm.nih.gov/"),
    "pmcid": ("PMC",       "https://pmc.ncbi.nlm.nih.gov/articles/"),
    "arxiv": ("arXiv",     "https://arxiv.org/abs/"),
}
# fmt: on

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_EAST_ASIAN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_LANGUAGE: Final = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WEB: Final = re.compile("https?://", re.I)
# Crossref gives abstracts in JATS.
_JATS: Final = (
    (re.compile(r"<(/?)jats:(?:italic|i)\s*>"), r"<\1i>"),
    (re.compile(r"<(/?)jats:(?:bold|b)\s*>"), r"<\1b>"),
    (re.compile(r"<(/?)jats:(sub|sup)\s*>"), r"<\1\2>"),
    (re.compile(r"</jats:(?:p|title|sec|list-item)\s*>"), "\n\n"),
    (re.compile(r"</?jats:[^<>]*>"), ""),
)
_BLANK_LINE: Final = re.compile(r"\n\s*\n")


class Said(Struct, frozen=True):
    """A line of a page: its label, its text, and where it leads, if anywhere."""

    label: str
    text: Markup
    address: str = ""


class People(Struct, frozen=True):
    """Names in their order, the first few apart from the rest, and what they did."""

    first: list[Markup]
    rest: list[Markup]
    role: str = ""


def rich(text: str) -> Markup:
    """*text* as HTML: the markup that a field may hold, all else escaped."""
    return Markup(HTML.write(richtext.parse(_CONTROLS.sub(" ", text))))  # noqa: S704


def plain(text: str) -> str:
    """*text* on one line, without markup."""
    return " ".join(_CONTROLS.sub(" ", PLAIN.write(richtext.parse(text))).split())


def title(item: Item) -> str:
    """The title with its markup, or what can stand for it."""
    texts = item.texts
    return texts.get("title") or texts.get("title-short") or f"Untitled {kind(item).lower()}"


def warning(item: Item) -> str:
    """The status of a work that was retracted, withdrawn or corrected, else ""."""
    status = item.texts.get("status", "")
    return status if any(word in status.lower() for word in WARNINGS) else ""


def kind(item: Item) -> str:
    """The type of the work, in words."""
    words = item.type.replace("-", " ").replace("_", " ")
    return KINDS.get(item.type) or words[:1].upper() + words[1:]


def language(item: Item) -> str:
    """The language tag of the item for a `lang` attribute, or ""."""
    tag = item.texts.get("language", "")
    return tag if _LANGUAGE.fullmatch(tag) else ""


def reading_form(name: Name) -> str:
    """The name as it is read: "Ludwig van Beethoven", "King Jr.", "屠呦呦"."""
    if name.literal:
        return name.literal
    if _EAST_ASIAN.fullmatch(name.family):
        return f"{name.family}{name.given}"
    parts = (name.given, name.whole_family, name.suffix)
    if name.static_ordering:
        parts = (name.whole_family, name.given, name.suffix)
    return " ".join(filter(None, parts))


def people(item: Item, most: int) -> People | None:
    """Who made the work: its authors, or whoever stands first in the record; *most* come first."""
    role = _first_role(item)
    if not role:
        return None
    names = [rich(reading_form(name)) for name in item.names[role]]
    # One more name is no longer than "and 1 more".
    cut = len(names) if len(names) <= most + 1 else most
    return People(names[:cut], names[cut:], "" if role == "author" else _words(role))


def _first_role(item: Item) -> str:
    return "author" if "author" in item.names else next(iter(item.names), "")


def venue(item: Item) -> Markup:
    """Where the work appeared, on a line: the journal, its volume, issue and pages."""
    texts = item.texts
    container = texts.get("container-title", "")
    if not container:
        return rich(texts.get("publisher", ""))
    volume, issue = texts.get("volume", ""), texts.get("issue", "")
    number = f"{volume}({issue})" if issue else volume
    where = ", ".join(filter(None, (number, pages(texts.get("page", "")))))
    return Markup("<cite>{}</cite> {}").format(rich(container), rich(where))


def pages(text: str) -> str:
    return text.replace("-", "–")


def date_text(date: Date) -> str:
    """The date in words: "27 June 2025", "Spring 2020", "1914 – 1918", "44 BC".

    >>> date_text(Date.from_text("2025-06-27")), date_text(Date(parts=((-44,),), circa=True))
    ('27 June 2025', 'c. 44 BC')
    """
    said = " – ".join(_part_text(part) for part in date.parts) or date.literal
    return f"c. {said}" if date.circa else said


def links(item: Item) -> Iterator[Said]:
    """The identifiers of the work, each leading to the work itself."""
    own = identifiers.doi(item.texts.get("DOI", ""))
    for handle in identifiers_of(item):
        kind_, _, value = handle.partition(":")
        label, address = RESOLVERS[kind_]
        if kind_ == "doi":
            value = own if own.lower() == value else value
            yield Said(label, rich(value), identifiers.doi_url(value))
        else:
            shown = value.upper() if kind_ == "pmcid" else value
            yield Said(label, rich(shown), address + shown)
    address = item.texts.get("URL", "")
    # Any other scheme would be a script or a file.
    if _WEB.match(address) and not identifiers.doi(address):
        yield Said("Web", rich(address), address)


def facts(paper: Paper) -> Iterator[Said]:
    """The rest of what the record says, as labelled lines."""
    item = paper.item
    yield Said("Type", rich(item.texts.get("genre") or kind(item)))
    byline = _first_role(item)
    for role, names in item.names.items():
        if role != byline:
            yield Said(_words(role), Markup(", ").join(rich(reading_form(name)) for name in names))
    for label, variable in FACTS:
        if text := _value(item, variable):
            yield Said(label, rich(text), text if _WEB.match(text) else "")
    yield Said("Citation key", rich(paper.key))


def _value(item: Item, variable: str) -> str:
    if date := item.dates.get(variable):
        return date_text(date)
    text = item.texts.get(variable, "")
    return pages(text) if variable == "page" else text


def paragraphs(text: str) -> list[Markup]:
    """The paragraphs of an abstract."""
    for pattern, instead in _JATS:
        text = pattern.sub(instead, text)
    return [rich(part.strip()) for part in _BLANK_LINE.split(text) if part.strip()]


def _words(variable: str) -> str:
    return variable.replace("-", " ").capitalize()


def _part_text(part: Part) -> str:
    if not part:
        return "…"
    year, *rest = part
    said = [str(year) if year > 0 else f"{-year} BC"]
    if rest:
        month = rest[0]
        seasons = {number: word.capitalize() for word, number in reversed(SEASONS.items())}
        said.insert(0, seasons.get(month) or MONTH_NAMES[month - 1])
    if len(rest) > 1:
        said.insert(0, str(rest[1]))
    return " ".join(said)


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "rich": rich,
    "plain": plain,
    "title_of": title,
    "kind": kind,
    "warning": warning,
    "language": language,
    "people": people,
    "venue": venue,
    "date_text": date_text,
    "links": links,
    "facts": facts,
    "paragraphs": paragraphs,
    "keywords": split_keywords,
}
