"""CSL-JSON: citekit's own truth as a file; an array of items, or one item a line.

The array is read item by item. A broken item is reported with its line; reading goes on at the
next place where an item begins.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO, Final

import msgspec

from citekit.errors import ItemError, Problem
from citekit.formats.base import Format
from citekit.formats.text import Report, decoded, mended
from citekit.keys import Keys
from citekit.model import Item
from citekit.variables import VARIABLES

_CHUNK: Final = 1 << 18
_BETWEEN: Final = re.compile(r"[\s,]*")
_NEXT: Final = re.compile(r"[,\n\[][ \t]{0,80}(?=\{)")
_MOST_TRIES: Final = 2_000
# Longer than any item; what is still open then was opened by a mistake.
_LONGEST: Final = 1 << 26
_ITEM_KEYS: Final = frozenset({"id", "type", "title", "DOI"})
_encode: Final = msgspec.json.Encoder().encode


def write(items: Iterable[Item]) -> Iterator[str]:
    """One array; an item without id gets its citation key as id."""
    keys = Keys()
    before = "[\n"
    for item in items:
        data = item.to_csl()
        data["id"] = item.id or keys.key(item)
        yield before + _json(data)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _json(data: dict[str, Any]) -> str:
    try:
        return _encode(data).decode()
    except UnicodeEncodeError:  # a lone surrogate, which no UTF-8 file can hold
        return json.dumps(data).encode().decode()


def read(stream: BinaryIO) -> Iterator[Item | Problem]:
    """An Item for each object, a Problem for each field and object that cannot be understood."""
    problems: list[Problem] = []
    for number, (line, found) in enumerate(_Objects(stream, problems.append), 1):
        yield from problems
        problems.clear()
        try:
            item = Item.from_csl(found, record=number, report=problems.append)
        except ItemError as error:
            problems.append(msgspec.structs.replace(error.problem, line=line, lost=True))
        else:
            yield item
        yield from (msgspec.structs.replace(problem, line=line) for problem in problems)
        problems.clear()
    yield from problems


class _Objects:
    """(line, JSON value) for each element of an array, or each of values that follow another."""

    def __init__(self, stream: BinaryIO, report: Report) -> None:
        self._text: io.TextIOWrapper = decoded(stream)
        self._report = report
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._counted = 0
        self._ended = False

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        self._more()
        self._skip()
        is_array = self._buffer.startswith("[", self._at)
        if is_array:
            self._at += 1
        while not self._is_done(is_array=is_array):
            line = self._line_here()
            found, value = self._value()
            if found and self._is_wrapper(value):
                yield from ((line, item) for item in value["items"])
            elif found:
                yield line, value

    def _is_done(self, *, is_array: bool) -> bool:
        self._skip()
        if self._at < len(self._buffer):
            return is_array and self._buffer[self._at] == "]"
        if is_array:
            self._report(Problem("the file ends before its ]", line=self._line_here(), lost=False))
        return True

    def _is_wrapper(self, value: object) -> bool:
        """Zotero's API and others put the items of an answer under `items`."""
        return (
            isinstance(value, dict)
            and isinstance(value.get("items"), list)
            and not VARIABLES & value.keys()
        )

    def _value(self) -> tuple[bool, Any]:
        """(True, the value that begins here), or (False, None) after reporting what is broken."""
        while True:
            try:
                value, self._at = _DECODER.raw_decode(self._buffer, self._at)
            except (ValueError, RecursionError) as error:
                if self._may_go_on(error) and self._more():
                    continue
                self._broken(error)
                return False, None
            return True, value

    def _may_go_on(self, error: Exception) -> bool:
        """Whether the buffer just ends too early for the value that begins here."""
        if not isinstance(error, json.JSONDecodeError) or len(self._buffer) - self._at > _LONGEST:
            return False
        return error.msg.startswith("Unterminated") or error.pos >= len(self._buffer) - 16

    def _broken(self, error: Exception) -> None:
        place, message = self._at, "nested too deeply or a number too long"
        if isinstance(error, json.JSONDecodeError):
            place, message = error.pos, error.msg
        line = self._line_here() + self._buffer.count("\n", self._at, place)
        raw = self._buffer[self._at : self._at + 80]
        self._report(Problem(f"broken JSON: {message}", line=line, raw=raw))
        self._at = self._next_item(place)

    def _next_item(self, place: int) -> int:
        """Where the next object begins that looks like an item; else the end."""
        starts = _NEXT.finditer(self._buffer, min(place, len(self._buffer)))
        for match in islice(starts, _MOST_TRIES):
            try:
                value, _ = _DECODER.raw_decode(self._buffer, match.end())
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict) and _ITEM_KEYS & value.keys():
                return match.end()
        return len(self._buffer)

    def _skip(self) -> None:
        """Past blanks and commas, reading on where the buffer ends with them."""
        while True:
            match = _BETWEEN.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer) or not self._more():
                return

    def _line_here(self) -> int:
        """The number of the line that the reader stands in; each character is counted once."""
        self._line += self._buffer.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _more(self) -> bool:
        """Reads on, twice as far for an item that did not fit; False at the end."""
        rest = len(self._buffer) - self._at
        chunk = "" if self._ended else self._text.read(max(_CHUNK, rest))
        if not chunk:
            self._ended = True
            return False
        line = self._line_here()
        self._buffer = self._buffer[self._at :] + mended(chunk, line, self._report)
        self._at = self._counted = 0
        return True


_DECODER: Final = json.JSONDecoder()


def looks_like(head: str) -> bool:
    """Whether *head* begins a JSON array or object, as far as one can see of CSL items."""
    text = head.lstrip()
    if not text.startswith(("[", "{")):
        return False
    return text.rstrip() in ("[]", "[") or '"' in text[:2000]


def holds(_: str) -> dict[str, str]:
    """Everything, each variable under its own name."""
    return {variable: variable for variable in sorted(VARIABLES)}


FORMAT: Final = Format(
    name="csl-json",
    label="CSL-JSON",
    media_type="application/vnd.citationstyles.csl+json",
    suffix="json",
    read=read,
    write=write,
    looks_like=looks_like,
    holds=holds,
    accept=("application/citeproc+json", "application/json"),
    other_suffixes=("csl.json", "jsonl", "ndjson"),
)
