"""A copy of SQLite's file that is whole whatever the bot does meanwhile; PostgreSQL has a program for that."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL

from bot.store.engine import BEGIN, engine_of, place_of, url_of
from bot.store.errors import StoreError, explained
from bot.store.inspection import refuse_missing


async def back_up(place: str, target: Path) -> None:
    """Write a copy of the database at *place* into a new file that only its owner can read.

    Raises `StoreError` when there is something at *target*, or with the command that copies a
    database in PostgreSQL.
    """
    url = url_of(place)
    if url.get_backend_name() != "sqlite":
        raise StoreError(f"PostgreSQL has its own program for this; it asks for the password:\n{_pg_dump(url, target)}")
    refuse_missing(url)
    with _new_file(target) as descriptor:
        await _copy(place, target)
        os.fsync(descriptor)


@contextmanager
def _new_file(target: Path) -> Iterator[int]:
    """Make a file that only its owner can read; it is gone again when the block fails."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written: {error.strerror}; name a new file") from error
    try:
        yield descriptor
    except BaseException:
        target.unlink()
        raise
    finally:
        os.close(descriptor)


async def _copy(place: str, target: Path) -> None:
    engine = engine_of(place)
    try:
        with explained(place_of(engine.url)):
            async with engine.execution_options(**{BEGIN: ""}).connect() as connection:
                await connection.execute(text("VACUUM INTO :target"), {"target": str(target)})
    finally:
        await engine.dispose()


def _pg_dump(url: URL, target: Path) -> str:
    options = {"host": url.host, "port": url.port, "username": url.username, "dbname": url.database}
    given = [f"--{name}={value}" for name, value in options.items() if value is not None]
    return shlex.join(["pg_dump", *given, "--format=custom", f"--file={target}"])
