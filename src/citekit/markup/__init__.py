"""Tokens → text: every output of a citation by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citekit.errors import UnknownOutputError
from citekit.markup.base import Markup
from citekit.markup.html import HTML
from citekit.markup.plain import PLAIN

MARKUPS: Final[Mapping[str, Markup]] = {markup.name: markup for markup in (PLAIN, HTML)}


def find(name: str) -> Markup:
    """The markup called *name*; raises UnknownOutputError."""
    try:
        return MARKUPS[name]
    except KeyError:
        raise UnknownOutputError(name, MARKUPS) from None


__all__ = ["MARKUPS", "Markup", "find"]
