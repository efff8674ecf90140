"""Token: the flat form of formatted text, between what makes it and what writes it.

Text is a list of tokens in reading order. A font or link opens with UP and closes with DOWN, as
in a book of markup, so that neighbours in the text are neighbours in the list. Everything before
(`richtext`, `csl`) makes tokens; everything after (`markup`) only writes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

Mark = tuple[str, str]

TEXT: Final = 0
UP: Final = 1
DOWN: Final = 2

ITALIC: Final[Mark] = ("font-style", "italic")
BOLD: Final[Mark] = ("font-weight", "bold")
UNDERLINE: Final[Mark] = ("text-decoration", "underline")
SMALL_CAPS: Final[Mark] = ("font-variant", "small-caps")
SUPERSCRIPT: Final[Mark] = ("vertical-align", "sup")
SUBSCRIPT: Final[Mark] = ("vertical-align", "sub")
NOCASE: Final[Mark] = ("text-case", "none")
MARKS: Final = (ITALIC, BOLD, UNDERLINE, SMALL_CAPS, SUPERSCRIPT, SUBSCRIPT, NOCASE)


class Token(Struct, frozen=True, gc=False):
    """Words (TEXT), or the begin (UP) or end (DOWN) of a mark."""

    kind: int
    text: str = ""
    mark: Mark | None = None


def words(text: str) -> Token:
    """The token that says *text*."""
    return Token(TEXT, text)


def wrapped(mark: Mark, tokens: Iterable[Token]) -> list[Token]:
    """*tokens* inside *mark*."""
    return [Token(UP, mark=mark), *tokens, Token(DOWN, mark=mark)]


def text_of(tokens: Iterable[Token]) -> str:
    """The words alone."""
    return "".join(token.text for token in tokens)
