"""Bytes ↔ items: every file format by name, file suffix, media type and content."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from citekit.errors import UnknownFormatError
from citekit.formats import bibtex, csljson, endnote_xml, enw, ris
from citekit.formats.base import Format

_ALL: Final = (
    ris.FORMAT,
    enw.FORMAT,
    endnote_xml.FORMAT,
    bibtex.BIBTEX,
    bibtex.BIBLATEX,
    csljson.FORMAT,
)
REGISTRY: Final[Mapping[str, Format]] = {format_.name: format_ for format_ in _ALL}

_BY_SUFFIX: Final = {
    suffix: format_
    for format_ in reversed(_ALL)
    for suffix in (format_.suffix, *format_.other_suffixes, format_.name)
}
_BY_MEDIA_TYPE: Final = {
    media_type: format_
    for format_ in reversed(_ALL)
    for media_type in (format_.media_type, *format_.accept)
}


def find(name: str) -> Format:
    """The format called *name*, or whose file suffix that is; raises UnknownFormatError."""
    found = REGISTRY.get(name.lower()) or _BY_SUFFIX.get(name.lower().lstrip("."))
    if found is None:
        raise UnknownFormatError(name, REGISTRY)
    return found


def by_file_name(name: str) -> Format | None:
    """The format whose suffix the file *name* ends in, the longest first; ".gz" is passed over."""
    parts = PurePath(name.lower().removesuffix(".gz")).name.split(".")
    tails = (".".join(parts[start:]) for start in range(1, len(parts)))
    return next((_BY_SUFFIX[tail] for tail in tails if tail in _BY_SUFFIX), None)


def by_media_type(media_type: str) -> Format | None:
    """The format of a Content-Type, without regard to case and parameters."""
    return _BY_MEDIA_TYPE.get(media_type.split(";", maxsplit=1)[0].strip().lower())


def by_content(head: bytes) -> Format | None:
    """The format that the first kilobytes of a file look like."""
    text = head.decode(
        "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace"
    )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    looks = (format_ for format_ in _ALL if format_.looks_like(text))
    return next(looks, None)


__all__ = ["REGISTRY", "Format", "by_content", "by_file_name", "by_media_type", "find"]
