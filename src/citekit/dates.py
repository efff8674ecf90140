"""Date: a day, month, season or year, or a range of two, and the texts that say one.

EDTF (ISO 8601-2, level 1) is read and written; months 21 to 24 are its seasons, spring to winter.
Text that says no date for certain ("6/5/2025", "in press") is kept as it stands in `literal`:
a wrong date is worse than an unparsed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from citekit.variables import is_true

Part = tuple[int, ...]

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
SEASONS: Final = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}


class Date(Struct, frozen=True, omit_defaults=True, repr_omit_defaults=True):
    """When something was issued, accessed, …

    `parts` holds no, one or two tuples (year[, month[, day]]); the second ends a range and is
    empty when the range is open. A negative year counts from the era, as CSL-JSON has it: -44 is
    44 BC (EDTF, which has a year zero, writes -0043). A month of 21 to 24 is a season. Parts are
    never 0.

    >>> Date.from_text("2025-06-27")
    Date(parts=((2025, 6, 27),))
    >>> Date.from_text("2020-03/2021").edtf
    '2020-03/2021'
    """

    parts: tuple[Part, ...] = ()
    circa: bool = False
    literal: str = ""
    extra: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, *part: int) -> Date:
        """The Date of one day, month or year: `Date.of(2025, 6, 27)`."""
        return cls(parts=(part,))

    @classmethod
    def from_text(cls, text: str) -> Date:
        """The Date that *text* says; what says no date for certain becomes `literal`."""
        text = " ".join(text.split())
        return _edtf(text) or _words(text) or cls(literal=text)

    @property
    def year(self) -> int | None:
        """The first year, or None when there is none."""
        return self.parts[0][0] if self.parts and self.parts[0] else None

    @property
    def edtf(self) -> str:
        """The date in EDTF, or `literal` when there are no parts."""
        if not self.parts:
            return self.literal
        text = "/".join(_iso(part) for part in self.parts)
        return f"{text}~" if self.circa else text


def from_csl(value: Any) -> Date | None:
    """The Date in a CSL-JSON date value; None when it says nothing (`{"date-parts": [[null]]}`).

    Takes what the wild writes: the object with `date-parts`, `season`, `circa`, `literal` and
    `raw`, an EDTF string, a bare year, pandoc's list of {year, month, day}.
    Raises ValueError with the key and what was wanted.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError(f"{value!r} (wanted a date)")
    if isinstance(value, int | float):
        return _from_object({"date-parts": [[value]]})
    if isinstance(value, str):
        return Date.from_text(value) if value.strip() else None
    if isinstance(value, list):
        return _from_list(value)
    if isinstance(value, dict):
        return _from_object(value)
    raise ValueError(f"{value!r} (wanted a date)")


def to_csl(date: Date) -> dict[str, Any]:
    """The CSL-JSON object of *date*; a season on its own goes to `season`."""
    out: dict[str, Any] = {}
    parts = [list(part) for part in date.parts]
    if len(parts) == 1 and len(parts[0]) == 2 and parts[0][1] > 20:
        out["season"] = parts[0].pop() - 20
    if parts:
        out["date-parts"] = parts
    if date.circa:
        out["circa"] = True
    if date.literal:
        out["literal"] = date.literal
    if date.extra:
        out.update(date.extra)
    return out


def month_number(word: str) -> int | None:
    """5 for "May", "may." and "05"; 21 to 24 for a season's name; None for anything else."""
    word = word.strip(".,").lower()
    if word.isdecimal() and len(word) <= 2 and 1 <= int(word) <= 12:
        return int(word)
    if word in SEASONS:
        return SEASONS[word]
    if len(word) >= 3 and word.isalpha() and word[:3] in MONTHS and _LONG_MONTHS.fullmatch(word):
        return MONTHS.index(word[:3]) + 1
    return None


_LONG_MONTHS: Final = re.compile(
    "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|"
    "oct(ober)?|nov(ember)?|dec(ember)?"
)
_EDTF: Final = re.compile(r"(-?\d{4})(?:-(\d\d)(?:-(\d\d))?)?([?~%]?)")
_YEAR: Final = re.compile(r"[1-9]\d{0,3}")
# RIS, and what people type: 2025/06/27/, 2025.6.27, 2025-6-27, 20250627.
_LOOSE: Final = re.compile(r"(\d{4})([/.-]?)(\d{0,2})(?:\2(\d{0,2}))?/?")
_FIELDS: Final = frozenset({"date-parts", "season", "circa", "literal", "raw"})


def _iso(part: Part) -> str:
    if not part:
        return ".."
    year, *rest = part
    sign = ""
    if year < 0:
        year += 1
        sign = "-" if year else ""
    return "-".join([f"{sign}{abs(year):04}", *(f"{number:02}" for number in rest)])


def _checked(numbers: Iterable[int]) -> Part:
    """(year, month, day) without zeros; raises ValueError on a month or day that cannot be."""
    part = tuple(numbers)
    if part and part[0] == 0:
        raise ValueError("year 0 (wanted a year of the calendar)")
    if len(part) > 1 and not (1 <= part[1] <= 12 or 21 <= part[1] <= 24):
        raise ValueError(f"month {part[1]} (wanted 1 to 12, or 21 to 24 for a season)")
    if len(part) > 2 and not (1 <= part[2] <= 31 and part[1] <= 12):
        raise ValueError(f"day {part[2]} of month {part[1]} (wanted 1 to 31)")
    return part[:3]


def _edtf(text: str) -> Date | None:
    """The Date in EDTF, dates with slashes as in RIS ("2025/06/27/") included."""
    if not text or not (text[0].isdigit() or text[0] in "-./"):
        return None
    if "-" not in text and (loose := _LOOSE.fullmatch(text)):
        return _loose(loose)
    ends = text.split("T", maxsplit=1)[0].split("/")
    if len(ends) > 2:
        return None
    found = [("",) if end in ("", "..") else _EDTF.fullmatch(end) for end in ends]
    if None in found or not isinstance(found[0], re.Match):
        loose = _LOOSE.fullmatch(text)
        return _loose(loose) if loose else None
    groups = [m.groups()[:3] if isinstance(m, re.Match) else () for m in found]
    circa = any(isinstance(m, re.Match) and m[4] for m in found)
    return _made(groups, circa=circa)


def _loose(match: re.Match[str]) -> Date | None:
    year, between, month, day = match.groups()
    if not between and month and not (len(month) == 2 and day and len(day) == 2):
        return None  # 202506 may be May 2020
    return _made([(year, month, day)])


def _made(groups: Iterable[Iterable[str | None]], *, circa: bool = False) -> Date | None:
    try:
        parts = tuple(_checked(_era(int(g) for g in group if g)) for group in groups)
    except ValueError:
        return None
    return Date(parts=parts, circa=circa)


def _era(numbers: Iterable[int]) -> list[int]:
    """EDTF counts 1 BC as 0; years of CSL-JSON have no zero."""
    counted = list(numbers)
    if counted and counted[0] < 0:
        counted[0] -= 1
    return counted


def _words(text: str) -> Date | None:
    """The Date in "27 June 2025", "Jun 27, 2025", "2025 Jun 27", "Spring 2020", "c. 1500"."""
    words = re.sub("([-–])", " - ", text.replace(",", " ").replace("/", " ")).split()
    circa = bool(words) and words[0].lower() in ("c.", "ca.", "ca", "circa")
    if circa:
        words = words[1:]
    if len(words) == 2 and words[1] in ("BC", "BCE") and _YEAR.fullmatch(words[0]):
        return Date(parts=((-int(words[0]),),), circa=circa)
    if "-" in words:
        return _word_range(words, circa=circa)
    part = _word_part(words)
    return Date(parts=(part,), circa=circa) if part else None


def _word_range(words: list[str], *, circa: bool) -> Date | None:
    """Two dates with a hyphen between; the end may leave out what the start says ("May 1-5")."""
    cut = words.index("-")
    left, right = words[:cut], words[cut + 1 :]
    if not left or not right or "-" in right:
        return None
    years = [word for word in words if len(word) == 4 and word.isdecimal()]
    months = [word for word in words if word.isalpha() and month_number(word)]
    if len(years) == 1:
        left, right = (side if years[0] in side else [years[0], *side] for side in (left, right))
    if len(months) == 1:
        left, right = (side if months[0] in side else [*side, months[0]] for side in (left, right))
    start, end = _word_part(left), _word_part(right)
    if not start or not end or len(start) != len(end) or start >= end:
        return None
    return Date(parts=(start, end), circa=circa)


def _word_part(words: list[str]) -> Part | None:
    """(year, month, day) in any order that can be read in one way only."""
    year = month = day = None
    for word in words:
        if len(word) == 4 and word.isdecimal() and year is None:
            year = int(word)
        elif not word.isdecimal() and month is None and (number := month_number(word)):
            month = number
        elif len(word) <= 2 and word.isdecimal() and day is None and 1 <= int(word) <= 31:
            day = int(word)
        else:
            return None
    if year is None or (day and (not month or month > 12)):
        return None
    return tuple(number for number in (year, month, day) if number)


def _from_list(value: list[Any]) -> Date | None:
    if not all(isinstance(part, dict) for part in value):
        raise ValueError(f"{str(value)[:60]} (wanted a date)")
    keys = ("year", "month", "day")
    numbers = [[part.get(key) for key in keys if part.get(key)] for part in value]
    return _from_object({"date-parts": numbers}) if numbers else None


def _from_object(value: dict[str, Any]) -> Date | None:
    parts = _date_parts(value.get("date-parts"))
    circa = is_true(value.get("circa"))
    literal = str(value.get("literal") or "")
    if not parts and value.get("raw"):
        raw = Date.from_text(str(value["raw"]))
        parts, circa, literal = raw.parts, circa or raw.circa, literal or raw.literal
    if value.get("season") and len(parts) == 1 and len(parts[0]) == 1:
        season = _season(value["season"])
        parts = ((parts[0][0], season),)
    extra = {key: part for key, part in value.items() if key not in _FIELDS}
    if not (parts or literal or extra):
        return None
    return Date(parts, circa, literal, extra or None)


def _season(value: Any) -> int:
    word = str(value).strip().lower()
    number = int(word) if word.isdecimal() else SEASONS.get(word, 0)
    number += 20 if 1 <= number <= 4 else 8 if 13 <= number <= 16 else 0
    if not 21 <= number <= 24:
        raise ValueError(f"season: {value!r} (wanted 1 to 4)")
    return number


def _date_parts(value: Any) -> tuple[Part, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError(f"date-parts: {value!r} (wanted [[year, month, day]])")
    if value and not isinstance(value[0], list):
        value = [value]
    if len(value) > 2:
        raise ValueError(f"date-parts: {len(value)} dates (wanted one, or two for a range)")
    parts = tuple(_numbers(part, f"date-parts[{i}]") for i, part in enumerate(value))
    return parts if parts and parts[0] else ()


def _numbers(part: Any, place: str) -> Part:
    """One inner list of `date-parts`; it ends at the first part that is absent, null, "" or 0."""
    numbers: list[int] = []
    for index, number in enumerate(part if isinstance(part, list) else [part]):
        if number in (None, "", 0, "0"):
            break
        try:
            numbers.append(int(number))
        except (ValueError, TypeError, OverflowError):
            said = str(number)[:40]
            raise ValueError(f"{place}[{index}]: {said!r} (wanted a whole number)") from None
    if len(numbers) > 1 and 13 <= numbers[1] <= 16:
        numbers[1] += 8  # the seasons of CSL 1.0.1 processors
    try:
        return _checked(numbers)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
