"""The command line: parse arguments, call, say what came of it on standard error."""

from __future__ import annotations

from citekit.cli import convert, papers, service
from citekit.cli.root import main

__all__ = ["convert", "main", "papers", "service"]
