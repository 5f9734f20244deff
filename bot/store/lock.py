"""Who may write: locks in PostgreSQL, which several machines can reach.  SQLite has a single writer anyway.

The locks belong to the schema that has our tables, so that other bots can use the same database.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TURN = 0x50524956
_LEAD = 0x50524957
"""The first half of a lock's number, ours by chance; the second half stands for the schema."""

_SCHEMA = "hashtext(coalesce(current_schema(), ''))"


async def in_turn(connection: AsyncConnection) -> None:
    """Wait until no other transaction that came through here is open; then others wait for this one."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"SELECT pg_advisory_xact_lock(:number, {_SCHEMA})"), {"number": _TURN})


async def take_lead(connection: AsyncConnection) -> bool:
    """Try to be the only bot, for as long as *connection* (to PostgreSQL) lives; False when another one is."""
    query = text(f"SELECT pg_try_advisory_lock(:number, {_SCHEMA})")
    taken: bool = (await connection.execute(query, {"number": _LEAD})).scalar_one()
    return taken
