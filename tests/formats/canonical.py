"""What a format is allowed to change, so that everything else must come back unchanged.

Each rule is one that docs/formats.md tells the user; a value that differs in any other way is lost.
"""

from __future__ import annotations

from msgspec.structs import replace

from citekit import identifiers, pages
from citekit.dates import Date
from citekit.formats.plaintext import plain
from citekit.model import Item, Value
from citekit.names import Name
from citekit.variables import TITLES

ARTICLES = {
    "article-journal",
    "article-magazine",
    "article-newspaper",
    "review",
    "review-book",
}
PLAIN_TEXT = {"ris", "enw"}
NO_BODY_COMMAS = {"ris", "enw", "endnote-xml"}
NO_ARTICLE_NUMBER = {"ris"}
# What a format has no type for is told by its kind of work, also where the item names none, and
# BibLaTeX wants one for theses and reports.
KINDS = {
    ("ris", "article"): "Preprint",
    ("ris", "standard"): "Standard",
    ("biblatex", "standard"): "Standard",
    ("biblatex", "thesis"): "PhD thesis",
    ("biblatex", "report"): "Technical report",
}


def canonical(item: Item, format_: str) -> dict[str, Value | str]:
    """{variable: value} as far as *format_* promises to keep it."""
    values: dict[str, Value | str] = {"type": item.type}
    for variable in item.variables():
        if variable != "citation-key":
            values[variable] = _value(variable, item[variable], format_)
    if values.get("genre") == KINDS.get((format_, item.type)):
        values.pop("genre", None)
    if identifiers.doi(item.texts.get("URL", "")) == item.texts.get("DOI"):
        values.pop("URL", None)
    is_article_number = item.type in ARTICLES and format_ in NO_ARTICLE_NUMBER
    if is_article_number and "number" in values and "page" not in values:
        # The article's number stands where the pages stand, for all readers' sake.
        values["page"] = values.pop("number")
    return values


def _value(variable: str, value: Value, format_: str) -> Value | str:
    if format_ == "csl-json":
        return value
    if isinstance(value, Date):
        return replace(value, literal="" if value.parts else value.literal, extra=None)
    if isinstance(value, tuple):
        return tuple(_name(name, format_) for name in value)
    if variable == "page":
        return "-".join(filter(None, pages.split(value)))
    if variable == "abstract" and format_ in PLAIN_TEXT:
        return plain(value)
    if variable in TITLES and (format_ in PLAIN_TEXT or variable not in RICH_EVERYWHERE):
        return plain(value)
    return " ".join(value.split())


# Titles that have a slot of their own in each format that holds markup.
RICH_EVERYWHERE = {"title", "container-title", "collection-title", "title-short"}


def _name(name: Name, format_: str) -> Name:
    """Which particle drops, and whether one word is a person or a body, no format tells."""
    if name.literal or not name.given:
        literal = name.literal or name.whole_family
        if format_ in NO_BODY_COMMAS:
            literal = literal.replace(",", "")
        return Name(literal=literal)
    return Name(
        family=name.family,
        given=name.given,
        suffix=name.suffix,
        non_dropping_particle=f"{name.dropping_particle} {name.non_dropping_particle}".strip(),
    )
