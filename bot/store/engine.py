"""Opens the database, and brings it up to date."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.store.errors import StoreError, StoreTooNew, WrongKey, explained
from bot.store.lock import in_turn
from bot.store.schema import META, STEPS

_TYPES = {
    "sqlite": {"blob": "BLOB", "timestamp": "TIMESTAMP", "serial": "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"},
    "postgresql": {"blob": "BYTEA", "timestamp": "TIMESTAMP WITH TIME ZONE", "serial": "SERIAL PRIMARY KEY"},
}

_PRAGMAS = ("busy_timeout = 5000", "synchronous = NORMAL", "foreign_keys = ON")

BEGIN = "sqlite_begin"
"""Execution option: the statement that begins a transaction; empty for none."""

# One connection: SQLite has one writer anyway, and a database in memory lives in its connection.
_SQLITE: Mapping[str, Any] = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}

_SERVER_SETTINGS = {"application_name": "privacy-bot", "jit": "off"}  # JIT takes longer than our queries do

# A connection that has died is noticed before it is used: an outage needs no restart of the bot.
_POSTGRESQL: Mapping[str, Any] = {
    "pool_pre_ping": True,
    "connect_args": {"timeout": 10, "command_timeout": 60, "server_settings": _SERVER_SETTINGS},
}

_DRIVERS = {"postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg"}
"""What stands for a driver in the URLs of other programs (`psql`, libpq)."""


def engine_of(place: str, **special: Any) -> AsyncEngine:
    """Return an engine for *place*: a file, or a database URL; raises `StoreError`.

    *special* are arguments for SQLAlchemy that take the place of ours.
    """
    url = url_of(place)
    if url.get_backend_name() not in _TYPES:
        raise StoreError(f"{place_of(url)}: use a file, or a URL that begins with sqlite or postgresql")
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        engine = create_async_engine(url, **{**(_SQLITE if is_sqlite else _POSTGRESQL), **special})
    except ModuleNotFoundError as error:
        if error.name != "asyncpg":
            raise _unusable(url) from error
        raise StoreError(
            f"{place_of(url)}: the driver for PostgreSQL is missing; install it: "
            "pip install 'xmpp-privacy-bot[postgresql]'"
        ) from error
    except (SQLAlchemyError, ImportError) as error:
        raise _unusable(url) from error
    if is_sqlite:
        if url.database not in (None, "", ":memory:"):
            _own_file(Path(str(url.database)))
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _unusable(url: URL) -> StoreError:
    return StoreError(
        f"{place_of(url)}: the driver {url.drivername} cannot be used; begin the URL with "
        "sqlite+aiosqlite or postgresql+asyncpg, and install that driver"
    )


def place_of(url: URL) -> str:
    """Return the place of the database for messages, without a password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return str(url.database)
    return url.render_as_string(hide_password=True)


def url_of(place: str) -> URL:
    """Return *place*, a file or a URL, as SQLAlchemy's URL; raises `StoreError`."""
    if "://" not in place:
        return URL.create("sqlite+aiosqlite", database=place)
    try:
        url = make_url(place)
    except ArgumentError as error:
        raise StoreError(
            "the database URL cannot be read; write it like sqlite+aiosqlite:///FILE "
            "or postgresql+asyncpg://USER@HOST/DATABASE"
        ) from error
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def _own_file(path: Path) -> None:
    """Make the file readable by nobody else before SQLite opens it."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(
            f"{path}: the database cannot be opened ({error.strerror}); "
            "the directory must exist, and the bot must be allowed to write there"
        ) from error


def _prepare(connection: Any, _record: object) -> None:
    # Left to itself, Python's sqlite3 commits before each CREATE: a step could be done by halves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    if statement := connection.get_execution_options().get(BEGIN, "BEGIN"):
        connection.exec_driver_sql(statement)


async def make_ready(engine: AsyncEngine, key_check: bytes) -> None:
    """Bring the database of *engine* up to date; raises `StoreError`, and then nothing is changed."""
    with explained(place_of(engine.url)):
        # Immediate: who starts at the same time waits, instead of failing between reading and writing.
        # With PostgreSQL, `in_turn` sees to that.
        async with engine.execution_options(**{BEGIN: "BEGIN IMMEDIATE"}).begin() as connection:
            await bring_up_to_date(connection, key_check)
        if engine.dialect.name == "sqlite":  # after it is known to be ours: the mode stays in the file
            async with engine.execution_options(**{BEGIN: ""}).connect() as connection:
                await connection.exec_driver_sql("PRAGMA journal_mode = WAL")


async def bring_up_to_date(
    connection: AsyncConnection, key_check: bytes, steps: tuple[tuple[str, ...], ...] = STEPS
) -> None:
    """Run the steps that the database has not seen, in the transaction of *connection*; raises as `examine` does."""
    await in_turn(connection)
    schema = await examine(connection, key_check, len(steps))
    await connection.run_sync(META.create, checkfirst=True)
    for step in steps[schema:]:
        for statement in step:
            await connection.execute(text(statement.format(**_TYPES[connection.dialect.name])))
    if schema < len(steps):
        await connection.execute(META.delete())
        values = {"schema": str(len(steps)).encode(), "key_check": key_check}
        await connection.execute(META.insert(), [{"name": name, "value": value} for name, value in values.items()])


async def examine(connection: AsyncConnection, key_check: bytes, newest: int = len(STEPS)) -> int:
    """Return the schema of the database, 0 when it is empty; *newest* is the last that is known.

    Raises `StoreError` when it belongs to another program, `StoreTooNew` and `WrongKey`.
    """
    place = place_of(connection.engine.url)
    tables = await connection.run_sync(lambda connected: inspect(connected).get_table_names())
    if not tables:
        return 0
    if META.name not in tables:
        raise StoreError(f"{place}: this is the database of another program; name another one in the setting 'store'")
    known = {row.name: row.value for row in await connection.execute(META.select())}
    if known.get("key_check", key_check) != key_check:
        raise WrongKey(place)
    schema = int(known.get("schema", b"0"))
    if schema > newest:
        raise StoreTooNew(place, schema, newest)
    return schema
