"""Files and strings as responses: exact types, safe names, and a 304 for what is known already.

A file of one paper is made whole, and its ETag is its content. A list is streamed: records are
read as the client takes them, and a client that leaves ends the reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from anyascii import anyascii
from flask import Response, request

from citekit import citing, jobs
from citekit.errors import InputError
from citekit.formats import Format
from citekit.markup import MARKUPS
from citekit.store import Paper, ReadingList
from citekit.web.arguments import Asked, disposition, store

# A style takes some 10 ms for an entry, and it must see all of them before it can sort.
LARGEST_BIBLIOGRAPHY: Final = 1000
LONGEST_NAME: Final = 80
_CHUNK: Final = 1 << 16
_NOT_ASCII_NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")
_NOT_NAME: Final = re.compile(r"[^\w.-]+")


def paper_file(paper: Paper, format_: Format) -> Response:
    """The paper as a file; its name is the paper's key."""
    body = b"".join(jobs.encoded([paper.exported], format_))
    response = _file(Response(body), paper.key, format_)
    response.last_modified = paper.changed
    return _known(response)


def list_file(reading_list: ReadingList, format_: Format) -> Response:
    """The list as a file, streamed; its name is the list's title."""
    pieces = jobs.encoded(jobs.stored(store(), list_id=reading_list.id), format_)
    response = _file(Response(chunks(pieces)), reading_list.title, format_)
    response.cache_control.no_cache = True
    return response


def reference(paper: Paper, asked: Asked) -> Response:
    """The formatted reference of the paper."""
    said = citing.cite(paper.exported, asked.style, asked.locale, asked.output)
    return _text(said, asked)


def bibliography(reading_list: ReadingList, asked: Asked) -> Response:
    """The formatted references of the list, as one list."""
    return _text(str(listed(reading_list, asked)), asked)


def listed(reading_list: ReadingList, asked: Asked) -> citing.Bibliography:
    """The bibliography of the list; InputError when it is too long to wait for."""
    if reading_list.count > LARGEST_BIBLIOGRAPHY:
        most = f"at most {LARGEST_BIBLIOGRAPHY:,} at once; the command line has no limit"
        raise InputError(f"a bibliography of {reading_list.count:,} papers ({most})")
    items = store().items(reading_list.id)
    return citing.bibliography(items, asked.style, asked.locale, asked.output)


def chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """*pieces* joined to some 64 kB each: a small record need not be a packet of its own."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def content_disposition(kind: str, name: str, suffix: str) -> str:
    r"""The header's value, with a name for old and a name for new programs (RFC 6266).

    >>> content_disposition("attachment", "Über 7/8: α", "ris")
    'attachment; filename="Uber-7-8-a.ris"; filename*=UTF-8\'\'%C3%9Cber-7-8-%CE%B1.ris'
    """
    ascii_name = _named(_NOT_ASCII_NAME, anyascii(name))
    full_name = _named(_NOT_NAME, name)
    return (
        f'{kind}; filename="{ascii_name}.{suffix}"; '
        f"filename*=UTF-8''{quote(full_name, safe='')}.{suffix}"
    )


def _named(unwanted: re.Pattern[str], name: str) -> str:
    return unwanted.sub("-", name)[:LONGEST_NAME].strip(".-") or "citations"


def _file(response: Response, name: str, format_: Format) -> Response:
    response.content_type = format_.content_type
    said = content_disposition(disposition(), name, format_.suffix)
    response.headers["Content-Disposition"] = said
    return response


def _text(said: str, asked: Asked) -> Response:
    return _known(Response(said, content_type=MARKUPS[asked.output].media_type))


def _known(response: Response) -> Response:
    """*response* with its content's ETag, or a 304 when the client has it."""
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response
