"""What the bot remembers, and how to ask for it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.measures import NOTHING, Measures
from bot.store.acquaintances import Acquaintances
from bot.store.announcements import Announcements
from bot.store.census import Census
from bot.store.database import Database, utc
from bot.store.engine import engine_of, make_ready
from bot.store.erasures import Erasures
from bot.store.exports import Exports
from bot.store.gaps import Gaps
from bot.store.rekeying import Staging
from bot.store.schema import ACCOUNTS, META
from bot.store.tickets import Tickets
from bot.store.versions import Versions

_MOST_IN_MEMORY = 10_000
"""Accounts whose language is kept in memory."""

_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept about an account: a chosen language, and since when (UTC)."""

    language: str
    chosen_at: datetime


class Store:
    """The bot's own state.  Accounts are named by bare JID here and by pseudonym in the database.

    Every method raises `StoreError` when the database does not do its part.

    Attributes:
        erasures: what people asked to be erased.
        exports: copies of their data that they asked for.
        tickets: what people have to decide.
        acquaintances: who was told what.
        announcements: what everybody is told.
        versions: of the policy.
        gaps: what could not be answered.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._languages: OrderedDict[bytes, str | None] = OrderedDict()
        self.erasures = Erasures(database)
        self.exports = Exports(database)
        self.tickets = Tickets(database)
        self.acquaintances = Acquaintances(database)
        self.announcements = Announcements(database, self.acquaintances)
        self.versions = Versions(database)
        self.gaps = Gaps(database)

    def letter_id(self, account: str, about: str) -> str:
        """Return the id of a message to *account*: the same whenever the same is sent, and telling nobody whom."""
        return self._database.pseudonyms.digest("letter", f"{about}\0{account}")[:_ID_BYTES].hex()

    async def respond(self) -> None:
        """Return when the database has answered something small."""
        async with self._database.transaction() as connection:
            await connection.execute(select(META.c.name).limit(1))

    def census(self) -> Census:
        """Return what finds out who of those remembered is gone from the server."""

        def forgotten(pseudonym: bytes) -> None:
            self._languages.pop(pseudonym, None)

        return Census(self._database, forgotten)

    def staging(self, key: bytes) -> Staging:
        """Return what prepares a change to another *key*."""
        return Staging(self._database, key)

    async def language(self, account: str) -> str | None:
        """Return the language that *account* chose.

        Those asked for last are in memory: only one bot writes to the database.
        """
        pseudonym = self._database.pseudonyms.account(account)
        if pseudonym in self._languages:
            self._languages.move_to_end(pseudonym)
            return self._languages[pseudonym]
        kept = await self.kept(account)
        # A choice made while the database was read is newer than what was read.
        language = self._languages.get(pseudonym, kept.language if kept else None)
        self._recall(pseudonym, language)
        return language

    async def kept(self, account: str) -> Kept | None:
        """Return all that is kept about *account*."""
        query = select(ACCOUNTS.c.language, ACCOUNTS.c.chosen_at).where(
            ACCOUNTS.c.pseudonym == self._database.pseudonyms.account(account)
        )
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Kept(row.language, utc(row.chosen_at))

    async def choose_language(
        self, account: str, language: str | None, now: datetime, *, is_guest: bool = False
    ) -> None:
        """Remember the language of *account*, which is a guest's when it is on another server; None forgets it."""
        if language is None:
            await self.forget(account)
            return
        pseudonym = self._database.pseudonyms.account(account)
        chosen = {"language": language, "chosen_at": now.astimezone(UTC), "is_guest": is_guest}
        new = self._database.insert(ACCOUNTS).values(pseudonym=pseudonym, **chosen)
        async with self._change(pseudonym, language) as connection:
            await connection.execute(new.on_conflict_do_update(index_elements=["pseudonym"], set_=chosen))

    async def forget(self, account: str) -> bool:
        """Erase all that is kept about *account*; return whether there was anything."""
        pseudonym = self._database.pseudonyms.account(account)
        query = delete(ACCOUNTS).where(ACCOUNTS.c.pseudonym == pseudonym)
        async with self._change(pseudonym, None) as connection:
            return (await connection.execute(query)).rowcount > 0

    @asynccontextmanager
    async def _change(self, pseudonym: bytes, language: str | None) -> AsyncIterator[AsyncConnection]:
        """A transaction after which the account has *language*; when it fails, the database is asked again."""
        try:
            async with self._database.transaction() as connection:
                yield connection
        except BaseException:
            self._languages.pop(pseudonym, None)
            raise
        self._recall(pseudonym, language)

    def _recall(self, pseudonym: bytes, language: str | None) -> None:
        self._languages[pseudonym] = language
        self._languages.move_to_end(pseudonym)
        if len(self._languages) > _MOST_IN_MEMORY:
            self._languages.popitem(last=False)


@asynccontextmanager
async def open_store(place: str, key: bytes, measures: Measures = NOTHING) -> AsyncIterator[Store]:
    """Open the database at *place* (a file or a URL) with the key of its pseudonyms (32 bytes or more).

    *measures* is told of later failures.  Raises `StoreError` when it cannot be used, with the place and
    the remedy.  It is closed in any case: the thread of an open SQLite connection would keep a failing
    process alive for ever.
    """
    engine = engine_of(place)
    try:
        database = Database(engine, key, measures)
        await make_ready(engine, database.pseudonyms.check())
        yield Store(database)
    finally:
        await engine.dispose()
