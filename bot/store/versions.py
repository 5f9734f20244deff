"""The versions of the policy that came so far, with the time in which each was in force."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.claims.version import KeptVersion
from bot.store.database import Database, utc, utc_or_none
from bot.store.records import in_utc
from bot.store.schema import POLICIES


class Versions:
    """The kept versions; every method raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[KeptVersion, ...]:
        """Return all of them, in the order in which they came."""
        query = select(POLICIES).order_by(POLICIES.c.seen_at)
        async with self._database.transaction() as connection:
            return tuple(self._read(row) for row in (await connection.execute(query)).all())

    async def keep(self, new: KeptVersion) -> None:
        """Keep a version; one of the same name that was never in force is replaced."""
        values = {
            "digest": new.digest,
            "effective": new.effective.isoformat(),
            "text": new.text,
            **in_utc(new, "seen_at", "since", "until"),
        }
        query = self._database.insert(POLICIES).values(version=new.version, **values)
        replaced = query.on_conflict_do_update(
            index_elements=["version"], set_=values, where=POLICIES.c.since.is_(None)
        )
        async with self._database.transaction() as connection:
            await connection.execute(replaced)

    async def withdraw(self, version: str) -> None:
        """Forget a version that was never in force."""
        query = POLICIES.delete().where(POLICIES.c.version == version, POLICIES.c.since.is_(None))
        async with self._database.transaction() as connection:
            await connection.execute(query)

    async def put_in_force(self, version: str, now: datetime) -> None:
        """Note that *version* is in force from now on, and no other any more."""
        time = now.astimezone(UTC)
        current = POLICIES.c.since.is_not(None) & POLICIES.c.until.is_(None)
        async with self._database.transaction() as connection:
            await connection.execute(update(POLICIES).where(current, POLICIES.c.version != version).values(until=time))
            await connection.execute(
                update(POLICIES).where(POLICIES.c.version == version, POLICIES.c.since.is_(None)).values(since=time)
            )

    @staticmethod
    def _read(row: Row[Any]) -> KeptVersion:
        return KeptVersion(
            row.version,
            row.digest,
            date.fromisoformat(row.effective),
            row.text,
            utc(row.seen_at),
            utc_or_none(row.since),
            utc_or_none(row.until),
        )
