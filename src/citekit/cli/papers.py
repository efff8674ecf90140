"""Commands on the store: `import`, `export`, `papers`, `list`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from citekit import jobs
from citekit.cli.root import (
    ERR,
    FILE,
    Counted,
    Report,
    database_option,
    from_option,
    main,
    sink,
    stream,
    target_format,
    watched,
)
from citekit.errors import InputError, NotFoundError, StoreError
from citekit.formats.plaintext import plain
from citekit.store import Paper, Store
from citekit.store.database import DEFAULT

PAGE: Final = 500


@main.command("import")
@click.argument("sources", nargs=-1, required=True, type=FILE)
@from_option
@click.option("--list", "list_", metavar="LIST", help="Number or title of a reading list.")
@database_option
def import_(
    sources: tuple[str, ...], from_: str | None, list_: str | None, database: str | None
) -> None:
    """Put the papers of SOURCES into the store.

    A paper that is there already, by DOI, PMID, PMCID or arXiv number, gets the new record in the
    place of the old one.
    """
    report = Report()
    done = {"added": 0, "updated": 0, "unchanged": 0}
    with Store.open(database) as store:
        list_id = _list_number(store, list_, make=True) if list_ else None
        for source in sources:
            counted = Counted(jobs.items(stream(source), from_, report))
            with watched(counted):
                added = store.add(counted, list_id=list_id)
            for word in done:
                done[word] += getattr(added, word)
    report.finish(", ".join(f"{count} {word}" for word, count in done.items()))


@main.command()
@click.argument("names", metavar="[PAPERS]...", nargs=-1)
@click.option("--list", "list_", metavar="LIST", help="Number or title of a reading list.")
@click.option("-t", "--to", metavar="FORMAT", help="Format to write; else OUT's name tells.")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="File to write, else stdout.",
)
@database_option
def export(
    names: tuple[str, ...],
    list_: str | None,
    to: str | None,
    out: str | None,
    database: str | None,
) -> None:
    """Write PAPERS, or a reading list, or without either the whole store.

    Papers are named by number, key, DOI (doi:…), PMID (pmid:…), PMCID or arXiv number.
    """
    if names and list_:
        raise InputError("papers and --list at once: say one of them")
    target = target_format(to, out)
    with _existing(database) as store:
        ids = _paper_numbers(store, names)
        list_id = _list_number(store, list_) if list_ else None
        counted = Counted(jobs.stored(store, list_id=list_id, ids=ids))
        with sink(out) as file, watched(counted):
            file.writelines(jobs.encoded(counted, target))
    ERR.print(f"{counted.count} records to {target.label}")


@main.command()
@click.argument("query", nargs=-1)
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@database_option
def papers(query: tuple[str, ...], limit: int, database: str | None) -> None:
    """Search the store: number, key and title of each paper, the last added first."""
    with _existing(database) as store:
        found = store.search(" ".join(query), size=limit)
        for paper in found.papers:
            click.echo(_line(paper))
    ERR.print(f"{len(found.papers)} of {found.total} papers")


@main.group("list", invoke_without_command=True)
@database_option
@click.pass_context
def list_(context: click.Context, database: str | None) -> None:
    """Show the reading lists, or make, fill and arrange one."""
    context.obj = database
    if context.invoked_subcommand is None:
        with _existing(database) as store:
            for reading_list in store.lists():
                click.echo(f"{reading_list.id}\t{reading_list.count}\t{reading_list.title}")


_list_name = click.argument("list_name", metavar="LIST")
_papers = click.argument("names", metavar="PAPERS...", nargs=-1, required=True)


@list_.command("new")
@click.argument("title")
@click.option("--description", default="")
@click.pass_obj
def list_new(database: str | None, title: str, description: str) -> None:
    """Make a reading list and print its number."""
    with Store.open(database) as store:
        click.echo(_new_list(store, title, description))


@list_.command("add")
@_list_name
@_papers
@click.pass_obj
def list_add(database: str | None, list_name: str, names: tuple[str, ...]) -> None:
    """Put PAPERS at the end of LIST (its number or title)."""
    with _existing(database) as store:
        store.append(_list_number(store, list_name), _paper_numbers(store, names))


@list_.command("remove")
@_list_name
@_papers
@click.pass_obj
def list_remove(database: str | None, list_name: str, names: tuple[str, ...]) -> None:
    """Take PAPERS out of LIST; they stay in the store."""
    with _existing(database) as store:
        list_id = _list_number(store, list_name)
        for number in _paper_numbers(store, names):
            store.remove_from_list(list_id, number)


@list_.command("move")
@_list_name
@click.argument("name", metavar="PAPER")
@click.argument("position", type=click.IntRange(1))
@click.pass_obj
def list_move(database: str | None, list_name: str, name: str, position: int) -> None:
    """Put PAPER at POSITION of LIST, counted from 1."""
    with _existing(database) as store:
        store.move(_list_number(store, list_name), _paper_numbers(store, [name])[0], position)


@list_.command("delete")
@_list_name
@click.pass_obj
def list_delete(database: str | None, list_name: str) -> None:
    """Delete LIST; its papers stay in the store."""
    with _existing(database) as store:
        store.delete_list(_list_number(store, list_name))


@list_.command("show")
@_list_name
@click.pass_obj
def list_show(database: str | None, list_name: str) -> None:
    """Print number, key and title of the papers of LIST, in their order."""
    with _existing(database) as store:
        list_id = _list_number(store, list_name)
        last = page = 1
        while page <= last:
            found = store.list_page(list_id, page=page, size=PAGE)
            for paper in found.papers:
                click.echo(_line(paper))
            page, last = page + 1, found.pages


def _line(paper: Paper) -> str:
    return f"{paper.id}\t{paper.key}\t{plain(paper.item.texts.get('title', ''))}"


def _existing(database: str | None) -> Store:
    """The store for commands that read: a missing file is an error, not an empty store."""
    place = database or os.environ.get("CITEKIT_DATABASE") or DEFAULT
    if "://" not in place and place != ":memory:" and not Path(place).exists():
        raise StoreError(f"no database {place} (citekit import makes one)")
    return Store.open(place)


def _list_number(store: Store, name: str, *, make: bool = False) -> int:
    """The number of the list called *name*: digits are a number, all else is a title."""
    if name.isdecimal():
        return store.reading_list(int(name)).id
    found = [one.id for one in store.lists() if one.title == name]
    if len(found) > 1:
        numbers = ", ".join(map(str, found))
        raise InputError(f"{len(found)} reading lists are called {name!r} (numbers: {numbers})")
    if not found and not make:
        raise NotFoundError(f"no reading list {name!r}")
    return found[0] if found else _new_list(store, name)


def _new_list(store: Store, title: str, description: str = "") -> int:
    if not title.strip() or title.isdecimal():
        raise InputError(f"{title!r} as a title (wanted words: digits are the number of a list)")
    return store.new_list(title, description).id


def _paper_numbers(store: Store, names: Iterable[str]) -> list[int]:
    """The numbers of papers that are named by number, key or identifier."""
    numbers = []
    for name in names:
        paper = store.find(name) or store.find(f"key:{name}")
        if name.isdecimal():
            numbers.append(int(name))
        elif paper:
            numbers.append(paper.id)
        else:
            raise NotFoundError(f"no paper {name!r}")
    return numbers
