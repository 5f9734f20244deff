"""What people asked to be erased: the work to do, and the proof of what was done."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, update

from bot.claims.erasure import ACCOUNT, OPEN, Counted, Erasure, Fate, State
from bot.store.database import Database, utc, utc_or_none
from bot.store.records import Records, in_utc
from bot.store.schema import ERASURES


class Erasures(Records[Erasure]):
    """The erasures in the database; every method raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, ERASURES, ERASURES.c.asked_at)

    async def add(self, new: Erasure, code: str) -> bool:
        """Note an erasure that *code* confirmed; False when that code was used before."""
        values = self._new(new)
        if code and new.whose is not None:
            values["token"] = self._database.pseudonyms.digest("token", f"{new.whose.account}\0{code}")
        query = self._database.insert(ERASURES).values(**values).on_conflict_do_nothing(index_elements=["token"])
        async with self._database.transaction() as connection:
            return (await connection.execute(query)).rowcount > 0

    async def save(self, erasure: Erasure) -> bool:
        """Note how far *erasure* is; whom it is about is forgotten as soon as nobody has to be told.

        False when it is over already: then it stays as it is.
        """
        over = erasure.state not in OPEN and erasure.told_at is not None
        return await self._save(erasure.reference, erasure, over=over)

    async def end_waiting(self, account: str, state: State, now: datetime) -> bool:
        """End all that would remove *account* (a bare JID) and is not begun; False when there is nothing such.

        In one statement, so that it is either ended or begun, and never both.
        """
        time = now.astimezone(UTC)
        waiting = (
            ERASURES.c.pseudonym == self._database.pseudonyms.account(account),
            ERASURES.c.what == ACCOUNT,
            ERASURES.c.state.in_(OPEN),
            ERASURES.c.began_at.is_(None),
        )
        query = update(ERASURES).where(*waiting).values(state=state.value, ended_at=time, told_at=time, sealed=None)
        async with self._database.transaction() as connection:
            return (await connection.execute(query)).rowcount > 0

    async def find(self, reference: str) -> Erasure | None:
        """Return the erasure with this reference."""
        return next(iter(await self._select(ERASURES.c.reference == reference)), None)

    def _read(self, row: Row[Any]) -> Erasure:
        counts = tuple(Counted(**{**one, "fate": Fate(one["fate"])}) for one in json.loads(row.counts))
        return Erasure(
            row.reference,
            row.what,
            row.language,
            self._database.sealer.open(row.sealed),
            State(row.state),
            counts,
            utc(row.asked_at),
            utc(row.due_at),
            utc_or_none(row.older_than),
            utc_or_none(row.began_at),
            utc_or_none(row.reminded_at),
            utc_or_none(row.ended_at),
            utc_or_none(row.told_at),
            row.attempts,
        )

    def _values(self, one: Erasure) -> dict[str, Any]:
        times = ("older_than", "asked_at", "due_at", "began_at", "reminded_at", "ended_at", "told_at")
        return {
            "reference": one.reference,
            "language": one.language,
            "what": one.what,
            "state": one.state.value,
            "counts": json.dumps([asdict(each) for each in one.counts]),
            "attempts": one.attempts,
            **in_utc(one, *times),
        }
