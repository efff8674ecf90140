"""The command `citekit` itself: its exit codes, and what its commands share."""

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

from citekit import files, formats
from citekit.errors import CitekitError, InputError, Problem, StoreError
from citekit.files import Source
from citekit.formats import Format
from citekit.markup import MARKUPS
from citekit.model import Item

EXIT_CODES: Final = """\
Exit codes: 0 all done; 1 some records could not be read, the others are done; 2 an argument, a
name or a whole file was wrong; 3 the database cannot be used; 130 interrupted; 141 the reader of
standard output is gone.
"""
SOME_LOST: Final = 1
USAGE: Final = 2
STORE: Final = 3
INTERRUPTED: Final = 130
NO_READER: Final = 141
MOST_SHOWN: Final = 20

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


FILE: Final = click.Path(exists=True, dir_okay=False, allow_dash=True)
source_argument = click.argument("source", type=FILE)
from_option = click.option("-f", "--from", "from_", metavar="FORMAT", help="Format of SOURCE.")
style_option = click.option(
    "-s", "--style", default="apa", show_default=True, help="Citation style."
)
locale_option = click.option("-l", "--locale", default="en-US", show_default=True, help="Language.")
output_option = click.option(
    "--output", type=click.Choice(list(MARKUPS)), default="text", show_default=True
)
database_option = click.option(
    "-d", "--database", metavar="URL", help="Database; else $CITEKIT_DATABASE, else a file here."
)


@click.group(cls=_Commands, epilog=EXIT_CODES)
@click.version_option(package_name="citekit", prog_name="citekit")
def main() -> None:
    """Take a paper's reference away right: files for reference managers, strings for papers."""


def stream(source: str) -> Source:
    return sys.stdin.buffer if source == "-" else source


def target_format(to: str | None, out: str | None) -> Format:
    if to:
        return formats.find(to)
    found = formats.by_file_name(out) if out else None
    if found is None:
        raise InputError("no format to write: say --to FORMAT, or --out with a known suffix")
    return found


@contextmanager
def sink(out: str | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that appears under its name only when it is complete."""
    if out in (None, "-"):
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with files.replacing(Path(str(out))) as stream:
        yield stream


class Counted:
    """Passes items on and counts them."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = items
        self.count = 0

    def __iter__(self) -> Iterator[Item]:
        for item in self.items:
            self.count += 1
            yield item


@contextmanager
def watched(counted: Counted) -> Iterator[None]:
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
