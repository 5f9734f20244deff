"""What the bot remembers, and how to ask for it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.engine import bring_up_to_date, engine_of, place_of
from bot.store.errors import StoreError
from bot.store.pseudonym import Pseudonymiser
from bot.store.schema import ACCOUNTS

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""Both know ON CONFLICT, each in its own words."""

_MOST_IN_MEMORY = 10_000
"""Accounts whose language is kept in memory."""


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept about an account: a chosen language, and since when (UTC)."""

    language: str
    chosen_at: datetime


class Store:
    """The bot's own state.  Accounts are named by bare JID here and by pseudonym in the database.

    Every method raises `StoreError` when the database does not do its part.
    """

    def __init__(self, engine: AsyncEngine, pseudonymiser: Pseudonymiser) -> None:
        self._engine, self._pseudonymiser = engine, pseudonymiser
        self._languages: OrderedDict[str, str | None] = OrderedDict()
        self._place = place_of(engine.url)

    async def language(self, account: str) -> str | None:
        """Return the language that *account* chose.

        Those asked for last are in memory: only one bot writes to the database.
        """
        if account in self._languages:
            return self._languages[account]
        kept = await self.kept(account)
        self._languages[account] = kept.language if kept else None
        if len(self._languages) > _MOST_IN_MEMORY:
            self._languages.popitem(last=False)
        return self._languages[account]

    async def kept(self, account: str) -> Kept | None:
        """Return all that is kept about *account*."""
        query = select(ACCOUNTS.c.language, ACCOUNTS.c.chosen_at).where(
            ACCOUNTS.c.pseudonym == self._pseudonymiser.account(account)
        )
        async with self._transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Kept(row.language, row.chosen_at.replace(tzinfo=row.chosen_at.tzinfo or UTC).astimezone(UTC))

    async def choose_language(self, account: str, language: str | None, now: datetime) -> None:
        """Remember the language of *account*; None forgets it."""
        if language is None:
            await self.forget(account)
            return
        chosen = {"language": language, "chosen_at": now.astimezone(UTC)}
        new = _INSERTS[self._engine.dialect.name](ACCOUNTS).values(
            pseudonym=self._pseudonymiser.account(account), **chosen
        )
        async with self._transaction() as connection:
            await connection.execute(new.on_conflict_do_update(index_elements=["pseudonym"], set_=chosen))
        self._languages.pop(account, None)

    async def forget(self, account: str) -> bool:
        """Erase all that is kept about *account*; return whether there was anything."""
        query = delete(ACCOUNTS).where(ACCOUNTS.c.pseudonym == self._pseudonymiser.account(account))
        async with self._transaction() as connection:
            erased = (await connection.execute(query)).rowcount > 0
        self._languages.pop(account, None)
        return erased

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"{self._place}: {_reason(error)}") from error


@asynccontextmanager
async def open_store(place: str, key: bytes) -> AsyncIterator[Store]:
    """Open the database at *place* (a file or a URL) with the key of its pseudonyms (32 bytes or more).

    Raises `StoreError` when it cannot be used, with the place and the remedy.  It is closed in any
    case: the thread of an open SQLite connection would keep a failing process alive for ever.
    """
    pseudonymiser = Pseudonymiser(key)
    engine = engine_of(place)
    try:
        try:
            async with engine.begin() as connection:
                await bring_up_to_date(connection, pseudonymiser.check())
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"{place_of(engine.url)}: {_reason(error)}") from error
        yield Store(engine, pseudonymiser)
    finally:
        await engine.dispose()


def _reason(error: Exception) -> str:
    """Return what the database says, without the statement and its values, and what to do."""
    said = str(getattr(error, "orig", None) or error)
    remedies = {
        "not a database": "this file is no database; name another one in the setting 'store'",
        "full": "the disk is full; free some space, nothing that was stored is lost",
        "locked": "another program holds the database; stop it, only one bot may use it",
        "readonly": "the database is read-only; let the bot write to the file and its directory",
        "unable to open": "the database cannot be opened; the bot must be allowed to write to its directory",
        "malformed": "the database is damaged; restore it from a backup or move it away",
    }
    return next((remedy for word, remedy in remedies.items() if word in said), f"the database failed: {said}")
