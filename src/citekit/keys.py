"""Citation keys: family name, year, first telling word of the title, in [a-z0-9].

The same item gets the same key in every export; a key that an item brings (`citation-key`) wins.
Letters of other scripts are transliterated. Case never tells two keys apart: BibTeX ignores it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from anyascii import anyascii

from citekit import richtext
from citekit.model import Item
from citekit.names import Name
from citekit.tokens import text_of
from citekit.variables import NAMES

_STOP_WORDS: Final = frozenset(
    """
    a an and as at by de der die das den dem des ein eine el en et for from has how in into is la
    las le les los of on or over the to toward towards un una und une with what when why
    """.split()
)
_NOT_KEY: Final = re.compile(r"[^a-z0-9]+")
_BROUGHT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:.+/*-]*")
_OURS: Final = re.compile(r"[a-z]+\d+[a-z0-9]*")
_LONGEST_WORD: Final = 24


class Keys:
    """The keys of one export: each is given once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def key(self, item: Item) -> str:
        """The key of *item*, unlike every key given before, upper and lower case alike."""
        base = own_key(item) or base_key(item)
        folded = base.lower()
        number = self._next.get(folded, 0)
        key = base
        while key.lower() in self._taken:
            key = f"{base}{letters(number)}"
            number += 1
        self._next[folded] = number
        self._taken.add(key.lower())
        return key


def unique(base: str, taken: Container[str]) -> str:
    """*base*, or *base* with the first of a, b, … z, aa that is not in *taken* (in lower case)."""
    key, number = base, 0
    while key.lower() in taken:
        key = f"{base}{letters(number)}"
        number += 1
    return key


def own_key(item: Item) -> str:
    """The key that *item* brings: its `citation-key`, or an `id` that is a key like ours."""
    given = item.texts.get("citation-key", "")
    if _BROUGHT.fullmatch(given):
        return given
    return item.id if _OURS.fullmatch(item.id) else ""


def base_key(item: Item) -> str:
    """The key made from what *item* says, before it is made unique.

    >>> base_key(Item.from_csl({"type": "book", "title": "Über die Natur", "issued": "1850",
    ...                         "author": [{"family": "Ørsted", "given": "H. C."}]}))
    'orsted1850uber'
    """
    return _who(item) + _when(item) + _what(item)


def letters(number: int) -> str:
    """0 → "a", 25 → "z", 26 → "aa"."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def _plain(text: str) -> str:
    return _NOT_KEY.sub("", anyascii(text).lower())


def _who(item: Item) -> str:
    people = item.names.get("author") or item.names.get("editor")
    if not people:
        people = next((item.names[role] for role in sorted(NAMES & item.names.keys())), ())
    return (people and _first_name(people[0])) or "anon"


def _first_name(name: Name) -> str:
    if not name.literal:
        return _plain(name.family or name.given)[:_LONGEST_WORD]
    words = [word for word in name.literal.split() if word.lower() not in _STOP_WORDS]
    if len(words) > 2:
        return _plain("".join(word[0] for word in words))
    return _plain("".join(words))[:_LONGEST_WORD]


def _when(item: Item) -> str:
    date = item.dates.get("issued")
    year = date.year if date else None
    if year is None:
        return "nd"
    return str(year) if year > 0 else f"{-year}bc"


def _what(item: Item) -> str:
    title = text_of(richtext.parse(item.texts.get("title", "")))
    for word in re.split(r"[\s/–—-]+", title):
        plain = _plain(word)
        if plain and plain not in _STOP_WORDS:
            return plain[:_LONGEST_WORD]
    return ""
