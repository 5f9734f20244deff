"""The open database: transactions, pseudonyms and seals, for everything that keeps something in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.measures import NOTHING, Measures
from bot.store.engine import place_of
from bot.store.errors import StoreError, explained
from bot.store.pseudonym import Pseudonymiser
from bot.store.sealing import Sealer


class Database:
    """The open database; what it raises is a `StoreError`, of which *measures* is told."""

    def __init__(self, engine: AsyncEngine, key: bytes, measures: Measures = NOTHING) -> None:
        self._engine, self._measures = engine, measures
        self._place = place_of(engine.url)
        self.pseudonyms = Pseudonymiser(key)
        self.sealer = Sealer(key)

    def insert(self, table: Table) -> Any:
        """Return an INSERT that knows ON CONFLICT."""
        dialect = import_module(f"sqlalchemy.dialects.{self._engine.dialect.name}")  # the one that is used is loaded
        return dialect.insert(table)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction; undone when the block fails."""
        try:
            with explained(self._place):
                async with self._engine.begin() as connection:
                    yield connection
        except StoreError:
            self._measures.store_failed()
            raise


def utc(time: datetime) -> datetime:
    """Return a time of the database in UTC; SQLite gives it without a zone."""
    return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)


def utc_or_none(time: datetime | None) -> datetime | None:
    """Return a time of the database in UTC, if there is one."""
    return None if time is None else utc(time)
