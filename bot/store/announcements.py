"""What everybody is told, how far that is, and whom it did not reach."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.claims.announcement import PENDING, Announcement, Cause, Counts, Skipped, Stage
from bot.store.acquaintances import Acquaintances
from bot.store.database import Database, utc, utc_or_none
from bot.store.lock import in_turn
from bot.store.records import in_utc
from bot.store.schema import ANNOUNCEMENTS, MISSED

_LONGEST_REASON = 40
"""Characters; the conditions of RFC 6120 are shorter."""


_THEIRS = ANNOUNCEMENTS, ANNOUNCEMENTS.c.number == MISSED.c.announcement

_IS_OWED = (MISSED.c.reason != Skipped.GONE.value) & (ANNOUNCEMENTS.c.stage != Stage.CANCELLED.value)
"""Of what was taken back, nobody is to be told any more."""


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

    async def find(self, number: int) -> Announcement | None:
        """Return the announcement with this number, whatever became of it."""
        return await self._first(ANNOUNCEMENTS.c.number == number)

    async def of_version(self, version: str) -> Announcement | None:
        """Return the newest announcement of a version of the policy that somebody was told of, or will be."""
        to_come = ANNOUNCEMENTS.c.stage.not_in((Stage.DRAFT, Stage.CANCELLED))
        return await self._first(
            (ANNOUNCEMENTS.c.version == version) & (to_come | ANNOUNCEMENTS.c.began_at.is_not(None))
        )

    async def move(
        self,
        number: int,
        stage: Stage,
        now: datetime,
        *,
        among: Sequence[Stage] = PENDING,
        starts_at: datetime | None = None,
    ) -> bool:
        """Bring an announcement to *stage*; False when it is in none of *among* any more.

        With *starts_at*, it does not begin before.
        """
        values: dict[str, Any] = {"stage": stage.value}
        if stage not in PENDING:
            values["ended_at"] = now.astimezone(UTC)
        if starts_at is not None:
            values["starts_at"] = starts_at.astimezone(UTC)
        query = update(ANNOUNCEMENTS).where(ANNOUNCEMENTS.c.number == number, ANNOUNCEMENTS.c.stage.in_(among))
        async with self._database.transaction() as connection:
            return (await connection.execute(query.values(**values))).rowcount > 0

    async def save(self, one: Announcement, told: Collection[str], missed: Mapping[str, str], now: datetime) -> None:
        """Note how far *one* is, and in the same moment who (bare JIDs) was told, and whom it did not reach and why.

        Stage and start are not touched: somebody may have paused it meanwhile.
        """
        values = self._values(one)
        del values["stage"], values["starts_at"], values["ended_at"]
        query = update(ANNOUNCEMENTS).where(ANNOUNCEMENTS.c.number == one.number).values(**values)
        async with self._database.transaction() as connection:
            await connection.execute(query)
            await self._miss(connection, one.number, missed)
            if one.version is not None:
                await self._acquaintances.told(connection, told, one.version, now)

    async def miss(self, number: int, reasons: Mapping[str, str]) -> None:
        """Note whom (bare JIDs) an announcement did not reach, and the condition of the error."""
        async with self._database.transaction() as connection:
            await self._miss(connection, number, reasons)

    async def missed(self, at_most: int) -> set[bytes]:
        """Return the pseudonyms of those whom some announcement did not reach: so many of them at most."""
        query = select(MISSED.c.pseudonym).join(*_THEIRS).where(_IS_OWED).distinct().limit(at_most)
        async with self._database.transaction() as connection:
            return set((await connection.execute(query)).scalars())

    async def missed_by(self, account: str) -> tuple[int, ...]:
        """Return the numbers of the announcements that did not reach *account* (a bare JID), in order."""
        query = (
            select(MISSED.c.announcement).join(*_THEIRS).where(_IS_OWED, MISSED.c.pseudonym == self.pseudonym(account))
        )
        async with self._database.transaction() as connection:
            return tuple(sorted((await connection.execute(query)).scalars()))

    async def reach(self, one: Announcement, account: str, now: datetime) -> None:
        """Note that *account* (a bare JID) was told after all."""
        query = delete(MISSED).where(MISSED.c.announcement == one.number, MISSED.c.pseudonym == self.pseudonym(account))
        async with self._database.transaction() as connection:
            await connection.execute(query)
            if one.version is not None:
                await self._acquaintances.told(connection, (account,), one.version, now)

    async def forget(self, account: str) -> None:
        """Forget who it was that could not be reached: *account* (a bare JID) is gone; the counts stay right."""
        nobody = secrets.token_bytes(32)
        query = update(MISSED).where(MISSED.c.pseudonym == self.pseudonym(account))
        async with self._database.transaction() as connection:
            await connection.execute(query.values(pseudonym=nobody, reason=Skipped.GONE.value))

    def pseudonym(self, account: str) -> bytes:
        """Return the name of *account* (a bare JID) among those missed."""
        return self._database.pseudonyms.account(account)

    def letter(self, number: int, account: str, kind: str = "told") -> str:
        """Return the id of what *account* (a bare JID) is told by an announcement: always the same, never another's.

        *kind* is a word that tells apart what one account gets.
        """
        return f"{kind}-{number}-{self._database.pseudonyms.digest(f'{kind} {number}', account)[:12].hex()}"

    async def _miss(self, connection: AsyncConnection, number: int, reasons: Mapping[str, str]) -> None:
        if reasons:
            rows = [
                {"announcement": number, "pseudonym": self.pseudonym(account), "reason": reason[:_LONGEST_REASON]}
                for account, reason in reasons.items()
            ]
            await connection.execute(self._database.insert(MISSED).on_conflict_do_nothing(), rows)

    async def _first(self, condition: Any) -> Announcement | None:
        query = select(ANNOUNCEMENTS).where(condition).order_by(ANNOUNCEMENTS.c.number.desc()).limit(1)
        async with self._database.transaction() as connection:
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            of_it = MISSED.c.announcement == row.number
            failed = select(MISSED.c.reason, func.count()).where(of_it).group_by(MISSED.c.reason)
            reasons = {row.reason: row[1] for row in await connection.execute(failed)}
        return self._read(row, reasons)

    def _read(self, row: Row[Any], failed: Mapping[str, int]) -> Announcement:
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
            Counts(**json.loads(row.counts), failed=failed),
        )

    def _values(self, one: Announcement) -> dict[str, Any]:
        return {
            "cause": one.cause.value,
            "stage": one.stage.value,
            "version": one.version,
            "texts": json.dumps({part: dict(said) for part, said in one.texts.items()}, ensure_ascii=False),
            "mandatory": one.mandatory,
            "cursor": None if one.cursor is None else self._database.sealer.seal_text(one.cursor),
            "counts": json.dumps({name: _plain(getattr(one.counts, name)) for name in ("told", "skipped", "total")}),
            **in_utc(one, "made_at", "starts_at", "began_at", "ended_at"),
        }


def _plain(value: Mapping[str, int] | int | None) -> dict[str, int] | int | None:
    return dict(value) if isinstance(value, Mapping) else value
