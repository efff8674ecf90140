"""Texts that say dates and names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit import dates
from citekit.dates import Date
from citekit.names import Name, body, from_sort_form, person

YEARS = st.integers(-3000, 3000).filter(bool)
DAYS = st.one_of(
    st.tuples(YEARS),
    st.tuples(YEARS, st.integers(1, 12) | st.integers(21, 24)),
    st.tuples(YEARS, st.integers(1, 12), st.integers(1, 28)),
)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("2025-06-27", "2025-06-27"),
        ("2025/06/27/", "2025-06-27"),
        ("2025/06//", "2025-06"),
        ("2025-06-27T12:00:00Z", "2025-06-27"),
        ("2020/2021", "2020/2021"),
        ("2020-03/..", "2020-03/.."),
        ("1999~", "1999~"),
        ("-0043", "-0043"),
        ("27 June 2025", "2025-06-27"),
        ("Jun 27, 2025", "2025-06-27"),
        ("2025 Jun 27", "2025-06-27"),
        ("Sept. 2025", "2025-09"),
        ("Spring 2020", "2020-21"),
        ("c. 1500", "1500~"),
        ("44 BC", "-0043"),
        ("2020 Jan-Feb", "2020-01/2020-02"),
        ("2020 Jun 10-17", "2020-06-10/2020-06-17"),
        ("Dec 2019 - Jan 2020", "2019-12/2020-01"),
        ("2001-2003", "2001/2003"),
    ],
)
def test_texts_that_say_a_date(text: str, edtf: str) -> None:
    """Each can be read in one way only."""
    found = Date.from_text(text)
    assert found.parts
    assert found.edtf == edtf


@pytest.mark.parametrize(
    "text",
    [
        "6/5/2025",
        "in press",
        "n.d.",
        "199X",
        "2020-13-01",
        "2025-06-31-01",
        "May",
        "32 May 2020",
        "0000",
    ],
)
def test_texts_that_say_none_for_certain(text: str) -> None:
    """What is ambiguous or impossible stays as it stands."""
    assert Date.from_text(text) == Date(literal=text)


@given(st.lists(DAYS, min_size=1, max_size=2), st.booleans())
def test_edtf_comes_back(parts: list[tuple[int, ...]], circa: bool) -> None:
    """Every date survives EDTF."""
    date = Date(parts=tuple(parts), circa=circa)
    assert Date.from_text(date.edtf) == date


@given(st.lists(DAYS, min_size=1, max_size=2), st.booleans(), st.text())
def test_csl_json_comes_back(parts: list[tuple[int, ...]], circa: bool, literal: str) -> None:
    """Every date survives CSL-JSON."""
    date = Date(tuple(parts), circa, literal)
    assert dates.from_csl(dates.to_csl(date)) == date


@given(st.text())
def test_any_text_is_a_date_of_some_kind(text: str) -> None:
    """Nothing raises, and nothing said is lost."""
    date = Date.from_text(text)
    assert date.parts or date.literal == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Berg, Jan", Name("Berg", "Jan")),
        ("van der Berg, Jan", Name("Berg", "Jan", non_dropping_particle="van der")),
        ("d'Arc, Jeanne", Name("Arc", "Jeanne", non_dropping_particle="d'")),
        ("King, Martin Luther, Jr.", Name("King", "Martin Luther", suffix="Jr.")),
        ("King, Jr., Martin Luther", Name("King", "Martin Luther", suffix="Jr.")),
        ("World Health Organization,", body("World Health Organization")),
        ("World Health Organization", body("World Health Organization")),
        ("Van Morrison, George", Name("Van Morrison", "George")),
        ("黒澤, 明", Name("黒澤", "明")),
    ],
)
def test_sort_form(text: str, name: Name) -> None:
    """Family first, as RIS and most files have names."""
    assert from_sort_form(text) == name


@given(st.text("abcXYZ '-", max_size=12), st.text("abcXYZ .", max_size=12))
def test_splitting_particles_loses_no_letter(family: str, given_: str) -> None:
    """Every letter of a name is still in it, in order within its part."""
    name = person(family, given_)
    kept = name.non_dropping_particle + name.family + name.given + name.dropping_particle
    assert sorted(kept.replace(" ", "")) == sorted((family + given_).replace(" ", ""))
