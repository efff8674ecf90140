"""Item types ↔ the codes of each format, from one table for both directions: types.tsv.

A cell holds the code that is written for the CSL type of its row and, after " | ", the others
that are read as that type. A code in parentheses is written only: alone it is read as the type of
another row. "(MANSCPT+Preprint)" adds a kind of work, which tells the two types apart; where no
kind does, the exact type is written beside the code, see `Mapping`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from msgspec import Struct

from citekit.variables import TYPES


class Column(Struct, frozen=True):
    """One format's column of the table.

    `codes` has what is written for each CSL type and `kinds` the kind of work that goes with
    some; `types` has the CSL type that each code is read as, `by_kind` that of (type, kind).
    Codes and kinds are looked up in lower case.
    """

    codes: Mapping[str, str]
    kinds: Mapping[str, str]
    types: Mapping[str, str]
    by_kind: Mapping[tuple[str, str], str]

    def type_of(self, code: str, kind: str = "") -> str | None:
        """The CSL type that *code* with *kind* is read as; None for an unknown code."""
        found = self.types.get(code.strip().lower())
        return self.by_kind.get((found, kind.lower()), found) if found else None

    def tells(self, type_: str, kind: str) -> bool:
        """Whether the code of *type_* and *kind* bring *type_* back."""
        return self.type_of(self.codes[type_], kind or self.kinds.get(type_, "")) == type_


def column(name: str) -> Column:
    """The column headed *name*; raises KeyError."""
    return _COLUMNS[name]


def _load() -> dict[str, Column]:
    text = (files("citekit.formats") / "types.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    if {row["csl"] for row in rows} != set(TYPES):
        raise ValueError(f"types.tsv lacks {set(TYPES) - {row['csl'] for row in rows}}")
    return {name: _column(name, rows) for name in rows[0] if name != "csl"}


def _column(name: str, rows: list[dict[str, str]]) -> Column:
    codes: dict[str, str] = {}
    kinds: dict[str, str] = {}
    types: dict[str, str] = {}
    for row in rows:
        written, *others = (code.strip() for code in row[name].split("|"))
        code, _, kind = written.strip("()").partition("+")
        codes[row["csl"]] = code
        if kind:
            kinds[row["csl"]] = kind
        for read in others if written.startswith("(") else [code, *others]:
            if types.setdefault(read.lower(), row["csl"]) != row["csl"]:
                raise ValueError(f"types.tsv: {read} stands in two rows of column {name}")
    if missing := {code.lower() for code in codes.values()} - types.keys():
        raise ValueError(f"types.tsv: {missing} of column {name} is written but never read")
    by_kind = {(types[codes[csl].lower()], kind.lower()): csl for csl, kind in kinds.items()}
    return Column(codes, kinds, types, by_kind)


_COLUMNS: Final = _load()
