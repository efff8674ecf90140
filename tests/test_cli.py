"""The command line by its front door: what is written where, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from citekit import formats, load
from citekit.cli import main
from citekit.resources import folder

PAPERS = str(folder("samples") / "papers.json")
TWO = '[{"id":"b1","type":"book","title":"B"},{"id":"a1","type":"book","title":"A"}]'


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


@pytest.fixture
def database(tmp_path: Path) -> str:
    """An empty database."""
    return str(tmp_path / "papers.sqlite")


@pytest.mark.parametrize("to", list(formats.REGISTRY))
def test_convert_writes_every_format(to: str, tmp_path: Path) -> None:
    """A file converted to a format holds as many records, and its suffix tells the format."""
    out = tmp_path / f"out.{formats.find(to).suffix}"
    result = run("convert", PAPERS, "-o", str(out))
    assert result.exit_code == 0
    assert len(load(out, to)) == len(load(PAPERS))
    assert f"{len(load(PAPERS))} records to" in result.stderr


def test_convert_reads_stdin_and_writes_stdout() -> None:
    """`-` is standard input; without --out the file goes to standard output, alone."""
    result = run("convert", "-", "-t", "ris", stdin=TWO)
    assert result.exit_code == 0
    assert result.stdout.count("TY  - BOOK") == 2
    assert "records" not in result.stdout


def test_lost_records_give_exit_code_1() -> None:
    """What can be read is written; what cannot is said with its line."""
    result = run("convert", "-", "-t", "ris", stdin=TWO.replace('"B"', ""))
    assert result.exit_code == 1
    assert "TI  - A" in result.stdout
    assert "lost: line 1" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("convert", "no-such-file.ris", "-t", "ris"), "does not exist"),
        (("convert", ".", "-t", "ris"), "is a directory"),
        (("export", "1", "--list", "x", "-t", "ris"), "say one of them"),
        (("list", "new", "12"), "digits are the number of a list"),
        (("list", "new", " "), "wanted words"),
        (("styles", "-n", "-1"), "Invalid value"),
        (("serve", "--port", "99999"), "Invalid value"),
        (("convert", PAPERS, "-t", "riss"), "unknown format: 'riss' (nearest: ris"),
        (("convert", PAPERS), "no format to write"),
        (("convert", PAPERS, "-f", "ris", "-t", "enw"), "looks like CSL-JSON"),
        (("cite", PAPERS, "-s", "natur"), "unknown style: 'natur'"),
        (("cite", PAPERS, "-l", "xx-XX"), "unknown locale"),
        (("cite", PAPERS, "--id", "nobody"), "no item called nobody"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_usage_errors_give_exit_code_2(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says what was wrong; nothing is done."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_wrong_database_gives_exit_code_3(tmp_path: Path) -> None:
    """A file that is no database is named."""
    wrong = tmp_path / "x.sqlite"
    wrong.write_text("not a database " * 100)
    result = run("import", PAPERS, "-d", str(wrong))
    assert result.exit_code == 3
    assert "x.sqlite" in result.stderr


@pytest.mark.parametrize(
    "command", [("export", "-t", "ris"), ("list",), ("papers",), ("list", "show", "1")]
)
def test_reading_makes_no_database(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is not there is an error for commands that read, and is not made."""
    monkeypatch.chdir(tmp_path)
    result = run(*command)
    assert result.exit_code == 3
    assert "no database citekit.sqlite" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_failed_conversion_leaves_no_file(tmp_path: Path) -> None:
    """The file appears under its name only when it is complete."""
    out = tmp_path / "out.ris"
    out.write_text("old")
    assert run("convert", "-", "-f", "ris", "-o", str(out), stdin=TWO).exit_code == 2
    assert out.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.ris"]


def test_cite_keeps_the_order_of_the_file() -> None:
    """One line a record, as they come."""
    result = run("cite", "-", stdin=TWO)
    assert [line[:1] for line in result.stdout.splitlines()] == ["B", "A"]


def test_bib_sorts_as_the_style_asks() -> None:
    """A bibliography in APA is alphabetical."""
    result = run("bib", "-", stdin=TWO)
    assert [line[:1] for line in result.stdout.splitlines()] == ["A", "B"]


def test_import_twice_changes_nothing(database: str) -> None:
    """What is there already is updated, not doubled."""
    first, second = (run("import", PAPERS, "--list", "All", "-d", database) for _ in range(2))
    count = len(load(PAPERS))
    assert f"{count} added, 0 updated" in first.stderr
    assert f"0 added, 0 updated, {count} unchanged" in second.stderr
    assert run("list", "-d", database).stdout == f"1\t{count}\tAll\n"


def test_a_list_is_exported_in_its_order(database: str) -> None:
    """A list made on the command line comes back as a file."""
    run("import", PAPERS, "-d", database)
    assert run("list", "-d", database, "new", "Mine").stdout == "1\n"
    assert run("list", "-d", database, "add", "Mine", "3", "1").exit_code == 0
    exported = json.loads(run("export", "--list", "Mine", "-t", "csl-json", "-d", database).stdout)
    papers = load(PAPERS)
    assert [item["id"] for item in exported] == [papers[2].id, papers[0].id]
    shown = run("list", "-d", database, "show", "1").stdout
    assert shown.splitlines()[0].startswith(f"3\t{papers[2].id}\t")


def test_a_list_is_arranged(database: str) -> None:
    """Papers move and leave by number, key or identifier; a list is deleted, its papers stay."""
    run("import", PAPERS, "-d", database)
    lists = ("list", "-d", database)
    run(*lists, "new", "Mine")
    first, second, third = (item for item in load(PAPERS)[:3])
    names = (first.id, f"doi:{second['DOI']}", f"pmid:{third['PMID']}")
    assert run(*lists, "add", "Mine", *names).exit_code == 0

    def numbers() -> list[str]:
        return [line.split("\t")[0] for line in run(*lists, "show", "Mine").stdout.splitlines()]

    assert numbers() == ["1", "2", "3"]
    run(*lists, "move", "Mine", "3", "1")
    assert numbers() == ["3", "1", "2"]
    run(*lists, "remove", "Mine", first.id)
    assert numbers() == ["3", "2"]
    assert run(*lists, "show", "Nothing").exit_code == 2
    assert run(*lists, "delete", "Mine").exit_code == 0
    assert run(*lists).stdout == ""
    assert run("papers", "-d", database, "-n", "1", "CAR-T").stderr.startswith("1 of ")


def test_papers_are_searched(database: str) -> None:
    """`papers WORDS` prints number, key and title."""
    run("import", PAPERS, "-d", database)
    found = run("papers", "-d", database, "barriers", "solid").stdout
    assert (
        found == "1\tchen2025barriers\tBarriers and solutions for CAR-T therapy in solid tumors\n"
    )


def test_papers_are_exported_by_number(database: str) -> None:
    """`export 2` is the second paper."""
    run("import", PAPERS, "-d", database)
    exported = json.loads(run("export", "2", "-t", "json", "-d", database).stdout)
    assert [item["id"] for item in exported] == [load(PAPERS)[1].id]


def test_styles_are_found_by_words() -> None:
    """`styles` searches titles and ids."""
    assert "nature\t" in run("styles", "nature").stdout
    assert "apa\t" in run("styles").stdout


def test_locales_are_listed() -> None:
    """`locales` prints tags."""
    assert "\nde-DE\tDeutsch (Deutschland)\tGerman (Germany)\n" in run("locales").stdout


def test_the_demonstration_does_the_main_job(tmp_path: Path) -> None:
    """Files in every format, strings, and the address of the page."""
    out = tmp_path / "demo"
    for _ in range(2):  # again, it starts from where it was
        result = run("demo", "-o", str(out))
        assert result.exit_code == 0
        assert "http://127.0.0.1:8000/papers/1" in result.stdout
    for format_ in formats.REGISTRY.values():
        assert len(load(out / f"papers.{format_.suffix}", format_.name)) == len(load(PAPERS))
