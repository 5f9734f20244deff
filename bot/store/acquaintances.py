"""What accounts were told, and in which language they can be told more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Delete, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.claims.announcement import STRANGER, Acquaintance
from bot.store.database import Database, utc_or_none
from bot.store.schema import ACCOUNTS, ACQUAINTANCES


class Acquaintances:
    """Who was told what; accounts are bare JIDs, at most 1,000 at once.  Every method raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, accounts: Collection[str]) -> dict[str, Acquaintance]:
        """Return what is known about each of *accounts*: of those unknown, that nothing is."""
        names = {self._database.pseudonyms.account(account): account for account in accounts}
        known = dict.fromkeys(accounts, STRANGER)
        language = func.coalesce(ACCOUNTS.c.language, ACQUAINTANCES.c.language).label("speaks")
        joined = ACQUAINTANCES.join(ACCOUNTS, ACCOUNTS.c.pseudonym == ACQUAINTANCES.c.pseudonym, isouter=True)
        told = select(ACQUAINTANCES, language).select_from(joined).where(ACQUAINTANCES.c.pseudonym.in_(names))
        chosen = select(ACCOUNTS.c.pseudonym, ACCOUNTS.c.language).where(ACCOUNTS.c.pseudonym.in_(names))
        async with self._database.transaction() as connection:
            for row in (await connection.execute(chosen)).all():
                known[names[row.pseudonym]] = Acquaintance(row.language)
            for row in (await connection.execute(told)).all():
                known[names[row.pseudonym]] = replace(_read(row), language=row.speaks)
        return known

    async def kept(self, account: str) -> Acquaintance | None:
        """Return what is kept here about *account*, without the language that it chose; None for nothing."""
        query = select(ACQUAINTANCES).where(ACQUAINTANCES.c.pseudonym == self._database.pseudonyms.account(account))
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _read(row)

    async def hear(self, languages: Mapping[str, str | None]) -> None:
        """Remember which language each account's client speaks; None for the policy's first, which needs no note."""
        spoken = {account: language for account, language in languages.items() if language is not None}
        others = [self._database.pseudonyms.account(account) for account in languages.keys() - spoken.keys()]
        known = ACQUAINTANCES.c.pseudonym.in_(others) & ACQUAINTANCES.c.language.is_not(None)
        async with self._database.transaction() as connection:
            await self._put(connection, [{"account": account, "language": spoken[account]} for account in spoken])
        if not others:
            return
        # In a transaction of its own and in order, or two that write at once could wait for each other.
        rows = select(ACQUAINTANCES.c.pseudonym).where(known).order_by(ACQUAINTANCES.c.pseudonym).with_for_update()
        async with self._database.transaction() as connection:
            await connection.execute(rows)
            await connection.execute(ACQUAINTANCES.update().where(known).values(language=None))
            await connection.execute(_emptied(others))

    async def told(self, connection: AsyncConnection, accounts: Collection[str], version: str, now: datetime) -> None:
        """Note that *accounts* know *version*, in a transaction that notes more."""
        time = now.astimezone(UTC)
        await self._put(connection, [{"account": account, "version": version, "told_at": time} for account in accounts])

    async def welcomed(self, logins: Mapping[str, datetime], version: str, now: datetime) -> None:
        """Note that accounts were told of *version* because of their first *logins*, at these times of the server's."""
        told = {"version": version, "told_at": now.astimezone(UTC)}
        rows = [{"account": account, **told, "welcomed_at": login.astimezone(UTC)} for account, login in logins.items()]
        async with self._database.transaction() as connection:
            await self._put(connection, rows)

    async def take_news(self, account: str, now: datetime, *, wanted: bool) -> None:
        """Remember whether *account* wants to hear what it need not be told."""
        since = None if wanted else now.astimezone(UTC)
        async with self._database.transaction() as connection:
            await self._put(connection, [{"account": account, "no_news_at": since}])
            await connection.execute(_emptied([self._database.pseudonyms.account(account)]))

    async def forget(self, account: str) -> bool:
        """Forget all of this about *account*; return whether there was anything."""
        query = delete(ACQUAINTANCES).where(ACQUAINTANCES.c.pseudonym == self._database.pseudonyms.account(account))
        async with self._database.transaction() as connection:
            return (await connection.execute(query)).rowcount > 0

    async def _put(self, connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
        """Note values of accounts; all rows name the same columns, and the others stay as they are."""
        if not rows:
            return
        columns = [column for column in rows[0] if column != "account"]
        new = self._database.insert(ACQUAINTANCES)
        merged = new.on_conflict_do_update(
            index_elements=["pseudonym"], set_={column: new.excluded[column] for column in columns}
        )
        values = [
            {"pseudonym": self._database.pseudonyms.account(row["account"])} | {name: row[name] for name in columns}
            for row in rows
        ]
        values.sort(
            key=itemgetter("pseudonym")
        )  # who writes the same rows at once waits, and never both for each other
        await connection.execute(merged, values)


def _read(row: Any) -> Acquaintance:
    return Acquaintance(
        row.language,
        row.version,
        utc_or_none(row.told_at),
        utc_or_none(row.welcomed_at),
        no_news=row.no_news_at is not None,
    )


def _emptied(pseudonyms: Collection[bytes]) -> Delete:
    """Return what removes rows that say nothing any more."""
    told = [column for column in ACQUAINTANCES.c if column.name not in ("pseudonym", "sweep")]
    return delete(ACQUAINTANCES).where(
        ACQUAINTANCES.c.pseudonym.in_(pseudonyms), *(column.is_(None) for column in told)
    )
