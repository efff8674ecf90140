"""load, dump and convert: every kind of source and target, and how each fails."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import citekit
from citekit.errors import InputError, UnknownFormatError

RIS = "TY  - BOOK\r\nTI  - Walden\r\nPY  - 1854\r\nER  - \r\n\r\n"


@pytest.mark.parametrize("kind", ["path", "str", "bytes", "binary", "text", "string"])
def test_every_source_is_read(kind: str, tmp_path: Path) -> None:
    """Paths, bytes and open files, binary or not, give the same items."""
    path = tmp_path / "x.ris"
    path.write_text(RIS, newline="")
    with path.open("rb") as binary, path.open() as text:
        source = {
            "path": path,
            "str": str(path),
            "bytes": RIS.encode(),
            "binary": binary,
            "text": text,
            "string": io.StringIO(RIS),
        }[kind]
        assert citekit.load(source)[0]["title"] == "Walden"  # type: ignore[arg-type]


def test_the_callers_file_stays_open(tmp_path: Path) -> None:
    """Reading an open file leaves closing it to whoever opened it."""
    path = tmp_path / "x.ris"
    path.write_text(RIS)
    with path.open("rb") as stream:
        citekit.load(stream)
        assert not stream.closed


def test_a_file_left_half_read_is_closed(tmp_path: Path) -> None:
    """A generator that is dropped closes what it opened (warnings are errors here)."""
    path = tmp_path / "x.ris"
    path.write_text(RIS * 3)
    results = citekit.iterload(path)
    next(results)
    results.close()


def test_dump_sees_the_format_in_the_name(tmp_path: Path) -> None:
    """The suffix of the target decides, the longest first."""
    items = citekit.loads(RIS)
    for name, begin in {
        "a.ris": "TY  - BOOK",
        "a.enw": "%0 Book",
        "a.xml": "<?xml",
        "a.endnote.xml": "<?xml",
        "a.bib": "@book{anon1854walden,\n  title = {Walden},\n  year",
        "a.biblatex.bib": "@book{anon1854walden,\n  title = {Walden},\n  date",
        "a.json": "[\n{",
    }.items():
        citekit.dump(items, tmp_path / name)
        assert (tmp_path / name).read_text().startswith(begin)


def test_dump_needs_a_format(tmp_path: Path) -> None:
    """A name that tells nothing is an error, and no file is made."""
    with pytest.raises(UnknownFormatError):
        citekit.dump([], tmp_path / "a.doc")
    assert not list(tmp_path.iterdir())


def test_dump_takes_open_files() -> None:
    """Binary files get UTF-8, text files text."""
    binary, text = io.BytesIO(), io.StringIO()
    items = citekit.loads(RIS)
    citekit.dump(items, binary, "ris")
    citekit.dump(items, text, "ris")
    assert binary.getvalue().decode() == text.getvalue()


def test_plain_objects_are_items() -> None:
    """CSL-JSON objects are taken wherever Items are."""
    assert "TI  - T\r\n" in citekit.dumps([{"type": "book", "title": "T"}], "ris")


def test_convert_is_load_and_dumps() -> None:
    """Bytes of one format, text of another."""
    assert citekit.convert(RIS.encode(), "enw").startswith("%0 Book\r\n%T Walden")


def test_text_given_as_a_path_is_explained() -> None:
    """Text where a path belongs names the function that takes text."""
    with pytest.raises(InputError, match="loads"):
        citekit.load(RIS)


def test_a_missing_file_is_the_systems_error() -> None:
    """FileNotFoundError, as from open."""
    with pytest.raises(FileNotFoundError):
        citekit.load("no/such/file.ris")


def test_an_empty_list_is_a_file_too() -> None:
    """`[]` is an empty list of items, not an empty file."""
    assert citekit.loads("[]") == []
    assert citekit.dumps([], "csl-json") == "[]\n"
