"""What is written comes back: every sample, type and variable through every format."""

from __future__ import annotations

import pytest
from canonical import canonical

from citekit import formats
from citekit.files import dumps, load, loads
from citekit.model import Item
from citekit.resources import folder
from citekit.variables import DATES, NAMES, TYPES

PAPERS = load(folder("samples") / "papers.json")
FORMATS = list(formats.REGISTRY)


@pytest.mark.parametrize("format_", FORMATS)
def test_samples_come_back(format_: str) -> None:
    """Reading what was written gives the same items, in order, with everything they said."""
    back = loads(dumps(PAPERS, format_), format_)
    assert [item.texts["citation-key"] for item in back if format_ != "csl-json"] == [
        item.id for item in PAPERS if format_ != "csl-json"
    ]
    for item, again in zip(PAPERS, back, strict=True):
        assert canonical(again, format_) == canonical(item, format_), item.id


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("type_", TYPES)
def test_every_variable_of_every_type_comes_back(format_: str, type_: str) -> None:
    """What `holds` promises for a type comes back, when it is the only thing the item says."""
    promised = formats.find(format_).holds(type_)
    items = [Item.from_csl({"type": type_, "id": "a1", **said(name)}) for name in sorted(promised)]
    back = loads(dumps(items, format_), format_)
    for item, again in zip(items, back, strict=True):
        assert canonical(again, format_) == canonical(item, format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_written_twice_is_the_same(format_: str) -> None:
    """Writing what was read from our own file gives the same file, byte for byte."""
    once = dumps(PAPERS, format_)
    assert dumps(loads(once, format_), format_) == once


VALUES = {
    "DOI": "10.1000/182",
    "PMID": "40579466",
    "PMCID": "PMC8005924",
    "ISSN": "0929-1903",
    "ISBN": "978-0-87220-136-1",
    "URL": "https://example.org/a_b?c=1&d=%20#e",
    "page": "12-18",
    "number-of-pages": "290",
    "language": "en-GB",
    "keyword": "mice, models",
    "citation-key": "a1",
}


def said(variable: str) -> dict[str, object]:
    """A CSL-JSON object whose only content is *variable*, beside a title."""
    if variable in NAMES:
        value: object = [{"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"}]
    elif variable in DATES:
        value = {"date-parts": [[2020, 5, 17], [2020, 6, 2]]}
    else:
        value = VALUES.get(variable, f"Said & meant: 50% of {variable}")
    return {"title": "A title", variable: value}
