"""Database: one address, opened; reading and writing transactions, whatever the database.

Writers wait for one another (SQLite by BEGIN IMMEDIATE, PostgreSQL by an advisory lock), so what a
writer has looked up is still true when it writes. Readers never wait. Whatever SQLAlchemy or a
driver raises leaves this module as StoreError, which names the database without its password.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import (
    JSON,
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    QueuePool,
    Text,
    bindparam,
    cast,
    column,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from citekit.errors import StoreError
from citekit.store import schema

DEFAULT: Final = "citekit.sqlite"
SETTING: Final = "CITEKIT_DATABASE"

_SECONDS_TO_CONNECT: Final = 10
_SECONDS_TO_WAIT: Final = 60
_DRIVERS: Final = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}
# Any number will do that no other program uses in the same database.
_LOCK: Final = 0x63697465
_BEGIN: Final = {
    ("sqlite", False): "BEGIN",
    ("sqlite", True): "BEGIN IMMEDIATE",
    ("postgresql", True): f"SELECT pg_advisory_xact_lock({_LOCK})",
}


class Database:
    """An open database with the newest schema. One object serves all threads."""

    def __init__(self, address: str | Path | None = None) -> None:
        url = _url(address)
        self.name = _name(url)
        self.engine = _engine(url, self.name)
        self._writer = self.engine.execution_options(citekit_writes=True)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer runs beside."""
        with self._errors(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()

    def _prepare(self) -> None:
        if self.engine.dialect.name == "sqlite":
            self._write_ahead()
        with self.reading() as connection:
            self._check_encoding(connection)
            found = schema.version(connection)
            schema.check(found, self.name)
        if found < schema.NEWEST:
            with self.writing() as connection:
                schema.migrate(connection, self.name)

    def _write_ahead(self) -> None:
        """Sets SQLite's write-ahead log, with which readers do not wait for writers."""
        deadline = time.monotonic() + _SECONDS_TO_WAIT
        while True:
            try:
                with self._errors(), self.engine.connect() as connection:
                    # The cursor below SQLAlchemy, which would begin a transaction first.
                    connection.connection.cursor().execute("PRAGMA journal_mode = WAL")
                return
            except StoreError as error:
                # SQLite does not wait by itself when two processes change the mode at once.
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _check_encoding(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
            if encoding != "UTF8":
                raise StoreError(f"{self.name}: the encoding is {encoding} (wanted UTF8)")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            # The text of SQLAlchemy's own errors ends with the statement.
            said = error.orig if isinstance(error, DBAPIError) else error
            line = next(iter(str(said).strip().splitlines()), type(said).__name__)
            raise StoreError(f"{self.name}: {line}") from error


def holds(connection: Connection, text: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """The condition that *part* occurs in *text*: no letter of it is a pattern."""
    find = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return find(text, part) > 0


def listed(connection: Connection, values: Iterable[str] | Iterable[int]) -> FromClause:
    """*values* as a table with one column, `value`, of texts.

    They are one parameter: their number has no limit, and the statement is always the same.
    """
    json: Any = bindparam(None, msgspec.json.encode(list(values)).decode(), Text)
    if connection.dialect.name == "sqlite":
        rows = func.json_each(json)
    else:
        rows = func.json_array_elements_text(cast(json, JSON))
    return rows.table_valued(column("value", Text), name="listed")


def among(
    connection: Connection, number: ColumnElement[int], numbers: Iterable[int]
) -> ColumnElement[bool]:
    """The condition that *number* is one of *numbers*."""
    value = listed(connection, numbers).c.value
    return number.in_(select(cast(value, BigInteger)))


def _url(address: str | Path | None) -> URL:
    given = str(address or os.environ.get(SETTING) or DEFAULT)
    if "://" not in given:
        return URL.create("sqlite", database=given)
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        # The text may hold a password, so it is not repeated.
        raise StoreError(
            "the address of the database cannot be read"
            " (wanted a file, sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME)"
        ) from None
    if url.drivername not in _DRIVERS:
        raise StoreError(f"{url.drivername}: unknown database (wanted sqlite or postgresql)")
    return url.set(drivername=_DRIVERS[url.drivername])


def _name(url: URL) -> str:
    """The address as a message may show it."""
    if url.drivername == "sqlite":
        return url.database or ":memory:"
    # libpq takes a password among the options as well.
    return url.set(drivername="postgresql", password=None, query={}).render_as_string()


def _engine(url: URL, name: str) -> Engine:
    options: dict[str, Any] = {"hide_parameters": True, "poolclass": QueuePool}
    if url.drivername == "sqlite":
        options["connect_args"] = {"timeout": _SECONDS_TO_WAIT, "check_same_thread": False}
        if name == ":memory:":
            # Another connection would be another, empty database.
            options |= {"pool_size": 1, "max_overflow": 0}
    else:
        options["pool_pre_ping"] = True
        if "connect_timeout" not in url.query:
            options["connect_args"] = {"connect_timeout": _SECONDS_TO_CONNECT}
    try:
        engine = create_engine(url, **options)
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError(f"{name}: {error} (wanted: pip install -e '.[postgres]')") from error
    if url.drivername == "sqlite":
        event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(raw: Any, _record: object) -> None:
    # Python's sqlite3 would begin transactions by itself, and too late for BEGIN IMMEDIATE.
    raw.isolation_level = None
    raw.execute("PRAGMA foreign_keys = ON")


def _on_begin(connection: Connection) -> None:
    writes = bool(connection.get_execution_options().get("citekit_writes"))
    if statement := _BEGIN.get((connection.dialect.name, writes)):
        connection.exec_driver_sql(statement)
