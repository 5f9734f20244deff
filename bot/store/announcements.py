"""What everybody is told, how far that is, and whom it did not reach."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.claims.announcement import PENDING, Announcement, Cause, Counts, Stage
from bot.store.acquaintances import Acquaintances
from bot.store.database import Database, utc, utc_or_none
from bot.store.lock import in_turn
from bot.store.records import in_utc
from bot.store.schema import ANNOUNCEMENTS, MISSED


class Announcements:
    """The announcements in the database; every method raises `StoreError`."""

    def __init__(self, database: Database, acquaintances: Acquaintances) -> None:
        self._database, self._acquaintances = database, acquaintances

    async def add(self, new: Announcement) -> int | None:
        """Note an announcement and return its number; None while another one is not over."""
        pending = select(ANNOUNCEMENTS.c.number).where(ANNOUNCEMENTS.c.stage.in_(PENDING)).limit(1)
        query = self._database.insert(ANNOUNCEMENTS).values(**self._values(new)).returning(ANNOUNCEMENTS.c.number)
        async with self._database.transaction() as connection:
            await in_turn(connection)
            if (await connection.execute(pending)).first() is not None:
                return None
            number: int = (await connection.execute(query)).scalar_one()
        return number

    async def pending(self) -> Announcement | None:
        """Return the announcement that is not over, if there is one."""
        return await self._first(ANNOUNCEMENTS.c.stage.in_(PENDING))

    async def newest(self) -> Announcement | None:
        """Return the announcement that was made last, whatever became of it."""
        return await self._first(ANNOUNCEMENTS.c.number.is_not(None))

    async def of_version(self, version: str) -> Announcement | None:
        """Return the newest announcement of a version of the policy that was not cancelled."""
        return await self._first(
            (ANNOUNCEMENTS.c.version == version) & (ANNOUNCEMENTS.c.stage != Stage.CANCELLED.value)
        )

    async def move(self, number: int, stage: Stage, now: datetime, *, among: Sequence[Stage] = PENDING) -> bool:
        """Bring an announcement to *stage*; False when it is in none of *among* any more."""
        values: dict[str, Any] = {"stage": stage.value}
        if stage not in PENDING:
            values["ended_at"] = now.astimezone(UTC)
        query = update(ANNOUNCEMENTS).where(ANNOUNCEMENTS.c.number == number, ANNOUNCEMENTS.c.stage.in_(among))
        async with self._database.transaction() as connection:
            return (await connection.execute(query.values(**values))).rowcount > 0

    async def save(self, one: Announcement, told: Sequence[str], now: datetime) -> None:
        """Note how far *one* is, and in the same moment who (bare JIDs) was told of its version.

        The stage is not touched: somebody may have paused it meanwhile.
        """
        values = self._values(one)
        del values["stage"]
        query = update(ANNOUNCEMENTS).where(ANNOUNCEMENTS.c.number == one.number).values(**values)
        async with self._database.transaction() as connection:
            await connection.execute(query)
            if one.version is not None:
                await self._acquaintances.told(connection, told, one.version, now)

    async def miss(self, number: int, reasons: Mapping[str, str]) -> None:
        """Note whom (bare JIDs) an announcement did not reach, and the condition of the error."""
        if not reasons:
            return
        rows = [
            {"announcement": number, "pseudonym": self._database.pseudonyms.account(account), "reason": reason}
            for account, reason in reasons.items()
        ]
        query = self._database.insert(MISSED).on_conflict_do_nothing()
        async with self._database.transaction() as connection:
            await connection.execute(query, rows)

    async def missed(self, number: int) -> dict[bytes, str]:
        """Return the pseudonyms of those whom an announcement did not reach, and why."""
        query = select(MISSED.c.pseudonym, MISSED.c.reason).where(MISSED.c.announcement == number)
        async with self._database.transaction() as connection:
            return {row.pseudonym: row.reason for row in (await connection.execute(query)).all()}

    async def reach(self, number: int, account: str) -> bool:
        """Note that *account* (a bare JID) was told after all; False when it was not missed."""
        query = delete(MISSED).where(
            MISSED.c.announcement == number, MISSED.c.pseudonym == self._database.pseudonyms.account(account)
        )
        async with self._database.transaction() as connection:
            return (await connection.execute(query)).rowcount > 0

    async def _first(self, condition: Any) -> Announcement | None:
        query = select(ANNOUNCEMENTS).where(condition).order_by(ANNOUNCEMENTS.c.number.desc()).limit(1)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else self._read(row)

    def _read(self, row: Row[Any]) -> Announcement:
        return Announcement(
            row.number,
            Cause(row.cause),
            Stage(row.stage),
            row.version,
            json.loads(row.texts),
            row.mandatory,
            utc(row.made_at),
            utc(row.starts_at),
            utc_or_none(row.began_at),
            utc_or_none(row.ended_at),
            self._database.sealer.open_text(row.cursor),
            Counts(**json.loads(row.counts)),
        )

    def _values(self, one: Announcement) -> dict[str, Any]:
        return {
            "cause": one.cause.value,
            "stage": one.stage.value,
            "version": one.version,
            "texts": json.dumps(dict(one.texts), ensure_ascii=False),
            "mandatory": one.mandatory,
            "cursor": None if one.cursor is None else self._database.sealer.seal_text(one.cursor),
            "counts": json.dumps(asdict(one.counts)),
            **in_utc(one, "made_at", "starts_at", "began_at", "ended_at"),
        }
