"""Makes N realistic CSL-JSON items, always the same ones: `make_items.py N [--jsonl] -o FILE`.

A record has about 1.5 kB of abstract, as PubMed's have. The same N gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from typing import Any, TextIO

FAMILIES = (
    "Chen Li Wang Zhang Müller Schmidt García Rossi Kowalski Novák Ivanov Tanaka Sato Kim Park "
    "Nguyen Okafor Mbeki Silva Santos Smith Johnson Brown O’Connor Andersen Virtanen Papadopoulos"
).split()
GIVEN = (
    "Yuelin Anna John Maria Pedro Jean-Pierre Olga Haruto Min-Jun Thi Chinua Ana Karl Sofia "
    "Giovanni Petra Lars Aino Eleni David"
).split()
PARTICLES = ("van", "van der", "de", "von")
WORDS = (
    "cell therapy tumor response patients receptor expression analysis trial cohort risk outcome "
    "survival mouse model gene signal pathway immune barrier solution protein binding clinical "
    "study randomized effect treatment dose network learning data method evidence system review "
    "of the in and for with during after among against through"
).split()
JOURNALS = (
    ("Cancer Gene Therapy", "Cancer Gene Ther", "0929-1903"),
    ("Nature Medicine", "Nat Med", "1078-8956"),
    ("Journal of Clinical Oncology", "J Clin Oncol", "0732-183X"),
    ("PLOS ONE", "PLoS One", "1932-6203"),
    ("The Lancet", "Lancet", "0140-6736"),
)
TYPES = ("article-journal",) * 14 + (
    "book",
    "chapter",
    "paper-conference",
    "thesis",
    "webpage",
    "article",
)


def items(count: int) -> Iterator[dict[str, Any]]:
    """*count* items; the one with number n does not depend on *count*."""
    for number in range(count):
        yield item(number, random.Random(number))


def item(number: int, dice: random.Random) -> dict[str, Any]:
    """One item."""
    type_ = dice.choice(TYPES)
    journal, short, issn = dice.choice(JOURNALS)
    first = dice.randint(1, 2000)
    made: dict[str, Any] = {
        "id": f"item{number}",
        "type": type_,
        "title": sentence(dice, 12),
        "author": [person(dice) for _ in range(dice.choice((1, 2, 3, 4, 5, 6, 8, 12, 25)))],
        "issued": {
            "date-parts": [[dice.randint(1960, 2026), dice.randint(1, 12), dice.randint(1, 28)]]
        },
        "DOI": f"10.{dice.randint(1000, 9999)}/j.{number}.{dice.randint(1, 99999)}",
        "abstract": " ".join(sentence(dice, 20) for _ in range(12)),
        "keyword": ", ".join(dice.sample(WORDS[:30], 4)),
        "language": "en",
    }
    if type_ == "article-journal":
        made |= {
            "container-title": journal,
            "container-title-short": short,
            "volume": str(dice.randint(1, 300)),
            "issue": str(dice.randint(1, 12)),
            "page": f"{first}-{first + dice.randint(1, 20)}",
            "ISSN": issn,
            "PMID": str(30_000_000 + number),
        }
    elif type_ in ("chapter", "paper-conference"):
        made |= {"container-title": sentence(dice, 6), "page": f"{first}-{first + 9}"}
        made |= {"editor": [person(dice)], "publisher": "Springer", "publisher-place": "Cham"}
    elif type_ in ("book", "thesis"):
        made |= {"publisher": "Oxford University Press", "publisher-place": "Oxford"}
    else:
        made |= {"URL": f"https://example.org/{number}", "genre": "Preprint"}
    return made


def person(dice: random.Random) -> dict[str, str]:
    """A name; one in thirty is an organisation, one in twenty has a particle."""
    if dice.random() < 1 / 30:
        return {"literal": f"{dice.choice(FAMILIES)} Study Group"}
    name = {
        "family": dice.choice(FAMILIES),
        "given": f"{dice.choice(GIVEN)} {dice.choice('ABCDEFGH')}.",
    }
    if dice.random() < 1 / 20:
        name["non-dropping-particle"] = dice.choice(PARTICLES)
    return name


def sentence(dice: random.Random, length: int) -> str:
    """About *length* words, with an italic or a formula now and then in the place of one."""
    words = dice.choices(WORDS, k=length)
    if dice.random() < 1 / 15:
        words[length // 2] = dice.choice(("<i>E. coli</i>", "CO<sub>2</sub>", "CAR-T", "p < 0.05"))
    return " ".join(words).capitalize() + ("." if length > 12 else "")


def write(count: int, out: TextIO, *, lines: bool) -> None:
    """*count* items into *out*, as an array or one a line."""
    if lines:
        out.writelines(json.dumps(made, ensure_ascii=False) + "\n" for made in items(count))
        return
    texts = (json.dumps(made, ensure_ascii=False) for made in items(count))
    out.write("[\n")
    out.writelines(f",\n{text}" if number else text for number, text in enumerate(texts))
    out.write("\n]\n")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--jsonl", action="store_true", help="one item a line")
    parser.add_argument("-o", "--out", default="-")
    asked = parser.parse_args()
    if asked.out == "-":
        write(asked.count, sys.stdout, lines=asked.jsonl)
        return
    with open(asked.out, "w", encoding="utf-8") as out:  # noqa: PTH123
        write(asked.count, out, lines=asked.jsonl)


if __name__ == "__main__":
    main()
