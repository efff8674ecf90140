"""Memory and time of big exports: `python bench/memory.py [--count 100000]`.

Runs the installed `citekit` as its own process, once with few and once with many records, and
prints the peak of its memory beside the CPU time: a constant peak is what streaming promises.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from make_items import write

CITEKIT = (sys.executable, "-m", "citekit.cli")
TARGETS = ("ris", "enw", "endnote-xml", "bibtex", "biblatex", "csl-json")


def run(*arguments: str) -> tuple[float, float, float]:
    """(peak memory in MB, CPU seconds, wall seconds) of one citekit command."""
    begun = time.monotonic()
    process = subprocess.Popen([*CITEKIT, *arguments], stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"citekit {' '.join(arguments)} ended with {process.returncode}")
    peak = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return peak, used.ru_utime + used.ru_stime, time.monotonic() - begun


def main() -> None:
    """Prints a row for each job, with few and with many records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'job':36} {'records':>8} {'peak MB':>8} {'CPU s':>7} {'per CPU s':>10}")
        for number in (count // 10, count):
            source = str(Path(folder, f"{number}.json"))
            with Path(source).open("w", encoding="utf-8") as out:
                write(number, out, lines=False)
            for target in TARGETS:
                job = ("convert", source, "--to", target, "--out", str(Path(folder, "out")))
                show(f"convert csl-json to {target}", number, *run(*job))
            database = str(Path(folder, f"{number}.sqlite"))
            show(
                "import into SQLite",
                number,
                *run("import", source, "--list", "all", "-d", database),
            )
            job = (
                "export",
                "--list",
                "all",
                "-t",
                "ris",
                "-o",
                str(Path(folder, "out")),
                "-d",
                database,
            )
            show("export a list to ris", number, *run(*job))


def show(job: str, records: int, peak: float, cpu: float, _wall: float) -> None:
    """One row."""
    print(f"{job:36} {records:8} {peak:8.0f} {cpu:7.1f} {records / cpu:10,.0f}", flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
