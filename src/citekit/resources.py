"""Where the project's data folders lie: in the checkout, or in the installed package."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """The folder `styles` or `samples`.

    A checkout (or an editable install) has it at its top level; an ordinary install carries a
    copy inside the package.
    """
    package = Path(__file__).parent
    installed = package / name
    return installed if installed.is_dir() else package.parents[1] / name
