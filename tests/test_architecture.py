"""The nevers: who may import whom, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import citekit

PACKAGE = Path(citekit.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# (who, whom, the exceptions among who): "who" and what is below it never imports "whom".
NEVERS = [
    ("citekit.formats", "citekit.csl", ()),
    ("citekit.csl", "citekit.formats", ()),
    ("citekit.markup", "citekit.csl", ()),
    ("citekit.csl", "citekit.markup", ()),
    ("citekit.markup", "citekit.formats", ()),
    ("citekit", "citekit.web", ("citekit.web", "citekit.cli")),
    ("citekit", "citekit.cli", ("citekit.cli",)),
    ("citekit", "citekit.store", ("citekit.store", "citekit.jobs", "citekit.cli", "citekit.demo", "citekit.web")),
    ("citekit", "sqlalchemy", ("citekit.store",)),
    ("citekit", "lxml", ("citekit.formats.xmlrecords", "citekit.formats.endnote_xml", "citekit.csl.library", "citekit.csl.peer")),
    ("citekit", "citeproc", ("citekit.csl.peer",)),
    ("citekit", "flask", ("citekit.web",)),
    ("citekit", "werkzeug", ("citekit.web",)),
    ("citekit", "granian", ("citekit.web.server",)),
    ("citekit", "rispy", ("citekit.formats.ris",)),
    ("citekit", "bibtexparser", ("citekit.formats.bibtex", "citekit.formats.bibvalues")),
    ("citekit", "pylatexenc", ("citekit.formats.detex",)),
    ("citekit", "click", ("citekit.cli",)),
]  # fmt: skip

# What lies below the wings imports nothing above itself.
GROUND = (
    "errors",
    "variables",
    "names",
    "dates",
    "model",
    "tokens",
    "richtext",
    "keys",
    "resources",
    "identifiers",
    "pages",
)


def imports(path: Path) -> Iterator[str]:
    """The full names of what a module imports while the program runs."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def is_in(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


@pytest.mark.parametrize(("who", "whom", "but"), NEVERS, ids=lambda value: str(value)[:40])
def test_nobody_imports_upwards(who: str, whom: str, but: tuple[str, ...]) -> None:
    """Each never of docs/architecture.md holds."""
    for module, path in MODULES.items():
        if is_in(module, who) and not any(is_in(module, exception) for exception in but):
            assert not [name for name in imports(path) if is_in(name, whom)], module


@pytest.mark.parametrize("name", GROUND)
def test_the_ground_floor_carries(name: str) -> None:
    """A module of the ground floor imports only from the ground floor."""
    ours = {found for found in imports(MODULES[f"citekit.{name}"]) if is_in(found, "citekit")}
    allowed = {"citekit", *(f"citekit.{other}" for other in GROUND)}
    type_only = {"citekit.model"} if name == "errors" else set()
    assert {found for found in ours if found in MODULES} <= allowed | type_only


def test_there_is_no_circle() -> None:
    """No module is imported by what it imports, directly or on the way."""
    graph = {
        module: {name for name in imports(path) if name in MODULES and name != module}
        for module, path in MODULES.items()
    }
    graph["citekit.errors"].discard("citekit.model")  # for the type checker only
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join((*trail[trail.index(module) :], module))
        if module not in done:
            for other in graph[module]:
                # A package's face is made of its modules; naming it is no way back to them.
                if not is_in(module, other):
                    visit(other, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_the_public_names_are_sorted_and_there() -> None:
    """`__all__` is the whole face of the library."""
    assert citekit.__all__ == sorted(citekit.__all__)
    assert all(hasattr(citekit, name) for name in citekit.__all__)
