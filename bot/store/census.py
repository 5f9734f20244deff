"""Who of those that the bot remembers is still on the server."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update

from bot.claims.announcement import Skipped
from bot.store.database import Database
from bot.store.schema import ACCOUNTS, ACQUAINTANCES, MISSED

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Gone:
    """How many accounts that the server does not have (any more) the bot remembers, by what it remembers.

    Attributes:
        languages: a language that was chosen.
        acquaintances: what they were told.
        missed: that an announcement did not reach them.
        remembered: accounts of whom something is remembered, gone or not: the larger of the first two kinds.
    """

    languages: int = 0
    acquaintances: int = 0
    missed: int = 0
    remembered: int = 0

    @property
    def most(self) -> int:
        """At least so many accounts are gone."""
        return max(self.languages, self.acquaintances, self.missed)


class Census:
    """Meets everybody on the server; who was not met at the end is gone.  Every method raises `StoreError`.

    Whoever comes meanwhile is not counted as gone: rows that are new have no `sweep` yet.
    """

    def __init__(self, database: Database, forgotten: Callable[[bytes], None]) -> None:
        self._database, self._forgotten = database, forgotten
        self._number = 0
        self._chosen: set[bytes] = set()
        self._missed: set[bytes] = set()
        self._remembered = 0

    async def begin(self) -> None:
        """Begin: nobody was met yet."""
        sweep = ACQUAINTANCES.c.sweep
        chosen = select(ACCOUNTS.c.pseudonym).where(ACCOUNTS.c.is_guest.is_(False))
        missed = select(MISSED.c.pseudonym).where(MISSED.c.reason != Skipped.GONE.value)
        async with self._database.transaction() as connection:
            self._number = ((await connection.execute(select(func.max(sweep)))).scalar() or 0) + 1
            await connection.execute(update(ACQUAINTANCES).where(sweep.is_(None)).values(sweep=0))
            acquaintances = (await connection.execute(select(func.count()).select_from(ACQUAINTANCES))).scalar_one()
            self._chosen = set((await connection.execute(chosen)).scalars())
            self._missed = set((await connection.execute(missed)).scalars())
        self._remembered = max(acquaintances, len(self._chosen))

    async def meet(self, accounts: Collection[str]) -> None:
        """Meet *accounts* (bare JIDs, at most 1,000)."""
        names = [self._database.pseudonyms.account(account) for account in accounts]
        self._chosen.difference_update(names)
        self._missed.difference_update(names)
        met = ACQUAINTANCES.c.pseudonym.in_(names) & ACQUAINTANCES.c.sweep.is_not(None)
        # In order, or this and somebody else who writes could wait for each other.
        rows = select(ACQUAINTANCES.c.pseudonym).where(met).order_by(ACQUAINTANCES.c.pseudonym).with_for_update()
        async with self._database.transaction() as connection:
            await connection.execute(rows)
            await connection.execute(update(ACQUAINTANCES).where(met).values(sweep=self._number))

    async def gone(self) -> Gone:
        """Return how many were not met."""
        query = select(func.count()).select_from(ACQUAINTANCES).where(ACQUAINTANCES.c.sweep < self._number)
        async with self._database.transaction() as connection:
            acquaintances: int = (await connection.execute(query)).scalar_one()
        return Gone(len(self._chosen), acquaintances, len(self._missed), self._remembered)

    async def forget(self) -> None:
        """Forget those who were not met; that some did not get an announcement stays, for its counts, of nobody."""
        async with self._database.transaction() as connection:
            await connection.execute(delete(ACQUAINTANCES).where(ACQUAINTANCES.c.sweep < self._number))
        chosen = sorted(self._chosen)
        for start in range(0, len(chosen), _AT_ONCE):
            part = chosen[start : start + _AT_ONCE]
            async with self._database.transaction() as connection:
                await connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.pseudonym.in_(part)))
        for pseudonym in chosen:
            self._forgotten(pseudonym)
        for pseudonym in self._missed:
            nobody = {"pseudonym": secrets.token_bytes(32), "reason": Skipped.GONE.value}
            async with self._database.transaction() as connection:
                await connection.execute(update(MISSED).where(MISSED.c.pseudonym == pseudonym).values(**nobody))
