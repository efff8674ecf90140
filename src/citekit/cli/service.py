"""Commands that show citekit at work: `serve` and `demo`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from citekit.cli.root import OUT, database_option, main
from citekit.store import Store


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--dev", is_flag=True, help="Flask's development server, which reloads.")
@database_option
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
