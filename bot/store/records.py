"""What the tables of people's wishes have in common: rows of accounts, sealed until they are over."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Column, Row, Table, delete, select, update

from bot.claims.whose import Whose
from bot.store.database import Database


class Owned(Protocol):
    """A row that is about somebody, until it is over."""

    @property
    def whose(self) -> Whose | None:
        """Whom it is about."""


T = TypeVar("T", bound=Owned)


class Records(ABC, Generic[T]):
    """The rows of one table; every method raises `StoreError`.

    A table has the columns `pseudonym`, `sealed` and `ended_at`, and a primary key.
    """

    def __init__(self, database: Database, table: Table, order: Column[Any]) -> None:
        self._database, self._table, self._order = database, table, order
        self._key: Column[Any] = next(iter(table.primary_key))

    @abstractmethod
    def _read(self, row: Row[Any]) -> T:
        """Return what a row says."""

    @abstractmethod
    def _values(self, one: T) -> dict[str, Any]:
        """Return the values of its row, without those of the owner."""

    async def of(self, account: str) -> tuple[T, ...]:
        """Return those of an account (a bare JID), in order."""
        return await self._select(self._table.c.pseudonym == self._database.pseudonyms.account(account))

    async def unfinished(self) -> tuple[T, ...]:
        """Return those that are not over, in order."""
        return await self._select(self._table.c.sealed.is_not(None))

    async def purge(self, ended_before: datetime) -> None:
        """Forget those that ended before that time, and that nobody has to be told of."""
        ended = self._table.c.ended_at < ended_before.astimezone(UTC)
        async with self._database.transaction() as connection:
            await connection.execute(delete(self._table).where(self._table.c.sealed.is_(None), ended))

    def _new(self, one: T) -> dict[str, Any]:
        """Return the values of a row that is added."""
        assert one.whose is not None  # noqa: S101 -- what nobody wished is never added
        return {
            **self._values(one),
            "sealed": self._database.sealer.seal(one.whose),
            "pseudonym": self._database.pseudonyms.account(one.whose.account),
        }

    async def _save(self, key: object, one: T, *, over: bool) -> bool:
        """Note how far something is; whom it is about is forgotten when it is *over*.

        What is over stays as it is, whatever somebody who knew it before believes; False then.
        """
        values = self._values(one) | ({"sealed": None} if over else {})
        query = update(self._table).where(self._key == key, self._table.c.sealed.is_not(None)).values(**values)
        async with self._database.transaction() as connection:
            return (await connection.execute(query)).rowcount > 0

    async def _select(self, condition: Any) -> tuple[T, ...]:
        query = select(self._table).where(condition).order_by(self._order, self._key)
        async with self._database.transaction() as connection:
            return tuple(self._read(row) for row in (await connection.execute(query)).all())


def in_utc(one: object, *names: str) -> dict[str, datetime | None]:
    """Return these times of a record, as they go into the database."""
    times: dict[str, datetime | None] = {name: getattr(one, name) for name in names}
    return {name: time.astimezone(UTC) if time else None for name, time in times.items()}
