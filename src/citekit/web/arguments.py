"""What a request asks for, as values: every view reads its arguments here.

An argument that cannot be understood is an InputError, never a silent default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from flask import current_app, request
from msgspec import Struct
from werkzeug.routing import BaseConverter

from citekit.errors import InputError
from citekit.store import Store

LONGEST_QUERY: Final = 300
_PAGE: Final = re.compile("[1-9][0-9]{0,8}")
_DISPOSITIONS: Final = ("attachment", "inline")


class Number(BaseConverter):
    """The number of a paper or list in a path; more digits than a database counts are no number."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)


class Asked(Struct, frozen=True):
    """How a reference is wanted. The names are as they were given: `citing` checks them."""

    style: str
    locale: str
    output: str


def store() -> Store:
    """The store that the application was made with."""
    found: Store = current_app.extensions["citekit"]
    return found


def asked(accepted: Mapping[str, str] | None = None) -> Asked:
    """Style, locale and output from the query, else from *accepted*, the parameters of Accept."""
    also = accepted or {}
    return Asked(
        style=request.args.get("style") or also.get("style") or "apa",
        locale=request.args.get("locale") or also.get("locale") or "en-US",
        output=request.args.get("output") or also.get("format") or "text",
    )


def query() -> str:
    """The words to search for."""
    return " ".join(request.args.get("q", "")[:LONGEST_QUERY].split())


def page() -> int:
    """The number of the page, from 1."""
    given = request.args.get("page") or "1"
    if not _PAGE.fullmatch(given):
        raise InputError(f"page: {given[:20]!r} (wanted a number from 1)")
    return int(given)


def disposition() -> str:
    """Whether a file is to be saved or shown."""
    given = request.args.get("disposition") or "attachment"
    if given not in _DISPOSITIONS:
        raise InputError(f"disposition: {given[:20]!r} (wanted {' or '.join(_DISPOSITIONS)})")
    return given
