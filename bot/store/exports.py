"""Copies of their data that people asked for, so that none is forgotten when the program ends."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.claims.export import Export, ExportState
from bot.store.database import Database, utc, utc_or_none
from bot.store.records import Records, in_utc
from bot.store.schema import EXPORTS


class Exports(Records[Export]):
    """The exports in the database; every method raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, EXPORTS, EXPORTS.c.asked_at)

    async def add(self, new: Export) -> None:
        """Note that somebody asked for a copy."""
        async with self._database.transaction() as connection:
            await connection.execute(self._database.insert(EXPORTS).values(**self._new(new)))

    async def save(self, export: Export) -> bool:
        """Note how far *export* is; whose it is is forgotten when it is over.  False when it was over already."""
        return await self._save(export.reference, export, over=export.state is not ExportState.RUNNING)

    def _read(self, row: Row[Any]) -> Export:
        return Export(
            row.reference,
            row.what,
            row.form,
            row.language,
            self._database.sealer.open(row.sealed),
            utc(row.asked_at),
            ExportState(row.state),
            utc_or_none(row.ended_at),
            row.attempts,
        )

    def _values(self, one: Export) -> dict[str, Any]:
        return {
            "reference": one.reference,
            "language": one.language,
            "what": one.what,
            "form": one.form,
            "state": one.state.value,
            "attempts": one.attempts,
            **in_utc(one, "asked_at", "ended_at"),
        }
