"""Bytes in, lines out; and the one place where a value is made safe for a line of its own.

Reading: UTF-8 with or without byte-order mark, UTF-16 with one; bytes that are neither are read
as Windows-1252 and reported. CRLF, LF and a lone CR end a line. NUL is removed and reported.
"""

from __future__ import annotations

import html
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

from citekit.errors import Problem

Report = Callable[[Problem], None]

_BOMS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_UNDECODED: Final = re.compile("[\udc80-\udcff]+")
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_BLANKS: Final = re.compile("  +")
_ENTITY: Final = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def decoded(stream: BinaryIO) -> io.TextIOWrapper:
    """*stream* as text whose lines end in LF; undecodable bytes are left as lone surrogates."""
    buffered = unowned(stream)
    encoding = _BOMS.get(buffered.peek(2)[:2], "utf-8-sig")
    # UTF-16 has no bytes of its own that could be left as they are.
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    return io.TextIOWrapper(buffered, encoding, errors=errors, newline=None)


def unowned(stream: BinaryIO) -> io.BufferedReader:
    """A buffer over *stream* that can be peeked into and leaves closing it to others."""
    return io.BufferedReader(_Raw(stream))


def lines(stream: BinaryIO, report: Report) -> Iterator[tuple[int, str]]:
    """The lines of *stream* with their numbers, without line ends."""
    for number, line in enumerate(decoded(stream), 1):
        yield number, mended(line.rstrip("\n"), number, report)


def mended(text: str, line: int, report: Report) -> str:
    """*text* without NUL and with undecodable bytes read as Windows-1252, each reported."""
    if "\x00" in text:
        report(Problem("NUL bytes removed", line=line, lost=False))
        text = text.replace("\x00", "")
    if not text.isascii() and _UNDECODED.search(text):
        report(Problem("bytes that are not UTF-8, read as Windows-1252", line=line, lost=False))
        text = _UNDECODED.sub(_windows_1252, text)
    return text


def clean(text: str) -> str:
    """*text* on one line: controls and runs of blanks are one blank; composed letters (NFC).

    With this, no value can end its record or begin another one (formats.md 3.3, 3.4).
    """
    if not (text.isprintable() and "  " not in text):
        text = _BLANKS.sub(" ", _UNSAFE.sub(" ", _SURROGATE.sub("\ufffd", text)))
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def undressed(text: str) -> str:
    """*text* stripped, with the HTML entities that web pages leave in files decoded, once.

    >>> undressed(" R&amp;D &#8211; p &lt; 0.05 &foo; ")
    'R&D – p < 0.05 &foo;'
    """
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return text.strip()


def _windows_1252(match: re.Match[str]) -> str:
    raw = match[0].encode("utf-8", "surrogateescape")
    return raw.decode("cp1252", "replace")


class _Raw(io.RawIOBase):
    """Any object with `read`, as the raw stream that io wants."""

    def __init__(self, stream: BinaryIO) -> None:
        # read1 gives what a pipe has by now; read would wait for all that was asked.
        self._read = getattr(stream, "read1", stream.read)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
