"""The markup inside a field: CSL-JSON's `<i> <b> <sup> <sub> <sc>` and nocase, as tokens.

`parse` never fails and always balances: a tag without its partner is text. `p < 0.05` and tags
that CSL-JSON does not know are text as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from citekit.tokens import (
    BOLD,
    DOWN,
    ITALIC,
    NOCASE,
    SMALL_CAPS,
    SUBSCRIPT,
    SUPERSCRIPT,
    TEXT,
    UNDERLINE,
    UP,
    Mark,
    Token,
    words,
)

# What a field may say, by tag; `em` and `strong` are what HTML pages write for i and b.
TAGS: Final[dict[str, Mark]] = {
    "i": ITALIC,
    "em": ITALIC,
    "b": BOLD,
    "strong": BOLD,
    "u": UNDERLINE,
    "sup": SUPERSCRIPT,
    "sub": SUBSCRIPT,
    "sc": SMALL_CAPS,
}
_SPANS: Final = (
    (re.compile(r"class=[\"']nocase[\"']", re.I), NOCASE),
    (re.compile(r"font-variant:\s*small-caps", re.I), SMALL_CAPS),
)
_TAG: Final = re.compile(r"<(/?)(i|em|b|strong|u|sup|sub|sc|span)(\s[^<>]{0,200})?>", re.I)

# How many tags may be open at once; real titles open three.
_DEEPEST: Final = 50

# What is written back into a field: the tags of CSL-JSON.
WRITTEN: Final[dict[Mark, tuple[str, str]]] = {
    ITALIC: ("<i>", "</i>"),
    BOLD: ("<b>", "</b>"),
    UNDERLINE: ("<u>", "</u>"),
    SUPERSCRIPT: ("<sup>", "</sup>"),
    SUBSCRIPT: ("<sub>", "</sub>"),
    SMALL_CAPS: ('<span style="font-variant:small-caps;">', "</span>"),
    NOCASE: ('<span class="nocase">', "</span>"),
}


def parse(text: str) -> list[Token]:
    """The tokens of a field's text.

    >>> [token.text or token.kind for token in parse("An <i>E. coli</i> at p < 0.05")]
    ['An ', 1, 'E. coli', 2, ' at p < 0.05']
    """
    if "<" not in text:
        return [words(text)] if text else []
    return _balanced(_pieces(text))


def write(tokens: Iterable[Token]) -> str:
    """The field's text with CSL-JSON's tags: the inverse of `parse`."""
    out = []
    for token in tokens:
        if token.mark is None:
            out.append(token.text)
        else:
            out.append(WRITTEN[token.mark][token.kind == DOWN])
    return "".join(out)


Piece = tuple[str, Mark | None, bool]
"""What the text says here, the mark if it is a tag that may carry one, and whether it closes."""


def _pieces(text: str) -> list[Piece]:
    pieces: list[Piece] = []
    end = 0
    for match in _TAG.finditer(text):
        pieces.append((text[end : match.start()], None, False))
        closing, name, attributes = match.groups()
        mark = TAGS.get(name.lower()) or _span_mark(attributes or "")
        is_span_end = closing and name.lower() == "span"
        pieces.append((match[0], NOCASE if is_span_end else mark, bool(closing)))
        end = match.end()
    pieces.append((text[end:], None, False))
    return pieces


def _span_mark(attributes: str) -> Mark | None:
    return next((mark for pattern, mark in _SPANS if pattern.search(attributes)), None)


def _balanced(pieces: list[Piece]) -> list[Token]:
    """Tokens for the tags that have a partner; the others stay text."""
    tokens: list[Token] = []
    is_open: list[tuple[str, int]] = []
    for said, mark, closing in pieces:
        if closing and mark and (start := _partner(tokens, is_open, said)) is not None:
            tokens.append(Token(DOWN, mark=tokens[start].mark))
        elif mark and not closing:
            is_open.append((_name(said), len(tokens)))
            tokens.append(Token(UP, said, mark))
        elif said:
            tokens.append(words(said))
    for _, index in is_open:
        tokens[index] = words(tokens[index].text)
    return _joined(tokens)


def _name(tag: str) -> str:
    return tag.strip("</>").split()[0].lower()


def _partner(tokens: list[Token], is_open: list[tuple[str, int]], closing: str) -> int | None:
    """Takes the innermost open tag that *closing* ends; what was opened inside it stays text."""
    name = _name(closing)
    inside = is_open[-_DEEPEST:]
    if name not in {opened for opened, _ in inside}:
        return None
    while True:
        opened, index = is_open.pop()
        if opened == name:
            return index
        tokens[index] = words(tokens[index].text)


def _joined(tokens: list[Token]) -> list[Token]:
    """Neighbouring texts as one, opening tags without their source."""
    out: list[Token] = []
    for is_text, run in groupby(tokens, key=lambda token: token.kind == TEXT):
        if is_text:
            out.append(words("".join(token.text for token in run)))
        else:
            out.extend(Token(token.kind, mark=token.mark) for token in run)
    return out
