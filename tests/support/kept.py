"""What is in a database of the bot, whichever kind it is, and a way to spoil it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

from bot.store.engine import engine_of


async def content(place: str) -> bytes:
    """Return all that a database holds: SQLite's files as they are, or every value in PostgreSQL."""
    if "://" not in place:
        path = Path(place)
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
    rows = [row for name in sorted(await tables(place)) for row in await execute(place, f"SELECT * FROM {name}")]  # noqa: S608 -- ours
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


async def tables(place: str) -> set[str]:
    """Return the names of its tables."""
    engine = engine_of(place)
    try:
        async with engine.connect() as connection:
            return set(await connection.run_sync(lambda connected: inspect(connected).get_table_names()))
    finally:
        await engine.dispose()


async def execute(place: str, *statements: str, **values: object) -> list[tuple[Any, ...]]:
    """Do something to it by SQL; return the rows that the last statement gives."""
    engine = engine_of(place)
    try:
        async with engine.begin() as connection:
            for statement in statements:
                result = await connection.execute(text(statement), values)
            return [tuple(row) for row in result.all()] if result.returns_rows else []
    finally:
        await engine.dispose()
