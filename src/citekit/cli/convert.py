"""Commands on files: `convert`, `cite`, `bib`; and `formats`, `styles`, `locales`."""

from __future__ import annotations

import click
from rich.table import Table

from citekit import citing, formats, jobs
from citekit.cli.root import (
    ERR,
    OUT,
    Counted,
    Report,
    from_option,
    locale_option,
    main,
    output_option,
    sink,
    source_argument,
    stream,
    style_option,
    target_format,
    watched,
)
from citekit.csl import library, locales
from citekit.errors import InputError
from citekit.formats import holdings


@main.command()
@source_argument
@from_option
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
    target = target_format(to, out)
    counted = Counted(jobs.items(stream(source), from_, report))
    with sink(out) as file, watched(counted):
        file.writelines(jobs.encoded(counted, target))
    report.finish(f"{counted.count} records to {target.label}")


@main.command()
@source_argument
@from_option
@style_option
@locale_option
@output_option
@click.option("--id", "ids", multiple=True, help="Only the items with this id.")
def cite(
    source: str, from_: str | None, style: str, locale: str, output: str, ids: tuple[str, ...]
) -> None:
    """Print the reference string of each item of SOURCE, in the order of the file."""
    report = Report()
    count = 0
    for item in jobs.items(stream(source), from_, report):
        if not ids or item.id in ids:
            click.echo(citing.cite(item, style, locale, output))
            count += 1
    if ids and not count:
        raise InputError(f"no item called {', '.join(ids)} in {source}")
    report.finish(f"{count} references in {style}")


@main.command()
@source_argument
@from_option
@style_option
@locale_option
@output_option
def bib(source: str, from_: str | None, style: str, locale: str, output: str) -> None:
    """Print the bibliography of SOURCE, sorted and numbered as the style asks."""
    report = Report()
    listed = citing.bibliography(jobs.items(stream(source), from_, report), style, locale, output)
    click.echo(str(listed))
    report.finish(f"{len(listed)} references in {style}")


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
