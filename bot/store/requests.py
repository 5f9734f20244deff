"""Requests that people have to decide (Art. 12(3) GDPR): number, kind and dates, never what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from bot.store.database import Database, utc, utc_or_none
from bot.store.records import Records, in_utc
from bot.store.schema import REQUESTS
from bot.store.sealing import Whose


class RequestState(StrEnum):
    """How far a request is."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    """The account went before."""


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """A request.

    Attributes:
        kind: which right, see `bot.policy.claims`.
        language: of the person.
        whose: who asked; None as soon as it is over.
        received_at: when it came.
        due_at: until when it has to be answered.
        state: how far it is.
        extended_at: when the time was extended; once at most.
        reminded_at: when the administrators were last reminded.
        ended_at: when it was over.
        number: by which everybody knows it; 0 before it has one.
    """

    kind: str
    language: str
    whose: Whose | None
    received_at: datetime
    due_at: datetime
    state: RequestState = RequestState.OPEN
    extended_at: datetime | None = None
    reminded_at: datetime | None = None
    ended_at: datetime | None = None
    number: int = 0


class Requests(Records[PersonRequest]):
    """The requests in the database; every method raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, REQUESTS, REQUESTS.c.due_at)

    async def add(self, new: PersonRequest) -> int:
        """Note a request; returns its number."""
        query = self._database.insert(REQUESTS).values(**self._new(new)).returning(REQUESTS.c.number)
        async with self._database.transaction() as connection:
            number: int = (await connection.execute(query)).scalar_one()
        return number

    async def save(self, request: PersonRequest) -> None:
        """Note how far *request* is; who made it is forgotten when it is over."""
        await self._save(request.number, request, over=request.state is not RequestState.OPEN)

    async def find(self, number: int) -> PersonRequest | None:
        """Return the request with this number."""
        return next(iter(await self._select(REQUESTS.c.number == number)), None)

    def _read(self, row: Row[Any]) -> PersonRequest:
        return PersonRequest(
            row.kind,
            row.language,
            self._database.sealer.open(row.sealed),
            utc(row.received_at),
            utc(row.due_at),
            RequestState(row.state),
            utc_or_none(row.extended_at),
            utc_or_none(row.reminded_at),
            utc_or_none(row.ended_at),
            row.number,
        )

    def _values(self, one: PersonRequest) -> dict[str, Any]:
        times = in_utc(one, "received_at", "due_at", "extended_at", "reminded_at", "ended_at")
        return {"language": one.language, "kind": one.kind, "state": one.state.value, **times}
