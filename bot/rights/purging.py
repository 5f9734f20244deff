"""Accounts that are gone from the server are forgotten, also those whose end nobody told the bot of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.claims.whose import Whose
from bot.rights.world import World
from bot.servers import ServerError, Unsupported
from bot.store import Gone, Records, StoreError

_LOG = logging.getLogger("privacy-bot")

_PAGE = 500
_SOON, _DAY = 900.0, 86_400.0
"""Seconds until the first round, and between two."""

_SHARE, _FEW = 0.1, 10
"""A larger share of those remembered, and more than so many, never go by themselves in a day: the server lists
its accounts only in part, or they are other people's."""

Progress = Callable[[int, int | None], None]
"""Told how many are done, of how many (None when that is not known)."""


@dataclass(frozen=True, slots=True)
class Purge:
    """What a purge found: accounts on the server, those remembered that are gone, and theirs that is under way."""

    accounts: int
    gone: Gone
    claims: int


class Purger:
    """Forgets who is gone; *account_gone* ends what is under way for a bare JID."""

    def __init__(
        self, world: World, account_gone: Callable[[str], Awaitable[None]], report: Callable[[Exception], str]
    ) -> None:
        self._world, self._account_gone, self._report = world, account_gone, report
        self._lock = asyncio.Lock()

    async def run(self) -> None:
        """Purge once a day until cancelled."""
        pause = _SOON
        while True:
            await asyncio.sleep(pause)
            pause = await self.round()

    async def round(self) -> float:
        """Purge; return after how many seconds to do it again."""
        try:
            done = await self.purge(is_careful=True)
        except (ServerError, StoreError) as error:
            _LOG.info("nobody was forgotten who may be gone from the server: %s", error)
            return _SOON
        except Exception as error:  # noqa: BLE001 -- it is tried again
            self._report(error)
            return _DAY
        if _is_much(done.gone):
            _LOG.warning(
                "%d of %d accounts that the bot remembers are not on the server; that is too many to forget them "
                "unasked: privacy-bot store purge",
                done.gone.most,
                done.gone.remembered,
            )
        elif done.gone.most or done.claims:
            _LOG.info("forgotten, being gone from the server: %d accounts", max(done.gone.most, done.claims))
        return _DAY

    async def purge(
        self,
        progress: Progress = lambda _done, _total: None,
        *,
        is_careful: bool = False,
        is_real: bool = True,
    ) -> Purge:
        """Meet everybody on the server, and forget who is not there; unless it is *is_real*, only count them.

        One that *is_careful* forgets nobody when they are many.  Raises `ServerError` and `StoreError`;
        then nobody is forgotten.
        """
        async with self._lock:
            census, under_way = self._world.store.census(), await self._under_way()
            await census.begin()

            async def meet(accounts: list[str]) -> None:
                await census.meet(accounts)
                under_way.difference_update(accounts)

            count = await every_account(self._world, meet, progress)
            gone = await census.gone()
            if not count and gone.remembered:
                raise Unsupported("the server names no accounts at all")
            if is_real and not (is_careful and _is_much(gone)):
                await census.forget()
                for account in sorted(under_way):
                    await self._account_gone(account)
            return Purge(count, gone, len(under_way))

    async def _under_way(self) -> set[str]:
        """Return the accounts (bare JIDs) of the server for which something is to be done."""
        store, host = self._world.store, self._world.server.host
        rows = [row for records in (store.erasures, store.exports, store.tickets) for row in await _unfinished(records)]
        return {whose.account for whose in rows if whose.account.endswith(f"@{host}")}


async def _unfinished(records: Records[Any]) -> list[Whose]:
    return [one.whose for one in await records.unfinished() if one.whose is not None]


def _is_much(gone: Gone) -> bool:
    return gone.most > max(_FEW, _SHARE * gone.remembered)


async def every_account(world: World, meet: Callable[[list[str]], Awaitable[None]], progress: Progress) -> int:
    """Give *meet* all accounts of the server (bare JIDs), page by page; return how many there are."""
    count, after = 0, None
    while True:
        page = await world.server.accounts(after, _PAGE)
        if page.accounts:
            await meet([f"{name}@{world.server.host}" for name in page.accounts])
        count += len(page.accounts)
        progress(count, page.total)
        if page.next is None:
            return count
        after = page.next
