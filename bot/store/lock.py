"""Locks in PostgreSQL; SQLite has a single writer anyway."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TURN = 0x50524956
"""The first half of the lock's number, ours by chance; the second half stands for the schema of our tables."""


async def in_turn(connection: AsyncConnection) -> None:
    """Wait until no other transaction that came through here is open; then others wait for this one."""
    if connection.dialect.name == "postgresql":
        query = text("SELECT pg_advisory_xact_lock(:number, hashtext(coalesce(current_schema(), '')))")
        await connection.execute(query, {"number": _TURN})
