"""The pages that people look at; a program that asks for something else gets it here too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from markupsafe import Markup
from msgspec import Struct
from werkzeug.wrappers import Response as BaseResponse

from citekit import citing, formats
from citekit.csl import library, locales
from citekit.csl.library import MenuEntry, StyleInfo
from citekit.csl.locales import LocaleName
from citekit.errors import InputError, NotFoundError, StyleError
from citekit.formats import Format
from citekit.store import Paper, ReadingList
from citekit.web import answers, head, negotiation, responses
from citekit.web.arguments import Asked, asked, page, query, store

PAGES = Blueprint("pages", __name__)

PAPERS_ON_PAGE: Final = 20
SOURCES_ON_PAGE: Final = 100
STYLES_FOUND: Final = 100
HINTS: Final = {
    "ris": "for Zotero, Mendeley, EndNote",
    "enw": "for EndNote",
    "endnote-xml": "for EndNote, with italics",
    "bibtex": "for LaTeX",
    "biblatex": "for LaTeX with Biber",
    "csl-json": "for Pandoc and Zotero",
}


class Download(Struct, frozen=True):
    """A file on offer: its format, what it is good for, its address."""

    format: Format
    hint: str
    address: str


class Box(Struct, frozen=True):
    """The box "How to cite": the reference as HTML, how it is set, and what else there is.

    `source` is the address of the reference alone, `styles` that of the search for a style;
    without a reference, `reason` says why.
    """

    reference: Markup
    reason: str
    style: StyleInfo
    locale: str
    source: str
    styles: str
    downloads: list[Download]

    @property
    def menu(self) -> dict[str, list[MenuEntry]]:
        """The styles on the menu, by field of study."""
        fields: dict[str, list[MenuEntry]] = {}
        for entry in library.menu():
            fields.setdefault(entry.field, []).append(entry)
        return fields

    @property
    def is_on_menu(self) -> bool:
        return any(entry.style == self.style.id for entry in library.menu())

    @property
    def locales(self) -> Mapping[str, LocaleName]:
        return locales.names()


@PAGES.get("/")
def home() -> str:
    words = query()
    found = store().search(words, page=page(), size=PAPERS_ON_PAGE)
    lists = [] if words else store().lists()
    return render_template("home.html", query=words, found=found, size=PAPERS_ON_PAGE, lists=lists)


@PAGES.get("/papers/<number:paper_id>")
def paper(paper_id: int) -> Response:
    found = store().paper(paper_id)
    return negotiation.answered(
        page=lambda: _paper_page(found),
        file=lambda format_: responses.paper_file(found, format_),
        text=lambda accepted: responses.reference(found, asked(accepted)),
    )


@PAGES.get("/papers/<path:name>")
def named_paper(name: str) -> BaseResponse:
    """The way from an identifier to the paper's number: `/papers/doi:10.1/x`, also with `.ris`."""
    address = _address(name)
    query_string = request.query_string.decode("latin-1")
    return redirect(f"{address}?{query_string}" if query_string else address)


@PAGES.get("/lists")
def lists() -> str:
    return render_template("lists.html", lists=store().lists())


@PAGES.get("/lists/<number:list_id>")
def reading_list(list_id: int) -> Response:
    found = store().reading_list(list_id)
    return negotiation.answered(
        page=lambda: _list_page(found),
        file=lambda format_: responses.list_file(found, format_),
        text=lambda accepted: responses.bibliography(found, asked(accepted)),
    )


@PAGES.get("/papers/<number:paper_id>/styles")
@PAGES.get("/lists/<number:list_id>/styles")
def styles(paper_id: int = 0, list_id: int = 0) -> str:
    """The search for a style that is not on the menu."""
    back = _paper_address(paper_id) if paper_id else _list_address(list_id)
    found = library.search(query(), STYLES_FOUND)
    return render_template(
        "styles.html", words=query(), found=found, most=STYLES_FOUND, back=back, asked=asked()
    )


def _paper_page(found: Paper) -> Response:
    def reference(wanted: Asked) -> str:
        return citing.cite(found.exported, wanted.style, wanted.locale, "html")

    box = _box(
        reference,
        source=url_for("exports.paper_text", paper_id=found.id),
        styles=url_for("pages.styles", paper_id=found.id),
        downloads=_downloads(lambda suffix: _file_address(found.id, suffix)),
    )
    tags = list(head.tags(found.item))
    return Response(render_template("paper.html", paper=found, item=found.item, tags=tags, box=box))


def _list_page(found: ReadingList) -> Response:
    def bibliography(wanted: Asked) -> str:
        if found.count > SOURCES_ON_PAGE:
            raise InputError(f"{found.count:,} references are too many to show here.")
        return str(responses.listed(found, wanted))

    sources = store().list_page(found.id, page(), SOURCES_ON_PAGE)
    first = (sources.page - 1) * SOURCES_ON_PAGE + 1
    answer = _answer(found) if sources.page == 1 else []
    box = _box(
        bibliography,
        source=url_for("exports.list_text", list_id=found.id),
        styles=url_for("pages.styles", list_id=found.id),
        downloads=_downloads(
            lambda suffix: url_for("exports.list_file", list_id=found.id, suffix=suffix)
        ),
    )
    return Response(
        render_template(
            "list.html", list=found, sources=sources, first=first, answer=answer, box=box
        )
    )


def _box(
    say: Callable[[Asked], str], *, source: str, styles: str, downloads: list[Download]
) -> Box:
    """The box with what *say* gives for the style and locale of this request."""
    wanted = msgspec.structs.replace(asked(), output="html")
    style = library.find(wanted.style)
    locale = locales.resolve(wanted.locale)
    said = reason = ""
    try:
        said = say(wanted)
    except StyleError as error:
        # The page has more to say than this reference.
        current_app.logger.error("%s: %s", request.path, error)
        reason = "This style cannot be used here; please choose another one."
    except InputError as error:
        reason = str(error)
    # The HTML markup has escaped what records say.
    return Box(Markup(said), reason, style, locale, source, styles, downloads)  # noqa: S704


def _answer(found: ReadingList) -> list[Markup]:
    """The list's text, its citations as numbers that lead to their sources."""
    cited = answers.keys(found.text)
    places = answers.numbers(store().items(found.id), cited) if cited else {}

    def address(number: int) -> str:
        on = -(-number // SOURCES_ON_PAGE)
        before = "" if on == 1 else f"?page={on}"
        return f"{before}#source-{number}"

    return answers.paragraphs(found.text, places, address)


def _downloads(address: Callable[[str], str]) -> list[Download]:
    """Every format, at the *address* that its suffix gives."""
    return [
        Download(format_, HINTS.get(format_.name, ""), address(format_.suffix))
        for format_ in formats.REGISTRY.values()
    ]


def _address(name: str) -> str:
    """The address of the paper that *name* identifies, or of its file or reference."""
    if name.endswith("/cite") and (found := store().find(name.removesuffix("/cite"))):
        return url_for("exports.paper_text", paper_id=found.id)
    # A DOI may end as a file does: the whole name comes first.
    if found := store().find(name):
        return _paper_address(found.id)
    for format_ in formats.REGISTRY.values():
        stem = name.removesuffix(f".{format_.suffix}")
        if stem != name and (found := store().find(stem)):
            return _file_address(found.id, format_.suffix)
    raise NotFoundError(f"no paper {name[:100]!r}")


def _paper_address(number: int) -> str:
    return url_for("pages.paper", paper_id=number)


def _file_address(number: int, suffix: str) -> str:
    return url_for("exports.paper_file", paper_id=number, suffix=suffix)


def _list_address(number: int) -> str:
    return url_for("pages.reading_list", list_id=number)
