"""Locales by language tag: what `resolve` gives is the name of a locale file that exists.

The files are those of the package citeproc-py, which is not imported here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from citekit.csl.library import installed
from citekit.errors import UnknownLocaleError


class LocaleName(NamedTuple):
    """What a language is called by those who speak it, and in English."""

    own: str
    english: str


def resolve(tag: str) -> str:
    """The locale for *tag*: itself, or its language's first one when there is none for the region.

    >>> resolve("en-us"), resolve("de_AT"), resolve("pt-AO"), resolve("fr"), resolve("zh-Hant-TW")
    ('en-US', 'de-AT', 'pt-PT', 'fr-FR', 'zh-TW')
    """
    key = tag.strip().lower().replace("_", "-")
    by_key = {name.lower(): name for name in names()}
    dialects = _table().primary_dialects
    found = by_key.get(key)
    if found is None and _TAG.fullmatch(key):
        language, *rest = key.split("-")
        found = by_key.get("-".join([language, *rest[-1:]])) or dialects.get(language)
    if found is None:
        close = get_close_matches(key[:40], by_key, n=5, cutoff=0.5)
        raise UnknownLocaleError(tag, names(), nearest=[by_key[name] for name in close])
    return found


_TAG: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,4}")


def names() -> Mapping[str, LocaleName]:
    """Every locale with its names, for a menu."""
    return _table().language_names


def path(locale: str) -> Path:
    """The file of a locale that `resolve` gave."""
    return _folder() / f"locales-{locale}.xml"


class _Table(Struct, frozen=True, rename="kebab"):
    primary_dialects: dict[str, str]
    language_names: dict[str, LocaleName]


@lru_cache(maxsize=1)
def _table() -> _Table:
    return msgspec.json.decode((_folder() / "locales.json").read_bytes(), type=_Table)


def _folder() -> Path:
    return installed("citeproc") / "data" / "locales"
