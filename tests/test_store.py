"""The store, law by law, in SQLite and in PostgreSQL."""

from __future__ import annotations

import itertools
import multiprocessing
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from citekit.errors import ItemError, NotFoundError, StoreError
from citekit.model import Item
from citekit.store import Added, Store, identity, schema
from citekit.store.folding import terms

TITLE = "Barriers to reporting"


def article(id_: str = "", title: str = TITLE, kind: str = "article-journal", **more: Any) -> Item:
    people = [{"family": more.pop("family", "Chen"), "given": "Wei"}]
    issued = {"date-parts": [[more.pop("year", 2025)]]}
    csl = {"id": id_, "type": kind, "title": title, "author": people, "issued": issued}
    return Item.from_csl(csl | more)


def many(count: int) -> list[Item]:
    return [article(f"p{n}", f"Paper {n}", DOI=f"10.1/{n}") for n in range(count)]


def total(store: Store) -> int:
    return store.search().total


def titles(store: Store, query: str) -> list[str]:
    return sorted(paper.item.texts["title"] for paper in store.search(query, size=100).papers)


def in_use(store: Store) -> int:
    return store.database.engine.pool.checkedout()


# --- one paper


def test_paper_is_what_was_added(store):
    """A paper holds the item as it was given, a key, version 1 and the time in UTC."""
    given = article("x", DOI="10.1/x")
    before = datetime.now(UTC) - timedelta(seconds=5)
    [number] = store.add([given], with_ids=True).papers
    paper = store.paper(number)
    assert (paper.item, paper.key, paper.version) == (given, "chen2025barriers", 1)
    assert before < paper.changed < datetime.now(UTC) + timedelta(seconds=5)


def test_extra_and_unknown_fields_come_back(store):
    """What CSL does not know, and what it could not understand, is stored with the rest."""
    csl = {"id": "x", "type": "no such type", "issued": "?", "custom": {"a": [1, None]}}
    [number] = store.add([Item.from_csl(csl, report=lambda _: None)], with_ids=True).papers
    assert store.paper(number).item.extra == {"type": "no such type", "custom": {"a": [1, None]}}


def test_ids_only_when_asked(store):
    """Without the wish for numbers none are collected."""
    assert store.add(many(3)) == Added(added=3)


@pytest.mark.parametrize("number", [0, -1, 99, 2**63, 10**30])
def test_missing_paper(store, number):
    """A number that no paper has is a NotFoundError everywhere, however large it is."""
    made = store.new_list("A list").id
    for ask in (
        lambda: store.paper(number),
        lambda: store.papers([number]),
        lambda: store.remove(number),
        lambda: store.append(made, [number]),
        lambda: store.move(made, number, 1),
        lambda: store.remove_from_list(made, number),
    ):
        with pytest.raises(NotFoundError, match="no paper"):
            ask()


def test_papers_come_in_the_order_asked_for(store):
    """Papers come in the order of the numbers, and twice when asked for twice."""
    ids = store.add(many(450), with_ids=True).papers
    asked = [*reversed(ids), ids[3]]
    assert [paper.id for paper in store.papers(asked)] == asked


def test_removed_paper_is_gone(store):
    """A removed paper is found nowhere, and its number is not given again."""
    ids = store.add(many(2), with_ids=True).papers
    made = store.new_list("A list")
    store.append(made.id, ids)
    store.remove(ids[1])
    [new] = store.add([article("new", DOI="10.1/new")], with_ids=True).papers
    assert store.find("doi:10.1/1") is None
    assert store.search("paper").total == 1
    assert store.reading_list(made.id).count == 1
    assert new > ids[1]


# --- adding again


def test_adding_again_changes_nothing(store):
    """The second import of a file finds every paper unchanged."""
    items = [*many(7), article(), article("a"), article("", "", "book")]
    store.add(items)
    assert store.add(items) == Added(unchanged=10)
    assert {paper.version for paper in store.search().papers} == {1}


def test_changed_item_replaces_the_old_one(store):
    """A changed item becomes the paper's next version under the same number and key."""
    [number] = store.add([article("x", DOI="10.1/x")], with_ids=True).papers
    before = store.paper(number)
    changed = article("y", "A better title", DOI="10.1/x")
    assert store.add([changed]) == Added(updated=1)
    after = store.paper(number)
    assert (after.item, after.version, after.key) == (changed, 2, before.key)
    assert after.changed > before.changed
    assert titles(store, "better") == ["A better title"]
    assert titles(store, "barriers") == [] or before.key.endswith("barriers")


def test_order_of_fields_is_no_change(store):
    """The same fields in another order are the same item."""
    csl = article("x", DOI="10.1/x").to_csl()
    store.add([Item.from_csl(csl)])
    assert store.add([Item.from_csl(dict(reversed(csl.items())))]) == Added(unchanged=1)


def test_export_added_again_changes_nothing(store):
    """What `items` gives is known when it comes back, although it carries its key now."""
    store.add([*many(5), article(), article("", "", "book")])
    assert store.add(list(store.items())) == Added(unchanged=7)


def test_items_named_by_their_keys_are_known(store):
    """An item without identifiers that comes back with its key as id is the same paper."""
    [number] = store.add([article()], with_ids=True).papers
    back = article(store.paper(number).key)
    assert store.add([back], with_ids=True).papers == [number]


SAME = {
    "doi": ({"DOI": "10.1000/AbC"}, {"DOI": "https://doi.org/10.1000/aBc"}),
    "doi prefix": ({"DOI": "10.1000/abc"}, {"DOI": "doi:10.1000/ABC"}),
    "old doi address": ({"DOI": "10.1000/abc"}, {"DOI": "http://dx.doi.org/10.1000%2Fabc"}),
    "doi as address": ({"DOI": "10.1000/abc"}, {"URL": "https://doi.org/10.1000/abc"}),
    "sici": ({"DOI": "10.1002/(SICI)1<1::A>3.0"}, {"DOI": "10.1002/(sici)1&lt;1::a&gt;3.0"}),
    "pmid": ({"PMID": "123"}, {"PMID": "PMID: 0123"}),
    "pmcid": ({"PMCID": "PMC123"}, {"PMCID": "123"}),
    "arxiv": ({"number": "arXiv:1706.03762v1"}, {"archive_location": "1706.03762"}),
    "arxiv doi": ({"DOI": "10.48550/arXiv.1706.03762"}, {"number": "arXiv:1706.03762"}),
    "arxiv address": ({"URL": "https://arxiv.org/abs/1706.03762v5"}, {"number": "1706.03762"}),
    "arxiv subject": ({"number": "1706.03762v2 [cs.CL]"}, {"number": "1706.03762"}),
    "arxiv pdf": ({"URL": "http://arxiv.org/pdf/math.GT/0309136v2"}, {"number": "math/0309136"}),
}  # fmt: skip


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_one_identifier_is_one_paper(store, pair):
    """Two spellings of one identifier are one paper, whatever else the items say."""
    one, other = pair
    assert store.add([article("a", "One", **one), article("b", "Two", **other)]).updated == 1
    assert store.add([article("a", "One", **one)]).updated == 1
    assert total(store) == 1


@pytest.mark.parametrize("doi", ["n/a", "none", "-", "10.1", "https://doi.org/"])
def test_what_is_no_doi_joins_nothing(store, doi):
    """A DOI field that says no DOI does not make two papers one."""
    assert store.add([article("a", DOI=doi), article("b", "Other", DOI=doi)]).added == 2


def test_identifiers_decide_in_order(store):
    """DOI goes before PMID, PMID before PMCID, PMCID before arXiv; the loser stays as it was."""
    said = {"DOI": "10.1/x", "PMID": "1", "PMCID": "PMC1", "number": "arXiv:1706.03762"}
    for (first, one), (second, other) in itertools.combinations(said.items(), 2):
        ids = store.add(
            [article(first, f"A {first}", **{first: one}), article(second, "B", **{second: other})],
            with_ids=True,
        ).papers
        loser = store.paper(ids[1])
        both = article("c", "C", **{first: one, second: other})
        assert store.add([both], with_ids=True).papers == ids[:1]
        assert store.paper(ids[1]) == loser
        assert total(store) == 2
        assert store.add([both, loser.item]) == Added(unchanged=2)
        for number in ids:
            store.remove(number)


def test_former_identifier_still_leads_to_the_paper(store):
    """A paper is found by an identifier that its item no longer has, unless another has it."""
    store.add([article("a", DOI="10.1/a", PMID="1"), article("a", "New", PMID="1")])
    assert store.find("doi:10.1/a").item.texts["title"] == "New"
    store.add([article("b", "Another", "dataset", DOI="10.1/a")])
    assert store.find("doi:10.1/a").item.id == "b"
    assert store.find("pmid:1").item.id == "a"


TWO_WORKS = {
    "chapter and book": ({"kind": "book"}, {"kind": "chapter"}),
    "two chapters": ({"kind": "chapter"}, {"kind": "chapter"}),
    "article and data": ({}, {"kind": "dataset"}),
    "erratum": ({}, {"title": "Erratum to: Barriers to reporting"}),
    "two PMIDs": ({"PMID": "1"}, {"PMID": "2"}),
}


@pytest.mark.parametrize("pair", TWO_WORKS.values(), ids=TWO_WORKS)
def test_two_works_with_one_doi(store, pair):
    """Works that plainly differ stay apart although they carry one DOI, again and again."""
    one = article(**{"id_": "a", "title": "One thing", "DOI": "10.1/x", **pair[0]})
    other = article(**{"id_": "b", "title": "Another thing", "DOI": "10.1/x", **pair[1]})
    assert store.add([one, other]) == Added(added=2)
    assert store.add([other, one]) == Added(unchanged=2)


ONE_WORK = {
    "corrected title": ({}, {"title": "Barriers to the reporting"}),
    "preprint and article": ({"kind": "article"}, {"title": "Published"}),
    "unknown type": ({"kind": "document"}, {"kind": "book", "title": "The book"}),
    "title in other letters": (
        {"kind": "chapter"},
        {"kind": "book", "title": "<i>BARRIERS</i> to reporting."},
    ),
    "no title": ({"kind": "chapter"}, {"kind": "book", "title": ""}),
    "same id": ({"kind": "chapter", "id_": "a"}, {"kind": "book", "title": "Other", "id_": "a"}),
}  # fmt: skip


@pytest.mark.parametrize("pair", ONE_WORK.values(), ids=ONE_WORK)
def test_one_work_with_one_doi(store, pair):
    """A work that was corrected, or said with less care, stays one paper."""
    one, other = (article(**{"DOI": "10.1/x", **said}) for said in pair)
    assert store.add([one, other]) == Added(added=1, updated=1)


def test_without_identifiers_id_title_and_year_decide(store):
    """Without identifiers, the same id, title and year are one paper; else there are two."""
    first = article("a")
    store.add([first])
    assert store.add([article("a", family="Li")]).updated == 1
    assert store.add([article("a", TITLE.upper() + ".", family="Li")]).updated == 1
    for other in (article("b"), article("a", "Another"), article("a", year=2024)):
        assert store.add([other]).added == 1


def test_empty_ids_do_not_join_different_works(store):
    """With an empty id, other people, volumes or addresses make another paper."""
    plain = article("", "Editorial")
    others = [
        article("", "Editorial", family="Li"),
        article("", "Editorial", volume="2"),
        article("", "Editorial", URL="https://example.org/1"),
    ]
    assert store.add([plain, *others, plain]) == Added(added=4, unchanged=1)


def test_identifier_learnt_later(store):
    """A paper without identifiers gets them when the same id, title and year bring them."""
    bare, known = article("a"), article("a", DOI="10.1/x")
    store.add([bare])
    assert store.add([known]) == Added(updated=1)
    assert store.add([bare]) == Added(updated=1)
    assert store.add([article("a", PMID="7")]) == Added(added=1)


WORKS = [
    [article("a", DOI="10.1/a"), article("a2", "Other", DOI="10.1/A", PMID="1")],
    [article("b", PMID="2"), article("b2", PMID="pmid:2", volume="3")],
    [article("c", number="arXiv:1706.03762"), article("c", URL="https://arxiv.org/abs/1706.03762")],
    [article(id_, "Part 1", "chapter", DOI="10.1/a") for id_ in ("d", "d2")],
    [article("e"), article("e", DOI="10.1/e")],
]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from(list(enumerate(WORKS))).flatmap(
        lambda work: st.tuples(st.just(work[0]), st.sampled_from(work[1]))
    ), max_size=14),
    st.integers(1, 5),
)  # fmt: skip
def test_order_and_repetition_do_not_matter(drawn, size):
    """However often and in whatever order works come, in one batch or many: one paper each."""
    with Store.open(":memory:") as store:
        for start in range(0, len(drawn), size):
            store.add([item for _, item in drawn[start : start + size]])
        assert total(store) == len({work for work, _ in drawn})


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"id_": st.sampled_from(["a", "b"]), "title": st.sampled_from(["", TITLE])},
            optional={
                "DOI": st.sampled_from(["10.1/a", "10.1/b"]),
                "PMID": st.sampled_from(["1", "2"]),
                "PMCID": st.sampled_from(["PMC1", "PMC2"]),
                "number": st.sampled_from(["arXiv:1706.03762", "arXiv:1706.03763"]),
            },
        ).map(lambda said: article(**said)),
        max_size=8,
    )
)
def test_import_is_idempotent(items):
    """However their identifiers contradict one another, items added again are no new papers."""
    with Store.open(":memory:") as store:
        store.add(items)
        assert store.add(items).added == 0


# --- keys


def test_given_key_is_kept(store):
    """A citation key that the item brings is the paper's key."""
    [number] = store.add([article(**{"citation-key": "Chen:2025"})], with_ids=True).papers
    assert store.paper(number).key == "Chen:2025"


def test_keys_are_unique_ignoring_case(store):
    """A key that is taken, in whatever case, gets the next free letter."""
    store.add([article("", DOI="10.1/0", **{"citation-key": "CHEN2025Barriers"})])
    items = [article("", f"{TITLE} {n}", DOI=f"10.1/{n}") for n in range(1, 30)]
    ids = store.add(items[:10], with_ids=True).papers + store.add(items[10:], with_ids=True).papers
    found = [paper.key for paper in store.papers(ids)]
    assert found[:2] == ["chen2025barriersa", "chen2025barriersb"]
    assert found[25:27] == ["chen2025barriersz", "chen2025barriersaa"]


def test_key_survives_every_change(store):
    """A paper keeps its key when author, title and even the item's own key change."""
    store.add([article(DOI="10.1/x")])
    changed = article("", "New", DOI="10.1/x", family="Li", **{"citation-key": "li2025"})
    store.add([changed])
    paper = store.find("key:CHEN2025barriers")
    assert paper.item == changed
    assert [item.texts["citation-key"] for item in store.items()] == ["chen2025barriers"]


def test_items_carry_the_key_and_papers_do_not(store):
    """`items` says the key in `citation-key`; a paper's item stays as it was stored."""
    [number] = store.add([article()], with_ids=True).papers
    paper = store.paper(number)
    assert "citation-key" not in paper.item
    assert list(store.items()) == [paper.exported]
    assert [item.texts["citation-key"] for item in store.items()] == ["chen2025barriers"]


def test_key_of_a_removed_paper_is_free(store):
    """A removed paper's key may be given again."""
    [number] = store.add([article("", DOI="10.1/1")], with_ids=True).papers
    store.remove(number)
    store.add([article("", DOI="10.1/2")])
    assert store.find("key:chen2025barriers").item.texts["DOI"] == "10.1/2"


# --- finding


@pytest.mark.parametrize(
    "said",
    """
    doi:10.1000/X DOI:10.1000/x 10.1000/x https://doi.org/10.1000/X pmid:12 PMID:12
    https://pubmed.ncbi.nlm.nih.gov/12/ pmcid:PMC34 pmcid:34 PMC34 arxiv:1706.03762
    arXiv:1706.03762v7 https://arxiv.org/abs/1706.03762 key:chen2025barriers KEY:Chen2025Barriers
    """.split(),
)
def test_find(store, said):
    """A paper is found by each of its identifiers, however they are spelt, and by its key."""
    store.add([article("", "Decoy", DOI="10.1000/xx", PMID="123", PMCID="PMC345")])
    store.add([article(DOI="10.1000/x", PMID="12", PMCID="PMC34", number="arXiv:1706.03762")])
    assert store.find(said).item.texts["title"] == TITLE


@pytest.mark.parametrize(
    "said",
    ["", ":", "key:", "doi:", "doi:%", "12", "isbn:1", "x\0y", "key:\ud800", "doi:10.1/\ud800"],
)
def test_find_nothing(store, said):
    """What names no paper is None, not an error."""
    store.add(many(2))
    assert store.find(said) is None


# --- searching

FOUND = {
    "title": ("BARRIERS reporting", "Barriers to reporting"),
    "beginning of a word": ("genom", "1000 genomes"),
    "name": ("øRSTED", "Naturen"),
    "name in plain letters": ("orsted", "Naturen"),
    "year and name": ("ørsted 1850", "Naturen"),
    "journal": ("annalen", "Naturen"),
    "sharp s": ("STRASSE", "Die Straße"),
    "sharp s itself": ("straße", "Die Straße"),
    "dotted capital I": ("istanbul", "İSTANBUL’da"),
    "the same, dotted": ("İstanbul'da", "İSTANBUL’da"),
    "Cyrillic": ("мир", "Война и МИР"),
    "Chinese": ("学习", "机器学习导论"),
    "markup": ("co2", "CO<sub>2</sub> in air"),
    "subscript": ("CO₂", "CO<sub>2</sub> in air"),
    "after a hyphen": ("κb", "The NF-κB pathway"),
    "percent": ("100%", "100% pure"),
    "percent alone": ("%", "100% pure"),
    "underscore": ("_", "snake_case"),
    "backslash": ("\\", r"back\slash"),
    "quotation mark": ("'; DROP TABLE papers; --", "'; DROP TABLE papers; --"),
    "punctuation around": ("“snake_case”,", "snake_case"),
    "DOI": ("10.1000/XYZ", "Naturen"),
    "beginning of a DOI": ("10.1000/x", "Naturen"),
    "DOI address": ("https://doi.org/10.1000/XYZ", "Naturen"),
    "arXiv number": ("1706.03762", "Die Straße"),
    "PMID": ("pmid:4711", "Война и МИР"),
    "key": ("orsted1850naturen", "Naturen"),
}


LIBRARY = [
    article(DOI="10.1/1"),
    article(
        "",
        "Naturen",
        family="Ørsted",
        year=1850,
        DOI="10.1000/XYZ",
        **{"container-title": "Annalen"},
    ),
    article("", "Die Straße", number="arXiv:1706.03762"),
    article("", "Война и МИР", family="Толстой", PMID="4711"),
    *(article("", title) for title in ("İSTANBUL’da", "机器学习导论", "CO<sub>2</sub> in air")),
    *(article("", title) for title in ("The NF-κB pathway", "100% pure", "snake_case")),
    *(article("", title) for title in (r"back\slash", "'; DROP TABLE papers; --")),
    *(article("", title) for title in ("1000 genomes", "Barriers", "Reporting art to hearts")),
    *(article("", title) for title in ("Война и мы", "学校", "Pathways", "aXb", "slash")),
]


@pytest.mark.parametrize(("query", "title"), FOUND.values(), ids=FOUND)
def test_search_finds(store, query, title):
    """Every word is found without case and accents, in any script, and as it stands."""
    store.add(LIBRARY)
    assert titles(store, query) == [title]


@pytest.mark.parametrize(
    "query", ["zzz", "art barriers pure", "eporting", "100%x", "%%", "__", "学机"]
)
def test_search_finds_nothing(store, query):
    """All words must be there, from their beginnings, and no sign stands for another."""
    store.add(LIBRARY)
    assert titles(store, query) == []


def test_search_is_by_page_and_the_last_added_come_first(store):
    """Pages count from 1, hold `size` papers and are cut at both ends."""
    store.add(many(25))
    first, last = store.search("paper", size=10), store.search("", page=3, size=10)
    assert [paper.item.id for paper in first.papers] == [f"p{n}" for n in range(24, 14, -1)]
    assert [paper.item.id for paper in last.papers] == ["p4", "p3", "p2", "p1", "p0"]
    assert (last.total, last.page, last.pages) == (25, 3, 3)
    assert store.search(page=10**30, size=10) == last
    assert store.search(page=-(10**30), size=10).page == 1
    assert store.search(size=0).pages == 25


def test_search_in_an_empty_store(store):
    """Nothing is one empty page."""
    found = store.search("x")
    assert (found.papers, found.total, found.page, found.pages) == ([], 0, 1, 1)


@pytest.mark.parametrize(
    "query", ["\0", "a\0b", "\ud800", "\t\n", "x" * 10**6, "a " * 10**4, "' OR 1=1"]
)
def test_search_survives_any_query(store, query):
    """No query is an error."""
    store.add(many(2))
    assert store.search(query).page == 1


@given(st.text(max_size=60))
def test_a_title_is_found_by_its_own_words(title):
    """Whatever a title says, its words are terms that its folded text contains."""
    from citekit.store.folding import searched

    text = searched(Item("", "book", {"title": title}), (), "")
    assert all(term in text for term in terms(title))


# --- streaming


def test_items_come_in_order(store):
    """All 5,000 items come, in the order of adding, also where batches meet."""
    items = many(5000)
    store.add(iter(items))
    assert [item.id for item in store.items()] == [item.id for item in items]


def test_closed_generator_holds_no_connection(store):
    """Between two items, and after closing, no connection is in use."""
    store.add(many(450))
    for list_id in (None, store.new_list("A list").id):
        if list_id:
            store.append(list_id, [paper.id for paper in store.search(size=450).papers])
        stream = store.items(list_id)
        next(stream)
        assert in_use(store) == 0
        stream.close()
        assert in_use(store) == 0


def test_store_may_change_while_items_stream(store):
    """Who reads slowly sees each paper once, and meanwhile others write."""
    ids = store.add(many(450), with_ids=True).papers
    stream = store.items()
    first = next(stream)
    store.remove(ids[-1])
    store.add([article("p300", "Changed", DOI="10.1/300"), article("new", DOI="10.2/1")])
    assert [first.id, *(item.id for item in stream)] == [*(f"p{n}" for n in range(449)), "new"]


def test_failing_source_keeps_the_batches_before(store):
    """An error in the source of items is the caller's; whole batches before it are stored."""

    def source():
        yield from many(700)
        raise OSError("the file ends")

    with pytest.raises(OSError, match="the file ends"):
        store.add(source())
    assert total(store) == 500
    assert in_use(store) == 0


# --- lists


def test_list_is_what_was_made(store):
    """A list has a number, texts and a count; lists come with the last made first."""
    one = store.new_list("One", "about", "An answer [1].")
    two = store.new_list("Two")
    store.add(many(3), list_id=one.id)
    assert (one.title, one.description, one.text, one.count) == (
        "One",
        "about",
        "An answer [1].",
        0,
    )
    assert [(found.id, found.count) for found in store.lists()] == [(two.id, 0), (one.id, 3)]
    assert store.reading_list(one.id).count == 3


def order(store: Store, list_id: int) -> str:
    page = store.list_page(list_id, size=100)
    streamed = [item.id for item in store.items(list_id)]
    assert streamed == [paper.item.id for paper in page.papers]
    assert page.total == len(streamed) == store.reading_list(list_id).count
    return "".join(streamed)


@pytest.fixture
def abcd(store):
    """The numbers of four papers, and of a list of them in the order c, a, d, b."""
    items = [article(letter, letter, DOI=f"10.1/{letter}") for letter in "abcd"]
    ids = dict(zip("abcd", store.add(items, with_ids=True).papers, strict=True))
    made = store.new_list("Mixed").id
    assert store.append(made, [ids["c"], ids["a"], ids["d"], ids["a"]]) == 3
    assert store.append(made, [ids["a"], ids["b"]]) == 1
    return ids, made


def test_list_has_its_own_order(store, abcd):
    """A list keeps the order of appending, and each paper once."""
    assert order(store, abcd[1]) == "cadb"


@pytest.mark.parametrize(
    ("letter", "position", "then"),
    [
        ("b", 1, "bcad"),
        ("c", 4, "adbc"),
        ("c", 99, "adbc"),
        ("d", 2, "cdab"),
        ("c", 2, "acdb"),
        ("a", 2, "cadb"),
        ("d", 0, "dcab"),
        ("c", 10**30, "adbc"),
    ],
)
def test_move(store, abcd, letter, position, then):
    """A moved paper has the position asked for, and the others keep their order."""
    ids, made = abcd
    store.move(made, ids[letter], position)
    assert order(store, made) == then


def test_move_after_removal_counts_what_is_left(store, abcd):
    """Positions count papers, not the gaps that removed ones leave."""
    ids, made = abcd
    store.remove_from_list(made, ids["a"])
    store.remove(ids["c"])
    store.append(made, [ids["a"]])
    assert order(store, made) == "dba"
    store.move(made, ids["a"], 2)
    assert order(store, made) == "dab"


def test_deleted_list_leaves_its_papers(store, abcd):
    """Without their list, papers are still in the store; the list is not found."""
    _, made = abcd
    store.delete_list(made)
    assert total(store) == 4
    assert store.lists() == []


@pytest.mark.parametrize("number", [0, -1, 99, 2**63])
def test_missing_list(store, number):
    """A number that no list has is a NotFoundError everywhere, before anything is done."""
    [paper] = store.add(many(1), with_ids=True).papers
    for ask in (
        lambda: store.reading_list(number),
        lambda: store.list_page(number, 1, 10),
        lambda: store.items(number),
        lambda: store.append(number, [paper]),
        lambda: store.add(many(3), list_id=number),
        lambda: store.move(number, paper, 1),
        lambda: store.remove_from_list(number, paper),
        lambda: store.delete_list(number),
    ):
        with pytest.raises(NotFoundError, match="no list"):
            ask()
    assert total(store) == 1


def test_import_into_a_list_keeps_the_order_of_the_file(store):
    """Items join the list in their order, over batches, new or known, each once."""
    items = many(1200)
    store.add(items[600:610])
    made = store.new_list("Import").id
    store.add([*items, *items[:5]], list_id=made)
    assert [item.id for item in store.items(made)] == [item.id for item in items]


# --- hard texts


def test_nul_and_surrogates(store):
    """NUL is left out and a lone surrogate becomes U+FFFD, in both databases alike."""
    bad = "a\0b\ud800c"
    item = Item(bad, "book", {"title": bad, "DOI": f"10.1/{bad}"}, extra={bad: [bad, 1, object]})
    [number] = store.add([item], with_ids=True).papers
    texts = store.paper(number).item.texts
    assert (store.paper(number).item.id, texts["title"]) == ("ab\ufffdc", "ab\ufffdc")
    assert store.add([item]) == Added(unchanged=1)
    assert store.new_list(bad, bad, bad).text == "ab\ufffdc"
    assert store.search("ab").total == 1


def test_large_fields(store):
    """Ten megabytes fit into a field; ids, keys and identifiers may outgrow an index."""
    long = "x" * 500_000
    item = article(long, long, DOI=f"10.1/{long}", abstract=long * 20, **{"citation-key": long})
    [number] = store.add([item], with_ids=True).papers
    assert store.paper(number).item == item
    assert store.add([item]) == Added(unchanged=1)
    assert len(store.paper(number).key) == 200


def test_too_deep(store):
    """What would be nested too deeply to be read again is refused by name."""
    deep: list[object] = []
    for _ in range(150):
        deep = [deep]
    with pytest.raises(ItemError, match=r"\(x\).*nested too deeply"):
        store.add([Item("x", "book", extra={"deep": deep})])


def test_consortium(store):
    """A paper may have 3,000 authors."""
    people = [{"family": f"Family{n}", "given": "A."} for n in range(3000)]
    store.add([article("x", author=people)])
    assert store.search("family2999").total == 1


# --- the database


def test_tables_are_what_the_migrations_make(store):
    """The tables that the code knows and those that the migrations made agree."""
    found = inspect(store.database.engine)
    made = {name: {c["name"] for c in found.get_columns(name)} for name in found.get_table_names()}
    made.pop("sqlite_sequence", None)
    known = {table.name: set(table.columns.keys()) for table in schema.METADATA.tables.values()}
    assert made == known


def test_migrations_are_in_order():
    """Versions rise by one."""
    versions = [version for version, _ in schema.MIGRATIONS]
    assert versions == list(range(1, len(versions) + 1))


def test_papers_outlive_the_process(database_url):
    """What was added is there when the database is opened again."""
    with Store.open(database_url) as store:
        store.add(many(3))
    with Store.open(database_url) as store:
        assert store.add(many(3)) == Added(unchanged=3)


def test_newer_schema_is_refused(database_url):
    """A database of a newer citekit is not touched; the message names both versions."""
    with Store.open(database_url) as store, store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE citekit_schema SET version = 4711")
    with pytest.raises(StoreError, match=rf"4711.*\b{schema.NEWEST}\b"):
        Store.open(database_url)


def test_older_schema_is_migrated(database_url, monkeypatch):
    """Opening an older database applies what is new, once, and keeps the papers."""
    with Store.open(database_url) as store:
        store.add(many(2))
    step = (schema.NEWEST + 1, ("CREATE TABLE later (number {number})",))
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
    monkeypatch.setattr(schema, "NEWEST", step[0])
    for _ in range(2):
        with Store.open(database_url) as store:
            assert inspect(store.database.engine).has_table("later")
            assert total(store) == 2


def test_failed_migration_leaves_nothing(database_url, monkeypatch):
    """A migration that fails half-way changes nothing."""
    step = (schema.NEWEST + 1, ("CREATE TABLE later (number {number})", "CREATE NONSENSE"))
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
    monkeypatch.setattr(schema, "NEWEST", step[0])
    with pytest.raises(StoreError, match="syntax error"):
        Store.open(database_url)
    monkeypatch.undo()
    with Store.open(database_url) as store:
        assert not inspect(store.database.engine).has_table("later")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://user:s3cret@127.0.0.1:1/papers",
        "postgresql://127.0.0.1:1/papers?password=s3cret",
        "postgres://user:s3cret@127.0.0.1:1/papers",
        "mysql://user:s3cret@localhost/papers",
        "postgresql://user:s3cret@localhost:port/papers",
    ],
)
def test_unusable_address(address):
    """An address that leads nowhere is a StoreError that does not say the password."""
    with pytest.raises(StoreError) as caught:
        Store.open(address)
    assert "s3cret" not in str(caught.value)
    assert any(word in str(caught.value) for word in ("127.0.0.1", "mysql", "wanted"))


def test_file_that_is_no_database(tmp_path):
    """A file of another kind is refused by name and left alone."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, " * 100)
    with pytest.raises(StoreError, match=r"notes\.txt.*not a database"):
        Store.open(path)
    assert path.read_text().startswith("not a database")


def test_folder_that_does_not_exist(tmp_path):
    """A database in a missing folder is a StoreError with the path."""
    with pytest.raises(StoreError, match=r"missing.*unable to open"):
        Store.open(tmp_path / "missing" / "papers.sqlite")


def test_default_is_a_file_in_the_working_directory(tmp_path, monkeypatch):
    """Without an address, $CITEKIT_DATABASE counts, then citekit.sqlite."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CITEKIT_DATABASE", raising=False)
    Store.open().close()
    monkeypatch.setenv("CITEKIT_DATABASE", str(tmp_path / "other.sqlite"))
    Store.open().close()
    assert {path.name for path in tmp_path.glob("*.sqlite")} == {"citekit.sqlite", "other.sqlite"}


def test_sqlite_settings(tmp_path):
    """SQLite keeps a write-ahead log and foreign keys, and waits for others."""
    with Store.open(tmp_path / "x.sqlite") as store, store.database.reading() as connection:
        asked = ("journal_mode", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    assert found == ["wal", 1, 60_000]


def test_memory_store_is_its_own():
    """Each store in memory is new."""
    with Store.open(":memory:") as one, Store.open(":memory:") as other:
        one.add(many(2))
        assert (total(one), total(other)) == (2, 0)


def _open_and_add(url: str, barrier: Any) -> None:
    barrier.wait()
    with Store.open(url) as store:
        store.add(many(20))


def test_processes_may_open_a_new_database_at_once(database_url):
    """Processes that open a new database at one moment, and add the same papers, share it."""
    context = multiprocessing.get_context("spawn")
    told = (database_url, context.Barrier(2))
    workers = [context.Process(target=_open_and_add, args=told) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    with Store.open(database_url) as store:
        assert total(store) == 20


def test_threads_may_open_a_new_database_at_once(database_url):
    """The same with many stores in one process."""
    told = (database_url, threading.Barrier(8))
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(_open_and_add, *told) for _ in range(8)]:
            done.result()
    with Store.open(database_url) as store:
        assert total(store) == 20


@pytest.mark.parametrize("store", ["sqlite", "postgres", "memory"], indirect=True)
def test_one_store_serves_all_threads(store):
    """Threads that add, search, stream and arrange at once neither fail nor double anything."""
    made = store.new_list("Shared").id
    start = threading.Barrier(8)

    def work(number: int) -> int:
        start.wait()
        for turn in range(5):
            store.add(many(30), list_id=made)
            store.search(f"paper {number}")
            store.move(made, store.find("doi:10.1/7").id, turn)
        return sum(1 for _ in store.items(made))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(8))) == [30] * 8
    assert total(store) == 30
    assert in_use(store) == 0


def test_reader_does_not_wait_for_a_writer(store):
    """While one thread writes, others read what was there before."""
    store.add(many(1))
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE papers SET key = 'changed'")
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(store.find, "doi:10.1/0").result(5).key != "changed"


def test_broken_database_is_a_store_error(database_url):
    """What the database says when it fails comes as a StoreError, without the statement."""
    with Store.open(database_url) as store:
        with store.database.writing() as connection:
            connection.exec_driver_sql("DROP TABLE search")
        with pytest.raises(StoreError, match="search") as caught:
            store.search("x")
    assert "SELECT" not in str(caught.value)


def test_sqlite_file_is_plain(tmp_path):
    """Any SQLite tool reads the JSON."""
    path = tmp_path / "x.sqlite"
    with Store.open(path) as store:
        store.add([article("x")])
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT json_extract(csl, '$.title') FROM papers").fetchall() == [
        (TITLE,)
    ]
    connection.close()


def test_identifier_readers_are_in_order_of_precedence():
    """The order of the readers is the order in which identifiers decide."""
    assert list(identity.READERS) == ["doi", "pmid", "pmcid", "arxiv"]
