"""The service over the sample papers, by its front door."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from citekit import files
from citekit.model import Item
from citekit.resources import folder
from citekit.store import Store
from citekit.web import create_app

Serve = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def samples() -> Iterator[Store]:
    """A store with the sample papers and lists, for reading only; papers count from 1 in order."""
    with Store.open(":memory:") as store:
        papers = files.load(folder("samples") / "papers.json")
        numbers = store.add(papers, with_ids=True).papers
        by_id = dict(zip((paper.id for paper in papers), numbers, strict=True))
        for path in sorted((folder("samples") / "lists").glob("*.json")):
            said = json.loads(path.read_text("utf-8"))
            made = store.new_list(said["title"], said["description"], said.get("answer", ""))
            store.append(made.id, [by_id[name] for name in said["items"]])
        yield store


@pytest.fixture
def client(samples: Store) -> FlaskClient:
    """The service over the samples: paper 1 is Chen 2025, list 2 has an answer."""
    return create_app(samples).test_client()


@pytest.fixture
def number(samples: Store) -> Callable[[str], int]:
    """The number of the sample paper with that key."""

    def found(key: str) -> int:
        paper = samples.find(f"key:{key}")
        assert paper is not None
        return paper.id

    return found


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Gives a client of a service whose papers are the CSL-JSON objects given, from number 1."""
    with Store.open(":memory:") as store:

        def made(*papers: dict[str, object], title: str = "", text: str = "") -> FlaskClient:
            numbers = store.add(map(Item.from_csl, papers), with_ids=True).papers
            if title:
                store.append(store.new_list(title, text=text).id, numbers)
            return create_app(store).test_client()

        yield made
