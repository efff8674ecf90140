"""How to cite: a record in, finished text out, in every output; and what is refused."""

import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from citekit import markup
from citekit.citing import Bibliography, Entry, bibliography, cite
from citekit.csl import library
from citekit.errors import (
    CitekitError,
    InputError,
    ItemError,
    UnknownLocaleError,
    UnknownOutputError,
    UnknownStyleError,
)
from citekit.model import Item

PAPER = {
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
    "DOI": "10.1038/s41417-025-00931-7",
    "issued": {"date-parts": [[2025, 6, 27]]},
}
APA = (
    "Chen, Y., Li, L., Meng, W., Tu, Z., & Zhang, Z. (2025). Barriers and solutions for CAR-T "
    "therapy in solid tumors. Cancer Gene Therapy. https://doi.org/10.1038/s41417-025-00931-7"
)
NOTHING = Bibliography("apa", "en-US", "text")


def titled(title: str, id_: str = "x") -> dict[str, object]:
    return {"id": id_, "type": "article-journal", "title": title, "issued": 2020}


# One work.


def test_cite() -> None:
    """Without more said, a paper is cited in APA, in American English, as plain text."""
    assert cite(PAPER) == APA
    assert cite(Item.from_csl(PAPER)) == APA


@pytest.mark.parametrize("alias", [row.alias for row in library.menu()])
@pytest.mark.parametrize("output", ["text", "html"])
def test_every_style_of_the_menu(alias: str, output: str) -> None:
    """Every style of the menu cites a paper by its first author, journal or title."""
    text = cite(PAPER | {"volume": "32", "page": "701-712"}, alias, output=output)
    assert "Chen" in text or "CHEN" in text
    assert "2025" in text
    assert "Cancer Gene Ther" in text
    assert text == text.strip()


def test_vancouver_is_nlm() -> None:
    """The old name of a style gives the text of the style of today."""
    assert cite(PAPER, "vancouver") == cite(PAPER, "nlm-citation-sequence")


def test_dependent_style_is_its_parent() -> None:
    """A journal without rules of its own cites as its parent does."""
    assert cite(PAPER, "jama") == cite(PAPER, "american-medical-association")


def test_own_style(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A .csl file that a user drops into the folder is a style."""
    apa = library.find("apa").path.read_text("utf-8")
    (tmp_path / "ours.csl").write_text(apa.replace("APA Style 7th edition", "Ours"), "utf-8")
    monkeypatch.setenv(library.OWN_FOLDER, str(tmp_path))
    assert cite(PAPER, "ours") == APA


def test_locale() -> None:
    """The words of an entry are the locale's; "" is the style's own."""
    report = {"id": "x", "type": "article-journal", "title": "T", "editor": [{"literal": "WHO"}]}
    assert "(ed.)" in cite(report)
    assert "(Hrsg.)" in cite(report, locale="de")
    assert "(Hrsg.)" in cite(report, "din-1505-2", "")


def test_html() -> None:
    """Fonts of the style and of fields are HTML; every < and & of a record is escaped once."""
    paper = PAPER | {"title": 'A <i>b</i> & <script>alert("x")</script> &lt;'}
    text = cite(paper, output="html")
    assert "A <i>b</i> &amp; &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp;lt;" in text
    assert "<i>Cancer Gene Therapy</i>" in text
    assert "<script" not in text


def test_text() -> None:
    """Plain text has neither tags nor escapes, and what only looks like a tag is still there."""
    text = cite(PAPER | {"title": "A <i>b</i> & H<sub>2</sub>O: p < 0.05 <script>"})
    assert "A b & H₂O: p < 0.05 <script>" in text


def test_html_shows_what_text_says() -> None:
    """The words of the HTML are the words of the text."""
    for alias in ("apa", "nature", "vancouver", "ieee"):
        written = cite(PAPER, alias, output="html")
        for tag in ("i", "b"):
            written = written.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
        assert written.replace("&amp;", "&") == cite(PAPER, alias)


# What is refused.


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"style": "natrue"}, UnknownStyleError, "nearest: nature"),
        ({"style": "../../../etc/passwd"}, UnknownStyleError, "unknown style"),
        ({"locale": "enUS"}, UnknownLocaleError, "nearest: .*en-US"),
        ({"output": "htm"}, UnknownOutputError, "nearest: html"),
        ({"output": ""}, UnknownOutputError, "unknown output"),
        ({"engine": "abacus"}, InputError, "citeproc-py"),
    ],
)
def test_unknown_names(arguments: dict[str, str], error: type[CitekitError], said: str) -> None:
    """A name that is unknown is an error with the nearest names, in a list as for one work."""
    with pytest.raises(error, match=said):
        cite(PAPER, **arguments)
    with pytest.raises(error, match=said):
        bibliography([], **arguments)


@pytest.mark.parametrize(
    "item", [None, "apa", [], {"id": "x", "type": "book", "issued": "a" * 3, "author": 7}]
)
def test_what_is_no_item(item: object) -> None:
    """What is no CSL-JSON object is an error of the item."""
    with pytest.raises(ItemError):
        cite(item)  # type: ignore[arg-type]


def test_engine_is_loaded_late() -> None:
    """To look for styles and locales is to run none: the engine is not even imported."""
    code = (
        "import sys; from citekit import citing; from citekit.csl import library, locales; "
        "library.search('nature'); library.find('apa'); locales.resolve('de'); "
        "print([name for name in sys.modules if name.startswith('citeproc')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


# Lists.


def test_bibliography() -> None:
    """A list stands in the style's order, and each entry keeps the id of its record."""
    found = bibliography([titled("Walden", "w"), PAPER, titled("Emma", "e")])
    assert (found.style, found.locale, found.output) == ("apa", "en-US", "text")
    assert [entry.id for entry in found] == ["40579466", "e", "w"]
    assert found[0] == Entry("40579466", APA)
    assert str(found) == "\n".join(entry.text for entry in found)


def test_bibliography_in_html() -> None:
    """A list in HTML is one block of entries."""
    found = bibliography([PAPER], "nature", "en-GB", "html")
    assert str(found) == markup.find("html").listing([cite(PAPER, "nature", "en-GB", "html")])
    assert '<div class="csl-entry">1. Chen' in str(found)


def test_numbers_follow_the_list() -> None:
    """A style with numbers counts the works as they stand."""
    found = bibliography((titled(title) for title in "ABC"), "nature")
    assert [entry.text[:4] for entry in found] == ["1. A", "2. B", "3. C"]


def test_empty_bibliography() -> None:
    """No works give an empty list, which is still a list."""
    found = bibliography([])
    assert found == NOTHING
    assert len(found) == 0
    assert str(found) == ""
    assert list(found) == []


def test_bibliography_is_a_sequence() -> None:
    """A list can be sliced, searched and reversed, and never changed."""
    found = bibliography([titled("A", "a"), titled("B", "b")], "nature")
    assert found[-1].id == "b"
    assert found[:1] == (found[0],)
    assert found[1] in found
    assert [entry.id for entry in reversed(found)] == ["b", "a"]
    with pytest.raises(FrozenInstanceError):
        found.style = "apa"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        found[0].text = ""  # type: ignore[misc]
    with pytest.raises(IndexError):
        found[2]


def test_ids_need_not_differ() -> None:
    """Two works with one id, or none, are two entries."""
    found = bibliography([titled("A"), titled("B"), {"type": "book", "title": "C"}], "nature")
    assert [(entry.id, entry.text[3:4]) for entry in found] == [("x", "A"), ("x", "B"), ("", "C")]
