"""One address, many forms: what Accept asks for is what comes."""

from __future__ import annotations

import pytest

import citekit
from citekit.web.negotiation import OFFERED, best

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
HTML = "text/html; charset=utf-8"
RIS = "application/x-research-info-systems; charset=utf-8"
BIB = "application/x-bibtex; charset=utf-8"
CSL = "application/vnd.citationstyles.csl+json; charset=utf-8"
XML = "application/xml; charset=utf-8"
ENW = "application/x-endnote-refer; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

# fmt: off
TABLE = [
    # Accept                                                      Content-Type
    (None,                                                        HTML),
    ("",                                                          HTML),
    ("*/*",                                                       HTML),
    ("*",                                                         HTML),
    ("text/*",                                                    HTML),
    (BROWSER,                                                     HTML),
    ("application/x-research-info-systems",                       RIS),
    ("Application/X-Research-Info-Systems",                       RIS),
    ("text/ris",                                                  RIS),
    ("application/x-endnote-refer",                               ENW),
    ("application/endnote",                                       ENW),
    ("text/xml",                                                  XML),
    ("application/endnote+xml",                                   XML),
    ("application/x-bibtex",                                      BIB),
    ("application/x-biblatex",                                    BIB),
    ("application/json",                                          CSL),
    ("application/citeproc+json",                                 CSL),
    ("application/vnd.citationstyles.csl+json;version=1.0",       CSL),
    ("text/x-bibliography",                                       TEXT),
    ("text/x-bibliography; style=apa; locale=de-DE",              TEXT),
    ("text/x-bibliography; style=apa; format=html",               HTML),
    ("text/plain",                                                TEXT),
    ("application/x-bibtex;q=0.5, text/ris;q=0.9",                RIS),
    ("text/html;q=0.1, application/x-bibtex;q=0.2",               BIB),
    ("application/x-bibtex, */*",                                 BIB),
    ("application/x-bibtex, */*;q=0.1",                           BIB),
    ("text/html;q=0, application/x-bibtex;q=0.001, */*;q=0",      BIB),
    ("text/html;q=0, */*",                                        RIS),
    ("image/png, application/json;q=0.1",                         CSL),
    ("text/html;q=high, application/json",                        CSL),
]
# fmt: on
REFUSED = ["image/png", "application/pdf, image/*", "*/*;q=0", "nonsense", "text/html;q=0"]


@pytest.mark.parametrize("path", ["/papers/1", "/lists/2"])
@pytest.mark.parametrize(("accept", "content_type"), TABLE)
def test_the_table(client, path, accept, content_type):
    """Every Accept header gets the form that it likes best, and caches are told."""
    response = client.get(path, headers={} if accept is None else {"Accept": accept})
    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)
    assert response.headers["Vary"] == "Accept"


@pytest.mark.parametrize("accept", REFUSED)
def test_nothing_acceptable(client, accept):
    """406 lists what is on offer, for paper and list."""
    response = client.get("/papers/1", headers={"Accept": accept})
    assert (response.status_code, response.content_type) == (406, "application/problem+json")
    assert response.json["offered"] == list(OFFERED)
    assert response.headers["Vary"] == "Accept"


def test_a_negotiated_file_is_the_file(client):
    """The form that was negotiated is the file of the address with its suffix."""
    negotiated = client.get("/papers/1", headers={"Accept": "application/x-biblatex"})
    direct = client.get("/papers/1.biblatex.bib")
    assert negotiated.data == direct.data
    assert negotiated.headers["Content-Disposition"] == direct.headers["Content-Disposition"]


def test_style_and_locale_come_with_the_type(client, samples):
    """Parameters of the media type say how the text is set."""
    accept = 'text/x-bibliography; style=modern-language-association; locale="de-DE"'
    response = client.get("/papers/8", headers={"Accept": accept})
    item = samples.paper(8).item
    assert response.text == citekit.cite(item, "modern-language-association", "de-DE")


def test_style_and_locale_come_with_the_address(client, samples):
    """The query comes before the parameters of Accept."""
    accept = "text/x-bibliography; style=apa"
    response = client.get("/papers/8?style=nature", headers={"Accept": accept})
    assert response.text == citekit.cite(samples.paper(8).item, "nature")


def test_an_unknown_style_of_accept_is_an_error(client):
    """No other style is taken in the place of one that does not exist."""
    response = client.get("/papers/1", headers={"Accept": "text/x-bibliography; style=natur"})
    assert (response.status_code, response.content_type) == (404, "application/problem+json")
    assert "nature" in response.json["nearest"]


def test_a_suffix_is_not_negotiated(client):
    """An address with a suffix has one form, whatever Accept says."""
    response = client.get("/papers/1.ris", headers={"Accept": "text/html"})
    assert response.headers["Content-Type"] == RIS
    assert "Vary" not in response.headers


def test_the_most_specific_range_decides():
    """A wildcard's quality does not count for what is named with another."""
    accept = [("*/*", 1.0), ("a/b", 0.1), ("a/*", 0.5)]
    assert best(accept, ["a/b", "a/c"]).media_type == "a/c"
    assert best(accept, ["a/b", "c/d"]).media_type == "c/d"
