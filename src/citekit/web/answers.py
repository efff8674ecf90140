"""An answer whose sentences cite papers, as Pandoc writes it: `[@key; @key]` becomes `[1, 2]`.

The numbers are the papers' places in their list. What is no citation, or cites what is not in the
list, stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Final

from markupsafe import Markup, escape

from citekit.model import Item

# An answer cites from the front of its list; beyond this many papers nobody looks for a key.
MOST_SOURCES: Final = 1000

_KEY: Final = r"@[^\s\[\]@;,]+"
_CITATION: Final = re.compile(rf"\[({_KEY}(?:\s*;\s*{_KEY})*)\]")
_PARAGRAPH: Final = re.compile(r"\n\s*\n")


def keys(text: str) -> set[str]:
    """The keys that *text* cites.

    >>> sorted(keys("Both [@b; @a], not me@home [see @c]."))
    ['a', 'b']
    """
    return {key for group in _CITATION.findall(text) for key in _keys(group)}


def numbers(items: Iterable[Item], cited: Iterable[str]) -> dict[str, int]:
    """The places of the *cited* keys among *items*, which are read no further than needed."""
    wanted = set(cited)
    found: dict[str, int] = {}
    for number, item in enumerate(islice(items, MOST_SOURCES), 1):
        if len(found) == len(wanted):
            break
        key = item.texts.get("citation-key", "")
        if key in wanted:
            found[key] = number
    return found


def paragraphs(text: str, places: Mapping[str, int], address: Callable[[int], str]) -> list[Markup]:
    """The paragraphs of *text*, each number a link to the *address* of its source."""

    def linked(key: str) -> Markup:
        if key not in places:
            return escape(f"@{key}")
        link = Markup('<a class="cited" href="{}">{}</a>')
        return link.format(address(places[key]), places[key])

    def written(paragraph: str) -> Markup:
        # Every second piece is the inside of a citation.
        pieces = _CITATION.split(paragraph.strip())
        return Markup("").join(
            Markup("[{}]").format(Markup(", ").join(map(linked, _keys(piece)))) if odd else piece
            for odd, piece in ((index % 2, piece) for index, piece in enumerate(pieces))
        )

    return [written(paragraph) for paragraph in _PARAGRAPH.split(text) if paragraph.strip()]


def _keys(group: str) -> list[str]:
    return [key.strip()[1:] for key in group.split(";")]
