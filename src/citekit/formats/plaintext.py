"""Titles and names for formats that hold plain text only: RIS and EndNote tagged, and notes."""

from __future__ import annotations

import re
from typing import Final

from citekit import richtext
from citekit.formats.text import clean
from citekit.markup.plain import PLAIN
from citekit.names import Name

# Zotero takes "<" with one of these behind it for the begin of a tag and drops all up to the
# next ">": "p<q in mice and x>y" (formats.md 3.13).
_TAG_LIKE: Final = re.compile(r"<(?=[A-Za-z/!?])")


def plain(title: str) -> str:
    """*title* on one line, without markup: "H<sub>2</sub>O" is "H₂O"."""
    if "<" in title:
        title = _TAG_LIKE.sub("< ", PLAIN.write(richtext.parse(title)))
    return clean(title)


def names_line(name: Name) -> str:
    """One name as RIS, .enw and EndNote XML have it: "van der Berg, Jan, Jr."; a body "WHO,".

    A comma inside the name of a body would be read as family and given name: it goes, and the
    one at the end says that this is a body (formats.md 3.6).
    """
    if name.suffix and not name.given:
        return clean(f"{name.whole_family}, , {name.suffix}")
    if name.literal or not name.given:
        return clean((name.literal or name.whole_family).replace(",", "")) + ","
    return clean(name.sort_form)
