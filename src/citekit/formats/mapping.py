"""Item ↔ fields: how a format's table of rows is used, in both directions.

A format says with rows which CSL variable stands in which of its slots (a tag, an element, a
field) for which item types. Everything without a slot goes, with its name, into the format's
note ("Event date: 2020-06"), is read from there again, and so is never lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from citekit import pages
from citekit.dates import Date
from citekit.formats import labels
from citekit.formats.crosswalk import Column
from citekit.formats.text import clean
from citekit.model import Item, Value, join_keywords, split_keywords
from citekit.names import Name
from citekit.variables import DATES, NAMES, TITLES, TYPES, VARIABLES

Line = tuple[str, str]
Fields = dict[str, list[str]]

# Item types that formats treat alike.
GROUPS: Final = {
    "ARTICLES": "article-journal article-magazine article-newspaper review review-book",
    "PARTS": "chapter entry entry-dictionary entry-encyclopedia",
    "SERIES": "book classic collection map pamphlet report software standard",
    "WHOLES": "book classic manuscript thesis",
    "MEETINGS": "paper-conference speech",
    "NUMBERED": "patent report standard",
    "MUSIC": "musical_score song",
    "LAW": "bill hearing legal_case legislation patent regulation treaty",
    "IN_SERIES": "book classic collection chapter entry entry-dictionary entry-encyclopedia paper-conference",
}


class Shape(Struct, frozen=True):
    """What replaces the usual way of a row: one value in several slots, or several in one.

    A row that goes `one_way` is read back as the variable of another row: an article's number
    stands where pages stand, and comes back as `page`.
    """

    write: Callable[[Item], Iterable[Line]] | None = None
    read: Callable[[Fields], Value | None] | None = None
    one_way: bool = False


class Row(Struct, frozen=True):
    """One CSL variable and its slots.

    The value is written to every slot of `slots` and read from the first of `slots`, then `also`,
    that has one. `types` restricts the row to item types.
    """

    variable: str
    slots: tuple[str, ...]
    also: tuple[str, ...]
    types: frozenset[str]
    shape: Shape


def row(
    variable: str, slots: str, also: str = "", types: str = "", shape: Shape | None = None
) -> Row:
    """A Row from words; see `type_set` for *types*."""
    words = tuple(slots.split()), tuple(also.split())
    return Row(variable, *words, type_set(types), shape or Shape())


def type_set(words: str) -> frozenset[str]:
    """The item types that *words* name: types and GROUPS, or with "-" all but these.

    >>> sorted(type_set("MUSIC thesis"))
    ['musical_score', 'song', 'thesis']
    """
    named = {word.removeprefix("-") for word in words.split()}
    types = {type_ for word in named for type_ in GROUPS.get(word, word).split()}
    if unknown := types - set(TYPES):
        raise ValueError(f"no item types: {unknown}")
    return frozenset(types if words and not words.startswith("-") else set(TYPES) - types)


class Codec(Struct, frozen=True):
    """How a format writes one name, one date and one title as text of a slot, and reads them."""

    name: Callable[[Name], str]
    to_name: Callable[[str], Name]
    date: Callable[[Date], str]
    to_date: Callable[[str], Date]
    title: Callable[[str], str]
    to_title: Callable[[str], str]
    abstract: Callable[[str], str]
    text: Callable[[str], str] = clean
    to_text: Callable[[str], str] = str.strip


class Slots(Struct, frozen=True):
    """The slots of a format that no row has.

    `note` is the slot for notes, `labels` that for what has no slot of its own, by default the
    same. `type` is where the exact item type goes when the code does not tell it; without one it
    goes with the labels. `key` names the place of the citation key, which the format's own writer
    and reader look after.
    """

    note: str
    key: str
    labels: str = ""
    type: str = ""


class Mapping:
    """The table of one format: its rows, how it writes values, its codes for item types."""

    def __init__(self, rows: Sequence[Row], codec: Codec, column: Column, slots: Slots) -> None:
        self.rows = rows
        self.codec = codec
        self.column = column
        self.note = slots.note
        self.key = slots.key
        self.labels = slots.labels or slots.note
        self.type_slot = slots.type
        self.plan = cache(self._plan)

    def lines(self, item: Item) -> list[Line]:
        """(slot, text) for all that *item* says, in the order of the rows; never empty text."""
        plan = self.plan(item.type)
        kind = self.column.kinds.get(item.type, "")
        if kind and "genre" not in item.texts:
            item = replace(item, texts=item.texts | {"genre": kind})
        found: list[tuple[int, Row, Value, list[Line]]] = []
        for shelf in (item.texts, item.names, item.dates):
            for variable, value in shelf.items():
                if variable in plan and variable != "note" and value:
                    place, rule = plan[variable]
                    found.append((place, rule, value, self._write(rule, item, value)))
        found.sort(key=_place)
        out = [line for *_, lines in found for line in lines]
        placed = self._placed(found, out)
        if item.texts.get("genre") == kind:
            placed.add("genre")
        place = plan["note"][0]
        notes_at = sum(len(lines) for at, *_, lines in found if at < place)
        out[notes_at:notes_at] = self._notes(item, placed)
        return out

    def _placed(self, found: list[tuple[int, Row, Value, list[Line]]], out: list[Line]) -> set[str]:
        """The variables that come back; asked only where a slot may hold part of a value."""
        fields: Fields = {}
        for slot, text in out:
            fields.setdefault(slot, []).append(text)
        placed = set()
        for _, rule, value, lines in found:
            asks = not rule.shape.one_way and (rule.shape.read or isinstance(value, Date))
            if _same(rule.variable, value, self._read(rule, fields)) if asks else lines:
                placed.add(rule.variable)
        return placed

    def _notes(self, item: Item, placed: set[str]) -> Iterator[Line]:
        if note := self.codec.text(item.texts.get("note", "")):
            yield self.note, note
        labelled = labels.labelled(item, placed)
        if not self.column.tells(item.type, item.texts.get("genre", "")):
            if self.type_slot:
                yield self.type_slot, item.type
            else:
                labelled.insert(0, f"{labels.TYPE_LABEL}: {item.type}")
        if labelled:
            yield self.labels, self.codec.text("; ".join(labelled))

    def item(self, type_: str, fields: Fields) -> Item:
        """The Item in *fields*; what no row reads is kept in CSL-JSON's `custom`."""
        notes = [(text, labels.parse(text)) for text in self._texts_of(fields, self.labels)]
        told = [
            labelled[labels.TYPE_LABEL] for _, labelled in notes if labels.TYPE_LABEL in labelled
        ]
        told += fields.get(self.type_slot, [])
        item = Item("", told[0] if told and told[0] in TYPES else type_)
        left = dict(fields)
        for slot in (self.labels, self.type_slot):
            left.pop(slot, None)
        for variable, (_, rule) in self.plan(item.type).items():
            if variable != "note" and (value := self._read(rule, fields, left)):
                item.put(variable, value)
        kept = [text for text, labelled in notes if not labels.obey(item, labelled)]
        if self.labels != self.note:
            kept = self._texts_of(fields, self.note) + kept
            left.pop(self.note, None)
        for slot in self.plan(item.type)["note"][1].also:
            kept += self._texts_of(fields, slot)
            left.pop(slot, None)
        if kept:
            item.texts["note"] = "\n".join(kept)
        if left:
            item.extra["custom"] = {slot: "\n".join(texts) for slot, texts in left.items()}
        return item

    def _texts_of(self, fields: Fields, slot: str) -> list[str]:
        return [text for text in map(self.codec.to_text, fields.get(slot, ())) if text]

    def holds(self, type_: str) -> dict[str, str]:
        """Where each variable of an item of *type_* stands in a file: {"DOI": "DO", …}."""
        rules = [rule for _, rule in self.plan(type_).values()]
        moved = {rule.variable for rule in rules if rule.shape.one_way}
        places = {rule.variable: " ".join(rule.slots) for rule in rules if not rule.shape.one_way}
        places["citation-key"] = self.key
        for variable in sorted(VARIABLES - labels.TRANSIENT - places.keys() - moved):
            places[variable] = f"{self.labels} “{labels.label(variable)}:”"
        return places

    def _plan(self, type_: str) -> dict[str, tuple[int, Row]]:
        """{variable: (place in the table, row)} of the rows that hold for one item type."""
        plan: dict[str, tuple[int, Row]] = {}
        for place, rule in enumerate(self.rows):
            if type_ in rule.types and plan.setdefault(rule.variable, (place, rule))[0] != place:
                raise ValueError(f"two rows for {rule.variable} of {type_}")
        return plan

    def _write(self, rule: Row, item: Item, value: Value) -> list[Line]:
        if rule.shape.write:
            return [line for line in rule.shape.write(item) if line[1]]
        texts = self.texts(rule.variable, value)
        return [(slot, text) for text in texts for slot in rule.slots]

    def texts(self, variable: str, value: Value) -> list[str]:
        """*value* as texts of a slot: one for each name and keyword, else one; none is empty."""
        if isinstance(value, Date):
            found = [self.codec.date(value)]
        elif isinstance(value, tuple):
            found = [self.codec.name(name) for name in value]
        elif variable == "keyword":
            found = [self.codec.text(keyword) for keyword in split_keywords(value)]
        elif variable in TITLES:
            found = [self.codec.title(value)]
        elif variable == "abstract":
            found = [self.codec.abstract(value)]
        else:
            found = [self.codec.text(value)]
        return [text for text in found if text]

    def _read(self, rule: Row, fields: Fields, left: Fields | None = None) -> Value | None:
        """The value of a row; the slots that it used up are taken out of *left*."""
        left = {} if left is None else left
        if rule.shape.read or rule.shape.one_way:
            for slot in rule.slots + rule.also:
                left.pop(slot, None)
            return rule.shape.read(fields) if rule.shape.read else None
        for slot in rule.slots + rule.also:
            if (texts := fields.get(slot)) and (value := self._value(rule.variable, texts)):
                for said in (slot, *rule.slots):
                    left.pop(said, None)
                for other in rule.also:
                    if left.get(other) == texts:
                        del left[other]
                if len(texts) > 1 and isinstance(value, str) and rule.variable != "keyword":
                    left[slot] = texts[1:]
                return value
        return None

    def _value(self, variable: str, texts: list[str]) -> Value | None:
        if variable in NAMES:
            people = (self.codec.to_name(text) for text in texts if text.strip(" ,"))
            return tuple(name for name in people if name != Name())
        texts = [text for text in texts if text.strip()]
        if not texts:
            return None
        if variable in DATES:
            return self.codec.to_date(texts[0])
        if variable == "keyword":
            return join_keywords([self.codec.to_text(text) for text in texts])
        if variable in TITLES or variable == "abstract":
            return self.codec.to_title(texts[0])
        return self.codec.to_text(texts[0])


def _same(variable: str, value: Value, back: Value | None) -> bool:
    if variable == "page" and isinstance(value, str) and isinstance(back, str):
        return pages.same(value, back)
    if isinstance(value, str):
        return clean(value) == back
    return value == back


def _place(found: tuple[int, Row, Value, list[Line]]) -> int:
    return found[0]
