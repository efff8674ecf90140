"""Items from files and to files: the front door of `formats` for the library and the command line.

A source is a path, an open binary file, or bytes; gzip is opened on the way. What a file cannot
give is never passed over in silence: `iterload` yields it as a Problem, `load` raises or collects.
"""

from __future__ import annotations

import gzip
import io
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from citekit import formats
from citekit.errors import CitekitWarning, Problem, ReadError, RecordError, UnknownFormatError
from citekit.formats import Format
from citekit.formats.text import unowned
from citekit.model import Item, as_item

Source = str | Path | bytes | BinaryIO
Work = Item | Mapping[str, Any]

_HEAD: Final = 1 << 14
_GZIP: Final = b"\x1f\x8b"


def iterload(source: Source, format: str | None = None) -> Iterator[Item | Problem]:  # noqa: A002
    """The items of *source*, one at a time, with a Problem in the place of each that is none.

    *format* is a name of `citekit formats`; without it the file name and then the content tell.
    Raises ReadError when the file is empty or holds no record of its format, and
    UnknownFormatError when nothing tells the format.
    """
    with ExitStack() as stack:
        stream, name = _opened(source, stack)
        head = stream.peek(_HEAD)[:_HEAD]
        if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
            raise ReadError(f"{name}: the file is empty")
        found = _format(format, name, head)
        is_empty = True
        for result in found.read(cast("BinaryIO", stream)):
            is_empty = is_empty and isinstance(result, Problem) and not result.lost
            yield result
        if is_empty and formats.by_content(head) is not found:
            raise ReadError(f"{name}: no {found.label} record in it{_looks_like(head)}")


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


def dumps(works: Iterable[Work], format: str = "csl-json") -> str:  # noqa: A002
    """*works* (Items or CSL-JSON objects) as the text of a file.

    >>> print(dumps([{"type": "book", "title": "Walden", "issued": "1854"}], "bibtex"))
    @book{anon1854walden,
      title = {Walden},
      year = {1854}
    }
    <BLANKLINE>
    <BLANKLINE>
    """
    return "".join(formats.find(format).write(map(as_item, works)))


def dump(
    works: Iterable[Work],
    target: str | Path | BinaryIO,
    format: str | None = None,  # noqa: A002
) -> None:
    """Writes *works* to a path or an open binary file, a record at a time.

    Without *format* the file name tells it; raises UnknownFormatError when it does not.
    """
    if isinstance(target, str | Path):
        name = Path(target).name
        found = formats.find(format) if format else formats.by_file_name(name)
        if found is None:
            raise UnknownFormatError(name, formats.REGISTRY)
        with Path(target).open("wb") as stream:
            _write(works, stream, found)
    else:
        _write(works, target, formats.find(format or "csl-json"))


def convert(source: Source, to: str, format: str | None = None) -> str:  # noqa: A002
    """The text of *source* in the format *to*; raises as `load` does.

    >>> convert(b"@book{w, title={Walden}, year=1854}", "ris").splitlines()[0]
    'TY  - BOOK'
    """
    return dumps(load(source, format), to)


def _write(works: Iterable[Work], stream: BinaryIO, found: Format) -> None:
    pieces = found.write(map(as_item, works))
    stream.writelines(piece.encode("utf-8", "replace") for piece in pieces)


def _opened(source: Source, stack: ExitStack) -> tuple[io.BufferedReader, str]:
    """(stream, name for messages); gzip is seen by its first bytes."""
    if isinstance(source, bytes):
        stream, name = unowned(io.BytesIO(source)), "data"
    elif isinstance(source, str | Path):
        opened = stack.enter_context(Path(source).open("rb"))  # noqa: SIM115
        stream, name = unowned(opened), str(source)
    else:
        stream, name = unowned(source), str(getattr(source, "name", "stream"))
    if stream.peek(2)[:2] == _GZIP:
        stream = unowned(cast("BinaryIO", stack.enter_context(gzip.open(stream))))  # noqa: SIM115
    return stream, name


def _format(name: str | None, file_name: str, head: bytes) -> Format:
    if name:
        return formats.find(name)
    found = formats.by_content(head)
    named = formats.by_file_name(file_name)
    if named and found and named.media_type == found.media_type:
        return named  # BibTeX and BibLaTeX look alike; the name tells them apart
    if found or named:
        return cast("Format", found or named)
    raise UnknownFormatError(file_name, nearest=list(formats.REGISTRY))


def _looks_like(head: bytes) -> str:
    found = formats.by_content(head)
    return f" (it looks like {found.label})" if found else ""
