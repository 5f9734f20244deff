"""What could not be answered: counted by kind, coarse label and language, never by text or person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select

from bot.claims.gap import Gap, GapKind
from bot.store.database import Database, utc
from bot.store.schema import GAPS


class Gaps:
    """The counts in the database; every method raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, counts: Mapping[tuple[GapKind, str, str], int], now: datetime) -> None:
        """Add *counts* by kind, label and language."""
        rows = [
            {"kind": kind.value, "label": label, "language": language, "times": count, "since": now.astimezone(UTC)}
            for (kind, label, language), count in counts.items()
        ]
        new = self._database.insert(GAPS)
        added = new.on_conflict_do_update(
            index_elements=["kind", "label", "language"], set_={"times": GAPS.c.times + new.excluded.times}
        )
        async with self._database.transaction() as connection:
            await connection.execute(added, rows)

    async def all(self) -> tuple[Gap, ...]:
        """Return all counts, the greatest first."""
        query = select(GAPS).order_by(GAPS.c.times.desc(), GAPS.c.label, GAPS.c.language)
        async with self._database.transaction() as connection:
            return tuple(
                Gap(GapKind(row.kind), row.label, row.language, row.times, utc(row.since))
                for row in (await connection.execute(query)).all()
            )

    async def reset(self) -> None:
        """Begin anew."""
        async with self._database.transaction() as connection:
            await connection.execute(GAPS.delete())
