"""Citation styles: `load` gives a Style, and a Style gives the tokens of an entry or a list.

A style knows nothing of HTML (that is `markup`), and nobody outside this folder knows what stands
behind the name of an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final, Protocol

from citekit.csl import library, locales
from citekit.csl.library import StyleInfo
from citekit.errors import InputError, UnknownLocaleError
from citekit.model import Item
from citekit.tokens import Token

Tokens = list[Token]


class Style(Protocol):
    """A style in one locale, ready to run. Threads may share it."""

    @property
    def info(self) -> StyleInfo: ...

    @property
    def locale(self) -> str: ...

    def entry(self, item: Item) -> Tokens:
        """The bibliography's entry of *item*; no other item has a say in it."""

    def bibliography(self, items: Iterable[Item]) -> list[tuple[str, Tokens]]:
        """The ids and entries of *items*, in the order of the style."""


Engine = Callable[[StyleInfo, str], Style]


def _citeproc_py(info: StyleInfo, locale: str) -> Style:
    # The package takes as long to import as the rest of citekit, and other engines do without it.
    from citekit.csl.peer import Peer

    return Peer(info, locale)


ENGINES: Final[Mapping[str, Engine]] = {"citeproc-py": _citeproc_py}


def load(style: str = "apa", locale: str = "en-US", *, engine: str = "citeproc-py") -> Style:
    """The style called *style*, in *locale*; a locale of "" is the style's own, or en-US.

    Raises UnknownStyleError, UnknownLocaleError, StyleError, and InputError for the engine.
    """
    if engine not in ENGINES:
        raise InputError(f"unknown engine: {engine!r} (wanted one of: {', '.join(ENGINES)})")
    info = library.find(style)
    tag = locales.resolve(locale) if locale else _own_locale(info)
    return _loaded(info, info.path.stat().st_mtime_ns, tag, engine)


def _own_locale(info: StyleInfo) -> str:
    try:
        return locales.resolve(info.default_locale or "en-US")
    except UnknownLocaleError:
        return "en-US"


@lru_cache(maxsize=32)
def _loaded(info: StyleInfo, changed: int, locale: str, engine: str) -> Style:  # noqa: ARG001
    """Parsed styles are large: the last 32 are kept, and a file that *changed* is read again."""
    return ENGINES[engine](info, locale)


__all__ = ["ENGINES", "Style", "StyleInfo", "load"]
