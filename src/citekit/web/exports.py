"""The addresses of files and strings: what programs take, and what the buttons of a page give."""

from __future__ import annotations

from flask import Blueprint, Response

from citekit import formats
from citekit.web import responses
from citekit.web.arguments import asked, store

EXPORTS = Blueprint("exports", __name__)


@EXPORTS.get("/papers/<number:paper_id>.<suffix>")
def paper_file(paper_id: int, suffix: str) -> Response:
    format_ = formats.find(suffix)
    return responses.paper_file(store().paper(paper_id), format_)


@EXPORTS.get("/papers/<number:paper_id>/cite")
def paper_text(paper_id: int) -> Response:
    return responses.reference(store().paper(paper_id), asked())


@EXPORTS.get("/lists/<number:list_id>.<suffix>")
def list_file(list_id: int, suffix: str) -> Response:
    format_ = formats.find(suffix)
    return responses.list_file(store().reading_list(list_id), format_)


@EXPORTS.get("/lists/<number:list_id>/bibliography")
def list_text(list_id: int) -> Response:
    return responses.bibliography(store().reading_list(list_id), asked())


@EXPORTS.get("/healthz")
def health() -> dict[str, object]:
    return {"status": "ok", "papers": store().search(size=1).total}
