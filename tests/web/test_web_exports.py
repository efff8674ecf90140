"""Files and strings: what programs and the buttons of a page get, byte for byte."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

import pytest

import citekit
from citekit import formats
from citekit.store import Store
from citekit.web import create_app
from citekit.web.responses import LARGEST_BIBLIOGRAPHY, content_disposition

CHEN = "/papers/1"
LIST = "/lists/2"
EVERY_FORMAT = pytest.mark.parametrize("fmt", formats.REGISTRY.values(), ids=lambda fmt: fmt.name)

# fmt: off
HEADERS = [
    # suffix         Content-Type
    ("ris",          "application/x-research-info-systems; charset=utf-8"),
    ("enw",          "application/x-endnote-refer; charset=utf-8"),
    ("endnote.xml",  "application/xml; charset=utf-8"),
    ("bib",          "application/x-bibtex; charset=utf-8"),
    ("biblatex.bib", "application/x-bibtex; charset=utf-8"),
    ("json",         "application/vnd.citationstyles.csl+json; charset=utf-8"),
]
# fmt: on


@pytest.mark.parametrize(("suffix", "content_type"), HEADERS)
def test_a_file_has_its_exact_headers(client, suffix, content_type):
    """A download says its type in lower case and its name twice, for old and new programs."""
    response = client.get(f"{CHEN}.{suffix}")
    name = f"chen2025barriers.{suffix}"
    assert response.status_code == 200
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Disposition"] == (
        f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    )


@EVERY_FORMAT
def test_a_file_says_what_the_library_says(client, samples, fmt):
    """A download is the library's own text of the paper, and reads back to the same item."""
    body = client.get(f"{CHEN}.{fmt.suffix}").data
    written = citekit.dumps([samples.paper(1).exported], fmt.name)
    assert body == written.encode()
    assert citekit.loads(body, fmt.name) == citekit.loads(written, fmt.name)


@EVERY_FORMAT
def test_a_file_reads_back_to_the_paper(client, samples, fmt):
    """What comes back from a download has the paper's title, people, day, DOI and key."""
    (item,) = citekit.loads(client.get(f"{CHEN}.{fmt.suffix}").data, fmt.name)
    kept = samples.paper(1).item
    for variable in ("title", "author", "container-title", "issued", "DOI"):
        assert item[variable] == kept[variable]
    assert "chen2025barriers" in (item.id, item.get("citation-key"))


def test_a_file_may_be_shown(client):
    """`disposition=inline` asks a browser to show the file."""
    response = client.get(f"{CHEN}.ris?disposition=inline")
    assert response.headers["Content-Disposition"].startswith('inline; filename="chen2025')


def test_a_disposition_is_one_of_two(client):
    """Another disposition is an error, and no header."""
    assert client.get(f"{CHEN}.ris?disposition=x%0d%0aX-Evil:1").status_code == 400


def test_an_etag_is_the_content(client):
    """Two formats differ in their ETag; one file keeps it."""
    first, again, other = (client.get(f"{CHEN}.{s}").headers["ETag"] for s in ("ris", "ris", "bib"))
    assert first == again != other


@pytest.mark.parametrize("path", [f"{CHEN}.ris", f"{CHEN}/cite", f"{LIST}/bibliography"])
def test_what_is_known_is_not_sent_again(client, path):
    """A client that names the ETag gets 304 and no body."""
    etag = client.get(path).headers["ETag"]
    response = client.get(path, headers={"If-None-Match": etag})
    assert (response.status_code, response.data, response.headers["ETag"]) == (304, b"", etag)


def test_what_has_not_changed_is_not_sent_again(client, samples):
    """Last-Modified is when the paper changed, and a client that names it gets 304."""
    said = client.get(f"{CHEN}.ris").headers["Last-Modified"]
    assert parsedate_to_datetime(said) == samples.paper(1).changed.replace(microsecond=0)
    assert client.get(f"{CHEN}.ris", headers={"If-Modified-Since": said}).status_code == 304


def test_a_change_changes_the_etag(serve):
    """A paper that was changed is sent again."""
    client = serve({"id": "a", "type": "book", "DOI": "10.1/a", "title": "Old"})
    before = client.get("/papers/1.ris").headers["ETag"]
    serve({"id": "a", "type": "book", "DOI": "10.1/a", "title": "New"})
    assert client.get("/papers/1.ris", headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize("path", [CHEN, f"{CHEN}.ris", f"{CHEN}/cite", LIST, "/", "/healthz"])
def test_head_is_get_without_the_body(client, path):
    """HEAD gives the headers of GET, with the length, and nothing else."""
    got, headed = client.get(path), client.head(path)
    assert headed.data == b""
    for answer in (got, headed):
        answer.headers.pop("Date", None)  # the clock may tick between the two
    assert dict(headed.headers) == dict(got.headers)


def test_a_key_is_a_safe_name():
    """What a file system or a header cannot take is a hyphen; letters of all scripts go to one."""
    assert content_disposition("attachment", 'a/b:"c"; d\r\nX: é', "ris") == (
        "attachment; filename=\"a-b-c-d-X-e.ris\"; filename*=UTF-8''a-b-c-d-X-%C3%A9.ris"
    )
    assert content_disposition("inline", "../..", "bib").startswith('inline; filename="citations.')


# --- strings ---------------------------------------------------------------------------------


def test_a_reference_is_text(client):
    """`/cite` without arguments is APA as plain text."""
    response = client.get(f"{CHEN}/cite")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text.startswith("Chen, Y., Li, L., Meng, W., Tu, Z., & Zhang, Z. (2025).")


def test_a_reference_is_html(client):
    """`output=html` has italics and escapes the rest."""
    response = client.get(f"{CHEN}/cite?style=apa&output=html")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<i>Cancer Gene Therapy</i>" in response.text
    assert "&amp; Zhang" in response.text


def test_a_reference_has_style_and_locale(client, samples):
    """Style and locale are those of the library, a dependent style's too."""
    response = client.get(f"{CHEN}/cite?style=nature-medicine&locale=de-DE")
    assert response.text == citekit.cite(samples.paper(1).item, "nature-medicine", "de-DE")


def test_a_bibliography_is_the_whole_list(client, samples):
    """`/bibliography` is the list in the order of the style."""
    response = client.get(f"{LIST}/bibliography?style=vancouver")
    assert response.text == str(citekit.bibliography(samples.items(2), "vancouver"))
    assert len(response.text.splitlines()) == 7


@pytest.mark.parametrize("path", [f"{CHEN}/cite", f"{LIST}/bibliography", CHEN, LIST])
def test_an_unknown_style_is_an_error_with_suggestions(client, path):
    """No style is chosen for the client: the nearest names are in the problem."""
    response = client.get(f"{path}?style=natur", headers={"Accept": "application/json, */*;q=.1"})
    if path in (CHEN, LIST):
        response = client.get(f"{path}?style=natur", headers={"Accept": "text/html"})
        assert '<a href="?style=nature">nature</a>' in response.text
    else:
        assert "nature" in response.json["nearest"]
    assert response.status_code == 404


@pytest.mark.parametrize(
    "style", ["../../etc/passwd", "/etc/passwd", "apa/../apa", "a\0b", "x" * 9999]
)
def test_a_style_is_never_a_path(client, style):
    """What looks like a path is an unknown style."""
    response = client.get(f"{CHEN}/cite", query_string={"style": style})
    assert (response.status_code, response.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(("query", "offered"), [("output=pdf", "html"), ("locale=xx", "de-DE")])
def test_a_bad_argument_is_answered_with_the_choice(client, query, offered):
    """An unknown output or locale is 400 and lists what there is."""
    response = client.get(f"{CHEN}/cite?{query}")
    assert response.status_code == 400
    assert offered in response.json["offered"]


# --- lists -----------------------------------------------------------------------------------


@EVERY_FORMAT
def test_a_list_is_exported_in_its_order(client, samples, fmt):
    """A list's file holds its papers in its order, under the keys that they have everywhere."""
    response = client.get(f"{LIST}.{fmt.suffix}")
    assert response.headers["Content-Type"] == fmt.content_type
    assert response.data.decode() == citekit.dumps(samples.items(2), fmt.name)


def test_a_list_is_named_by_its_title(client):
    """The name is the title, shortened, in ASCII and in full."""
    said = client.get(f"{LIST}.ris").headers["Content-Disposition"]
    name = "PSMA-directed-CAR-T-cell-therapy-for-prostate-cancer.ris"
    assert said == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"


def test_an_empty_list_is_an_empty_file(serve):
    """A list without papers has a file of every format."""
    client = serve(title="Nothing")
    assert client.get("/lists/1.json").json == []
    assert client.get("/lists/1.ris").data == b""


class Watched(Store):
    """A store that says how many items were read, and whether the reading was ended."""

    read = 0
    ended = False

    def items(self, list_id=None):
        items = super().items(list_id)
        return self._watched(items)

    def _watched(self, items):
        try:
            for item in items:
                self.read += 1
                yield item
        finally:
            self.ended = True


@pytest.fixture
def watched():
    """A service with a list of 2,000 papers, and its store."""
    with Watched.open(":memory:") as store:
        made = store.new_list("Two thousand")
        papers = (
            {"id": f"p{n}", "type": "book", "title": f"Book {n} {'x' * 200}"} for n in range(2000)
        )
        store.add(map(citekit.Item.from_csl, papers), list_id=made.id)
        yield create_app(store).test_client(), store


def test_a_long_list_is_streamed(watched):
    """The first part of a file is sent before the last paper was read."""
    client, store = watched
    parts = iter(client.get("/lists/1.ris").response)
    next(parts)
    assert 0 < store.read < 1000
    assert sum(part.count(b"ER  - ") for part in parts) + store.read > 2000


def test_a_long_list_is_complete(watched):
    """2,000 papers go in and come out, each once."""
    client, _ = watched
    keys = re.findall(rb"^ID  - (.*)$", client.get("/lists/1.ris").data, re.M)
    assert len(set(keys)) == len(keys) == 2000


def test_a_client_that_leaves_ends_the_reading(watched):
    """Nothing is read for somebody who hung up."""
    client, store = watched
    response = client.get("/lists/1.ris")
    next(iter(response.response))
    response.close()
    assert store.ended
    assert store.read < 1000


def test_head_reads_nothing(watched):
    """HEAD of a list does not touch its papers."""
    client, store = watched
    assert client.head("/lists/1.ris").status_code == 200
    assert store.read == 0


def test_a_bibliography_has_a_limit(watched):
    """A list that would take minutes to set is refused, and the page says so in its box."""
    client, _ = watched
    response = client.get("/lists/1/bibliography")
    assert (response.status_code, f"{LARGEST_BIBLIOGRAPHY:,}" in response.json["detail"]) == (
        400,
        True,
    )
    assert "too many to show" in client.get("/lists/1").text


def test_health(client):
    """`/healthz` says that the store answers, and how many papers it has."""
    assert client.get("/healthz").json == {"status": "ok", "papers": 56}
