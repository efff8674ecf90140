"""Headers that every response carries: nothing but our own files may run in a page of ours."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from flask import Response

from citekit.markup.html import HTML

# Small capitals and underlines of the HTML markup are style attributes, so that they survive in
# a word processor. The policy lets in these very texts, and no other style of a page.
_STYLE: Final = re.compile(r'style="([^"]*)"')


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_INLINE: Final = " ".join(
    _hashed(style) for before, _ in HTML.pairs.values() for style in _STYLE.findall(before)
)
HEADERS: Final = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'unsafe-hashes' {_INLINE}",
            "img-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def guard(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
