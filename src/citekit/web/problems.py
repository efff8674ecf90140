"""What went wrong, as a response: a problem document (RFC 9457) for programs, a page for people.

Both have the same status and say the same. A fault of ours is logged and shown without its text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, current_app, json, render_template, request
from werkzeug import exceptions
from werkzeug.exceptions import HTTPException

from citekit import formats
from citekit.csl import locales
from citekit.errors import (
    CitekitError,
    InputError,
    NotFoundError,
    StoreError,
    StyleError,
    UnknownFormatError,
    UnknownLocaleError,
    UnknownNameError,
    UnknownOutputError,
    UnknownStyleError,
)
from citekit.markup import MARKUPS
from citekit.web import negotiation

PROBLEM: Final = "application/problem+json"

# fmt: off
STATUSES: Final[Mapping[type[CitekitError], HTTPStatus]] = {
    NotFoundError:      HTTPStatus.NOT_FOUND,
    UnknownStyleError:  HTTPStatus.NOT_FOUND,
    UnknownFormatError: HTTPStatus.NOT_FOUND,
    UnknownLocaleError: HTTPStatus.BAD_REQUEST,
    UnknownOutputError: HTTPStatus.BAD_REQUEST,
    InputError:         HTTPStatus.BAD_REQUEST,
    StoreError:         HTTPStatus.SERVICE_UNAVAILABLE,
    StyleError:         HTTPStatus.INTERNAL_SERVER_ERROR,
    CitekitError:       HTTPStatus.INTERNAL_SERVER_ERROR,
}
# What is said of a fault of ours: its own text names files and addresses.
PUBLIC: Final[Mapping[type[CitekitError], str]] = {
    StoreError:   "the database cannot be used now; please try again later",
    StyleError:   "this style cannot be used here; please choose another one",
    CitekitError: "something went wrong here",
}
OFFERED: Final[Mapping[type[CitekitError], Callable[[], Sequence[str]]]] = {
    UnknownFormatError: lambda: [format_.suffix for format_ in formats.REGISTRY.values()],
    UnknownLocaleError: lambda: list(locales.names()),
    UnknownOutputError: lambda: list(MARKUPS),
}
# fmt: on


def register(app: Flask) -> None:
    """Answers every error of *app* from here."""
    app.register_error_handler(CitekitError, _of_citekit)
    app.register_error_handler(HTTPException, _of_http)


def _of_citekit(error: CitekitError) -> Response:
    kind = next(kind for kind in type(error).__mro__ if kind in STATUSES)
    if kind in PUBLIC:
        current_app.logger.error("%s %s: %s", request.method, request.path, error)
    more: dict[str, Any] = {}
    argument = ""
    if isinstance(error, UnknownNameError):
        more["nearest"] = error.nearest
        argument = error.kind
    if offered := OFFERED.get(kind):
        more["offered"] = offered()
    return _response(STATUSES[kind], PUBLIC.get(kind) or str(error), more, argument)


def _of_http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    more = {"offered": error.offered} if isinstance(error, negotiation.NotAcceptable) else {}
    response = _response(status, error.description or status.description, more)
    if isinstance(error, exceptions.MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _response(
    status: HTTPStatus, detail: str, more: Mapping[str, Any], argument: str = ""
) -> Response:
    """*argument* is the one of the query that can be mended by one of the nearest names."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
    }
    problem |= {"detail": detail, "instance": request.path, **more}
    if _is_for_people():
        page = render_template("problem.html", problem=problem, argument=argument)
        response = Response(page, status)
    else:
        response = Response(json.dumps(problem), status, content_type=PROBLEM)
    response.vary.add("Accept")
    return response


def _is_for_people() -> bool:
    """What Accept says; where it says nothing, an address of files and strings is for programs."""
    kinds = [negotiation.HTML, PROBLEM, "application/json"]
    if request.blueprint == "exports":
        kinds = [*kinds[1:], negotiation.HTML]
    wanted = negotiation.best(request.accept_mimetypes, kinds)
    return wanted is not None and wanted.media_type == negotiation.HTML
