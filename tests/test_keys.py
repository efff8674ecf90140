"""Citation keys."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.keys import Keys, base_key, letters, unique
from citekit.model import Item


def item(**fields: Any) -> Item:
    return Item.from_csl({"type": "book", **fields})


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        (
            {"author": [{"family": "Chen"}], "issued": 2025, "title": "The barriers"},
            "chen2025barriers",
        ),
        (
            {"author": [{"family": "陈", "given": "跃林"}], "issued": 2020, "title": "中药"},
            "chen2020zhongyao",
        ),
        ({"author": [{"literal": "World Health Organization"}], "title": "Guide"}, "whondguide"),
        (
            {"editor": [{"family": "O’Neil"}], "issued": 1999, "title": "<i>E. coli</i>"},
            "oneil1999e",
        ),
        ({"title": "Walden", "issued": 1854}, "anon1854walden"),
        ({"issued": {"date-parts": [[-44]]}}, "anon44bc"),
        ({}, "anonnd"),
    ],
)
def test_keys_are_made_of_name_year_and_word(fields: dict[str, Any], key: str) -> None:
    """Family, year, first telling word, transliterated."""
    assert base_key(item(**fields)) == key


def test_a_key_that_is_brought_wins() -> None:
    """`citation-key` is kept as it is."""
    assert Keys().key(item(**{"citation-key": "Knuth:1984", "title": "x"})) == "Knuth:1984"


def test_the_same_key_twice_gets_letters() -> None:
    """a, b, … follow; upper case does not make a new key."""
    keys = Keys()
    brought = ["Doe1", "doe1", "DOE1", "doe1a"]
    given_ = [keys.key(item(**{"citation-key": key})) for key in brought]
    assert given_ == ["Doe1", "doe1a", "DOE1b", "doe1aa"]


def test_unique_against_a_set() -> None:
    """The first free letter is taken."""
    assert unique("x", {"x", "xa"}) == "xb"


def test_letters_count_like_columns() -> None:
    """After z comes aa."""
    assert [letters(n) for n in (0, 25, 26, 27, 701, 702)] == ["a", "z", "aa", "ab", "zz", "aaa"]


@given(st.text(), st.text(), st.integers(-2000, 2000))
def test_keys_are_plain(family: str, title: str, year: int) -> None:
    """Any name and title give [a-z0-9]+."""
    made = item(author=[{"family": family}], title=title, issued=year)
    assert re.fullmatch("[a-z0-9]+", base_key(made))
