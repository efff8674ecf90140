"""citekit: paper metadata in, correct references out.

>>> import citekit
>>> paper = {"id": "w", "type": "book", "title": "Walden", "issued": "1854",
...          "author": [{"family": "Thoreau", "given": "Henry David"}]}
>>> print(citekit.dumps([paper], "ris").splitlines()[2])
AU  - Thoreau, Henry David

Files: `load`, `loads`, `iterload`, `dump`, `dumps`, `convert`. Strings: `cite`, `bibliography`.
The names in between are `Item`, `Name` and `Date`; what goes wrong is a `CitekitError`.
"""

from __future__ import annotations

from citekit.citing import Bibliography, Entry, bibliography, cite
from citekit.dates import Date
from citekit.errors import (
    CitekitError,
    CitekitWarning,
    InputError,
    ItemError,
    NotFoundError,
    Problem,
    ReadError,
    RecordError,
    StoreError,
    StyleError,
    UnknownFormatError,
    UnknownLocaleError,
    UnknownNameError,
    UnknownOutputError,
    UnknownStyleError,
)
from citekit.files import convert, dump, dumps, iterload, load, loads
from citekit.model import Item
from citekit.names import Name

__all__ = [
    "Bibliography",
    "CitekitError",
    "CitekitWarning",
    "Date",
    "Entry",
    "InputError",
    "Item",
    "ItemError",
    "Name",
    "NotFoundError",
    "Problem",
    "ReadError",
    "RecordError",
    "StoreError",
    "StyleError",
    "UnknownFormatError",
    "UnknownLocaleError",
    "UnknownNameError",
    "UnknownOutputError",
    "UnknownStyleError",
    "bibliography",
    "cite",
    "convert",
    "dump",
    "dumps",
    "iterload",
    "load",
    "loads",
]
