"""Titles for .bib files: LaTeX with braces around what a style must not put in lower case.

Braces go around whole words that hold an inner capital ("mRNA", "CAR-T") and around marked-up
runs; in a title in sentence case also around words with a capital first letter ("Germany"). In a
Title Like This those capitals say nothing. The whole title is never braced, which would freeze it
for every style (formats.md 3.16).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from citekit import richtext
from citekit.markup.latex import LATEX, escape
from citekit.tokens import DOWN, TEXT, UP, Token

_WORD: Final = re.compile(r"[^\s]+|\s+")
_ENDS_SENTENCE: Final = (":", "?", "!", "–", "—")


def protected(title: str) -> str:
    r"""*title* as LaTeX with its capitals protected.

    >>> print(protected("CAR-T therapy in <i>E. coli</i> from Germany"))
    {CAR-T} therapy in {\textit{E. coli}} from {Germany}
    """
    tokens = richtext.parse(title)
    everyday = not _is_title_case("".join(token.text for token in tokens))
    return "".join(_chunks(tokens, everyday=everyday))


def _chunks(tokens: list[Token], *, everyday: bool) -> Iterator[str]:
    """Words and blanks in LaTeX; a word that touches a marked-up run is braced with it."""
    run: list[Token] = []
    depth = 0
    is_first = True
    for token in tokens:
        if token.kind != TEXT:
            depth += 1 if token.kind == UP else -1
            run.append(token)
            continue
        if depth:
            run.append(token)
            continue
        for piece in _WORD.findall(token.text):
            if not piece.isspace():
                run.append(Token(TEXT, piece))
                continue
            if run:
                yield _chunk(run, is_first=is_first, everyday=everyday)
                is_first = run[-1].text.endswith(_ENDS_SENTENCE)
                run = []
            yield piece
    if run:
        yield _chunk(run, is_first=is_first, everyday=everyday)


def _chunk(run: list[Token], *, is_first: bool, everyday: bool) -> str:
    if any(token.kind == DOWN for token in run):
        return f"{{{LATEX.write(run)}}}"
    word = "".join(token.text for token in run)
    if not _needs_braces(word, is_first=is_first, everyday=everyday):
        return escape(word)
    # Punctuation stays outside: "{Germany}," and not "{Germany,}".
    start = len(word) - len(word.lstrip("(“\"'‘[¿¡"))
    end = len(word.rstrip(",.;:?!)”\"'’]"))
    return f"{escape(word[:start])}{{{escape(word[start:end])}}}{escape(word[end:])}"


def _needs_braces(word: str, *, is_first: bool, everyday: bool) -> bool:
    letters = [char for char in word if char.isalpha()]
    if any(char.isupper() for char in letters[1:]):
        return True
    if len(letters) == 1 and letters[0].isupper() and word != "A" and not is_first:
        return True  # "T cells", "K-12", "Phase I"
    return everyday and not is_first and bool(letters) and letters[0].isupper()


def _is_title_case(title: str) -> bool:
    """Whether capitals begin most words after the first, two at least; acronyms tell nothing."""
    words = title.split()[1:]
    capital = sum(word[0].isupper() and word[1:].islower() for word in words)
    small = sum(word.islower() and len(word) > 3 for word in words)
    return capital >= 2 and capital > 2 * small
