"""The documents say what is: commands run, tables match, names of this or that machine are absent."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from citekit import formats
from citekit.cli import main
from citekit.formats import holdings

ROOT = Path(__file__).parents[1]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CHANGELOG.md"]
TEXT = "\n".join(path.read_text("utf-8") for path in DOCS)

# ```console blocks hold commands after "$ " and what they print; "…" stands for the rest.
BLOCK = re.compile(r"```console\n(.*?)```", re.S)


def examples() -> list[tuple[str, str, str]]:
    """(file, command, what it prints) for every command with output in the documents."""
    found = []
    for path in DOCS:
        for block in BLOCK.findall(path.read_text("utf-8")):
            for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
                command, _, output = part.partition("\n")
                found.append((path.name, command, output))
    return found


@pytest.mark.parametrize(("path", "command", "output"), examples())
def test_examples_print_what_they_show(
    path: str, command: str, output: str, tmp_path: Path
) -> None:
    """Each command of the documents runs and prints what stands below it."""
    assert command.startswith("citekit ")
    argv = [sys.executable, "-m", "citekit.cli", *split(command)[1:]]
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert matches(output, done.stdout), done.stdout + done.stderr


def split(command: str) -> list[str]:
    import shlex

    return shlex.split(command)


def matches(shown: str, printed: str) -> bool:
    """Whether *printed* is *shown*, with anything in the place of each "…" on a line of its own."""
    parts = re.split(r"^…\n", shown, flags=re.M)
    pattern = ".*".join(re.escape(part) for part in parts)
    return bool(re.fullmatch(pattern, printed.rstrip("\n") + "\n", re.S))


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_documented(command: str) -> None:
    """A command that exists is in the documents."""
    assert re.search(rf"\bcitekit {command}\b", TEXT)


@pytest.mark.parametrize("name", formats.REGISTRY)
def test_every_format_is_documented(name: str) -> None:
    """A format that exists is in the documents."""
    assert f"`{name}`" in TEXT


def test_formats_md_is_what_the_tables_say() -> None:
    """docs/formats.md is written by `citekit formats --markdown`."""
    page = (ROOT / "docs" / "formats.md").read_text("utf-8")
    assert page == holdings.markdown(formats.REGISTRY)


def test_nobody_is_told_to_install_citekit_by_name() -> None:
    """The name is somebody else's on the package index: install is from the checkout."""
    assert not re.search(r"pip install (-\S+ )*['\"]?citekit", TEXT)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    """The command in the README and the one in CI are the same."""
    readme = (ROOT / "README.md").read_text("utf-8")
    command = re.search(r"<!-- tests -->\n```sh\n(.*?)\n```", readme)
    assert command
    assert command[1] in (ROOT / ".ci" / "run").read_text("utf-8")
