"""Requests that people have to decide (Art. 12(3) GDPR): number, kind and dates, never what was written."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bot.claims.ticket import Ticket, TicketKind, TicketState
from bot.store.database import Database, utc, utc_or_none
from bot.store.records import Records, in_utc
from bot.store.schema import TICKETS


class Tickets(Records[Ticket]):
    """The requests in the database; every method raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, TICKETS, TICKETS.c.due_at)

    async def add(self, new: Ticket) -> int:
        """Note a request; returns its number."""
        query = self._database.insert(TICKETS).values(**self._new(new)).returning(TICKETS.c.number)
        async with self._database.transaction() as connection:
            number: int = (await connection.execute(query)).scalar_one()
        return number

    async def save(self, ticket: Ticket) -> bool:
        """Note how far *ticket* is; who made it is forgotten when it is over.  False when it was over already."""
        return await self._save(ticket.number, ticket, over=ticket.state is not TicketState.OPEN)

    async def find(self, number: int) -> Ticket | None:
        """Return the request with this number."""
        return next(iter(await self._select(TICKETS.c.number == number)), None)

    def _read(self, row: Row[Any]) -> Ticket:
        return Ticket(
            TicketKind(row.kind),
            row.language,
            self._database.sealer.open(row.sealed),
            utc(row.received_at),
            utc(row.due_at),
            TicketState(row.state),
            utc_or_none(row.extended_at),
            utc_or_none(row.reminded_at),
            utc_or_none(row.ended_at),
            row.number,
        )

    def _values(self, one: Ticket) -> dict[str, Any]:
        times = in_utc(one, "received_at", "due_at", "extended_at", "reminded_at", "ended_at")
        return {"language": one.language, "kind": one.kind.value, "state": one.state.value, **times}
