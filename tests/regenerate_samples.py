"""Writes the expected file of each format beside the samples: `python -m tests.regenerate_samples`.

Look at the difference before you keep it.
"""

from __future__ import annotations

from citekit import files, formats, resources


def main() -> None:
    """One file a format in samples/expected."""
    samples = resources.folder("samples")
    papers = files.load(samples / "papers.json")
    (samples / "expected").mkdir(exist_ok=True)
    for format_ in formats.REGISTRY.values():
        files.dump(papers, samples / "expected" / f"papers.{format_.suffix}", format_.name)


if __name__ == "__main__":
    main()
