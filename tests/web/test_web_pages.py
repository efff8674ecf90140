"""Pages: what people see, and that nothing a record says is more than text."""

from __future__ import annotations

import re

import pytest
from lxml import html

from citekit.csl import library, locales
from citekit.formats import REGISTRY
from citekit.store import Store
from citekit.web import create_app

EVIL = '<script>alert("1")</script><img src=x onerror=alert(2)> "quoted" & \'more\''


def page(response):
    assert response.status_code == 200
    return html.fromstring(response.data.decode())


def metas(response):
    return [
        (meta.get("name"), meta.get("content"))
        for meta in page(response).xpath("//meta[starts-with(@name, 'citation_')]")
    ]


# --- the paper's page ------------------------------------------------------------------------


def test_the_head_of_a_paper(client):
    """Reference managers read the paper from the head of its page."""
    assert metas(client.get("/papers/1")) == [
        ("citation_title", "Barriers and solutions for CAR-T therapy in solid tumors"),
        ("citation_author", "Chen, Yuelin"),
        ("citation_author", "Li, Ling"),
        ("citation_author", "Meng, Wanrong"),
        ("citation_author", "Tu, Zhihao"),
        ("citation_author", "Zhang, Zhimi"),
        ("citation_publication_date", "2025/06/27"),
        ("citation_journal_title", "Cancer Gene Therapy"),
        ("citation_pmid", "40579466"),
        ("citation_language", "en"),
        ("citation_doi", "10.1038/s41417-025-00931-7"),
        ("citation_issn", "0929-1903"),
        ("citation_issn", "1476-5500"),
    ]


# fmt: off
HEADS = [
    # key                          tag                                content
    ("narayan2022psma",            "citation_firstpage",              "724"),
    ("narayan2022psma",            "citation_lastpage",               "734"),
    ("narayan2022psma",            "citation_volume",                 "28"),
    ("narayan2022psma",            "citation_issue",                  "4"),
    ("page2021prisma",             "citation_firstpage",              "n71"),
    ("he2016deep",                 "citation_conference_title",       "2016 IEEE Conference on Computer Vision and Pattern Recognition (CVPR)"),
    ("grice1975logic",             "citation_inbook_title",           "Speech Acts"),
    ("kuhn1996structure",          "citation_publisher",              "University of Chicago Press"),
    ("vanderwaals1873continuiteit", "citation_author",                "van der Waals, Johannes Diderik"),
    ("feely2004impact",            "citation_title",                  "Impact of Anthropogenic CO₂ on the CaCO₃ System in the Oceans"),
]
# fmt: on


@pytest.mark.parametrize(("key", "tag", "content"), HEADS)
def test_the_head_by_type(client, number, key, tag, content):
    """Container, publisher, pages and names stand where importers look for them."""
    assert (tag, content) in metas(client.get(f"/papers/{number(key)}"))


def test_the_body_of_a_paper(client):
    """A paper's page says title, people, journal, day, identifiers, abstract and keywords."""
    shown = page(client.get("/papers/1"))
    text = shown.text_content()
    assert shown.findtext(".//h1") == "Barriers and solutions for CAR-T therapy in solid tumors"
    for said in ("Yuelin Chen, Ling Li", "Cancer Gene Therapy", "27 June 2025", "A review of what"):
        assert said in text
    assert shown.xpath("//ul[@class='keywords']/li/text()")[:2] == ["CAR-T cells", "solid tumors"]
    links = dict(
        zip(
            shown.xpath("//ul[@class='links']//a/text()"),
            shown.xpath("//ul[@class='links']//a/@href"),
            strict=True,
        )
    )
    assert links["10.1038/s41417-025-00931-7"] == "https://doi.org/10.1038/s41417-025-00931-7"
    assert links["40579466"] == "https://pubmed.ncbi.nlm.nih.gov/40579466"


def test_identifiers_lead_to_the_work(client, number):
    """PMC and arXiv numbers are links too."""
    vaswani = client.get(f"/papers/{number('vaswani2017attention')}").text
    ioannidis = client.get(f"/papers/{number('ioannidis2005most')}").text
    assert 'href="https://arxiv.org/abs/1706.03762"' in vaswani
    assert 'href="https://pmc.ncbi.nlm.nih.gov/articles/PMC1182327"' in ioannidis


def test_the_box_says_how_to_cite(client):
    """The reference stands in the box, with every style of the menu and every language."""
    shown = page(client.get("/papers/1?style=mla&locale=en-GB"))
    box = shown.get_element_by_id("reference")
    assert box.text_content().startswith("Chen, Yuelin, et al. ‘Barriers and Solutions")
    assert box.get("aria-live") == "polite"
    styles = shown.xpath("//select[@name='style']//option/@value")
    assert styles == [entry.style for entry in by_field()]
    assert shown.xpath("//select[@name='locale']/option/@value") == list(locales.names())
    chosen = shown.xpath("//select/descendant::option[@selected]/@value")
    assert chosen == ["modern-language-association", "en-GB"]


def by_field():
    fields = list(dict.fromkeys(entry.field for entry in library.menu()))
    return sorted(library.menu(), key=lambda entry: fields.index(entry.field))


def test_any_style_by_its_id(client):
    """A style that is not on the menu is shown in it while it is used."""
    shown = page(client.get("/papers/1?style=nature-medicine"))
    assert shown.xpath("//option[@selected]/text()")[0] == "Nature Medicine"
    assert shown.get_element_by_id("reference").text_content().startswith("1. Chen, Y.")


def test_every_format_can_be_downloaded(client):
    """A button for each format of the registry, and a link in the head, lead to its file."""
    shown = page(client.get("/papers/1"))
    files = [f"/papers/1.{format_.suffix}" for format_ in REGISTRY.values()]
    assert shown.xpath("//ul[@class='downloads']//a/@href") == files
    assert shown.xpath("//link[@rel='alternate']/@href") == files
    assert "for Zotero, Mendeley, EndNote" in shown.text_content()
    assert all(client.get(path).status_code == 200 for path in files)


def test_a_page_has_one_address(client):
    """The canonical link has no arguments."""
    shown = page(client.get("/papers/1?style=nature"))
    assert shown.xpath("//link[@rel='canonical']/@href") == ["http://localhost/papers/1"]


@pytest.mark.parametrize(
    "name",
    [
        "doi:10.1038/s41417-025-00931-7",
        "pmid:40579466",
        "key:chen2025barriers",
        "DOI:10.1038/S41417-025-00931-7",
    ],
)
def test_an_identifier_leads_to_the_number(client, name):
    """A paper can be asked for by DOI, PMID or key, its files and reference too."""
    for ending in ("", ".ris", ".endnote.xml", "/cite"):
        response = client.get(f"/papers/{name}{ending}?style=nature")
        assert response.status_code == 302
        assert response.headers["Location"] == f"/papers/1{ending}?style=nature"


def test_an_arxiv_number_leads_to_the_number(client, number):
    """A paper can be asked for by its arXiv number."""
    location = client.get("/papers/arxiv:1706.03762").headers["Location"]
    assert location == f"/papers/{number('vaswani2017attention')}"


def test_many_authors(client, number):
    """Of 110 authors ten are shown and a hundred unfold; the head has them all."""
    response = client.get(f"/papers/{number('sturm2016new')}")
    shown = page(response)
    assert shown.xpath("//article//summary/text()") == ["… and 100 more"]
    assert "Marcel Kool" in shown.xpath("//article//details")[0].text_content()
    assert sum(name == "citation_author" for name, _ in metas(response)) == 110


def test_a_title_keeps_its_markup(client, number):
    """Italics of a title are italics of the page, and not of its name."""
    shown = page(client.get(f"/papers/{number('blattner1997complete')}"))
    assert shown.xpath("//h1/i/text()") == ["Escherichia coli"]
    assert shown.findtext(".//title").startswith("The Complete Genome Sequence of Escherichia coli")


def test_names_of_other_scripts(client, number):
    """Chinese names have the family first and no blank."""
    assert "屠呦呦, 倪慕云" in client.get(f"/papers/{number('tu1981zhongyao')}").text


def test_a_retraction_is_said(client, number):
    """A retracted paper says so on its page and in every list of papers."""
    wakefield = number("wakefield1998ileal")
    assert '<p class="notice">Retracted</p>' in client.get(f"/papers/{wakefield}").text
    assert '<p class="warning">Retracted</p>' in client.get("/?q=wakefield").text


def test_every_sample_has_a_page(client, samples):
    """Whatever its type, a paper has a page and a reference."""
    for found in samples.search(size=100).papers:
        shown = page(client.get(f"/papers/{found.id}"))
        assert shown.get_element_by_id("reference").text_content().strip()


def test_a_paper_without_anything(serve):
    """A record that says nothing has a page."""
    shown = page(serve({"id": "x", "type": "book"}).get("/papers/1"))
    assert shown.findtext(".//h1") == "Untitled book"


# --- what a record may not do ----------------------------------------------------------------


def evil():
    fields = "title container-title publisher abstract keyword note volume page genre status language DOI URL"
    record = dict.fromkeys(fields.split(), EVIL)
    person = {"family": EVIL, "given": EVIL}
    return {"id": "e", "type": "article-journal", **record, "author": [person, {"literal": EVIL}]}


@pytest.mark.parametrize(
    "path",
    [
        "/papers/1",
        "/",
        "/lists/1",
        "/lists",
        "/papers/1/cite?output=html",
        "/lists/1/bibliography?output=html",
    ],
)
def test_a_record_is_only_text(serve, path):
    """No field of a record, and no title or text of a list, becomes markup."""
    shown = page(serve(evil(), title=EVIL, text=EVIL).get(path))
    assert not shown.xpath("//img | //script[not(@src)] | //*[@onerror]")
    assert all(source.startswith("/static/") for source in shown.xpath("//script/@src"))


def test_a_search_is_only_text(client):
    """What was searched for is shown as text."""
    shown = page(client.get("/", query_string={"q": EVIL}))
    assert not shown.xpath("//img | //script")


def test_a_problem_is_only_text(client):
    """What a request said wrong is shown as text."""
    for path in (
        "/papers/x<script>alert(1)</script>",
        "/papers/1?style=<script>",
        "/?page=<script>",
    ):
        assert "<script>" not in client.get(path, headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//evil.example"]
)
def test_a_link_is_a_web_address(serve, address):
    """Another scheme than http is no link."""
    shown = page(
        serve({"id": "x", "type": "webpage", "title": "T", "URL": address, "license": address}).get(
            "/papers/1"
        )
    )
    assert not [
        link
        for link in shown.xpath("//@href")
        if "alert" in link or "data:" in link or "evil" in link
    ]


LINES = (
    "A\r\nX-Evil: 1\r\n\r\nTY  - BOOK\r\nTI  - Second\r\nER  - \r\n@book{x,\n}\n%0 Book\x85\u2028"
)


@pytest.mark.parametrize("suffix", [format_.suffix for format_ in REGISTRY.values()])
def test_a_line_end_makes_no_header_and_no_record(serve, suffix):
    """Line ends in a title give one record and no header, in every format."""
    from citekit import loads

    client = serve(
        {"id": LINES, "type": "book", "title": LINES, "citation-key": LINES}, title=LINES
    )
    for path in (f"/papers/1.{suffix}", f"/lists/1.{suffix}"):
        response = client.get(path)
        assert "X-Evil" not in response.headers
        assert not re.search(r"[\r\n]", "".join(f"{k}{v}" for k, v in response.headers))
        assert (
            len(loads(response.data, next(f.name for f in REGISTRY.values() if f.suffix == suffix)))
            == 1
        )


def test_a_line_end_stays_in_its_tag(serve):
    """Line ends in a title are blanks in the head of the page."""
    head = dict(metas(serve({"id": "x", "type": "book", "title": LINES}).get("/papers/1")))
    assert head["citation_title"].startswith("A X-Evil: 1 TY - BOOK")


def test_no_page_has_inline_code(client):
    """The policy forbids inline scripts and styles, and no page has any."""
    for path in (
        "/",
        "/papers/1",
        "/papers/10?style=apa",
        "/lists",
        "/lists/2",
        "/papers/1/styles",
        "/nope",
    ):
        text = client.get(path, headers={"Accept": "text/html"}).text
        assert not re.search(r"<style|<script(?! src=\"/static/)|\son\w+=|style=\"", text)


def test_the_script_is_small(client):
    """What a page loads is our own: one style sheet, one script of less than 4 kB, an icon."""
    shown = page(client.get("/papers/1"))
    loaded = shown.xpath("//script/@src | //link[@rel='stylesheet' or @rel='icon']/@href")
    assert sorted(loaded) == ["/static/citekit.css", "/static/citekit.js", "/static/icon.svg"]
    with client.get("/static/citekit.js") as script:
        assert len(script.data) < 4000


# --- search, lists, styles -------------------------------------------------------------------


def test_an_empty_store_says_how_to_fill_it(serve):
    """The first thing that a new service says is how to import."""
    client = serve()
    assert "citekit import papers.ris" in client.get("/").text
    assert "citekit import papers.ris --list" in client.get("/lists").text


def test_search(client):
    """Words find papers, and the page links to them."""
    shown = page(client.get("/?q=chomsky+review"))
    assert shown.findtext(".//h1") == "1 paper for “chomsky review”"
    assert shown.xpath("//main//h3/a/i/text()") == ["Verbal Behavior"]


def test_nothing_found(client):
    """A search without a result says what is searched, and leads back."""
    text = client.get("/?q=nothinglikethis").text
    assert "0 papers for" in text
    assert "Show all papers" in text


def test_pages_follow_each_other(client):
    """56 papers are three pages; each names its neighbours, and the search stays."""
    assert page(client.get("/")).xpath("//nav[@class='pager']/a/@href") == ["/?page=2"]
    middle = page(client.get("/?q=a&page=2"))
    assert "/?page=1&q=a" in middle.xpath("//nav[@class='pager']/a/@href")
    last = page(client.get("/?page=3"))
    assert len(last.xpath("//main//ol/li")) == 16
    assert last.xpath("//main//ol/@start") == ["41"]


def test_lists_are_listed(client):
    """`/` and `/lists` link to every list."""
    for path in ("/", "/lists"):
        links = page(client.get(path)).xpath("//main//a/@href")
        assert {"/lists/1", "/lists/2"} <= set(links)


def test_an_answer_has_numbers(client):
    """Citations of a list's text are numbers that lead to the numbered sources below."""
    shown = page(client.get("/lists/2"))
    answer = shown.xpath("//section[@class='answer']")[0]
    assert (
        "for it have been studied in the laboratory, in mice and in small early trials [2, 3, 4]."
        in answer.text_content()
    )
    assert "@" not in answer.text_content()
    for link in answer.xpath(".//a"):
        source = shown.get_element_by_id(link.get("href").lstrip("#"))
        assert source.get("id") == f"source-{link.text}"
    fifth = shown.get_element_by_id("source-5").text_content()
    assert "PSMA-targeting TGFβ-insensitive" in fifth


def test_what_is_no_citation_stays(serve):
    """Unknown keys, locators and addresses of e-mail stay as they stand."""
    text = (
        "Known [@a2000x; @nobody]; see [see @a2000x, p. 3], [@nobody] and me@home.\n\nNext <b>.</b>"
    )
    client = serve({"id": "a2000x", "type": "book", "title": "X"}, title="L", text=text)
    answer = page(client.get("/lists/1")).xpath("//section[@class='answer']")[0]
    assert [one.text_content() for one in answer.xpath("p")] == [
        "Known [1, @nobody]; see [see @a2000x, p. 3], [@nobody] and me@home.",
        "Next <b>.</b>",
    ]


def test_a_source_on_another_page(serve):
    """A citation leads to the page of the list that its source is on."""
    papers = [{"id": f"book{n}", "type": "book", "title": f"T{n}"} for n in range(1, 121)]
    keyed = [{**paper, "citation-key": paper["id"]} for paper in papers]
    client = serve(*keyed, title="Long", text="Here [@book1; @book120].")
    answer = page(client.get("/lists/1")).xpath("//section[@class='answer']//a/@href")
    assert answer == ["#source-1", "?page=2#source-120"]
    second = page(client.get("/lists/1?page=2"))
    assert second.get_element_by_id("source-120") is not None
    assert not second.xpath("//section[@class='answer']")


def test_a_list_has_a_box(client):
    """The bibliography of a list stands in the box, sorted and set as the style asks."""
    shown = page(client.get("/lists/2?style=apa"))
    entries = shown.xpath("//div[@id='reference']//div[@class='csl-entry']")
    assert [entry.text_content().split(",")[0] for entry in entries][:2] == ["Chen", "Dorff"]
    assert "/lists/2.enw" in shown.xpath("//ul[@class='downloads']//a/@href")


def test_every_style_can_be_found(client):
    """The search for styles leads back to the paper or list with the style chosen."""
    for back in ("/papers/1", "/lists/2"):
        shown = page(client.get(f"{back}/styles?q=nature+medicine&locale=de-DE"))
        links = shown.xpath("//ul[@class='styles']//a/@href")
        assert f"{back}?style=nature-medicine&locale=de-DE" in links


# --- the application -------------------------------------------------------------------------


def test_the_application_opens_its_store(tmp_path, monkeypatch):
    """An address, or without one the setting, says which store is served."""
    path = tmp_path / "papers.sqlite"
    monkeypatch.setenv("CITEKIT_DATABASE", str(path))
    for given in (path, f"sqlite:///{path}", None):
        app = create_app(given)
        assert app.test_client().get("/healthz").json["papers"] == 0
        app.extensions["citekit"].close()


def test_a_proxy_is_believed_when_there_is_one(monkeypatch):
    """Behind a proxy, canonical addresses are those of the proxy; without one its headers lie."""
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "cite.example",
        "X-Forwarded-Prefix": "/c",
    }
    with Store.open(":memory:") as store:
        store.new_list("L")
        assert (
            "http://localhost/lists/1"
            in create_app(store).test_client().get("/lists/1", headers=headers).text
        )
        monkeypatch.setenv("CITEKIT_PROXIES", "1")
        text = create_app(store).test_client().get("/lists/1", headers=headers).text
        assert "https://cite.example/c/lists/1" in text
        assert 'href="/c/lists/1.ris"' in text
