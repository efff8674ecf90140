"""Titles for formats that hold plain text only: RIS and EndNote tagged."""

from __future__ import annotations

import re
from typing import Final

from citekit import richtext
from citekit.formats.text import clean
from citekit.markup.plain import PLAIN

# Zotero takes "<" with one of these behind it for the begin of a tag and drops all up to the
# next ">": "p<q in mice and x>y" (formats.md 3.13).
_TAG_LIKE: Final = re.compile(r"<(?=[A-Za-z/!?])")


def plain(title: str) -> str:
    """*title* on one line, without markup: "H<sub>2</sub>O" is "H₂O"."""
    if "<" in title:
        title = _TAG_LIKE.sub("< ", PLAIN.write(richtext.parse(title)))
    return clean(title)
