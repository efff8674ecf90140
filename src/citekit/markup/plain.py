"""Plain text: the words, with Unicode's raised and lowered characters where all of them exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from citekit.markup.base import Markup
from citekit.tokens import DOWN, SUBSCRIPT, SUPERSCRIPT, UP, Mark, Token

_RAISED: Final = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED: Final = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_SHIFTED: Final[dict[Mark, dict[int, int]]] = {SUPERSCRIPT: _RAISED, SUBSCRIPT: _LOWERED}


class Plain(Markup, frozen=True):
    """The words of the tokens: "H<sub>2</sub>O" is "H₂O", "10<sup>th</sup>" is "10th"."""

    def write(self, tokens: Iterable[Token]) -> str:
        """The words; a raised or lowered run keeps its place only if every character can."""
        out: list[str] = []
        table: dict[int, int] | None = None
        for token in tokens:
            if token.kind == UP and token.mark in _SHIFTED:
                table = _SHIFTED[token.mark]
            elif token.kind == DOWN and token.mark in _SHIFTED:
                table = None
            elif table and all(ord(char) in table for char in token.text):
                out.append(token.text.translate(table))
            else:
                out.append(token.text)
        return "".join(out)


PLAIN = Plain(name="text", media_type="text/plain; charset=utf-8", escape=str)
