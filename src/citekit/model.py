"""Item: one cited work, and the way from CSL-JSON to it and back.

After `Item.from_csl` nobody asks again what kind a value is: numbers are text, names are `Name`s
with their particles apart, dates are `Date`s, variables have the names of CSL 1.0.2. What CSL
does not know stays in `extra` as it came, so that CSL-JSON goes through without loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from citekit import dates, identifiers, names
from citekit.dates import Date
from citekit.errors import ItemError, Problem
from citekit.names import Name
from citekit.variables import (
    DATES,
    NAMES,
    TEXTS,
    TYPE_BY_NAME,
    TYPES,
    VARIABLE_ALIASES,
    plain_type,
)

Value = str | tuple[Name, ...] | Date
Names = tuple[Name, ...]
Report = Callable[[Problem], None]


_TYPES = frozenset(TYPES)


class Item(Struct, repr_omit_defaults=True):
    """One cited work: three shelves of CSL variables, by kind, and what CSL does not know.

    `item["title"]`, `"title" in item` and `item.get("title")` look on all three shelves.

    >>> item = Item.from_csl({"id": 1, "type": "book", "title": "Walden", "volume": 2})
    >>> item["volume"], item.get("author")
    ('2', None)
    """

    id: str
    type: str
    texts: dict[str, str] = {}
    names: dict[str, Names] = {}
    dates: dict[str, Date] = {}
    extra: dict[str, Any] = {}

    def __post_init__(self) -> None:
        if self.type not in _TYPES:
            message = f"{_said(self.type)} (wanted one of CSL's {len(TYPES)} item types)"
            raise ItemError(Problem(message, id=self.id, field="type", lost=False))

    def get(self, variable: str) -> Value | None:
        """The text, names or date of *variable*, or None."""
        found = self.texts.get(variable)
        return found or self.names.get(variable) or self.dates.get(variable)

    def __getitem__(self, variable: str) -> Value:
        value = self.get(variable)
        if value is None:
            raise KeyError(variable)
        return value

    def __contains__(self, variable: str) -> bool:
        return self.get(variable) is not None

    def put(self, variable: str, value: Value) -> None:
        """Files *value* on the shelf of its kind."""
        if isinstance(value, Date):
            self.dates[variable] = value
        elif isinstance(value, tuple):
            self.names[variable] = value
        else:
            self.texts[variable] = value

    def variables(self) -> Iterator[str]:
        """The CSL variables that have a value."""
        yield from self.texts
        yield from self.names
        yield from self.dates

    @classmethod
    def from_csl(
        cls, data: Mapping[str, Any], *, record: int = 0, report: Report | None = None
    ) -> Item:
        """The Item in a CSL-JSON object.

        *record* is the object's number in its file, for messages. Without *report*, a field that
        cannot be understood raises ItemError, which names the item and the field; with it, each
        such field is reported and kept in `extra`.

        >>> Item.from_csl({"id": "x", "type": "book", "issued": {"date-parts": [["soon"]]}})
        Traceback (most recent call last):
        ...
        citekit.errors.ItemError: (x) issued: date-parts[0][0]: 'soon' (wanted a whole number)
        """
        return _Reading(data, record, report).item()

    def to_csl(self) -> dict[str, Any]:
        """The CSL-JSON object of this item: `id`, `type`, then the variables as they were filed."""
        out: dict[str, Any] = {"id": self.id, "type": self.type, **self.texts}
        for variable, people in self.names.items():
            out[variable] = [_name_to_csl(name) for name in people]
        for variable, date in self.dates.items():
            out[variable] = dates.to_csl(date)
        out.update(self.extra)
        return out


Work = Item | Mapping[str, Any]
"""What the library takes for one work: an Item, or a CSL-JSON object."""


def as_items(works: Iterable[Work] | Work) -> Iterator[Item]:
    """The Items of *works*; a lone one is taken as well. Raises ItemError on the way."""
    if isinstance(works, Item | Mapping):
        works = [works]
    return map(as_item, works)


def as_item(work: Work) -> Item:
    """*work* itself, or the Item in it when it is a CSL-JSON object; raises ItemError."""
    return work if isinstance(work, Item) else Item.from_csl(work)


def _name_to_csl(name: Name) -> dict[str, Any]:
    out: dict[str, Any] = msgspec.to_builtins(name)
    out.update(out.pop("extra", None) or {})
    return out


class _Reading:
    """One CSL-JSON object while it is read: the item so far and where to report."""

    def __init__(self, data: Mapping[str, Any], record: int, report: Report | None) -> None:
        self.data = data
        self.record = record
        self.report = report
        self.id = ""
        self.extra: dict[str, Any] = {}

    def item(self) -> Item:
        if not isinstance(self.data, Mapping):
            raise ItemError(Problem(f"{_said(self.data)} (wanted an object)", record=self.record))
        self.id = self._id()
        item = Item(self.id, self._type(), extra=self.extra)
        for key, value in self.data.items():
            if value is None or key in ("id", "type"):
                continue
            variable = VARIABLE_ALIASES.get(key, key)
            # An alias beside its variable ("doi" beside "DOI") is one more unknown key.
            is_spare = variable != key and self.data.get(variable) is not None
            try:
                if is_spare or not _file(item, variable, value):
                    self.extra[key] = value
            except ValueError as error:
                self._bad(key, str(error), value)
        return item

    def _id(self) -> str:
        given = self.data.get("id", self.data.get("citation-key"))
        if given is None or isinstance(given, str):
            return given or ""
        if isinstance(given, int | float) and not isinstance(given, bool):
            return _number(given)
        self._bad("id", f"{_said(given)} (wanted text or a number)", given)
        return ""

    def _type(self) -> str:
        given = self.data.get("type")
        if isinstance(given, str) and given in _TYPES:
            return given
        found = TYPE_BY_NAME.get(plain_type(given)) if isinstance(given, str) else None
        if found is None:
            self._bad(
                "type", f"{_said(given)} (wanted one of CSL's {len(TYPES)} item types)", given
            )
        return found or "document"

    def _bad(self, field: str, message: str, value: object) -> None:
        problem = Problem(
            message, record=self.record, id=self.id, field=field, raw=_said(value), lost=False
        )
        if self.report is None:
            raise ItemError(problem)
        self.report(problem)
        self.extra[field] = value


def _file(item: Item, variable: str, value: Any) -> bool:
    """Puts *value* on its shelf; False when CSL has no such variable."""
    if variable in TEXTS:
        if text := _text(variable, value):
            bare = identifiers.BARE.get(variable)
            item.texts[variable] = (bare(text) or text) if bare else text
    elif variable in NAMES:
        if people := _names(value):
            item.names[variable] = people
    elif variable in DATES:
        if date := dates.from_csl(value):
            item.dates[variable] = date
    else:
        return False
    return True


def _text(variable: str, value: Any) -> str:
    """A scalar as text; a list of scalars as Crossref has titles, ISSNs and keywords."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | list):
        raise ValueError(f"{_said(value)} (wanted text or a number)")
    if not isinstance(value, list):
        return _number(value)
    parts = [_text(variable, part) for part in value if part is not None]
    return join_keywords(parts) if variable == "keyword" else ", ".join(parts)


def _number(value: float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


_NOBODY = Name()


def _names(value: Any) -> Names:
    try:
        # The common shape at C speed; whatever else the wild holds takes the slow road below.
        people = map(names.tidy, msgspec.convert(value, Names))
        return tuple(name for name in people if name != _NOBODY)
    except msgspec.ValidationError:
        pass
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise ValueError(f"{_said(value)} (wanted a list of names)")
    found = []
    for index, one in enumerate(value):
        if isinstance(one, str):
            found.append(names.from_sort_form(one))
        elif isinstance(one, dict):
            found.append(_name(one, index))
        else:
            raise ValueError(f"[{index}]: {_said(one)} (wanted a name object)")
    return tuple(name for name in found if name != _NOBODY)


def _name(value: dict[str, Any], index: int) -> Name:
    try:
        return names.tidy(names.from_csl(value))
    except ValueError as error:
        raise ValueError(f"[{index}].{error}") from None


def join_keywords(keywords: list[str]) -> str:
    """Keywords as CSL's one text: commas between, or semicolons when a keyword holds a comma.

    >>> join_keywords(["Models, Animal", "mice"])
    'Models, Animal; mice'
    """
    if not any("," in keyword for keyword in keywords):
        return ", ".join(keywords)
    # A lone keyword with a comma needs a mark too, or it would be split on the way back.
    return "; ".join(keywords) + (";" if len(keywords) == 1 else "")


def split_keywords(text: str) -> list[str]:
    """The keywords in CSL's one text: cut at semicolons if there are any, else at commas."""
    parts = text.split(";") if ";" in text else text.split(",")
    return [part.strip() for part in parts if part.strip()]


def _said(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
