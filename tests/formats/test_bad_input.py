"""Broken, hostile and huge files: the place is named, and nothing else is lost."""

from __future__ import annotations

import gzip
import io
import tracemalloc

import pytest

from citekit import formats
from citekit.errors import (
    CitekitWarning,
    Problem,
    ReadError,
    RecordError,
)
from citekit.files import dumps, iterload, load, loads
from citekit.model import Item

FORMATS = list(formats.REGISTRY)


def book(key: str, **fields: object) -> Item:
    return Item.from_csl({"id": key, "type": "book", "title": f"The book {key}", **fields})


def read(text: str | bytes, format_: str) -> tuple[list[str], list[Problem]]:
    """The titles that were read and the problems on the way."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    results = list(iterload(data, format_))
    titles = [result.texts.get("title", "") for result in results if isinstance(result, Item)]
    return titles, [result for result in results if isinstance(result, Problem)]


THREE = [book("a1"), book("b2"), book("c3")]
SURVIVORS = ["The book a1", "The book c3"]

# format: (what stands in a good file, what a broken one has instead, line of the broken record)
BROKEN = {
    "ris": ("TY  - BOOK\r\nTI  - The book b2", "XX  - BOOK\r\nTI  - The book b2", 6),
    "enw": ("%0 Book\r\n%T The book b2\r\n%F b2", "The book b2", 5),
    "endnote-xml": ("<title>The book b2</title>", "<title>The <book b2</title>", 4),
    "bibtex": ("@book{b2,\n  title = {The book b2}", "@book{b2,\n  title {The book b2}", 5),
    "biblatex": ("@book{b2,\n  title = {The book b2}", "@book{b2,\n  title = {The book b2", 5),
    "csl-json": ('"title":"The book b2"', '"title":', 3),
}


@pytest.mark.parametrize("format_", FORMATS)
def test_a_broken_record_spoils_no_other(format_: str) -> None:
    """The records before and after a broken one are read, and its line is reported."""
    good, bad, line = BROKEN[format_]
    text = dumps(THREE, format_)
    assert good in text
    titles, problems = read(text.replace(good, bad), format_)
    assert titles == SURVIVORS
    assert problems[0].line == line


# EndNote tagged has no mark for the end of a record, so a cut in its last line cannot be seen.
@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "enw"])
def test_the_middle_of_a_record_may_be_the_end_of_the_file(format_: str) -> None:
    """A truncated file gives every whole record before the cut, and says that it was cut."""
    text = dumps(THREE, format_)
    cut = text.index("c3") + 1
    titles, problems = read(text[:cut], format_)
    assert titles[:2] == ["The book a1", "The book b2"]
    assert problems


@pytest.mark.parametrize("data", [b"", b"  \r\n\n", b"\xef\xbb\xbf", b"\x00\x00"], ids=repr)
def test_an_empty_file_is_an_error(data: bytes) -> None:
    """Nothing, blanks, a byte-order mark alone: the file is empty."""
    with pytest.raises(ReadError, match="empty"):
        load(data, "ris")


# BibTeX and BibLaTeX share their syntax, and with it their media type.
CONFUSED = [
    (said, really)
    for said in FORMATS
    for really in FORMATS
    if formats.find(said).media_type != formats.find(really).media_type
]


@pytest.mark.parametrize(("said", "really"), CONFUSED)
def test_the_wrong_format_is_an_error(said: str, really: str) -> None:
    """A file of one format read as another says that it holds no record of that."""
    with pytest.raises((ReadError, RecordError)):
        loads(dumps(THREE, really), said)


def test_the_wrong_format_is_named() -> None:
    """The error says what the file looks like."""
    with pytest.raises(ReadError, match="looks like BibTeX"):
        loads(dumps(THREE, "bibtex"), "ris")


def test_what_is_no_format_is_an_error() -> None:
    """Content that looks like nothing names the formats there are."""
    with pytest.raises(ReadError, match="csl-json"):
        load(b"Dear Sir or Madam")


@pytest.mark.parametrize("format_", FORMATS)
def test_the_content_tells_the_format(format_: str) -> None:
    """Without a name, what a file looks like decides; both dialects of .bib are BibTeX."""
    found = formats.by_content(dumps(THREE, format_).encode()[:4096])
    assert found
    assert found.media_type == formats.find(format_).media_type


@pytest.mark.parametrize("format_", FORMATS)
def test_latin_1_bytes_are_read_and_reported(format_: str) -> None:
    """Bytes that are no UTF-8 are taken for Windows-1252, the line is named, nothing is lost."""
    text = dumps([book("a1", publisher="Müller"), *THREE[1:]], format_)
    titles, problems = read(text.encode("latin-1"), format_)
    assert len(titles) == 3
    assert any("UTF-8" in problem.message and problem.line for problem in problems)


@pytest.mark.parametrize("format_", FORMATS)
def test_windows_letters_are_right(format_: str) -> None:
    """ü in Windows-1252 is ü."""
    data = dumps([book("a1", publisher="Müller")], format_).encode("latin-1")
    found: list[Problem] = []
    assert loads(data, format_, problems=found)[0]["publisher"] == "Müller"


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_text(format_: str, encoding: str) -> None:
    """A BOM is read past; UTF-16 with one is read."""
    titles, problems = read(dumps(THREE, format_).encode(encoding), format_)
    assert len(titles) == 3
    assert not problems


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=repr)
def test_every_line_end_is_one(format_: str, end: str) -> None:
    """LF, CR LF and a lone CR end a line, whatever the format writes."""
    text = dumps(THREE, format_).replace("\r\n", "\n").replace("\n", end)
    titles, problems = read(text, format_)
    assert len(titles) == 3
    assert not problems


@pytest.mark.parametrize("format_", FORMATS)
def test_nul_bytes_go_and_are_reported(format_: str) -> None:
    """NUL in a value: the value without it, and a problem that names the line."""
    titles, problems = read(dumps(THREE, format_).replace("The book b2", "The\0 book b2"), format_)
    assert titles == ["The book a1", "The book b2", "The book c3"]
    assert [bool(problem.line) for problem in problems] == [True]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_field_of_10_megabytes_is_a_field(format_: str) -> None:
    """Length alone is no error."""
    long = "word " * 2_000_000
    back = loads(dumps([book("a1", abstract=long), book("b2")], format_), format_)
    assert str(back[0]["abstract"]).strip() == long.strip()
    assert len(back) == 2


@pytest.mark.parametrize("format_", FORMATS)
def test_gzip_is_opened_on_the_way(format_: str) -> None:
    """A gzipped file is read like the file in it."""
    data = gzip.compress(dumps(THREE, format_).encode())
    assert len(load(data)) == 3


@pytest.mark.parametrize("format_", FORMATS)
def test_reading_keeps_no_records(format_: str) -> None:
    """Memory while reading four times as many records stays where it was."""
    few, many = (peak_of_reading(count, format_) for count in (800, 3_200))
    assert many < 1.5 * few + 500_000


def peak_of_reading(count: int, format_: str) -> int:
    """Bytes at the peak while *count* records are read and dropped."""
    books = (book(f"k{n}x", abstract="word " * 100) for n in range(count))
    stream = io.BytesIO(dumps(books, format_).encode())
    tracemalloc.start()
    try:
        assert sum(1 for _ in iterload(stream, format_)) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


ENTITY_BOMB = """<?xml version="1.0"?>
<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<xml><records>
<record><ref-type name="Book">6</ref-type><titles><title>&b;</title></titles></record>
<record><ref-type name="Book">6</ref-type><titles><title>The book c3</title></titles></record>
</records></xml>
"""


def test_entities_are_never_expanded() -> None:
    """A record that uses an entity is reported; the next one is read."""
    titles, problems = read(ENTITY_BOMB, "endnote-xml")
    assert titles == ["The book c3"]
    assert [problem.line for problem in problems] == [2, 4]


def test_an_external_dtd_is_not_fetched() -> None:
    """A DOCTYPE with an address is passed over."""
    text = dumps(THREE, "endnote-xml").replace(
        "<xml>", '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd">\n<xml>'
    )
    titles, problems = read(text, "endnote-xml")
    assert len(titles) == 3
    assert not problems


def test_cdata_may_hold_the_end_of_a_record() -> None:
    """`</record>` inside CDATA is text."""
    text = dumps(THREE, "endnote-xml").replace("The book b2", "<![CDATA[x</record>y]]>")
    titles, problems = read(text, "endnote-xml")
    assert titles == ["The book a1", "x</record>y", "The book c3"]
    assert not problems


def test_json_nested_too_deeply_is_reported() -> None:
    """100,000 opening brackets are a broken item, not a crash."""
    text = '[{"id":"a1","type":"book","x":' + "[" * 100_000 + "}]"
    titles, problems = read(text, "csl-json")
    assert titles == []
    assert problems[0].lost


def test_a_bad_field_is_put_aside_and_reported() -> None:
    """A date that is none costs the date, and stays in the item as it came."""
    text = '[{"id":"a1","type":"book","title":"T","issued":{"date-parts":[["soon"]]}}]'
    with pytest.warns(CitekitWarning, match=r"\(a1\) issued"):
        item = loads(text)[0]
    assert item.extra["issued"] == {"date-parts": [["soon"]]}


def test_braces_of_a_bib_file_may_be_left_open() -> None:
    """An entry that never closes ends where the next one begins."""
    text = "@book{a,\n title = {A {B}\n}\n@book{b, title={The book b}}\n"
    titles, problems = read(text, "bibtex")
    assert titles == ["The book b"]
    assert problems[0].line == 1


def test_lost_records_raise_with_the_others_in_hand() -> None:
    """`load` without a list for problems raises, and the error carries what was read."""
    text = dumps(THREE, "ris").replace("TY  - BOOK\r\nTI  - The book b2", "TI  - The book b2")
    with pytest.raises(RecordError) as caught:
        loads(text, "ris")
    assert [item["title"] for item in caught.value.items] == SURVIVORS
    assert caught.value.problems[0].line == 6


def test_damaged_gzip_gives_what_is_whole() -> None:
    """A gzip file that was cut gives the records before the cut, and a problem."""
    data = gzip.compress(dumps([book(f"k{n}x") for n in range(3000)], "ris").encode())
    titles, problems = read(data[: len(data) // 2], "ris")
    assert len(titles) > 100
    assert any("compressed" in problem.message for problem in problems)


def test_damaged_utf_16_is_read() -> None:
    """Half a character at the end of UTF-16 spoils nothing before it."""
    data = dumps(THREE, "csl-json").encode("utf-16")
    assert len(read(data + b"\x00", "csl-json")[0]) == 3


N = 20_000
PATHOLOGICAL = {
    "bibtex": [
        "@book{a, title={" + r"\textit" * N + "}}",
        "@book{a, title={" + r"\'" * N + "a}}",
        "@book{a, title={$" + "^a" * N + "$}}",
        "@book{a, author={a=b," + "a" * 5 * N + "}}",
        "@book{a, keywords={a" + " " * 5 * N + "b}}",
        "@book{a, title={" + "{" * N + "}" * N + "}}",
        '@string{a0 = "ha"}\n'
        + "".join(f"@string{{a{n + 1} = {' # '.join([f'a{n}'] * 10)}}}\n" for n in range(12))
        + "@book{a, title=a12}",
        "@book{a, year={" + "9" * 5000 + " BC}, month={" + "9" * 5000 + "}}",
    ],
    "csl-json": [
        "[{x" + "\n" * 3 * N,
        '[{"a":' * N,
        "[1" + ",{" * N,
        '[{"id":"a","type":"book","issued":1e999}]',
        '[{"id":"a","type":"book","issued":' + "9" * 5000 + "}]",
        '[{"id":"a","type":"book","title":"' + "<i>" * N + "</b>" * N + '"}]',
    ],
    "ris": [
        "TY  - BOOK\nAB  - a\n" + "b\n" * 10 * N + "ER  - \n",
        "TY  - BOOK\nTI  - " + "<i>" * N + "</b>" * N + "\nER  - \n",
        "TY  - BOOK\nPY  - " + "9" * 5000 + " BC\nER  - \n",
    ],
    "enw": ["%0 Book\n%X a\n" + "b\n" * 10 * N],
    "endnote-xml": [
        "<records><record><ref-type>6</ref-type><![CDATA["
        + "</record>" * N
        + "]]></record></records>",
        "<records><record><ref-type>6</ref-type><titles><title>"
        + " " * 10 * N
        + "x</title></titles></record></records>",
    ],
}
CASES = [(name, text) for name, texts in PATHOLOGICAL.items() for text in texts]


@pytest.mark.parametrize(("format_", "text"), CASES, ids=range(len(CASES)))
def test_pathological_files_neither_crash_nor_hang(format_: str, text: str) -> None:
    """Deep, long and repeated nonsense is read in a moment, or reported, and written again."""
    items = [result for result in iterload(text.encode(), format_) if isinstance(result, Item)]
    for name in FORMATS:
        dumps(items, name)
