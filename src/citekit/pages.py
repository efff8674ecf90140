"""Pages: a first and a last one where the text says so, in any of its dashes and shortenings.

>>> split("123–8"), split("S1-S12"), split("e1001"), split("1-3, 7")
(('123', '128'), ('S1', 'S12'), ('e1001', ''), ('1-3, 7', ''))
"""

from __future__ import annotations

import re
from typing import Final

_DASHES: Final = str.maketrans("‐‑‒–—−", "------")
_RANGE: Final = re.compile(
    r"([A-Za-z]*\d+[A-Za-z]*|[ivxlcdm]+) ?-{1,2} ?([A-Za-z]*\d+[A-Za-z]*|[ivxlcdm]+)"
)


def plain(page: str) -> str:
    """*page* with every dash as a hyphen."""
    return page.translate(_DASHES).replace("--", "-").strip()


def split(page: str) -> tuple[str, str]:
    """(first, last); a label that is no plain range is all first: ("S1-12, 14", "")."""
    page = plain(page)
    match = _RANGE.fullmatch(page)
    if not match:
        return page, ""
    first, last = match.groups()
    return first, expanded(first, last)


def expanded(first: str, last: str) -> str:
    """*last* with the digits that MEDLINE leaves out: ("123", "8") gives "128"."""
    if first.isdecimal() and last.isdecimal() and len(last) < len(first):
        return first[: len(first) - len(last)] + last
    return last


def joined(first: str, last: str) -> str:
    """The range as CSL has it: ("123", "128") gives "123-128"."""
    first, last = plain(first), plain(last)
    if not first or not last or "-" in first or first == last:
        return first or last
    return f"{first}-{last}"


def same(page: str, other: str) -> bool:
    """Whether two texts say the same pages: "123–8" and "123-128"."""
    return split(page) == split(other)
