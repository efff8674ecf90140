"""What other programs write, read as it was meant: one habit of the wild a row."""

from __future__ import annotations

import pytest

from citekit.dates import Date
from citekit.errors import Problem
from citekit.files import dumps, loads
from citekit.model import Item
from citekit.names import Name, body


def read(text: str, format_: str) -> Item:
    problems: list[Problem] = []
    (item,) = loads(text, format_, problems=problems)
    return item


def ris(*lines: str, type_: str = "JOUR") -> str:
    return "\n".join([f"TY  - {type_}", "TI  - T", *lines, "ER  - ", ""])


def bib(fields: str, type_: str = "article") -> str:
    return f"@{type_}{{k, title={{T}}, {fields}}}"


@pytest.mark.parametrize(
    ("text", "variable", "value"),
    [
        (ris("PY  - 2020", "DA  - May 1"), "issued", Date.of(2020, 5, 1)),
        (ris("PY  - 2020", "DA  - 2019/12/30/"), "issued", Date.of(2020)),
        (ris("PY  - 2020", "Y1  - 2020/05//"), "issued", Date.of(2020, 5)),
        (ris("DA  - 2020///Spring"), "issued", Date.of(2020, 21)),
        (ris("SP  - 11-29"), "page", "11-29"),
        (ris("SP  - 123", "EP  - 8"), "page", "123-8"),
        (ris("SP  - e7", "C7  - e7"), "number", "e7"),
        (ris("C2  - 38493262"), "PMCID", None),
        (ris("C2  - PMC123"), "PMCID", "PMC123"),
        (ris("DB  - PubMed", "AN  - 123"), "PMID", "123"),
        (ris("N1  - PMID: 123"), "PMID", "123"),
        (ris("N1  - Author: University of X"), "note", None),
        (ris("AU  - A, B", "N1  - Author: University of X"), "note", "Author: University of X"),
        (ris("AU  - A, B", "N1  - Author: University of X"), "author", (Name("A", "B"),)),
        (ris("KW  - one", "two", "three"), "keyword", "one, two, three"),
        (ris("UR  - http://a", "https://doi.org/10.1000/1"), "DOI", "10.1000/1"),
        (ris("M1  - Department of X 155 Ag Quad Lane"), "issue", None),
        (ris("M1  - 3"), "issue", "3"),
        (ris("PB  - R&amp;D &#8211; X"), "publisher", "R&D – X"),
        (ris("SN  - 1234-5678", "SN  - 8765-4321"), "ISSN", "1234-5678, 8765-4321"),
        (ris("A3  - E, F", type_="BOOK"), "editor", (Name("E", "F"),)),
        (ris("T2  - Proc", type_="CONF"), "container-title", "Proc"),
        (ris("T2  - Meeting", "C3  - Proc", type_="CONF"), "event-title", "Meeting"),
        (ris("M3  - Preprint", type_="MANSCPT"), "genre", "Preprint"),
    ],
)
def test_ris(text: str, variable: str, value: object) -> None:
    """RIS of other hands."""
    assert read(text, "ris").get(variable) == value


@pytest.mark.parametrize(
    ("text", "variable", "value"),
    [
        (bib("year=2020, month=jun"), "issued", Date.of(2020, 6)),
        (bib('year=2020, month="5 January"'), "issued", Date.of(2020, 1, 5)),
        (bib('year=2020, month="10~" # jan'), "issued", Date.of(2020, 1, 10)),
        (bib("year=2020, month={May--June}"), "issued", Date(parts=((2020, 5), (2020, 6)))),
        (bib("year=2020, month={may/june}"), "issued", Date(parts=((2020, 5), (2020, 6)))),
        (bib("year=2020, month=6, day=27"), "issued", Date.of(2020, 6, 27)),
        (bib("author={Foo, A. and {Bar and Baz, Inc.} and van der Qux, Q}"), "author",
         (Name("Foo", "A."), body("Bar and Baz, Inc."), Name("Qux", "Q", non_dropping_particle="van der"))),
        (bib("author={Foo, A. and others}"), "author", (Name("Foo", "A."),)),
        (bib("author={King, Jr., Martin Luther}"), "author", (Name("King", "Martin Luther", suffix="Jr."),)),
        (bib("author={given=Hans, family=Harman, prefix=of}"), "author", (Name("Harman", "Hans", non_dropping_particle="of"),)),
        (bib("subtitle={S}"), "title", "T: S"),
        (bib("number={WP-12}", "techreport"), "number", "WP-12"),
        (bib("number=3, series={S}", "book"), "collection-number", "3"),
        (bib("school={U}", "mastersthesis"), "genre", "Master’s thesis"),
        (bib("addendum={A}"), "note", "A"),
        (bib("eprint={1706.03762}, archivePrefix={arXiv}", "misc"), "number", "arXiv:1706.03762"),
        (bib("eprint={123}, eprinttype={pubmed}"), "PMID", "123"),
        (bib(r"url={http://x/a{\_}b?c{\&}d}"), "URL", "http://x/a_b?c&d"),
        (bib(r"howpublished={\url{http://x/}}", "misc"), "URL", "http://x/"),
        (bib(r"doi={https://doi.org/10.1000/a\_b}"), "DOI", "10.1000/a_b"),
        (bib(r"publisher={A {\&}amp; B}"), "publisher", "A & B"),
        ('@string{may = "x"} ' + bib('note="may"'), "note", "may"),
        (bib("holder={H}", "patent"), "publisher", "H"),
        ('@string{me = "Foo, A."} ' + bib('author = me # " and Bar, B."'), "author", (Name("Foo", "A."), Name("Bar", "B."))),
        (bib(r"journal={{\'E}tudes \& {\em X}}"), "container-title", "Études & <i>X</i>"),
    ],
)  # fmt: skip
def test_bib(text: str, variable: str, value: object) -> None:
    """.bib files of other hands."""
    assert read(text, "biblatex").get(variable) == value


def test_arxiv_misc_is_a_preprint() -> None:
    """The entry that arXiv itself offers is no nondescript document."""
    entry = bib("eprint={1706.03762}, archivePrefix={arXiv}, primaryClass={cs.CL}", "misc")
    assert read(entry, "bibtex").type == "article"


def test_what_has_no_variable_is_kept() -> None:
    """Unknown fields, and second values where CSL has room for one, stand in `custom`."""
    item = read(bib("bdsk-url-1={u}, journal={J}, booktitle={B}"), "bibtex")
    assert item.extra["custom"] == {"bdsk-url-1": "u", "booktitle": "B"}


CHILD = "@inproceedings{c, title={Paper}, crossref={P}}"
PARENT = "@proceedings{p, title={Proc}, subtitle={Of it}, editor={E, F}, year=2020, note={N}}"


@pytest.mark.parametrize(
    "text", [f"{CHILD}\n{PARENT}", f"{PARENT}\n{CHILD}"], ids=["before", "behind"]
)
def test_a_part_takes_from_its_volume(text: str) -> None:
    """`crossref` gives a paper the title, editors and year of its proceedings, not their note."""
    items = {item.id: item for item in loads(text, "bibtex")}
    assert items["c"]["title"] == "Paper"
    assert items["c"]["container-title"] == "Proc: Of it"
    assert items["c"]["editor"] == (Name("E", "F"),)
    assert items["c"]["issued"] == Date.of(2020)
    assert "note" not in items["c"]
    assert items["p"]["title"] == "Proc: Of it"


def test_a_missing_volume_is_reported() -> None:
    """A part whose volume is not in the file is read as it is."""
    problems: list[Problem] = []
    (item,) = loads(CHILD, "bibtex", problems=problems)
    assert item["title"] == "Paper"
    assert [problem.field for problem in problems] == ["crossref"]


def test_and_others_is_reported() -> None:
    """An author list that says it is not complete is no complete author list."""
    problems: list[Problem] = []
    loads(bib("author={Foo, A. and others}"), "bibtex", problems=problems)
    assert [(problem.field, problem.lost) for problem in problems] == [("author", False)]


@pytest.mark.parametrize(
    ("fields", "format_", "line"),
    [
        ({"DOI": "10.1000/1", "URL": "https://x.org"}, "enw", "%U https://doi.org/10.1000/1"),
        ({"DOI": "https://doi.org/10.1000/1"}, "ris", "DO  - 10.1000/1"),
        ({"PMID": "PMID: 12"}, "enw", "%M 12"),
        ({"PMCID": "12"}, "ris", "C2  - PMC12"),
        ({"type": "report", "number": "R-1"}, "bibtex", "  number = {R-1}"),
        ({"type": "legal_case", "authority": "Court"}, "biblatex", "  institution = {Court}"),
        ({"type": "thesis", "publisher": "U"}, "biblatex", "  type = {phdthesis}"),
        ({"author": [{"family": "Foo Bar"}]}, "bibtex", "  author = {{Foo Bar}},"),
        ({"author": [{"family": "Foo", "given": "Jane and John"}]}, "bibtex", "  author = {Foo, {Jane and John}},"),
        ({"author": [{"family": "King", "suffix": "Jr."}]}, "ris", "AU  - King, , Jr."),
        ({"title": "Roe v. Wade and more words"}, "bibtex", "  title = {Roe v. {Wade} and more words}"),
        ({"type": "map", "scale": "1:50"}, "ris", "C1  - 1:50"),
    ],
)  # fmt: skip
def test_written_lines(fields: dict[str, object], format_: str, line: str) -> None:
    """Lines that importers wait for."""
    data = {"id": "k1x", "type": "article-journal", "title": "T"} | fields
    assert line in dumps([data], format_).replace("\r", "").split("\n")


def test_no_note_repeats_the_doi() -> None:
    """A URL that is the DOI's address needs no place of its own."""
    data = {"type": "book", "title": "T", "DOI": "10.1000/1", "URL": "https://doi.org/10.1000/1"}
    assert "N1" not in dumps([data], "ris")
    assert "%Z" not in dumps([data], "enw")
