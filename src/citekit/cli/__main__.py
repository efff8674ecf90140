"""`python -m citekit.cli`."""

from __future__ import annotations

from citekit.cli import main

main()
