"""Which stored paper an item is: the rules, without the database.

A *handle* is one name of a paper: an identifier ("doi:10.1/x", "pmid:1", "pmcid:pmc1",
"arxiv:1706.03762") or a likeness ("like:…"). An item is the paper that has its DOI, else its PMID,
else its PMCID, else its arXiv number; this order decides when they belong to different papers, and
the papers that lose are left as they are.

One DOI may stand on several works: on chapters that carry the DOI of their book, on an erratum
that carries the DOI of the article. See `two_works`.

A likeness is made of the id, the title and the year. It decides where the item or the stored paper
has no identifier at all. An empty id tells nothing apart: people, container, volume, pages and
address stand in for it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import Final
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from citekit.model import Item
from citekit.store.folding import fold, fold_field, letters

# What PostgreSQL can index, in letters of four bytes; nothing longer is an identifier.
LONGEST_HANDLE: Final = 500

_DOI: Final = re.compile(r"(?<![\d.])10\.\d+(?:\.\d+)*/\S*[^\s.,;]")
_DOI_ADDRESS: Final = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/", re.I)
_PMID: Final = re.compile(
    r"(?:pmid|https?://(?:www\.)?(?:pubmed\.)?ncbi\.nlm\.nih\.gov/(?:pubmed/)?)?[:\s]*"
    r"0*([1-9]\d{0,9})(?![\w.])",
    re.I,
)
_PMCID: Final = re.compile(
    r"(?:pmcid|https?://(?:\w+\.)?ncbi\.nlm\.nih\.gov/(?:pmc/)?articles/)?[:\s]*"
    r"(?:pmc)?0*([1-9]\d{0,9})(?!\w)",
    re.I,
)
_ARXIV: Final = re.compile(
    r"""(?:arxiv[:\s]*|https?://(?:[\w-]+\.)?arxiv\.org/(?:abs|pdf|html)/|10\.48550/arxiv\.)?
    (\d\d(?:0[1-9]|1[0-2])\.\d{4,5}
     |(?:acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg
        |comp-gas|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-(?:ex|lat|ph|th)|math(?:-ph)?|mtrl-th|nlin
        |nucl-(?:ex|th)|patt-sol|physics|plasm-ph|q-(?:alg|bio|fin)|quant-ph|solv-int|stat|supr-con
      )(?:\.[A-Z]{2})?/\d{7})
    (?:v\d+)?(?:\.pdf)?(?:\s*\[[\w.-]+\])?/?""",
    re.I | re.X,
)

# Types that sources take for one another. Any other type is a kind of its own.
_ARTICLES: Final = frozenset(
    """
    article article-journal article-magazine article-newspaper manuscript paper-conference report
    """.split()
)
_PARTS: Final = frozenset("chapter entry entry-dictionary entry-encyclopedia".split())
_NOTICE: Final = re.compile(
    r"\W*(?:(?:author|editorial|publisher)(?:'?s)? )?(?:addendum|corrections?|corrigend(?:um|a)"
    r"|errat(?:um|a)|expression of concern|retraction)\b"
)
# What tells two works apart when both ids are empty.
_STANDING_IN: Final = ("container-title", "volume", "issue", "page", "publisher", "number", "URL")


class Work(Struct, frozen=True):
    """What tells two works with one DOI apart; the title is folded."""

    id: str
    type: str
    title: str
    identifiers: tuple[str, ...] = ()


def doi(text: str) -> str:
    """The DOI in *text*, in lower case, or "".

    >>> doi("https://doi.org/10.1000%2FABC"), doi("doi: 10.1/x."), doi("n/a")
    ('10.1000/abc', '10.1/x', '')
    """
    if "%" in text and text.lower().startswith("http"):
        text = unquote(text)
    found = _DOI.search(html.unescape(text) if "&" in text else text)
    return found[0].lower() if found else ""


def pmid(text: str) -> str:
    found = _PMID.match(text.strip())
    return found[1] if found else ""


def pmcid(text: str) -> str:
    found = _PMCID.match(text.strip())
    return f"pmc{found[1]}" if found else ""


def arxiv(text: str) -> str:
    """The arXiv number in *text*, without version and subject class, or "".

    >>> arxiv("arXiv:1706.03762v5 [cs.CL]"), arxiv("math.GT/0309136"), arxiv("1799.1234")
    ('1706.03762', 'math/0309136', '')
    """
    found = _ARXIV.fullmatch(text.strip())
    return re.sub(r"\.[a-z]{2}/", "/", found[1].lower()) if found else ""


# In order of precedence.
READERS: Final[Mapping[str, Callable[[str], str]]] = {
    "doi": doi,
    "pmid": pmid,
    "pmcid": pmcid,
    "arxiv": arxiv,
}


def identifiers(item: Item) -> tuple[str, ...]:
    """The identifiers of *item*, by precedence."""
    found = (_handle(kind, text) for kind, text in _said(item))
    return tuple(dict.fromkeys(filter(None, found)))


def identifier(text: str) -> str:
    """The identifier that *text* says, or "".

    >>> identifier("DOI:10.1/X"), identifier("https://arxiv.org/abs/1706.03762v1"), identifier("7")
    ('doi:10.1/x', 'arxiv:1706.03762', '')
    """
    text = text.strip()[: 2 * LONGEST_HANDLE]
    kind, _, value = text.partition(":")
    if kind.lower() in READERS:
        return _handle(kind.lower(), value)
    # A bare number may be anything.
    kinds = ("arxiv", "doi") if text[:1].isdigit() else ("arxiv", *READERS)
    return next((found for kind in kinds if (found := _handle(kind, text))), "")


def likeness(item: Item, id_: str, digest: str) -> str:
    """The handle that *item* has under the id *id_*; an item without id and title has its digest.

    *id_* is the item's own id, or its key: exports name papers by their keys.
    """
    issued = item.dates.get("issued")
    title = letters(fold_field(item.texts.get("title", "")))
    said: list[object] = [id_, title, issued and issued.year]
    if not id_:
        said += [fold(item.texts.get(variable, "")) for variable in _STANDING_IN]
        said += [item.type, item.names] if title else [digest]
    return "like:" + blake2b(msgspec.json.encode(said), digest_size=16).hexdigest()


def work(item: Item) -> Work:
    title = fold_field(item.texts.get("title", "")[:1000])
    return Work(item.id, item.type, title, identifiers(item))


def alike(a: Work, b: Work) -> bool:
    """Whether the titles agree in letters and digits, or one of them is not known."""
    one, other = letters(a.title), letters(b.title)
    return one == other or not one or not other


def two_works(a: Work, b: Work) -> bool:
    """Whether *a* and *b*, which have the same DOI, are two works nevertheless.

    They are when neither their titles nor their ids agree, and one of these holds: both have a
    PMID (or PMCID, or arXiv number) and not the same; just one is a notice ("Erratum: …"); both
    are parts (two chapters with the DOI of their book); their types are of different kinds (a
    chapter and its book, an article and its data). Two papers that should be one are a smaller
    harm than one paper written over another.
    """
    if alike(a, b) or a.id == b.id != "":
        return False
    return (
        _contradict(a, b)
        or bool(_NOTICE.match(a.title)) != bool(_NOTICE.match(b.title))
        or (a.type in _PARTS and b.type in _PARTS)
        # "document" is what a source says that cannot tell.
        or len({_kind(a.type), _kind(b.type)} - {"document"}) == 2
    )


def _contradict(a: Work, b: Work) -> bool:
    for kind in ("pmid:", "pmcid:", "arxiv:"):
        one, other = ({i for i in w.identifiers if i.startswith(kind)} for w in (a, b))
        if one and other and not one & other:
            return True
    return False


def _kind(type_: str) -> str:
    return "article" if type_ in _ARTICLES else type_


def _handle(kind: str, text: str) -> str:
    value = READERS[kind](text) if text else ""
    return f"{kind}:{value}" if value and len(value) <= LONGEST_HANDLE else ""


def _said(item: Item) -> Iterator[tuple[str, str]]:
    """(kind, text) wherever *item* may say an identifier, by precedence."""
    texts = item.texts
    address = texts.get("URL", "")
    own_doi = texts.get("DOI", "") or (address if _DOI_ADDRESS.match(address) else "")
    yield "doi", own_doi
    yield "pmid", texts.get("PMID", "")
    yield "pmcid", texts.get("PMCID", "")
    for text in (texts.get("number"), texts.get("archive_location"), doi(own_doi), address):
        yield "arxiv", text or ""
