"""The demonstration: what `citekit demo` does with the sample papers."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from citekit import citing, files, formats, resources
from citekit.model import Item
from citekit.store import Store

STYLES = ("apa", "nature", "nlm-citation-sequence", "american-medical-association")


def run(out: Path, console: Console) -> str:
    """Writes every format and a store into *out*, prints strings; gives the store's address."""
    out.mkdir(parents=True, exist_ok=True)
    papers = files.load(resources.folder("samples") / "papers.json")
    console.print(f"{len(papers)} papers from samples/papers.json\n", markup=False)
    _write_files(papers, out, console)
    _print_strings(papers[0], console)
    database = str(out / "citekit.sqlite")
    page = _fill_store(papers, database)
    console.print("\nThe paper's page, once served:", markup=False)
    console.print(f"  citekit serve --database {database}", markup=False)
    console.print(f"  http://127.0.0.1:8000/papers/{page}", markup=False)
    return database


def _write_files(papers: list[Item], out: Path, console: Console) -> None:
    for format_ in formats.REGISTRY.values():
        path = out / f"papers.{format_.suffix}"
        files.dump(papers, path, format_.name)
        console.print(f"  {format_.label:12} {path}", markup=False)


def _print_strings(paper: Item, console: Console) -> None:
    console.print("\nHow to cite this paper", markup=False)
    for style in STYLES:
        console.print(f"\n  {style}\n  {citing.cite(paper, style)}", markup=False)


def _fill_store(papers: list[Item], database: str) -> int:
    """The number of the first paper's page; run again, nothing doubles."""
    with Store.open(database) as store:
        numbers = store.add(papers, with_ids=True).papers
        by_id = dict(zip((paper.id for paper in papers), numbers, strict=True))
        known = {reading_list.title for reading_list in store.lists()}
        for path in sorted((resources.folder("samples") / "lists").glob("*.json")):
            said = json.loads(path.read_text("utf-8"))
            if said["title"] not in known:
                made = store.new_list(said["title"], said["description"], said.get("answer", ""))
                store.append(made.id, [by_id[name] for name in said["items"]])
    return numbers[0]
