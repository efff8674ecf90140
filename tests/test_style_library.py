"""Styles and locales by name: what is found, what is refused, and what a broken file says."""

import os
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from citekit import csl
from citekit.csl import library, locales
from citekit.errors import InputError, StyleError, UnknownLocaleError, UnknownStyleError

INFO = "<info><title>{title}</title><id>x</id><updated>2025-01-01T00:00:00Z</updated>{link}</info>"
LAYOUT = '<layout><text variable="title"/></layout>'
STYLE = (
    '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" class="in-text">\n'
    + INFO
    + f"<citation>{LAYOUT}</citation></style>"
)
PARENT = '<link href="http://www.zotero.org/styles/{}" rel="independent-parent"/>'


def own_style(title: str = "Own", parent: str = "") -> str:
    return STYLE.format(title=title, link=PARENT.format(parent) if parent else "")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(library.OWN_FOLDER, str(tmp_path))
    return tmp_path


# The menu.


@pytest.mark.parametrize("entry", library.menu(), ids=lambda entry: entry.alias)
def test_menu_row(entry: library.MenuEntry) -> None:
    """An alias is the style of its row, and the row's style is an id of the package."""
    assert entry.style in library.styles()
    assert library.find(entry.alias) == library.find(entry.style)
    assert library.find(entry.alias).id == entry.style


def test_menu_is_short_and_without_doubles() -> None:
    """No alias and no style stands in the menu twice, and every row says its field."""
    menu = library.menu()
    assert 25 <= len(menu) <= 40
    assert len({row.alias for row in menu}) == len({row.style for row in menu}) == len(menu)
    assert all(row.label and row.field for row in menu)


def test_alias_is_no_other_style() -> None:
    """An alias that is also an id is the alias of that id."""
    ids = set(library.styles())
    assert [row for row in library.menu() if row.alias in ids and row.alias != row.style] == []


@pytest.mark.parametrize(
    "text", ["styles = [", "rows = []", 'styles = [{alias = "a"}]', "styles = 1"]
)
def test_broken_menu(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A menu that cannot be read is an error that names the file."""
    (tmp_path / "menu.toml").write_text(text)
    monkeypatch.setattr(library, "folder", lambda _name: tmp_path)
    with pytest.raises(StyleError, match=r"^menu\.toml: "):
        library.menu.__wrapped__()


# Names.


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("apa", "apa"),
        ("APA", "apa"),
        (" Nature ", "nature"),
        ("chicago author date", "chicago-author-date"),
        ("Chicago_Author_Date", "chicago-author-date"),
        ("apa.csl", "apa"),
        ("mla", "modern-language-association"),
        ("vancouver", "nlm-citation-sequence"),
        ("council-of-science-editors-author-date", "cse-name-year"),
        ("http://www.zotero.org/styles/apa", "apa"),
        ("https://www.zotero.org/styles/nature-digest", "nature-digest"),
        ("https://zotero.org/styles/council-of-science-editors", "cse-citation-sequence"),
    ],
)
def test_find(name: str, id_: str) -> None:
    """An alias, an id, an old id and a URL are names of a style; case and blanks are forgiven."""
    assert library.find(name).id == id_


def test_info() -> None:
    """A style says its title, its fields, how it cites and whether it lists what it cites."""
    apa = library.find("apa")
    assert (apa.title, apa.parent, apa.path.name) == ("APA Style 7th edition", "", "apa.csl")
    assert apa.citation_format == "author-date"
    assert apa.has_bibliography
    assert "psychology" in apa.fields
    assert not library.find("bluebook-law-review").has_bibliography


@pytest.mark.parametrize(
    "name", ["natrue", "jurnal-of-cell-biology", "chicago athor date", "apa/x"]
)
def test_unknown_names_the_nearest(name: str) -> None:
    """An unknown name is an error with the nearest names, never a default."""
    with pytest.raises(UnknownStyleError) as caught:
        library.find(name)
    assert caught.value.nearest
    assert set(caught.value.nearest) <= {*library.styles(), *(row.alias for row in library.menu())}
    assert f"nearest: {caught.value.nearest[0]}" in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "/",
        "../../etc/passwd",
        "apa/../apa",
        "dependent/nature-digest",
        "./apa",
        "/etc/passwd",
        "..\\apa",
        "apa\0",
        "apa%00",
        "file:///etc/passwd",
        "http://example.org/styles/apa",
        "http://www.zotero.org/styles/../apa",
        "nathttp://www.zotero.org/styles/ure",
        "apa.csl.csl",
        "menu.toml",
        "renamed-styles.json",
        "\ud800",
        "a" * 100_000,
    ],
)
def test_a_name_is_never_a_path(name: str) -> None:
    """What is not in the listing is unknown, whatever file it would lead to."""
    with pytest.raises(UnknownStyleError) as caught:
        library.find(name)
    assert len(str(caught.value)) < 1000


def test_path_of_a_file(own: Path) -> None:
    """The path of a style that exists is not a name of it."""
    (own / "ours.csl").write_text(own_style())
    with pytest.raises(UnknownStyleError):
        library.find(str(own / "ours.csl"))


# Dependent styles.


def test_dependent_is_run_by_its_parent() -> None:
    """A dependent style has its own id and title, and the file of its parent."""
    jama = library.find("jama")
    parent = library.find("american-medical-association")
    assert (jama.id, jama.parent, jama.path) == ("jama", parent.id, parent.path)
    assert jama.title == "JAMA (The Journal of the American Medical Association)"
    assert jama.has_bibliography


def test_every_official_dependent_has_a_parent() -> None:
    """No dependent style of the package is an orphan."""
    dependent = [one for one in library.search("journal", 20_000) if one.parent]
    assert len(dependent) > 2000
    assert {one.parent for one in dependent} <= set(library.styles())


def test_parent_that_was_renamed(own: Path) -> None:
    """A parent is found by its old id too."""
    (own / "ours.csl").write_text(own_style(parent="vancouver"))
    assert library.find("ours").parent == "nlm-citation-sequence"


def test_own_locale_counts_over_the_parents(own: Path) -> None:
    """A dependent style's default locale is its own; its parent's only when it has none."""
    plain = own_style(parent="apa").replace("class=", 'default-locale="de-DE" class=')
    (own / "ours.csl").write_text(plain)
    (own / "theirs.csl").write_text(own_style(parent="ours-parent"))
    (own / "ours-parent.csl").write_text(
        own_style().replace("class=", 'default-locale="fr-FR" class=')
    )
    assert library.find("ours").default_locale == "de-DE"
    assert library.find("theirs").default_locale == "fr-FR"


@pytest.mark.parametrize("parent", ["no-such-style", "ours", "nature-digest", "", "../apa"])
def test_parent_that_cannot_be(own: Path, parent: str) -> None:
    """A parent that is unknown, dependent or the style itself is an error with file and line."""
    link = PARENT.format(parent)
    (own / "ours.csl").write_text(STYLE.format(title="Own", link=link).replace("<citation>", "<x>"))
    with pytest.raises(StyleError, match=r"^ours\.csl:\d+: "):
        library.find("ours")


# Own files.


def test_own_file_is_found(own: Path) -> None:
    """A file is found as soon as it is there, by its stem, and no longer when it is gone."""
    path = own / "Our Style.csl"
    path.write_text(own_style("Ours & theirs".replace("&", "&amp;")))
    info = library.find("our-style")
    assert (info.id, info.title, info.path) == ("Our Style", "Ours & theirs", path)
    assert info == library.find("Our Style") == library.find("OUR_STYLE.CSL")
    assert "Our Style" in library.styles()
    path.unlink()
    with pytest.raises(UnknownStyleError):
        library.find("our-style")


def test_what_is_no_style_is_not_listed(own: Path) -> None:
    """Only files that end in .csl, in any case, are styles; hidden ones are not."""
    for name in ("notes.txt", ".csl", "csl", "ours.csl~", "upper.CSL"):
        (own / name).write_text(own_style())
    assert set(library.styles()) - set(library._official()) == {"upper"}


def test_own_file_wins(own: Path) -> None:
    """An own style comes before the official one of its id, also as a parent."""
    (own / "nature.csl").write_text(own_style("Our Nature"))
    assert library.find("nature").title == "Our Nature"
    assert library.find("nature-digest").path == own / "nature.csl"
    assert [one.title for one in library.search("nature") if one.id == "nature"] == ["Our Nature"]
    assert library.styles().count("nature") == 1


def test_changed_file_is_read_again(own: Path) -> None:
    """A style that was edited is not the style that was kept."""
    path = own / "ours.csl"
    path.write_text(own_style("Before"))
    assert library.find("ours").title == "Before"
    path.write_text(own_style("After"))
    os.utime(path, ns=(1, 1))
    assert library.find("ours").title == "After"


def test_title_is_the_stem_when_there_is_none(own: Path) -> None:
    """A style without a title is called by its file."""
    (own / "ours.csl").write_text(own_style(" "))
    assert library.find("ours").title == "ours"


BROKEN = {
    "not XML": "hello",
    "empty": "",
    "cut off": own_style()[:-20],
    "another root": "<html/>",
    "no namespace": own_style().replace(' xmlns="http://purl.org/net/xbiblio/csl"', ""),
    "no info": own_style().replace("info>", "data>"),
    "no citation": own_style().replace("citation>", "citations>"),
    "unknown entity": own_style("&nbsp;"),
    "doctype": f"<!DOCTYPE style>\n{own_style()}",
    "outside": '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + own_style("&x;"),
    "bomb": '<!DOCTYPE s [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + own_style("&b;"),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_file(own: Path, text: str) -> None:
    """A broken file is an error that names file and line, and leaves the other files alone."""
    (own / "broken.csl").write_text(text)
    (own / "ours.csl").write_text(own_style("Our whole style"))
    with pytest.raises(StyleError, match=r"^broken\.csl:\d+: "):
        library.find("broken")
    assert library.find("ours").title == "Our whole style"
    assert [one.id for one in library.search("our whole style")] == ["ours"]
    assert "broken" in library.styles()


def test_doctype_in_another_encoding(own: Path) -> None:
    """A document type is refused in UTF-16 too; the line is the one it stands in."""
    (own / "broken.csl").write_bytes(f"\n\n<!DOCTYPE style>\n{own_style()}".encode("utf-16"))
    with pytest.raises(StyleError, match=r"^broken\.csl:3: <!DOCTYPE"):
        library.find("broken")


def test_file_that_cannot_be_read(own: Path) -> None:
    """A link to nowhere and a folder with a style's name are errors of that style alone."""
    (own / "gone.csl").symlink_to(own / "nowhere")
    (own / "folder.csl").mkdir()
    for name in ("gone", "folder"):
        with pytest.raises(StyleError, match=rf"^{name}\.csl: "):
            library.find(name)
    assert library.search("apa")


def test_own_folder_that_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A setting that names no folder is an error, not an empty folder."""
    monkeypatch.setenv(library.OWN_FOLDER, str(tmp_path / "nowhere"))
    with pytest.raises(StyleError, match="CITEKIT_STYLES"):
        library.find("apa")


# Search.


def test_search_begins_with_the_name() -> None:
    """The style that is called so comes first, then titles that begin so."""
    found = [one.id for one in library.search("nature")]
    assert found[0] == "nature"
    assert all(title.startswith("nature") for title in found[1:10])
    assert library.search("mla")[0].id == "modern-language-association"


def test_search_takes_words_in_any_order() -> None:
    """Every word is in the title or the id, as a whole or in part, without case or accents."""
    found = {one.id for one in library.search("BIOLOGY cell", 1000)}
    assert {"nature-cell-biology", "journal-of-cell-biology"} & found
    assert all("cell" in id_ or "biolog" in id_ for id_ in found)
    assert library.search("fur soziologie") == library.search("für Soziologie")
    assert library.search("fur soziologie")


def test_search_puts_the_menu_first() -> None:
    """Of styles that match as well as others, those of the menu come first."""
    listings = [one for one in library.search("american") if one.title.startswith("American ")]
    on_menu = [one.id in {row.style for row in library.menu()} for one in listings]
    assert on_menu[:2] == [True, True]
    assert on_menu == sorted(on_menu, reverse=True)


def test_search_without_words_is_the_menu() -> None:
    """An empty search shows what the menu shows, in its order."""
    assert [one.id for one in library.search(" - ")] == [row.style for row in library.menu()]


def test_search_limit() -> None:
    """No more than the limit is found; nothing is found for words that no style has."""
    assert len(library.search("journal", 7)) == 7
    assert library.search("journal", 0) == []
    assert library.search("xyzzy") == []
    assert library.search("a " * 100_000, 1)


def test_search_is_quick() -> None:
    """After the first, a search takes no time that a reader would notice."""
    library.search("warm")
    start = time.process_time()
    for _ in range(10):
        library.search("journal of biology")
    assert (time.process_time() - start) / 10 < 0.06


def test_listing_agrees_with_find() -> None:
    """What the first bytes of a file say is what the whole file says."""
    for listing in library.search("of", 20_000)[::150]:
        info = library.find(listing.id)
        assert (info.title, info.parent) == (listing.title, listing.parent)


# Locales.


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("en-US", "en-US"),
        ("en-us", "en-US"),
        ("EN_gb", "en-GB"),
        ("de", "de-DE"),
        ("de_DE", "de-DE"),
        ("de-LI", "de-DE"),
        ("pt-AO", "pt-PT"),
        ("zh-Hant-TW", "zh-TW"),
        ("en-Latn-NZ", "en-US"),
        ("sr-cyrl-rs", "sr-Cyrl-RS"),
        ("ar", "ar"),
        (" fr ", "fr-FR"),
    ],
)
def test_resolve(tag: str, locale: str) -> None:
    """A tag is its locale, or its language's first locale; case and underscores are forgiven."""
    assert locales.resolve(tag) == locale
    assert locales.path(locale).is_file()


@pytest.mark.parametrize("tag", ["", "xx", "english", "../en-US", "en-US\0", "x" * 100_000, "-US"])
def test_unknown_locale(tag: str) -> None:
    """A language without a locale is an error."""
    with pytest.raises(UnknownLocaleError):
        locales.resolve(tag)


def test_unknown_locale_names_the_nearest() -> None:
    """The error says what was perhaps meant."""
    with pytest.raises(UnknownLocaleError, match=r"nearest:.*fr-FR"):
        locales.resolve("ffr-FR")


def test_locale_names() -> None:
    """Every locale has a file, and a name in its own language and in English."""
    assert len(locales.names()) > 55
    assert locales.names()["de-CH"] == ("Deutsch (Schweiz)", "German (Switzerland)")
    assert all(locales.path(tag).is_file() for tag in locales.names())


# Loading.


def test_load() -> None:
    """A loaded style knows what it is and in which locale, and is kept."""
    style = csl.load("Nature", "de")
    assert (style.info.id, style.locale) == ("nature", "de-DE")
    assert csl.load("nature", "de-DE") is style
    assert csl.load("nature", "de-AT") is not style


def test_load_in_the_styles_own_locale(own: Path) -> None:
    """The locale "" is the style's own; a style that names none, or none that is, has en-US."""
    german = own_style().replace("class=", 'default-locale="de" class=')
    (own / "german.csl").write_text(german)
    (own / "martian.csl").write_text(german.replace('"de"', '"xx-XX"'))
    (own / "silent.csl").write_text(own_style())
    found = [csl.load(name, "").locale for name in ("german", "martian", "silent")]
    assert found == ["de-DE", "en-US", "en-US"]


def test_unknown_engine() -> None:
    """An engine that is not in the table is an error that lists those that are."""
    with pytest.raises(InputError, match=r"'abacus'.*citeproc-py"):
        csl.load(engine="abacus")


def test_engines_are_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another engine is another row: it is given the style and the locale, and nothing else."""
    asked = []
    monkeypatch.setitem(csl.ENGINES, "fake", lambda info, locale: asked.append((info, locale)))
    csl.load("jama", "fr", engine="fake")
    assert [(info.id, info.path.stem, locale) for info, locale in asked] == [
        ("jama", "american-medical-association", "fr-FR")
    ]


def test_info_is_a_value() -> None:
    """What is known of a style can be compared and is never changed."""
    info = library.find("apa")
    assert info == replace(info)
    with pytest.raises(AttributeError):
        info.id = "other"
