"""Opens the database, and brings it up to date."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.store.errors import StoreError, StoreTooNew, WrongKey
from bot.store.schema import META, STEPS

_TYPES = {
    "sqlite": {"blob": "BLOB", "timestamp": "TIMESTAMP"},
    "postgresql": {"blob": "BYTEA", "timestamp": "TIMESTAMP WITH TIME ZONE"},
}

_PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "busy_timeout = 5000")


def engine_of(place: str) -> AsyncEngine:
    """Return an engine for *place*: a file, or a database URL; raises `StoreError`."""
    url = _url(place)
    if url.get_backend_name() not in _TYPES:
        raise StoreError(f"{place_of(url)}: use a file, or a URL that begins with sqlite or postgresql")
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url)
    if url.database not in (None, "", ":memory:"):
        _own_file(Path(str(url.database)))
    # One connection: SQLite has one writer anyway, and a database in memory lives in its connection.
    engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0)
    event.listen(engine.sync_engine, "connect", _prepare)
    return engine


def place_of(url: URL) -> str:
    """Return the place of the database for messages, without a password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return str(url.database)
    return url.render_as_string(hide_password=True)


def _url(place: str) -> URL:
    if "://" not in place:
        return URL.create("sqlite+aiosqlite", database=place)
    try:
        return make_url(place)
    except ArgumentError as error:
        raise StoreError("the database URL cannot be read; write it like sqlite+aiosqlite:///FILE") from error


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
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


async def bring_up_to_date(
    connection: AsyncConnection, key_check: bytes, steps: tuple[tuple[str, ...], ...] = STEPS
) -> None:
    """Run the steps that the database has not seen, in the transaction of *connection*.

    Raises `StoreTooNew` and `WrongKey`; nothing is changed then.
    """
    place = place_of(connection.engine.url)
    await connection.run_sync(META.create, checkfirst=True)
    known = {row.name: row.value for row in await connection.execute(META.select())}
    if known.get("key_check", key_check) != key_check:
        raise WrongKey(place)
    schema = int(known.get("schema", b"0"))
    if schema > len(steps):
        raise StoreTooNew(place, schema, len(steps))
    for step in steps[schema:]:
        for statement in step:
            await connection.execute(text(statement.format(**_TYPES[connection.dialect.name])))
    if schema < len(steps):
        await connection.execute(META.delete())
        values = {"schema": str(len(steps)).encode(), "key_check": key_check}
        await connection.execute(META.insert(), [{"name": name, "value": value} for name, value in values.items()])
