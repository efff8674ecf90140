"""Items from files and to files: the front door of `formats` for the library and the command line.

A source is a path, an open file, or bytes; gzip is opened on the way. What a file cannot
give is never passed over in silence: `iterload` yields it as a Problem, `load` raises or collects.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import tempfile
import warnings
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TextIO, cast

from citekit import formats
from citekit.errors import (
    CitekitWarning,
    InputError,
    Problem,
    ReadError,
    RecordError,
    UnknownFormatError,
)
from citekit.formats import Format
from citekit.formats.text import unowned
from citekit.model import Item, Work, as_items

Source = str | Path | bytes | BinaryIO | TextIO

_HEAD: Final = 1 << 14
_GZIP: Final = b"\x1f\x8b"
# What no path begins with, and every text of a format does.
_TEXT: Final = re.compile(r"\s*[\[{@<%]|TY {1,2}-|.*\n")


def iterload(source: Source, format: str | None = None) -> Iterator[Item | Problem]:  # noqa: A002
    """The items of *source*, one at a time, with a Problem in the place of each that is none.

    *format* is a name of `citekit formats`; without it the file name and then the content tell.
    Raises ReadError when the file is empty, holds no record of its format, or is of no format
    known, UnknownFormatError for a name, and OSError when there is no file.

    >>> [type(result).__name__ for result in iterload(b'[{"id": 1, "type": "book"}, 7]')]
    ['Item', 'Problem']
    """
    with ExitStack() as stack:
        stream, name, packed = _opened(source, stack)
        head = stream.peek(_HEAD)[:_HEAD]
        if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
            raise ReadError(f"{name}: the file is empty")
        found = _format(format, name, head)
        has_items = has_lost = False
        for result in found.read(cast("BinaryIO", stream)):
            has_items = has_items or isinstance(result, Item)
            has_lost = has_lost or (isinstance(result, Problem) and result.lost)
            yield result
        if packed and packed.failure:
            yield Problem(f"the compressed file is damaged: {packed.failure}")
        looks = formats.by_content(head)
        if not has_items and looks is not found and (looks or not has_lost):
            hint = f" (it looks like {looks.label})" if looks else ""
            raise ReadError(f"{name}: no {found.label} record in it{hint}")


def load(
    source: Source,
    format: str | None = None,  # noqa: A002
    *,
    problems: list[Problem] | None = None,
) -> list[Item]:
    r"""The items of *source*.

    With a list for *problems*, everything that was not understood is added to it. Without one, a
    lost record raises RecordError (which holds the other items) and a field that was put aside
    gives a CitekitWarning.

    >>> load(b"TY  - BOOK\nTI  - Walden\nPY  - 1854\nER  - \n")[0]["title"]
    'Walden'
    """
    items: list[Item] = []
    found: list[Problem] = []
    for result in iterload(source, format):
        if isinstance(result, Item):
            items.append(result)
        else:
            found.append(result)
    if problems is not None:
        problems.extend(found)
        return items
    if any(problem.lost for problem in found):
        raise RecordError(sorted(found, key=lambda problem: not problem.lost), items)
    for problem in found:
        warnings.warn(str(problem), CitekitWarning, stacklevel=2)
    return items


def loads(
    text: str | bytes,
    format: str | None = None,  # noqa: A002
    *,
    problems: list[Problem] | None = None,
) -> list[Item]:
    """The items in *text* itself; see `load`."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return load(data, format, problems=problems)


def dumps(works: Iterable[Work] | Work, format: str = "csl-json") -> str:  # noqa: A002
    """*works* (Items or CSL-JSON objects, or a lone one) as the text of a file.

    >>> print(dumps([{"type": "book", "title": "Walden", "issued": "1854"}], "bibtex"))
    @book{anon1854walden,
      title = {Walden},
      year = {1854}
    }
    <BLANKLINE>
    <BLANKLINE>
    """
    return "".join(formats.find(format).write(as_items(works)))


def dump(
    works: Iterable[Work] | Work,
    target: str | Path | BinaryIO | TextIO,
    format: str | None = None,  # noqa: A002
) -> None:
    """Writes *works* to a path or an open file, a record at a time.

    Without *format* the path's name tells it (UnknownFormatError when it does not); an open file
    gets CSL-JSON. The file at a path is replaced when the new one is complete; a name in ".gz" is
    compressed.

    >>> out = io.StringIO()
    >>> dump([{"type": "book", "title": "Walden"}], out, "enw")
    >>> out.getvalue().splitlines()[:2]
    ['%0 Book', '%T Walden']
    """
    if isinstance(target, str | Path):
        name = Path(target).name
        found = formats.find(format) if format else formats.by_file_name(name)
        if found is None:
            raise UnknownFormatError(name, formats.REGISTRY)
        with replacing(Path(target)) as stream:
            _write(works, stream, found)
    else:
        _write(works, target, formats.find(format or "csl-json"))


def convert(source: Source, to: str, format: str | None = None) -> str:  # noqa: A002
    """The text of *source* in the format *to*; raises as `load` does.

    >>> convert(b"@book{w, title={Walden}, year=1854}", "ris").splitlines()[0]
    'TY  - BOOK'
    """
    return dumps(load(source, format), to)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream into a file that stands under its name, *path*, only when it is complete."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            if path.suffix == ".gz":
                with gzip.GzipFile(path.name, "wb", fileobj=stream, mtime=0) as packed:
                    yield cast("BinaryIO", packed)
            else:
                yield stream
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write(works: Iterable[Work] | Work, stream: BinaryIO | TextIO, found: Format) -> None:
    pieces = found.write(as_items(works))
    if isinstance(stream, io.TextIOBase):
        stream.writelines(pieces)
    else:
        binary = cast("BinaryIO", stream)
        binary.writelines(piece.encode("utf-8", "replace") for piece in pieces)


class _Unpacked:
    """What is in a gzip file, up to where it is damaged; `failure` says why it ends there."""

    def __init__(self, packed: BinaryIO) -> None:
        self._stream = gzip.GzipFile(fileobj=packed)
        self.failure = ""

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read1(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            self.failure = str(error)
            return b""


Opened = tuple[io.BufferedReader, str, _Unpacked | None]


def _opened(source: Source, stack: ExitStack) -> Opened:
    """(stream, name for messages, what unpacks it); gzip is seen by its first bytes."""
    if isinstance(source, bytes):
        stream, name = unowned(io.BytesIO(source)), "data"
    elif isinstance(source, str) and _TEXT.match(source):
        raise InputError("text is no path: read text itself with loads, or as bytes")
    elif isinstance(source, str | Path):
        opened = stack.enter_context(Path(source).open("rb"))  # noqa: SIM115
        stream, name = unowned(opened), str(source)
    elif not hasattr(source, "read"):
        raise InputError(f"{type(source).__name__} (wanted a path, an open file or bytes)")
    else:
        name = str(getattr(source, "name", "stream"))
        stream = unowned(_binary(source))
    if stream.peek(2)[:2] != _GZIP:
        return stream, name, None
    packed = _Unpacked(cast("BinaryIO", stream))
    return unowned(cast("BinaryIO", packed)), name, packed


def _binary(stream: BinaryIO | TextIO) -> BinaryIO:
    """The bytes below a stream of text: its own buffer, or else all it says, encoded."""
    if not isinstance(stream, io.TextIOBase):
        return cast("BinaryIO", stream)
    below = getattr(stream, "buffer", None)
    return below or io.BytesIO(stream.read().encode("utf-8", "surrogatepass"))


def _format(name: str | None, file_name: str, head: bytes) -> Format:
    if name:
        return formats.find(name)
    found = formats.by_content(head)
    named = formats.by_file_name(file_name)
    if named and found and named.media_type == found.media_type:
        return named  # BibTeX and BibLaTeX look alike; the name tells them apart
    if found or named:
        return cast("Format", found or named)
    raise ReadError(f"{file_name}: no known format in it (known: {', '.join(formats.REGISTRY)})")
