"""Which of several representations a client wants most (RFC 9110, section 12.5.1).

An offer's quality is that of the most specific range that fits it. Of equal qualities the offer
that was named wins over the one that a wildcard let in, then the first offer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from flask import Response, request
from werkzeug import exceptions
from werkzeug.http import parse_options_header

from citekit import formats
from citekit.formats import Format

HTML: Final = "text/html"
TEXTS: Final = ("text/x-bibliography", "text/plain")
OFFERED: Final = (
    HTML,
    *dict.fromkeys(format_.media_type for format_ in formats.REGISTRY.values()),
    *dict.fromkeys(alias for format_ in formats.REGISTRY.values() for alias in format_.accept),
    *TEXTS,
)
_ANYTHING: Final = (("*/*", 1.0),)


class NotAcceptable(exceptions.NotAcceptable):
    """Nothing on offer is what the client accepts; `.offered` lists what is."""

    def __init__(self, offered: Sequence[str]) -> None:
        super().__init__("nothing on offer is what the Accept header asks for")
        self.offered = offered


class Wanted(NamedTuple):
    """A media type of the offers, and the parameters that Accept gave with it."""

    media_type: str
    parameters: Mapping[str, str]


class _Fit(NamedTuple):
    """How a range fits an offer; fits compare by specificity, then quality."""

    specificity: int
    quality: float


def best(accept: Iterable[tuple[str, float]], offers: Sequence[str]) -> Wanted | None:
    """The offer that *accept*, pairs of a media range and its quality, likes best, or None.

    >>> best([("text/*", 0.5), ("application/json", 0.9)], ["text/html", "application/json"])
    Wanted(media_type='application/json', parameters={})
    """
    ranges = [(*parse_options_header(said), quality) for said, quality in accept or _ANYTHING]
    found: list[tuple[float, int, Wanted]] = []
    for offer in offers:
        fits = [(_Fit(_specificity(r, offer), q), params) for r, params, q in ranges]
        fit, parameters = max(fits, key=lambda pair: pair[0])
        if fit.specificity and fit.quality:
            found.append((fit.quality, fit.specificity, Wanted(offer, parameters)))
    # Of equals max gives the first.
    return max(found, key=lambda one: one[:2])[2] if found else None


def answered(
    *,
    page: Callable[[], Response],
    file: Callable[[Format], Response],
    text: Callable[[Mapping[str, str]], Response],
) -> Response:
    """What the client of this request likes best: a page, a file, or styled text."""
    wanted = best(request.accept_mimetypes, OFFERED)
    if wanted is None:
        raise NotAcceptable(OFFERED)
    format_ = formats.by_media_type(wanted.media_type)
    if wanted.media_type in TEXTS:
        response = text(wanted.parameters)
    elif format_:
        response = file(format_)
    else:
        response = page()
    response.vary.add("Accept")
    return response


def _specificity(media_range: str, offer: str) -> int:
    """0 for a range that does not fit *offer*; parameters of the range do not count."""
    said = media_range.lower()
    if said == offer:
        return 3
    if said == f"{offer.partition('/')[0]}/*":
        return 2
    return int(said in ("*/*", "*"))
