"""Text as it is searched: without case, accents and markup, a blank before every word.

The text of a paper and the terms of a query fold alike, so that a term is found as a plain
substring: nothing a reader types is a pattern in any database, and both databases find the same.
A word is found by its beginning ("neuro" finds "neuroscience", "art" does not find "heart"). From
Thai on, scripts put no blank between words; there every letter counts as a word, and any part of
a text is found.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from citekit import richtext
from citekit.model import Item
from citekit.tokens import text_of

# What people search a paper by, besides its names, its year and its identifiers.
SEARCHED: Final = (
    "title",
    "title-short",
    "original-title",
    "container-title",
    "container-title-short",
    "collection-title",
    "event-title",
    "ISBN",
)
# A paper of 3,000 authors has 60,000 letters in their names; what comes after is not searched.
LONGEST_TEXT: Final = 100_000
MOST_TERMS: Final = 20

# A word with the signs behind it, or signs alone. findall, because sub with a template is slow.
_PIECE: Final = re.compile(r"(?:[^\W_\u0e00-\U0010ffff]+|[^\W_])(?:[^\w\s]|_)*|(?:[^\w\s]|_)+")
_ACCENTS: Final = re.compile(r"[\u0300-\u036f]+")
_SIGNS: Final = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\s]+")
_NOT_LETTERS: Final = re.compile(r"[\W_]+")
# Letters without a decomposition in Unicode, and the marks that keyboards do not have.
_PLAIN: Final = str.maketrans(
    {"ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe"}
    | dict.fromkeys("’‘ʼ′", "'")
    | dict.fromkeys("‐‑‒–—−", "-")
)
# What a sentence puts around a word; % and _ are not among them and are found as they stand.
_AROUND: Final = ".,;:!?\"'()[]{}“”„«»"


def fold(text: str) -> str:
    """*text* without case, accents, control characters and lone surrogates.

    >>> fold("Straße  İstanbul Łódź"), fold("CO₂")
    ('strasse istanbul lodz', 'co2')
    """
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKD", text).casefold()
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return _SIGNS.sub(" ", text).strip()


def fold_field(text: str) -> str:
    """*text* folded, its markup away: "CO<sub>2</sub>" → "co2"."""
    text = text[:LONGEST_TEXT]
    return fold(text_of(richtext.parse(text)) if "<" in text else text)


def letters(folded: str) -> str:
    """The letters and digits of a folded text: what two spellings of one title share."""
    return _NOT_LETTERS.sub("", folded)


def searched(item: Item, identifiers: tuple[str, ...], key: str) -> str:
    """The text that a paper is found by."""
    parts = [fold_field(item.texts[variable]) for variable in SEARCHED if variable in item.texts]
    for people in item.names.values():
        for name in people:
            parts += (name.non_dropping_particle, name.family, name.given, name.literal)
    issued = item.dates.get("issued")
    if issued and issued.year is not None:
        parts.append(str(issued.year))
    text = " ".join((*parts, *identifiers, key, item.id))
    return _spaced(fold(text[:LONGEST_TEXT]))


def terms(query: str) -> list[str]:
    """The texts that a paper must contain, all of them, to be found by *query*.

    >>> terms("Müller, NF-κB 100% 学习")
    [' muller', ' nf- κb', ' 100%', ' 学 习']
    """
    words = fold_field(query[:1000]).split()
    unique = list(dict.fromkeys(word.strip(_AROUND) or word for word in words))[:MOST_TERMS]
    # Signs alone may stand anywhere, so no blank is asked for before them.
    return [_spaced(word) if word[0].isalnum() else _spaced(word)[1:] for word in unique]


def _spaced(folded: str) -> str:
    return " " + " ".join(_PIECE.findall(folded))
