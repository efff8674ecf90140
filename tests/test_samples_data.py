"""Every sample is a work that citekit reads without complaint, and every hard case has one.

The facts themselves are checked by hand: samples/README.md says from where they are.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from citekit.dates import Date
from citekit.model import Item, split_keywords
from citekit.names import Name
from citekit.resources import folder

SAMPLES = folder("samples")
PAPERS: list[dict[str, Any]] = json.loads((SAMPLES / "papers.json").read_bytes())
ITEMS = {paper["id"]: Item.from_csl(paper) for paper in PAPERS}
LISTS = {path.stem: json.loads(path.read_bytes()) for path in sorted(SAMPLES.glob("lists/*.json"))}

every_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper["id"])
every_list = pytest.mark.parametrize("reading", LISTS.values(), ids=LISTS)


@every_paper
def test_reads_without_a_problem(paper):
    """A sample holds nothing that citekit does not understand."""
    problems = []
    item = Item.from_csl(paper, report=problems.append)
    assert (problems, item.extra) == ([], {})


@every_paper
def test_is_written_as_it_was_read(paper):
    """A sample is in the very shape in which citekit writes CSL-JSON."""
    assert Item.from_csl(paper).to_csl() == paper


@every_paper
def test_id_is_a_plain_key(paper):
    """An id can be a citation key, a file name and part of a URL at once."""
    assert re.fullmatch("[a-z0-9]+", paper["id"])


def test_ids_are_unique():
    """No two samples share an id."""
    assert len(ITEMS) == len(PAPERS)


def test_the_page_s_own_paper_comes_first():
    """The first sample is the paper of the paper page."""
    assert ITEMS[PAPERS[0]["id"]]["PMID"] == "40579466"


@pytest.mark.parametrize("paper", [p for p in PAPERS if "DOI" in p], ids=lambda p: p["id"])
def test_doi_has_the_form_of_one(paper):
    """A DOI is written bare: prefix, slash, suffix."""
    assert re.fullmatch(r"10\.\d{4,9}/\S+", paper["DOI"])


def test_many_types():
    """The samples have most of CSL's item types."""
    assert len({item.type for item in ITEMS.values()}) >= 25


def test_is_readable_json():
    """The file is indented UTF-8 with its letters unescaped, as an editor would show it."""
    text = (SAMPLES / "papers.json").read_text(encoding="utf-8")
    assert text == json.dumps(PAPERS, ensure_ascii=False, indent=2) + "\n"


Law = Callable[[Item], Any]


def everyone(item: Item) -> list[Name]:
    return [name for people in item.names.values() for name in people]


def any_name(holds: Callable[[Name], Any]) -> Law:
    return lambda item: any(holds(name) for name in everyone(item))


def any_date(holds: Callable[[Date], Any]) -> Law:
    return lambda item: any(holds(date) for date in item.dates.values())


def first(date: Date) -> tuple[int, ...]:
    """The year, month and day, or what is there of them."""
    return date.parts[0] if date.parts else ()


def has(*variables: str) -> Law:
    return lambda item: all(variable in item for variable in variables)


def lacks(variable: str) -> Law:
    return lambda item: variable not in item


def says(variable: str, pattern: str) -> Law:
    return lambda item: re.search(pattern, item.texts.get(variable, ""))


def both(*laws: Law) -> Law:
    return lambda item: all(law(item) for law in laws)


def is_a(kind: str) -> Law:
    return lambda item: item.type == kind


def in_script(letters: str) -> Law:
    """A language, a title and a person's name in these letters."""
    person = any_name(lambda name: name.given and re.search(letters, name.family))
    return both(has("language"), says("title", letters), person)


def bodies_among_people(item: Item) -> bool:
    return {bool(name.literal) for name in item.names.get("author", ())} == {True, False}


def keywords(item: Item) -> list[str]:
    return split_keywords(item.texts.get("keyword", ""))


# fmt: off
HARD_CASES: dict[str, Law] = {
    # names
    "Chinese":                   both(in_script("[一-鿿]"), says("language", "^zh")),
    "Japanese":                  both(in_script("[一-鿿]"), says("language", "^ja")),
    "Cyrillic":                  in_script("[а-я]"),
    "dropping particle":         any_name(lambda name: name.dropping_particle),
    "particle that stays":       any_name(lambda name: name.non_dropping_particle),
    "particle of two words":     any_name(lambda name: " " in name.non_dropping_particle),
    "suffix after a comma":      any_name(lambda name: name.suffix and name.comma_suffix),
    "suffix without a comma":    any_name(lambda name: name.suffix and not name.comma_suffix),
    "family name of two words":  any_name(lambda name: " " in name.family),
    "family name with hyphen":   any_name(lambda name: "-" in name.family),
    "family name, apostrophe":   any_name(lambda name: "’" in name.family),
    "accents":                   any_name(lambda name: re.search("[À-ſ]", name.family)),
    "initials":                  any_name(lambda name: re.fullmatch(r"[A-Z]\.", name.given)),
    "mononym":                   any_name(lambda name: name.family and not name.given),
    "body":                      any_name(lambda name: name.literal),
    "body with a comma":         any_name(lambda name: "," in name.literal),
    "body among people":         bodies_among_people,
    "100 authors and more":      lambda item: len(item.names.get("author", ())) >= 100,
    "nobody":                    lambda item: not item.names,
    "editors only":              both(has("editor"), lacks("author")),
    "translator":                has("author", "translator"),
    "reviewed work":             has("reviewed-author", "reviewed-title"),
    "letter":                    has("author", "recipient"),
    "interview":                 has("author", "interviewer"),
    "score":                     both(has("composer"), lacks("author")),
    "film":                      has("director", "script-writer"),
    # titles
    "italics in the title":      says("title", "<i>"),
    "subscript in the title":    says("title", "<sub>"),
    "superscript in the title":  says("title", "<sup>"),
    "quotation in the title":    says("title", "‘.+’"),
    "question in the title":     says("title", r"\?$"),
    "short form of the title":   has("title", "title-short"),
    "original title":            has("title", "original-title"),
    "named volume":              has("volume", "volume-title"),
    "named part":                has("part-number", "part-title"),
    "named series":              has("collection-title", "collection-number"),
    "short journal title":       has("container-title", "container-title-short"),
    # dates
    "year only":                 any_date(lambda date: len(first(date)) == 1),
    "year and month":            any_date(lambda date: len(first(date)) == 2),
    "day":                       any_date(lambda date: len(first(date)) == 3),
    "season":                    any_date(lambda date: first(date)[1:] > (20,)),
    "range of days":             any_date(lambda date: list(map(len, date.parts)) == [3, 3]),
    "range of years":            any_date(lambda date: list(map(len, date.parts)) == [1, 1]),
    "circa":                     any_date(lambda date: date.circa),
    "circa, range":              any_date(lambda date: date.circa and len(date.parts) == 2),
    "before the era":            any_date(lambda date: (date.year or 0) < 0),
    "year of three figures":     any_date(lambda date: 0 < (date.year or 0) < 1000),
    "no date":                   lacks("issued"),
    "first published":           has("issued", "original-date"),
    "online first":              has("issued", "available-date"),
    "filed":                     has("issued", "submitted"),
    "event":                     has("event-title", "event-place", "event-date"),
    "accessed":                  has("URL", "accessed"),
    # numbers and identifiers
    "article number as page":    both(is_a("article-journal"), says("page", r"^e\d+$")),
    "article number":            both(is_a("article-journal"), has("number"), lacks("page")),
    "pages with a letter":       says("page", r"^S\d+-S\d+$"),
    "one page":                  says("page", r"^\d+$"),
    "no volume, no pages":       both(is_a("article-journal"), lacks("volume"), lacks("page")),
    "volume with a letter":      says("volume", "[A-Z]"),
    "issue in words":            says("issue", "[a-z]"),
    "edition":                   says("edition", r"^\d$"),
    "edition in words":          says("edition", "[a-z]"),
    "set of volumes":            has("volume", "number-of-volumes"),
    "version":                   has("version"),
    "scale":                     has("scale"),
    "ISBN":                      has("ISBN"),
    "two ISSNs":                 says("ISSN", r"^\d{4}-\d{3}[\dX], \d{4}-\d{3}[\dX]$"),
    "PMCID":                     has("DOI", "PMID", "PMCID"),
    "DOI with SICI marks":       says("DOI", r"\(.*\).*<.*>.*;"),
    "DOI with parentheses":      says("DOI", r"\(\d+\)"),
    # the rest
    "preprint":                  both(is_a("article"), says("genre", "Preprint")),
    "keyword with a comma":      lambda item: any("," in keyword for keyword in keywords(item)),
    "keywords without a comma":  says("keyword", "^[^;]+, [^;]+$"),
    "markup in the abstract":    says("abstract", "<i>"),
    "bare < in the abstract":    says("abstract", " < "),
    "ampersand":                 says("publisher", "&"),
    "retracted":                 both(has("note"), says("status", "Retracted")),
    "license":                   has("license"),
    "archive":                   has("archive", "archive-place", "archive_location"),
    "language with a region":    says("language", "^[a-z]{2}-[A-Z]{2}$"),
}
# fmt: on


@pytest.mark.parametrize("case", HARD_CASES)
def test_hard_case_has_a_sample(case):
    """Each hard case is in at least one sample."""
    assert any(HARD_CASES[case](item) for item in ITEMS.values())


def cited(answer: str) -> list[str]:
    """The keys in a text's citations, in order: "… [@a; @b]." gives a and b."""
    groups = re.findall(r"\[(@[^]]+)\]", answer)
    return [key.strip().removeprefix("@") for group in groups for key in group.split(";")]


@every_list
def test_list_says_what_it_is(reading):
    """A list has a title, a description and items, and perhaps an answer."""
    assert reading.keys() - {"answer"} == {"title", "description", "items"}


@every_list
def test_list_holds_known_items_once(reading):
    """Every item of a list is a sample, and none is listed twice."""
    assert set(reading["items"]) <= ITEMS.keys()
    assert len(set(reading["items"])) == len(reading["items"])


def test_answer_cites_its_list():
    """The patient page's answer cites every item of its list and nothing else."""
    reading = LISTS["psma-car-t"]
    assert set(cited(reading["answer"])) == set(reading["items"])


def test_every_sentence_of_the_answer_has_its_source():
    """The answer has three to five sentences, and each ends in a citation."""
    sentences = LISTS["psma-car-t"]["answer"].rstrip(".").split(". ")
    assert 3 <= len(sentences) <= 5
    assert all(sentence.endswith("]") for sentence in sentences)


def test_answer_is_no_medical_advice():
    """The list with an answer says that it is a sample text."""
    assert "not medical advice" in LISTS["psma-car-t"]["description"]
