"""LaTeX in a .bib field → the text of a field, with CSL-JSON's markup for fonts.

Structure (groups, fonts, raised and lowered text, dashes, quotes) is read here; letters and
symbols are asked of pylatexenc, and each answer is remembered. Braces that only protect capitals
vanish. Nothing raises: LaTeX that makes no sense is text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db

_SPECIAL: Final = re.compile(r"[\\{}$~]|--|``|''")
_TOKEN: Final = re.compile(
    r"\\[A-Za-z]+\*?[ \t]*|\\.|[{}$~^_]|---?|``|''|[^\\{}$~^_`'-]+|[`'-]", re.S
)

FONTS: Final = {
    "textit": "i",
    "emph": "i",
    "textsl": "i",
    "mathit": "i",
    "textbf": "b",
    "mathbf": "b",
    "underline": "u",
    "textsuperscript": "sup",
    "textsubscript": "sub",
}
DECLARED: Final = {"it": "i", "em": "i", "sl": "i", "itshape": "i", "bf": "b", "bfseries": "b"}
# What stands around the argument of a command.
AROUND: Final = {
    "textsc": '<span style="font-variant:small-caps;">{}</span>',
    "enquote": "“{}”",
    "sqrt": "√{}",
}
# Their argument is the text; without an entry here a command is a letter or a symbol.
TRANSPARENT: Final = frozenset(
    """
    text textrm textnormal textup textmd textsf texttt mathrm mathsf mathtt mathnormal mbox hbox
    ensuremath operatorname url path uppercase lowercase bibstring protect relax noopsort
    """.split()
)
_ACCENTS: Final = frozenset("`'^\"~=.") | frozenset("c k r u v H d b t".split())
_PLAIN: Final = {"~": "\u00a0", "--": "–", "---": "—", "``": "“", "''": "”"}
_ESCAPES: Final = {"\\\\": " ", "\\ ": " ", "\\,": " ", "\\;": " ", "\\:": " "} | {
    f"\\{char}": char for char in "&%$#_{}"
}
# Names that pylatexenc does not turn into text.
_WORDS: Final = {
    "LaTeX": "LaTeX",
    "TeX": "TeX",
    "BibTeX": "BibTeX",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textunderscore": "_",
    "newline": " ",
    "degree": "°",
    "textdegree": "°",
    "slash": "/",
}
_DEEPEST: Final = 50


def detex(latex: str) -> str:
    r"""The text that *latex* says.

    >>> detex(r"{\textit{E. coli}} and {CO$_2$} in {G\"odel}'s {Schr{\"o}dinger}")
    "<i>E. coli</i> and CO<sub>2</sub> in Gödel's Schrödinger"
    """
    if not _SPECIAL.search(latex):
        return latex
    return _Reader(latex).text().strip()


class _Reader:
    """A walk over the tokens of one field."""

    def __init__(self, latex: str) -> None:
        self._tokens = _TOKEN.findall(latex)
        self._at = 0
        self._depth = 0

    def text(self, until: str = "") -> str:
        """The text up to the token *until*, or to the end."""
        out: list[str] = []
        closing: list[str] = []
        while self._at < len(self._tokens):
            token = self._next()
            if token == until:
                break
            if name := DECLARED.get(token[1:].strip()) if token[0] == "\\" else None:
                out.append(f"<{name}>")
                closing.append(f"</{name}>")
            else:
                out.append(self._said(token))
        return "".join([*out, *reversed(closing)])

    def _next(self) -> str:
        token: str = self._tokens[self._at]
        self._at += 1
        return token

    def _said(self, token: str) -> str:
        self._depth += 1
        try:
            # Deeper than any real field: groups and arguments there say nothing.
            return self._read(token) if self._depth < _DEEPEST else ""
        finally:
            self._depth -= 1

    def _read(self, token: str) -> str:
        if token == "{":
            return self.text("}")
        if token == "}":
            return ""
        if token == "$":
            return self._math()
        if token in _PLAIN:
            return _PLAIN[token]
        return self._command(token) if token[0] == "\\" else token

    def _command(self, token: str) -> str:
        if token in _ESCAPES:
            return _ESCAPES[token]
        name = token[1:].strip().rstrip("*")
        if name in FONTS:
            return f"<{FONTS[name]}>{self._argument()}</{FONTS[name]}>"
        if name in TRANSPARENT:
            return self._argument() if self._peek() == "{" else ""
        if name == "href":
            self._argument()
            return self._argument()
        if name in AROUND:
            return AROUND[name].format(self._argument())
        if name == "frac":
            return f"{self._argument()}/{self._argument()}"
        if name in _ACCENTS:
            return letter(f"\\{name}{{{self._accented()}}}")
        if self._tokens[self._at : self._at + 2] == ["{", "}"]:
            self._at += 2
        return _WORDS[name] if name in _WORDS else symbol(name)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _argument(self) -> str:
        """What the next group, or else the next letter, says."""
        if not self._peek():
            return ""
        if self._peek()[0] in "{\\":
            return self._said(self._next())
        first, rest = self._peek()[0], self._peek()[1:]
        if rest:
            self._tokens[self._at] = rest
        else:
            self._at += 1
        return first

    def _accented(self) -> str:
        """The letter under an accent; dotless i and j are written with their dots there."""
        while self._peek().isspace():
            self._at += 1
        if self._peek().strip() in ("\\i", "\\j"):
            return self._next().strip()[1]
        return self._argument()

    def _math(self) -> str:
        """Math up to the closing dollar: raised, lowered and named letters."""
        out: list[str] = []
        while self._at < len(self._tokens):
            token = self._next()
            if token == "$":
                break
            if token in "^_":
                tag = "sup" if token == "^" else "sub"
                out.append(f"<{tag}>{self._argument()}</{tag}>")
            else:
                out.append(self._said(token))
        return "".join(out)


@lru_cache(maxsize=4096)
def letter(latex: str) -> str:
    """The Unicode of one accented letter in LaTeX, as pylatexenc knows it."""
    text: str = LatexNodes2Text(math_mode="text").latex_to_text(latex)
    return text


@lru_cache(maxsize=4096)
def symbol(name: str) -> str:
    r"""The Unicode of the command *name* that takes no argument ("alpha"); "" if unknown."""
    spec = _CONTEXT.get_macro_spec(name)
    text = spec.simplify_repl if spec else None
    return text if isinstance(text, str) and "%" not in text else ""


_CONTEXT: Final = get_default_latex_context_db()
