"""What goes wrong: one status, a document for programs and a page for people."""

from __future__ import annotations

import pytest

from citekit.errors import CitekitError, StoreError, StyleError
from citekit.store import Store
from citekit.web import create_app
from citekit.web.problems import PROBLEM, STATUSES

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

# fmt: off
WRONG = [
    # status  address
    (404,     "/nope"),
    (404,     "/papers/999"),
    (404,     "/papers/0"),
    (404,     "/papers/-1"),
    (404,     "/papers/٣"),
    (404,     "/papers/" + "9" * 5000),
    (404,     "/papers/1/nope"),
    (404,     "/papers/doi:10.1/nothing"),
    (404,     "/papers/key:nobody2000"),
    (404,     "/papers/1.docx"),
    (404,     "/papers/999.ris"),
    (404,     "/papers/999/cite"),
    (404,     "/lists/999"),
    (404,     "/lists/999.ris"),
    (404,     "/lists/999/bibliography"),
    (404,     "/lists/2.docx"),
    (400,     "/?page=0"),
    (400,     "/?page=two"),
    (400,     "/papers/1/cite?output=pdf"),
    (400,     "/papers/1.ris?disposition=both"),
]
# A program that wants JSON of these gets CSL-JSON, which knows no style and no pages.
WRONG_PAGES = [
    (404,     "/papers/1?style=nothing-like-it"),
    (400,     "/papers/1?locale=xx"),
    (400,     "/lists/2?page=-1"),
]
# fmt: on


@pytest.mark.parametrize(("status", "path"), WRONG)
def test_a_program_gets_a_problem(client, status, path):
    """Who prefers JSON gets a problem document (RFC 9457) with the status of the response."""
    response = client.get(path, headers={"Accept": "application/json"})
    assert (response.status_code, response.content_type) == (status, PROBLEM)
    assert response.json["status"] == status
    assert {"type", "title", "detail", "instance"} <= set(response.json)
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(("status", "path"), WRONG + WRONG_PAGES)
def test_a_person_gets_a_page(client, status, path):
    """A browser gets the same status, and a page that leads back."""
    response = client.get(path, headers=BROWSER)
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert f"{status}</p>" in response.text
    assert 'href="/"' in response.text


@pytest.mark.parametrize("path", ["/papers/999.ris", "/papers/1.docx", "/papers/1/cite?style=zzz"])
def test_an_address_for_programs_answers_programs(client, path):
    """Without a word in Accept, an address of files and strings answers with a document."""
    assert client.get(path, headers={"Accept": "*/*"}).content_type == PROBLEM


def test_an_address_for_people_answers_people(client):
    """Without a word in Accept, an address of pages answers with a page."""
    assert client.get("/papers/999").mimetype == "text/html"


def test_a_problem_names_the_formats(client):
    """An unknown suffix is answered with the suffixes that there are."""
    offered = client.get("/papers/1.docx").json["offered"]
    assert offered == ["ris", "enw", "endnote.xml", "bib", "biblatex.bib", "json"]


@pytest.mark.parametrize("path", ["/", "/papers/1", "/papers/1.ris", "/lists/2.bib"])
def test_only_reading(client, path):
    """Another method is 405 and says which there are."""
    response = client.post(path, headers={"Accept": "application/json"})
    assert (response.status_code, response.content_type) == (405, PROBLEM)
    assert set(response.allow) == {"GET", "HEAD", "OPTIONS"}


def test_every_error_has_a_status():
    """Each branch of the tree of errors is in the table, by itself or by its root."""
    assert CitekitError in STATUSES
    assert all(400 <= status < 600 for status in STATUSES.values())


class Failing(Store):
    """A store whose database is gone."""

    def __init__(self, error):
        self.error = error

    def search(self, *_args, **_kwargs):
        raise self.error

    paper = reading_list = search


@pytest.mark.parametrize("path", ["/healthz", "/", "/papers/1", "/papers/1.ris", "/lists/1"])
def test_a_store_that_fails_is_unavailable(path):
    """503 without a word about where the database is."""
    client = create_app(Failing(StoreError("/secret/place.sqlite: disk I/O error"))).test_client()
    response = client.get(path, headers={"Accept": "application/json"})
    assert (response.status_code, response.content_type) == (503, PROBLEM)
    assert "secret" not in response.text


@pytest.mark.parametrize("path", ["/healthz", "/", "/papers/1.ris"])
def test_a_fault_of_ours_does_not_leak(path):
    """500 without the text of the exception, for programs and people."""
    app = create_app(Failing(ValueError("secret words")))
    for accept in ("application/json", "text/html"):
        response = app.test_client().get(path, headers={"Accept": accept})
        assert response.status_code == 500
        assert "secret" not in response.text


def test_a_style_that_breaks_spares_the_page(client, monkeypatch):
    """The page of a paper stands without the reference; `/cite` alone fails."""

    def broken(*args, **kwargs):
        raise StyleError("apa.csl:212: secret")

    monkeypatch.setattr("citekit.citing.cite", broken)
    page, cite = client.get("/papers/1"), client.get("/papers/1/cite")
    assert (page.status_code, cite.status_code) == (200, 500)
    assert "choose another one" in page.text
    assert "secret" not in page.text + cite.text


@pytest.mark.parametrize("path", ["/", "/papers/1", "/papers/1.ris", "/nope", "/static/citekit.js"])
def test_every_response_is_guarded(client, path):
    """Policy, type and referrer headers are on pages, files, errors and static files."""
    with client.get(path) as response:
        headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-hashes' 'sha256-" in policy
    )
    assert "unsafe-inline" not in policy
    assert "http" not in policy


def test_a_redirect_keeps_to_its_place(client):
    """What stands in the query of an identifier's address cannot turn the redirect elsewhere."""
    path = "/papers/key:chen2025barriers?_external=1&_scheme=javascript&_anchor=x&style=nature"
    location = client.get(path).headers["Location"]
    assert location.startswith("/papers/1?")
