"""The command line: parse arguments, call, say what came of it on standard error.

Exit codes: 0 all done; 1 some records could not be read, the others are done; 2 an argument, a
name or a whole file was wrong; 3 the database cannot be used; 130 interrupted; 141 the reader of
standard output is gone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from citekit import citing, files, formats, jobs
from citekit.csl import library, locales
from citekit.errors import CitekitError, InputError, NotFoundError, Problem, StoreError
from citekit.files import Source
from citekit.formats import Format, holdings
from citekit.formats.plaintext import plain
from citekit.markup import MARKUPS
from citekit.model import Item
from citekit.store import Paper, Store
from citekit.store.database import DEFAULT

SOME_LOST: Final = 1
USAGE: Final = 2
STORE: Final = 3
INTERRUPTED: Final = 130
NO_READER: Final = 141
MOST_SHOWN: Final = 20
PAGE: Final = 500

OUT: Final = Console(highlight=False, soft_wrap=True)
ERR: Final = Console(stderr=True, highlight=False, soft_wrap=True)


class _Commands(click.Group):
    """Shows every CitekitError as one line and turns each way to fail into its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Python would complain once more when it flushes at the end.
            sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
            ctx.exit(NO_READER)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except (CitekitError, OSError) as error:
            ERR.print(f"citekit: {error}", style="red", markup=False)
            ctx.exit(STORE if isinstance(error, StoreError) else USAGE)


class Report:
    """Counts problems and shows the first of them."""

    def __init__(self) -> None:
        self.lost = 0
        self.aside = 0

    def __call__(self, problem: Problem) -> None:
        self.lost += problem.lost
        self.aside += not problem.lost
        if self.lost + self.aside <= MOST_SHOWN:
            ERR.print(f"{'lost' if problem.lost else 'note'}: {problem}", markup=False)

    def finish(self, done: str) -> None:
        """Says what was done and ends with the exit code for what was not."""
        hidden = self.lost + self.aside - MOST_SHOWN
        if hidden > 0:
            ERR.print(f"… and {hidden} more")
        lost = f", {self.lost} could not be read" if self.lost else ""
        ERR.print(f"{done}{lost}", markup=False)
        if self.lost:
            click.get_current_context().exit(SOME_LOST)


# --- shared options --------------------------------------------------------------------------

_FILE: Final = click.Path(exists=True, dir_okay=False, allow_dash=True)
_source = click.argument("source", type=_FILE)
_from = click.option("-f", "--from", "from_", metavar="FORMAT", help="Format of SOURCE.")
_style = click.option("-s", "--style", default="apa", show_default=True, help="Citation style.")
_locale = click.option("-l", "--locale", default="en-US", show_default=True, help="Language.")
_output = click.option(
    "--output", type=click.Choice(list(MARKUPS)), default="text", show_default=True
)
_database = click.option(
    "-d", "--database", metavar="URL", help="Database; else $CITEKIT_DATABASE, else a file here."
)


@click.group(cls=_Commands, epilog=__doc__.split("\n\n", 1)[1])
@click.version_option(package_name="citekit", prog_name="citekit")
def main() -> None:
    """Take a paper's reference away right: files for reference managers, strings for papers."""


# --- files -----------------------------------------------------------------------------------


@main.command()
@_source
@_from
@click.option("-t", "--to", metavar="FORMAT", help="Format to write; else OUT's name tells.")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="File to write, else stdout.",
)
def convert(source: str, from_: str | None, to: str | None, out: str | None) -> None:
    """Turn SOURCE (a file, or - for stdin) into another format."""
    report = Report()
    target = _target(to, out)
    counted = _Counted(jobs.items(_stream(source), from_, report))
    with _sink(out) as sink, _watched(counted):
        sink.writelines(jobs.encoded(counted, target))
    report.finish(f"{counted.count} records to {target.label}")


@main.command()
@_source
@_from
@_style
@_locale
@_output
@click.option("--id", "ids", multiple=True, help="Only the items with this id.")
def cite(
    source: str, from_: str | None, style: str, locale: str, output: str, ids: tuple[str, ...]
) -> None:
    """Print the reference string of each item of SOURCE, in the order of the file."""
    report = Report()
    count = 0
    for item in jobs.items(_stream(source), from_, report):
        if not ids or item.id in ids:
            click.echo(citing.cite(item, style, locale, output))
            count += 1
    if ids and not count:
        raise InputError(f"no item called {', '.join(ids)} in {source}")
    report.finish(f"{count} references in {style}")


@main.command()
@_source
@_from
@_style
@_locale
@_output
def bib(source: str, from_: str | None, style: str, locale: str, output: str) -> None:
    """Print the bibliography of SOURCE, sorted and numbered as the style asks."""
    report = Report()
    listed = citing.bibliography(jobs.items(_stream(source), from_, report), style, locale, output)
    click.echo(str(listed))
    report.finish(f"{len(listed)} references in {style}")


# --- the store -------------------------------------------------------------------------------


@main.command("import")
@click.argument("sources", nargs=-1, required=True, type=_FILE)
@_from
@click.option("--list", "list_", metavar="LIST", help="Number or title of a reading list.")
@_database
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
            counted = _Counted(jobs.items(_stream(source), from_, report))
            with _watched(counted):
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
@_database
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
    target = _target(to, out)
    with _existing(database) as store:
        ids = _paper_numbers(store, names)
        list_id = _list_number(store, list_) if list_ else None
        counted = _Counted(jobs.stored(store, list_id=list_id, ids=ids))
        with _sink(out) as sink, _watched(counted):
            sink.writelines(jobs.encoded(counted, target))
    ERR.print(f"{counted.count} records to {target.label}")


@main.command()
@click.argument("query", nargs=-1)
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@_database
def papers(query: tuple[str, ...], limit: int, database: str | None) -> None:
    """Search the store: number, key and title of each paper, the last added first."""
    with _existing(database) as store:
        found = store.search(" ".join(query), size=limit)
        for paper in found.papers:
            click.echo(_line(paper))
    ERR.print(f"{len(found.papers)} of {found.total} papers")


@main.group("list", invoke_without_command=True)
@_database
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


# --- what there is ---------------------------------------------------------------------------


@main.command("formats")
@click.option("--markdown", is_flag=True, help="What each can hold, as docs/formats.md has it.")
def formats_(*, markdown: bool) -> None:
    """List the file formats: name, file suffix, media type."""
    if markdown:
        click.echo(holdings.markdown(formats.REGISTRY), nl=False)
        return
    table = Table("name", "suffix", "media type", box=None, pad_edge=False)
    for format_ in formats.REGISTRY.values():
        table.add_row(format_.name, f".{format_.suffix}", format_.media_type)
    OUT.print(table)


@main.command()
@click.argument("query", nargs=-1)
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 20_000))
def styles(query: tuple[str, ...], limit: int) -> None:
    """Search the citation styles by title and id; without words, the short list."""
    found = library.search(" ".join(query), limit)
    if not found:
        ERR.print("no style has all these words")
    for listing in found:
        parent = f" (as {listing.parent})" if listing.parent else ""
        click.echo(f"{listing.id}\t{listing.title}{parent}")


@main.command("locales")
def locales_() -> None:
    """List the languages of citations."""
    for tag, names in locales.names().items():
        click.echo(f"{tag}\t{names.own}\t{names.english}")


# --- the service -----------------------------------------------------------------------------


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--dev", is_flag=True, help="Flask's development server, which reloads.")
@_database
def serve(host: str, port: int, workers: int, dev: bool, database: str | None) -> None:
    """Serve the pages and downloads of the store."""
    from citekit.web import server

    if database:
        os.environ["CITEKIT_DATABASE"] = database
    Store.open(database).close()  # a wrong address is said here, not by each worker
    server.check_free(host, port)
    server.run(host, port, workers=workers, dev=dev)


@main.command()
@click.option(
    "-o", "--out", type=click.Path(file_okay=False), default="citekit-demo", show_default=True
)
@click.option("--serve", "serves", is_flag=True, help="Serve the pages afterwards.")
@click.pass_context
def demo(context: click.Context, out: str, serves: bool) -> None:
    """Do the main job on the sample papers: files, strings, and the paper's page."""
    from citekit import demo as show

    database = show.run(Path(out), OUT)
    if serves:
        context.invoke(serve, database=database)


# --- sources and sinks -----------------------------------------------------------------------


def _stream(source: str) -> Source:
    return sys.stdin.buffer if source == "-" else source


def _target(to: str | None, out: str | None) -> Format:
    if to:
        return formats.find(to)
    found = formats.by_file_name(out) if out else None
    if found is None:
        raise InputError("no format to write: say --to FORMAT, or --out with a known suffix")
    return found


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


@contextmanager
def _sink(out: str | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that appears under its name only when it is complete."""
    if out in (None, "-"):
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with files.replacing(Path(str(out))) as stream:
        yield stream


class _Counted:
    """Passes items on and counts them."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = items
        self.count = 0

    def __iter__(self) -> Iterator[Item]:
        for item in self.items:
            self.count += 1
            yield item


@contextmanager
def _watched(counted: _Counted) -> Iterator[None]:
    """A line that counts along, only when a person watches."""
    if not ERR.is_terminal:
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.fields[count]} records"), TimeElapsedColumn())
    with Progress(*columns, console=ERR, transient=True) as progress:
        task = progress.add_task("", total=None, count=0)
        items = counted.items
        counted.items = _told(items, lambda count: progress.update(task, count=count))
        yield


def _told(items: Iterable[Item], tell: Any) -> Iterator[Item]:
    for count, item in enumerate(items, 1):
        if count % 100 == 0:
            tell(count)
        yield item


if __name__ == "__main__":
    main()
