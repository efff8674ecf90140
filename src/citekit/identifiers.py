"""What identifiers look like, bare and in the dress that the wild gives them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

_DOI: Final = re.compile(
    r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/|doi\.org/)?(10\.[\d.]{1,14}/\S+)", re.I
)
_ISSN: Final = re.compile(r"\b\d{4}-?\d{3}[\dXx]\b")
_ISBN: Final = re.compile(r"\b(?:97[89][- ]?)?\d(?:[- ]?\d){8}[- ]?[\dXx]\b")
_PMID: Final = re.compile(
    r"(?:PMID:?\s*|https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/)?"
    r"(\d{1,10})/?",
    re.I,
)
_PMCID: Final = re.compile(
    r"(?:PMCID:?\s*|https?://(?:www\.)?(?:pmc\.)?ncbi\.nlm\.nih\.gov/(?:pmc/)?articles/)?"
    r"(?:PMC)?(\d+)/?",
    re.I,
)

# What a URL may not hold as it stands (formats.md 3.12); all else of a DOI does.
_SAFE_IN_URL: Final = "!$&'()*+,-./:;=?@_~[]"


def doi(text: str) -> str:
    """The bare DOI when *text* is one, with or without a resolver before it; else "".

    >>> doi("https://doi.org/10.1038/s41417-025-00931-7")
    '10.1038/s41417-025-00931-7'
    """
    match = _DOI.fullmatch(text.strip())
    if not match:
        return ""
    return unquote(match[1]) if match[0].lower().startswith("http") else match[1]


def doi_url(bare: str) -> str:
    """The address that resolves the DOI *bare*, percent-encoded where a URL needs it."""
    return "https://doi.org/" + quote(bare, safe=_SAFE_IN_URL)


def is_issn(text: str) -> bool:
    """Whether *text* holds an ISSN and no ISBN."""
    return not is_isbn(text) and bool(_ISSN.search(text))


def is_isbn(text: str) -> bool:
    """Whether *text* holds an ISBN of 10 or 13 digits."""
    return bool(_ISBN.search(text))


def pmid(text: str) -> str:
    """The bare PMID when *text* is one, labelled or as an address; else "".

    >>> pmid("PMID: 40579466"), pmid("https://pubmed.ncbi.nlm.nih.gov/40579466/"), pmid("WOS:1")
    ('40579466', '40579466', '')
    """
    match = _PMID.fullmatch(text.strip())
    return match[1] if match else ""


def pmcid(text: str) -> str:
    """The PMCID with its letters, "PMC123", for "PMC123" and "123"; "" for anything else."""
    match = _PMCID.fullmatch(text.strip())
    return f"PMC{match[1]}" if match else ""


# How each identifier stands in an item; a text that is none stays as it is.
BARE: Final = {"DOI": doi, "PMID": pmid, "PMCID": pmcid}
