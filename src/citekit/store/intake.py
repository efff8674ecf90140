"""How items become papers: batch by batch, each in one transaction.

Everything that a batch could meet is looked up first, by handle and by key. An item then meets
what came before it in the batch exactly as if that had been stored, and only what came out in the
end is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from citekit import keys
from citekit.errors import ItemError, Problem
from citekit.model import Item
from citekit.store import identity
from citekit.store.database import among, listed
from citekit.store.folding import searched
from citekit.store.identity import Work
from citekit.store.schema import HANDLES, PAPERS, SEARCH

BATCH: Final = 500
# A batch of long abstracts ends before its 500th item.
BATCH_LETTERS: Final = 8_000_000
LONGEST_KEY: Final = 200
DEEPEST: Final = 100

_NEW: Final = 0
_encode: Final = msgspec.json.Encoder().encode
_encode_sorted: Final = msgspec.json.Encoder(order="sorted").encode


class Incoming(Struct, frozen=True):
    """An item, ready to be stored: its JSON, and all that says which paper it is."""

    item: Item
    csl: str
    digest: str
    work: Work
    likeness: str


class Known(Struct, eq=False):
    """A paper that the batch has met; `handles` says of each whether the JSON has it now."""

    id: int
    key: str
    digest: str
    work: Work
    handles: dict[str, bool]

    @property
    def has_identifier(self) -> bool:
        return not all(handle.startswith("like:") for handle in self.handles)

    def become(self, incoming: Incoming) -> None:
        """Takes what *incoming* says. The key stays, and so does every former handle."""
        self.digest, self.work = incoming.digest, incoming.work
        by_key = identity.likeness(incoming.item, self.key, incoming.digest)
        now = (*incoming.work.identifiers, incoming.likeness, by_key)
        self.handles = dict.fromkeys(self.handles, False) | dict.fromkeys(now, True)


class Batch:
    """Items on their way into the store, inside one writing transaction."""

    def __init__(self, connection: Connection, incoming: Sequence[Incoming]) -> None:
        self.connection = connection
        self.by_handle: dict[str, list[Known]] = {}
        self.touched: dict[Known, Incoming] = {}
        for known in _known(connection, incoming):
            self._index(known)
        self.taken = _taken(connection, incoming)

    def file(self, incoming: Incoming) -> tuple[str, Known]:
        """The paper that *incoming* is, and what that means: added, updated or unchanged."""
        known = self._same(incoming)
        if known is None:
            key = keys.unique(wanted_key(incoming.item), self.taken)
            self.taken.add(key.lower())
            known, word = Known(_NEW, key, "", incoming.work, {}), "added"
        elif known.digest == incoming.digest:
            return "unchanged", known
        else:
            word = "updated"
        known.become(incoming)
        self.touched[known] = incoming
        self._index(known)
        return word, known

    def write(self) -> None:
        """Writes the papers that are new or not what they were."""
        new = [known for known in self.touched if known.id == _NEW]
        changed = [known for known in self.touched if known.id != _NEW]
        if changed:
            self._update(changed)
        if new:
            self._insert(new)
        if self.touched:
            self._write_handles()

    def _index(self, known: Known) -> None:
        for handle in known.handles:
            holders = self.by_handle.setdefault(handle, [])
            if known not in holders:
                holders.append(known)

    def _same(self, incoming: Incoming) -> Known | None:
        for handle in incoming.work.identifiers:
            holders = self.by_handle.get(handle, [])
            if handle.startswith("doi:"):
                holders = [k for k in holders if not identity.two_works(k.work, incoming.work)]
            if holders:
                return min(holders, key=_distance(handle, incoming))
        holders = self.by_handle.get(incoming.likeness, [])
        if incoming.work.identifiers:
            holders = [known for known in holders if not known.has_identifier]
        return min(holders, key=_distance(incoming.likeness, incoming), default=None)

    def _update(self, changed: list[Known]) -> None:
        rows = [{"paper": known.id, **_columns(self.touched[known])} for known in changed]
        self.connection.execute(
            update(PAPERS)
            .where(PAPERS.c.id == bindparam("paper"))
            .values(version=PAPERS.c.version + 1),
            rows,
        )
        ids = [known.id for known in changed]
        for table in (HANDLES, SEARCH):
            theirs = among(self.connection, table.c.paper, ids)
            self.connection.execute(delete(table).where(theirs))

    def _insert(self, new: list[Known]) -> None:
        rows = [
            {
                "key": known.key,
                "folded_key": known.key.lower(),
                "version": 1,
                **_columns(self.touched[known]),
            }
            for known in new
        ]
        statement = insert(PAPERS).returning(PAPERS.c.id, sort_by_parameter_order=True)
        for known, number in zip(new, self.connection.scalars(statement, rows), strict=True):
            known.id = number

    def _write_handles(self) -> None:
        self.connection.execute(
            insert(HANDLES),
            [
                {"handle": handle, "paper": known.id, "current": current}
                for known in self.touched
                for handle, current in known.handles.items()
            ],
        )
        self.connection.execute(
            insert(SEARCH),
            [
                {
                    "paper": known.id,
                    "words": searched(latest.item, latest.work.identifiers, known.key),
                }
                for known, latest in self.touched.items()
            ],
        )


def batches(items: Iterable[Item]) -> Iterator[list[Incoming]]:
    """*items*, ready to be stored, in lists that fit into memory."""
    batch: list[Incoming] = []
    size = 0
    for item in items:
        incoming = prepared(item)
        batch.append(incoming)
        size += len(incoming.csl)
        if len(batch) >= BATCH or size >= BATCH_LETTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def prepared(item: Item) -> Incoming:
    """*item*, ready to be stored."""
    item, csl = storable(item)
    # A paper keeps its first key, so another key alone is no change.
    keyless = {name: said for name, said in item.to_csl().items() if name != "citation-key"}
    digest = blake2b(_encode_sorted(keyless), digest_size=16).hexdigest()
    likeness = identity.likeness(item, item.id, digest)
    return Incoming(item, csl, digest, identity.work(item), likeness)


def storable(item: Item) -> tuple[Item, str]:
    """*item* and its JSON, without what PostgreSQL or JSON cannot hold.

    NUL characters are left out, lone surrogates become U+FFFD, and a value that JSON does not know
    becomes its text. Raises ItemError when the JSON would be nested too deeply to be read again.
    """
    data = item.to_csl()
    try:
        csl = _encode(data)
    except (UnicodeEncodeError, TypeError, ValueError):
        csl = b""
    except RecursionError:
        raise _too_deep(item) from None
    if not csl or rb"\u0000" in csl:
        item = Item.from_csl(_clean(data), report=_ignore)
        csl = _encode(item.to_csl())
    # Each level takes a bracket, so most items need not be walked through.
    if csl.count(b"[") + csl.count(b"{") > DEEPEST and _depth(data) > DEEPEST:
        raise _too_deep(item)
    return item, csl.decode()


def clean(text: str) -> str:
    """*text* without NUL characters and lone surrogates."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def wanted_key(item: Item) -> str:
    """The key that *item* gets if no other paper has it."""
    return (keys.own_key(item) or keys.base_key(item))[:LONGEST_KEY]


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {clean(str(key)): _clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    return clean(str(value))


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return 0
    return 1 + max(map(_depth, value), default=0)


def _too_deep(item: Item) -> ItemError:
    return ItemError(Problem("nested too deeply to be stored", id=item.id[:100]))


def _ignore(_problem: Problem) -> None:
    """What could not be understood was reported when the item was read; it stays in `extra`."""


def _columns(latest: Incoming) -> dict[str, Any]:
    return {
        "item_id": latest.work.id,
        "type": latest.work.type,
        "title": latest.work.title,
        "digest": latest.digest,
        "changed": datetime.now(UTC).replace(tzinfo=None),
        "csl": latest.csl,
    }


def _known(connection: Connection, incoming: Sequence[Incoming]) -> Iterator[Known]:
    """The stored papers that have a handle of one of *incoming*."""
    wanted = {handle for one in incoming for handle in (*one.work.identifiers, one.likeness)}
    wanted_here = HANDLES.c.handle.in_(select(listed(connection, wanted).c.value))
    ids = set(connection.scalars(select(HANDLES.c.paper).where(wanted_here)))
    if not ids:
        return
    handles: dict[int, dict[str, bool]] = {number: {} for number in ids}
    for handle, number, current in connection.execute(
        select(HANDLES.c.handle, HANDLES.c.paper, HANDLES.c.current).where(
            among(connection, HANDLES.c.paper, ids)
        )
    ):
        handles[number][handle] = current
    table = PAPERS.c
    for number, key, digest, *said in connection.execute(
        select(table.id, table.key, table.digest, table.item_id, table.type, table.title)
        .where(among(connection, table.id, ids))
        .order_by(table.id)
    ):
        own = handles[number]
        now = (handle for handle, current in own.items() if current)
        identifiers = tuple(handle for handle in now if not handle.startswith("like:"))
        yield Known(number, key, digest, Work(said[0], said[1], said[2], identifiers), own)


def _taken(connection: Connection, incoming: Sequence[Incoming]) -> set[str]:
    """The stored keys, in lower case, that begin like one that is wanted."""
    bases = {wanted_key(one.item).lower() for one in incoming}
    wanted = listed(connection, bases).c.value
    # "{" comes after "z", and what makes a key unique are letters from a to z.
    begins = (PAPERS.c.folded_key >= wanted) & (PAPERS.c.folded_key < wanted + "{")
    return set(connection.scalars(select(PAPERS.c.folded_key).join(wanted.table, begins)))


def _distance(handle: str, incoming: Incoming) -> Any:
    """How far a paper is from *incoming*: has it *handle* now, the same id, the same title?"""

    def distance(known: Known) -> tuple[bool, bool, bool, bool, int]:
        same_id = incoming.work.id == known.work.id != ""
        same_title = identity.alike(incoming.work, known.work)
        return (not known.handles[handle], not same_id, not same_title, not known.id, known.id)

    return distance
