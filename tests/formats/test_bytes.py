"""The bytes of each format: line ends, marks, one line a value, nothing that says nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit import formats
from citekit.errors import Problem
from citekit.files import dumps, load, loads
from citekit.model import Item
from citekit.resources import folder

SAMPLES = folder("samples")
PAPERS = load(SAMPLES / "papers.json")
FORMATS = list(formats.REGISTRY)
LINE_FORMATS = ("ris", "enw", "bibtex", "biblatex")


def item(**texts: object) -> Item:
    return Item.from_csl({"id": "a1", "type": "article-journal", "title": "A title", **texts})


@pytest.mark.parametrize("format_", FORMATS)
def test_samples_are_written_as_expected(format_: str) -> None:
    """Each sample file is what the writer gives today; a change of it is a change to look at."""
    found = formats.find(format_)
    expected = (SAMPLES / f"expected/papers.{found.suffix}").read_bytes()
    assert dumps(PAPERS, format_).encode() == expected


@pytest.mark.parametrize("format_", FORMATS)
def test_no_byte_order_mark_and_no_empty_words(format_: str) -> None:
    """Files begin with their first character and never say None, null or undefined."""
    text = dumps(PAPERS, format_)
    assert not text.startswith("\ufeff")
    assert not re.search(r"\b(None|null|undefined|NaN)\b", text)


@pytest.mark.parametrize("format_", ["ris", "enw"])
def test_tagged_lines_end_in_crlf(format_: str) -> None:
    """Every line of RIS and EndNote tagged ends in CR LF."""
    text = dumps(PAPERS, format_)
    assert text.count("\n") == text.count("\r\n") == text.count("\r")


def test_ris_lines_have_the_exact_form() -> None:
    """Two capitals or digits, two blanks, a dash, a blank: no other line stands in RIS."""
    for line in dumps(PAPERS, "ris").split("\r\n"):
        assert not line or re.match(r"[A-Z][A-Z0-9]  - ", line)


def test_ris_records_end_with_er_and_an_empty_line() -> None:
    """`ER  - ` keeps its last blank, so that files put together stay valid."""
    assert dumps([item()], "ris").endswith("\r\nER  - \r\n\r\n")


def test_py_stands_before_y1_before_da() -> None:
    """Pandoc takes the first date it meets."""
    tags = [line[:2] for line in dumps([item(issued="2025-06-27")], "ris").splitlines()]
    assert tags.index("PY") < tags.index("Y1") < tags.index("DA")


def test_ris_dates_keep_empty_parts() -> None:
    """A month without a day is YYYY/MM//."""
    assert "DA  - 2025/06//\r\n" in dumps([item(issued="2025-06")], "ris")


def test_endnote_tagged_begins_with_the_type() -> None:
    """`%0` is the first line, or JabRef and Zotero do not see a record."""
    assert dumps([item()], "enw").startswith("%0 Journal Article\r\n")


def test_bibtex_months_are_bare_macros() -> None:
    """`month = jun`: in braces, styles would print the macro's name."""
    assert "  month = jun,\n" in dumps([item(issued="2025-06-27", volume=1)], "bibtex")


def test_capitals_are_protected_word_by_word() -> None:
    """Braces go around acronyms and names, never around the whole title."""
    title = "Barriers for CAR-T therapy in Germany"
    assert "{Barriers for {CAR-T} therapy in {Germany}}" in dumps([item(title=title)], "bibtex")


def test_corporate_authors_stay_whole() -> None:
    """A body has one closing comma in tagged files, and its own braces in .bib files."""
    who = item(author=[{"literal": "Data & Sons, Inc."}])
    assert "AU  - Data & Sons Inc.,\r\n" in dumps([who], "ris")
    assert "author = {{Data \\& Sons, Inc.}}" in dumps([who], "bibtex")


def test_article_numbers_stand_where_all_readers_look() -> None:
    """Without pages, the article number is in SP, %P and pages, and in the exact slot too."""
    work = item(number="e124")
    assert "SP  - e124\r\n" in dumps([work], "ris")
    assert "%P e124\r\n" in dumps([work], "enw")
    assert "%] e124\r\n" in dumps([work], "enw")
    assert "eid = {e124}" in dumps([work], "bibtex")


def test_keys_are_unique_without_regard_to_case() -> None:
    """BibTeX takes Doe2020 and doe2020 for the same key."""
    works = [item(**{"citation-key": key}) for key in ("Doe2020", "doe2020", "DOE2020", "Doe2020")]
    keys = re.findall(r"@article\{(.*),", dumps(works, "bibtex"))
    assert len({key.lower() for key in keys}) == 4


@pytest.mark.parametrize("format_", FORMATS)
def test_a_labelled_value_brings_no_label(format_: str) -> None:
    """A value in the note cannot pass itself off as another variable."""
    work = item(division="Court; PMID: 666", illustrator=[{"literal": "Smith & Sons"}])
    (back,) = loads(dumps([work], format_), format_)
    assert "PMID" not in back
    assert back["illustrator"] == work["illustrator"]


HOSTILE = [
    "x\r\nER  - \r\n\r\nTY  - BOOK\r\nTI  - second",
    "x\r\n\r\n%0 Book\r\n%T second",
    "x}\n}\n\n@article{y,\n title={second}\n}",
    "TIMER  - a tag inside",
    "]]></title></record><record><ref-type>6</ref-type>",
    "x\u2028ER  - \u2028TY  - BOOK",
    "x\x85ER  - \x85TY  - BOOK",
    "{{{",
    "}}}",
    "\\",
    "50% of $x_1$ & #2 ~ ^",
    "nul\x00byte",
    "lone \ud800 surrogate",
    "&lol; <!DOCTYPE x>",
    '"quoted", {braced}',
]
FIELDS = ["title", "abstract", "note", "publisher", "keyword", "genre", "page", "DOI", "URL"]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_value_ends_or_begins_a_record(format_: str, value: str) -> None:
    """Whatever a field holds, the file has as many records as were written, each with its key."""
    works = [item(id=f"k{n}", **{field: value}) for n, field in enumerate(FIELDS)]
    works.append(item(id="k99", author=[{"family": value, "given": value}, {"literal": value}]))
    back = records(dumps(works, format_), format_)
    assert len(back) == len(works)


@pytest.mark.parametrize("format_", FORMATS)
@settings(max_examples=60, deadline=None)
@given(st.lists(st.text() | st.sampled_from(HOSTILE), min_size=1, max_size=4))
def test_no_text_ends_or_begins_a_record(format_: str, values: list[str]) -> None:
    """The same for any text at all."""
    works = [
        item(id="k1", title=value, abstract=value, note=value, author=[{"family": value}])
        for value in values
    ]
    assert len(records(dumps(works, format_), format_)) == len(works)


def records(text: str, format_: str) -> list[Item]:
    problems: list[Problem] = []
    data = text.encode("utf-8", "replace")
    found = loads(data, format_, problems=problems)
    assert not [problem for problem in problems if problem.lost]
    return found
