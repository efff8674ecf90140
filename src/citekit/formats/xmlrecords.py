"""An XML file cut into its records, each parsed on its own.

A record that is not well-formed is reported with its line and spoils no other; memory holds one
record at a time. Declarations before the records are never shown to the parser, so there are no
entities to expand and no DTD to fetch.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree

from citekit.errors import Problem
from citekit.formats.text import Report, decoded, mended

Numbered = tuple[int, etree._Element]

_CHUNK: Final = 1 << 16
_ROOT: Final = re.compile(r"<([A-Za-z][\w.:-]*)")
_CDATA_OPENS: Final = "<![CDATA["
_CDATA_CLOSES: Final = "]]>"


def records(stream: BinaryIO, tag: str, report: Report) -> Iterator[Numbered]:
    """(line, element) for each well-formed `<tag>…</tag>` of *stream*."""
    cutter = _Cutter(decoded(stream), tag, report)
    for line, text in cutter.pieces():
        try:
            yield line, etree.fromstring(mended(text, line, report).encode(), _parser())
        except etree.XMLSyntaxError as error:
            place = line + (error.lineno or 1) - 1
            report(Problem(f"not well-formed: {error.msg}", line=place, raw=text[:80]))


def _parser() -> etree.XMLParser:
    # huge_tree: a long abstract is no attack, and nothing here can grow by being parsed.
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
    )


class _Cutter:
    """The text of a file, read in chunks and consumed from the front."""

    def __init__(self, text: io.TextIOWrapper, tag: str, report: Report) -> None:
        self._text = text
        self._opens = re.compile(rf"<{tag}(?=[\s>])")
        self._closes = f"</{tag}>"
        self._report = report
        self._buffer = ""
        self._line = 1
        self._ended = False

    def pieces(self) -> Iterator[tuple[int, str]]:
        """(line, text) of each record."""
        root = self._head()
        while start := self._find_start():
            self._drop(start.start())
            end = self._find_end()
            if end is None:
                message = "the file ends inside this record"
                self._report(Problem(message, line=self._line, raw=self._buffer[:80]))
                return
            yield self._line, self._buffer[:end]
            self._drop(end)
        if root and f"</{root}>" not in self._buffer:
            message = f"the file ends before </{root}>"
            self._report(Problem(message, line=self._line, lost=False))

    def _head(self) -> str:
        """The name of the root element; entity declarations are reported."""
        while not (self._opens.search(self._buffer) or self._ended) and len(self._buffer) < _CHUNK:
            self._more()
        if "<!ENTITY" in self._buffer:
            line = self._buffer[: self._buffer.index("<!ENTITY")].count("\n") + 1
            self._report(Problem("entity declarations are ignored", line=line, lost=False))
        root = _ROOT.search(self._buffer)
        return root[1] if root and not self._opens.match(root[0] + ">") else ""

    def _find_start(self) -> re.Match[str] | None:
        while True:
            if start := self._opens.search(self._buffer):
                return start
            if self._ended:
                return None
            # Keep what may be the begin of a tag that the chunk cut in two.
            self._drop(max(0, len(self._buffer) - len(self._closes)))
            self._more()

    def _find_end(self) -> int | None:
        """Where the record ends; a closing tag inside CDATA is text."""
        searched = outside = 0
        while True:
            found = self._buffer.find(self._closes, searched)
            if found < 0:
                if self._ended:
                    return None
                searched = max(0, len(self._buffer) - len(self._closes))
                self._more()
            elif (after := self._after_cdata(found, outside)) is None:
                return found + len(self._closes)
            elif after < 0:
                if self._ended:
                    return None
                self._more()
            else:
                searched = outside = after

    def _after_cdata(self, place: int, outside: int) -> int | None:
        """Where the CDATA around *place* ends, -1 when that is not read yet; None outside CDATA.

        *outside* is a place before it that is in no CDATA.
        """
        opened = self._buffer.rfind(_CDATA_OPENS, outside, place)
        if opened < 0 or self._buffer.find(_CDATA_CLOSES, opened, place) >= 0:
            return None
        return self._buffer.find(_CDATA_CLOSES, place)

    def _drop(self, count: int) -> None:
        self._line += self._buffer.count("\n", 0, count)
        self._buffer = self._buffer[count:]

    def _more(self) -> None:
        chunk = self._text.read(max(_CHUNK, len(self._buffer)))
        self._ended = not chunk
        self._buffer += chunk
