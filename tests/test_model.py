"""Items: what the wild writes as CSL-JSON, normalised once, with nothing lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit import variables
from citekit.dates import Date
from citekit.errors import ItemError, Problem
from citekit.model import Item, join_keywords, split_keywords
from citekit.names import Name

CSL = Path(__file__).parent / "data" / "csl-1.0.2.txt"


def item(**fields: Any) -> Item:
    return Item.from_csl({"id": "x", "type": "book", **fields})


def specified() -> dict[str, set[str]]:
    """The names of the specification by kind."""
    names: dict[str, set[str]] = {}
    for line in CSL.read_text("utf-8").splitlines():
        if line.startswith("["):
            names[line.strip("[]")] = kind = set()
        elif line and not line.startswith("#"):
            kind.add(line)
    return names


def test_the_tables_are_those_of_the_specification() -> None:
    """Every type and variable of CSL 1.0.2 is known, of its kind; `event` is an alias by now."""
    names = specified()
    assert set(variables.TYPES) == names["types"]
    assert names["name"] == variables.NAMES
    assert names["date"] == variables.DATES
    assert names["number"] == variables.NUMBERS
    assert names["standard"] - {"event"} <= variables.TITLES | variables.STRINGS
    assert variables.VARIABLE_ALIASES["event"] in variables.TITLES


def test_there_are_45_types() -> None:
    """CSL 1.0.2 has 45 item types, and each is its own name."""
    assert len(variables.TYPES) == 45
    assert all(
        variables.TYPE_BY_NAME[variables.plain_type(name)] == name for name in variables.TYPES
    )


@pytest.mark.parametrize(
    ("wild", "csl"),
    [
        ("journal-article", "article-journal"),
        ("journalArticle", "article-journal"),
        ("Dataset", "dataset"),
        ("Software", "software"),
        ("computerProgram", "software"),
        ("posted-content", "article"),
        ("proceedings-article", "paper-conference"),
        ("dissertation", "thesis"),
        ("legal-case", "legal_case"),
        ("article", "article"),
    ],
)
def test_types_have_many_names(wild: str, csl: str) -> None:
    """Crossref's, Zotero's and DataCite's words for a type are understood."""
    assert item(type=wild).type == csl


@pytest.mark.parametrize(("given_", "text"), [(3, "3"), (3.0, "3"), (2.5, "2.5"), ("3", "3")])
def test_numbers_become_text(given_: object, text: str) -> None:
    """A volume of 3 and of "3" are the same."""
    assert item(volume=given_)["volume"] == text


@pytest.mark.parametrize(
    ("given_", "date"),
    [
        ({"date-parts": [[2025, 6, 27]]}, Date.of(2025, 6, 27)),
        ({"date-parts": [["2025", "06"]]}, Date.of(2025, 6)),
        ({"date-parts": [[2020], [2021]]}, Date(parts=((2020,), (2021,)))),
        ({"date-parts": [[2020], [0]]}, Date(parts=((2020,), ()))),
        ({"date-parts": [[2020]], "season": 1}, Date.of(2020, 21)),
        ({"date-parts": [[2020]], "season": "winter"}, Date.of(2020, 24)),
        ({"date-parts": [[2020]], "circa": "1"}, Date(parts=((2020,),), circa=True)),
        ({"raw": "27 June 2025"}, Date.of(2025, 6, 27)),
        ({"raw": "in press"}, Date(literal="in press")),
        ({"literal": "forthcoming"}, Date(literal="forthcoming")),
        ("2025-06-27", Date.of(2025, 6, 27)),
        ("2025-06~", Date(parts=((2025, 6),), circa=True)),
        (2025, Date.of(2025)),
        ([{"year": 2025, "month": 6}], Date.of(2025, 6)),
        ({"date-parts": [[-44, 3, 15]]}, Date.of(-44, 3, 15)),
    ],
)
def test_dates_of_the_wild(given_: object, date: Date) -> None:
    """Objects, EDTF, years, raw and literal texts are all dates."""
    assert item(issued=given_)["issued"] == date


@pytest.mark.parametrize("nothing", [{"date-parts": [[None]]}, {"date-parts": [[0]]}, {}, "", None])
def test_empty_dates_are_none(nothing: object) -> None:
    """A date that says nothing is no date."""
    assert "issued" not in item(issued=nothing)


@pytest.mark.parametrize(
    ("given_", "name"),
    [
        ({"family": "van der Berg", "given": "Jan"}, Name("Berg", "Jan", non_dropping_particle="van der")),
        ({"family": "Beethoven", "given": "Ludwig van"}, Name("Beethoven", "Ludwig", dropping_particle="van")),
        ({"family": '"van der Berg"', "given": "Jan"}, Name("van der Berg", "Jan")),
        ({"family": "Plato"}, Name("Plato")),
        ({"family": "King", "given": "M. L.", "suffix": "Jr.", "comma-suffix": 1}, Name("King", "M. L.", suffix="Jr.", comma_suffix=True)),
        ({"family": "Li", "given": "Ling", "ORCID": "0"}, Name("Li", "Ling", extra={"ORCID": "0"})),
        ("Li, Ling", Name("Li", "Ling")),
        ({"literal": "WHO"}, Name(literal="WHO")),
    ],
)  # fmt: skip
def test_names_of_the_wild(given_: object, name: Name) -> None:
    """Particles move to their own part, unknown keys stay, a bare string is a name."""
    assert item(author=[given_])["author"] == (name,)


def test_unknown_keys_stay() -> None:
    """What CSL does not know comes back as it was."""
    data = {
        "id": "x",
        "type": "book",
        "custom": {"a": [1]},
        "relation": {"b": None},
        "categories": ["c"],
    }
    assert Item.from_csl(data).to_csl() == data


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("type", "no such thing", "(x) type: 'no such thing' (wanted one of CSL's 45 item types)"),
        (
            "issued",
            {"date-parts": [["soon"]]},
            "issued: date-parts[0][0]: 'soon' (wanted a whole number)",
        ),
        ("issued", {"date-parts": [[2020, 27]]}, "issued: date-parts[0]: month 27"),
        ("issued", {"date-parts": [[2020, 2, 32]]}, "issued: date-parts[0]: day 32"),
        ("issued", {"date-parts": [[1], [2], [3]]}, "issued: date-parts: 3 dates"),
        ("author", "x" * 9 and [7], "author: [0]: 7 (wanted a name object)"),
        ("author", [{"family": ["a"]}], "author: [0].family: ['a'] (wanted text)"),
        ("title", {"a": 1}, "title: {'a': 1} (wanted text or a number)"),
        ("volume", True, "volume: True (wanted text or a number)"),
    ],
)
def test_bad_fields_are_named(field: str, value: object, message: str) -> None:
    """The error says which item and which field, and what was wanted."""
    with pytest.raises(ItemError) as caught:
        item(**{field: value})
    assert message in str(caught.value)
    assert caught.value.problem.id == "x"


def test_with_a_report_nothing_raises() -> None:
    """Bad fields are reported one by one and kept aside; the others are read."""
    problems: list[Problem] = []
    data = {"id": 7, "type": 5, "title": "T", "volume": [], "issued": [1], "author": {"a": 1}}
    found = Item.from_csl(data, record=3, report=problems.append)
    assert [problem.field for problem in problems] == ["type", "issued"]
    assert all(problem.record == 3 and problem.id == "7" for problem in problems)
    assert found["title"] == "T"
    assert found.extra == {"type": 5, "issued": [1]}


@pytest.mark.parametrize("data", [None, 3, "text", ["list"]])
def test_what_is_no_object_is_an_error(data: Any) -> None:
    """An item is an object."""
    with pytest.raises(ItemError, match="wanted an object"):
        Item.from_csl(data)


def test_crossref_lists_are_understood() -> None:
    """Titles and ISSNs in lists become text."""
    found = item(**{"container-title": ["Nature"], "ISSN": ["1", "2"], "title": []})
    assert found.texts == {"container-title": "Nature", "ISSN": "1, 2"}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3000, 3000)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda kids: (
        st.lists(kids, max_size=3) | st.dictionaries(st.text(max_size=5), kids, max_size=3)
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(["id", "type", "title", "author", "issued", "volume", "x", "keyword"])


@given(st.dictionaries(KEYS, JSON))
def test_any_json_is_an_item_or_reported(data: dict[str, Any]) -> None:
    """With a report, every JSON object gives an item, and reading that again changes nothing."""
    found = Item.from_csl(data, report=lambda _: None)
    again = Item.from_csl(
        msgspec.json.decode(msgspec.json.encode(found.to_csl())), report=lambda _: None
    )
    assert again.texts == found.texts
    assert again.dates.keys() <= found.dates.keys() | found.extra.keys()


@given(
    st.lists(st.text("ab, ", min_size=1).map(str.strip).filter(lambda k: k.strip(" ,")), max_size=4)
)
def test_keywords_come_back(keywords: list[str]) -> None:
    """Commas inside keywords survive CSL's one string."""
    keywords = [keyword.strip(", ") for keyword in keywords]
    assert split_keywords(join_keywords(keywords)) == keywords
