"""Delivers one announcement: page by page, a batch confirmed and recorded while the next is under way.

What has gone out and is not recorded is never more than two batches, and they are the whole of what a
crash can repeat, under the same ids.  Memory holds a page of names and those two batches.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeAlias

from bot.announcements.courier import Courier, Letter
from bot.announcements.pace import Pace
from bot.announcements.planner import Planner
from bot.announcements.texts import Texts
from bot.claims.announcement import Acquaintance, Announcement, Counts, Skipped
from bot.servers import ServerError
from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")

_PAGE = 1_000
"""Accounts that the server is asked for at a time, and that the database is asked about."""

_STORE_AGAIN = 1.0
"""Seconds before what was delivered is recorded again, when the database did not do its part."""

Watch: TypeAlias = Callable[[Mapping[str, str]], None]


@dataclass(slots=True)
class _Batch:
    """Some accounts in a row: the letters to them by id, whose they are, and who is skipped.

    Attributes:
        letters: what goes out.
        skipped: accounts by reason.
        last: the account that was looked at last.
        total: accounts on the server.
        returned: what came back: the ids, and why.
    """

    letters: dict[str, Letter] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    last: str = ""
    total: int | None = None
    returned: dict[str, str] = field(default_factory=dict)


class Delivery:
    """Tells everybody of one announcement, from where it is.

    Attributes:
        announcement: how far it is, as it was recorded last.
    """

    def __init__(self, announcement: Announcement, planner: Planner, courier: Courier, pace: Pace) -> None:
        self.announcement, self.pace = announcement, pace
        self._planner, self._world, self._courier = planner, planner.world, courier
        self._audience = planner.audience(announcement)
        self._texts = Texts(announcement, self._audience, self._world.policy)
        self._gone: set[str] = set()
        self._gone_before: set[str] = set()
        self._flying: dict[str, _Batch] = {}
        self._under_way: tuple[_Batch, asyncio.Task[None]] | None = None
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Send nothing more; what is under way is confirmed and recorded."""
        self._stopped.set()

    def gone(self, account: str) -> None:
        """Skip *account* (a bare JID): it was removed."""
        self._gone.add(account)

    def returned(self, account: str, id_: str, condition: str) -> bool:
        """Note that a letter came back; return whether it is one of those under way."""
        batch = self._flying.get(id_)
        if batch is None or batch.letters[id_].to != account:
            return False
        batch.returned[id_] = condition
        return True

    async def run(self, watch: Watch) -> bool:
        """Tell everybody who was not told yet; True when that is done, False when it was stopped before.

        *watch* is told after every batch whom (bare JIDs) it did not reach, and why.  Raises `ServerError`
        and `StoreError`: it is to be begun anew then, from what is recorded.
        """
        began = self.announcement.began_at or self._world.clock()
        self.announcement = replace(self.announcement, began_at=began)
        # A database that takes nothing is found out before anybody is told what cannot be recorded.
        await self._world.store.announcements.save(self.announcement, (), {}, began)
        batches = self._batches()
        try:
            while (batch := await self._next(batches, watch)) is not None:
                wait = self.pace.take(len(batch.letters), asyncio.get_running_loop().time())
                if wait > 0:
                    await self._settle(watch)
                if await self._is_stopped_within(wait):
                    break
                before, self._under_way = self._under_way, (batch, asyncio.create_task(self._deliver(batch)))
                if before is not None:
                    await self._finish(*before, watch)
            await self._settle(watch)
        finally:
            if self._under_way is not None:
                self._under_way[1].cancel()
                await asyncio.gather(self._under_way[1], return_exceptions=True)
            self._flying.clear()
        return not self._stopped.is_set()

    async def _next(self, batches: AsyncIterator[_Batch], watch: Watch) -> _Batch | None:
        """Return the next batch; when it cannot be had, what is under way is recorded before that is raised."""
        try:
            return await anext(batches, None)
        except (ServerError, StoreError):
            await self._settle(watch)
            raise

    async def _settle(self, watch: Watch) -> None:
        """Confirm and record what is under way."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            await self._finish(*under_way, watch)

    async def _is_stopped_within(self, seconds: float) -> bool:
        if seconds > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopped.wait()
        return self._stopped.is_set()

    async def _batches(self) -> AsyncIterator[_Batch]:
        """Yield everybody who was not looked at yet, a few at a time."""
        cursor = self.announcement.cursor
        while not self._stopped.is_set():
            page = await self._world.server.accounts(cursor, _PAGE)
            names = iter(dict.fromkeys(page.accounts))
            known = await self._planner.known([self._jid(name) for name in page.accounts])
            while some := tuple(islice(names, self.pace.size)):
                yield self._batch(some, known, page.total)
            self._gone_before, self._gone = self._gone, set()
            if page.next is None:
                return
            cursor = page.next

    def _batch(self, names: tuple[str, ...], known: Mapping[str, Acquaintance], total: int | None) -> _Batch:
        batch = _Batch(last=names[-1], total=total)
        day = self._world.clock().date()
        for account in map(self._jid, names):
            if account == self._world.server.address:
                continue
            judged = Skipped.GONE if self._is_gone(account) else self._audience.judge(known[account])
            if isinstance(judged, Skipped):
                batch.skipped[judged.value] += 1
                continue
            id_ = self._world.store.announcements.letter(self.announcement.number, account)
            batch.letters[id_] = Letter(account, id_, judged.language, self._texts.said(judged, day))
        return batch

    def _jid(self, name: str) -> str:
        return f"{name}@{self._world.server.host}"

    async def _deliver(self, batch: _Batch) -> None:
        if batch.letters:
            self._flying.update(dict.fromkeys(batch.letters, batch))
            seconds = await self._courier.deliver(tuple(batch.letters.values()))
            self.pace.confirmed(len(batch.letters), seconds, asyncio.get_running_loop().time())

    async def _finish(self, batch: _Batch, delivered: asyncio.Task[None], watch: Watch) -> None:
        """Wait until a batch is confirmed, and record it."""
        await delivered
        for id_ in batch.letters:
            del self._flying[id_]
        before = self.announcement.counts
        told, skipped, missed = Counter(before.told), Counter(before.skipped) + batch.skipped, {}
        for id_, letter in batch.letters.items():
            condition = batch.returned.get(id_)
            if condition is not None and self._is_gone(letter.to):
                skipped[Skipped.GONE.value] += 1
                continue
            told[letter.language] += 1
            if condition is not None:
                missed[letter.to] = condition
        failed = Counter(before.failed) + Counter(missed.values())
        total = batch.total if batch.total is not None else before.total
        self.announcement = replace(
            self.announcement, cursor=batch.last, counts=Counts(dict(told), dict(skipped), dict(failed), total)
        )
        reached = [
            letter.to
            for id_, letter in batch.letters.items()
            if id_ not in batch.returned and not self._is_gone(letter.to)  # who is gone was just forgotten
        ]
        await self._record(reached, missed)
        watch(missed)

    async def _record(self, told: Sequence[str], missed: Mapping[str, str]) -> None:
        """Record a batch, however long it takes: sending it again would be worse."""
        is_complained = False
        while True:
            try:
                await self._world.store.announcements.save(self.announcement, told, missed, self._world.clock())
            except StoreError as error:
                if not is_complained:
                    _LOG.error("the announcement waits for the database: %s", error)
                    is_complained = True
                await asyncio.sleep(_STORE_AGAIN)
            else:
                return

    def _is_gone(self, account: str) -> bool:
        return account in self._gone or account in self._gone_before
