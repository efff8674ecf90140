r"""LaTeX: what a .bib field or a document takes.

Letters stay Unicode; only LaTeX's own marks are escaped. `\textsubscript` and `\emph` survive in
part of the importers only, `$_{}$` and `\textit` in all (formats.md 2.7).
"""

from __future__ import annotations

from typing import Final

from citekit import tokens
from citekit.markup.base import Markup

_ESCAPED: Final = str.maketrans(
    {
        "\\": "\\textbackslash{}",
        "~": "\\textasciitilde{}",
        "^": "\\textasciicircum{}",
        **{char: f"\\{char}" for char in "&%$#_{}"},
    }
)
_LONE_BRACES: Final = {"{": "\\textbraceleft{}", "}": "\\textbraceright{}"}
_SPECIAL: Final = frozenset("\\~^&%$#_{}")


def escape(text: str) -> str:
    r"""*text* with LaTeX's own marks escaped.

    >>> print(escape("AT&T pays 10%"))
    AT\&T pays 10\%
    """
    if _SPECIAL.isdisjoint(text):
        return text
    if is_balanced(text):
        return text.translate(_ESCAPED)
    # BibTeX counts "\\{" as a brace too, and a lone one would swallow the rest of the file.
    return "".join(_LONE_BRACES.get(char) or char.translate(_ESCAPED) for char in text)


def is_balanced(text: str) -> bool:
    """Whether every brace of *text* has its partner."""
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


LATEX: Final = Markup(
    name="latex",
    media_type="application/x-latex; charset=utf-8",
    escape=escape,
    pairs={
        tokens.ITALIC: ("\\textit{", "}"),
        tokens.BOLD: ("\\textbf{", "}"),
        tokens.UNDERLINE: ("\\underline{", "}"),
        tokens.SMALL_CAPS: ("\\textsc{", "}"),
        tokens.SUPERSCRIPT: ("$^{", "}$"),
        tokens.SUBSCRIPT: ("$_{", "}$"),
    },
    join="\n\n",
)
