"""The work that goes on behind the conversations: what is due is done, now or after a restart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.answers.erasing import reminder
from bot.answers.receipt import still_trying
from bot.claims.erasure import ACCOUNT, OPEN, Erasure, State
from bot.rights.eraser import Eraser
from bot.rights.world import World
from bot.servers import ServerError
from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")

_PAUSE = 30.0
"""Seconds between two looks at what is due."""

_RETRIES = (5, 15, 60, 300, 900)
"""Seconds before something that failed is tried again; the last one ever after."""

_GIVE_UP, _OFTEN = timedelta(days=2), 10
"""After so long, and so many times in vain: a bot that was away for days has not tried for days."""

_REMIND_BEFORE = timedelta(days=1)
_PURGE_EVERY = timedelta(days=1)

Round = Callable[[], Awaitable[None]]
"""Something else to look after at every round."""


class Work:
    """Does what is due, each thing once at a time, until it is cancelled.

    *rounds* are looked after too.  Whatever fails is tried again; nothing ends the work.
    """

    def __init__(self, world: World, report: Callable[[Exception], str], rounds: tuple[Round, ...] = ()) -> None:
        self._world, self._report, self._rounds = world, report, rounds
        self._eraser = Eraser(world)
        self._wake, self._is_back = asyncio.Event(), False
        self._active: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, asyncio.Future[Erasure]] = {}
        self._purged = world.clock() - _PURGE_EVERY

    def wake(self) -> None:
        """Look at once at what is due: something is new."""
        self._wake.set()

    def retry(self) -> None:
        """Try at once what failed before: the server is there again."""
        self._is_back = True
        self._wake.set()

    async def finished(self, reference: str, seconds: float) -> Erasure | None:
        """Return an erasure as soon as it is over; None when that takes longer."""
        future = self._waiting.setdefault(reference, asyncio.get_running_loop().create_future())
        self.wake()
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(reference, None)

    async def run(self) -> None:
        """Do what is due until cancelled."""
        try:
            while True:
                try:
                    async with asyncio.timeout(_PAUSE):
                        await self._wake.wait()
                except TimeoutError:
                    pass
                self._wake.clear()
                await self.round()
        finally:
            tasks = list(self._active.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def round(self) -> None:
        """Begin what is due and not under way."""
        for step in (self._erasures, *self._rounds, self._purge):
            try:
                await step()
            except Exception as error:  # noqa: BLE001 -- the next round tries again
                self._report(error)

    async def idle(self) -> None:
        """Return when nothing is under way."""
        while self._active:
            await asyncio.gather(*self._active.values(), return_exceptions=True)

    async def _erasures(self) -> None:
        now, is_back, self._is_back = self._world.clock(), self._is_back, False
        is_doubtful = self._world.is_doubtful()
        waiting = []
        for erasure in await self._world.store.erasures.unfinished():
            if erasure.reference in self._active:
                continue
            if erasure.state is State.SCHEDULED and (erasure.due_at > now or is_doubtful):
                waiting.append(erasure)
            elif erasure.due_at <= now or is_back:
                task = asyncio.create_task(self._carry_on(erasure.reference))
                self._active[erasure.reference] = task
                task.add_done_callback(partial(self._over, erasure.reference))
        for erasure in waiting:
            if self._is_near(erasure, now):
                await self._remind(erasure.reference)

    def _over(self, reference: str, _task: asyncio.Task[None]) -> None:
        self._active.pop(reference, None)

    async def _carry_on(self, reference: str) -> None:
        try:
            erasure = await self._world.store.erasures.find(reference)
            if erasure is None or erasure.whose is None:
                return  # it was taken back a moment ago
            done = await self._eraser.carry_on(erasure)
        except (ServerError, StoreError) as error:
            _LOG.warning("%s waits: %s", reference, error)
            await self._try_later(reference)
        except Exception as error:  # noqa: BLE001 -- it is tried again
            self._report(error)
            await self._try_later(reference)
        else:
            future = self._waiting.get(reference)
            if future is not None and not future.done():
                future.set_result(done)

    async def _try_later(self, reference: str) -> None:
        """Note that something has to be tried again; after some days what was reached is told."""
        try:
            erasure = await self._world.store.erasures.find(reference)
            if erasure is None:
                return
            now = self._world.clock()
            pause = _RETRIES[min(erasure.attempts, len(_RETRIES) - 1)]
            later = replace(erasure, attempts=erasure.attempts + 1, due_at=now + timedelta(seconds=pause))
            if erasure.state in OPEN and erasure.attempts >= _OFTEN and now - self._since(erasure) > _GIVE_UP:
                # A goodbye that was said is no receipt: what became of it has to be told.
                later = replace(later, state=State.FAILED, ended_at=now, told_at=None)
            if await self._world.store.erasures.save(later) and later.state is not erasure.state:
                self._world.measures.erased(later.what, later.state)
            asyncio.get_running_loop().call_later(pause, self.wake)
            if erasure.attempts == 0 and later.state in OPEN and erasure.whose is not None:
                await self._world.messenger.tell(
                    erasure.whose.account, still_trying(erasure.reference), erasure.language
                )
        except (ServerError, StoreError):
            pass  # it is due all the same, and is looked at in the next round

    def _since(self, erasure: Erasure) -> datetime:
        """Return when an erasure was to be done first; an account's waits for some days before."""
        wait = self._world.terms.grace if erasure.what == ACCOUNT else timedelta()
        return erasure.began_at or erasure.asked_at + wait

    @staticmethod
    def _is_near(erasure: Erasure, now: datetime) -> bool:
        wait = erasure.due_at - erasure.asked_at
        return erasure.reminded_at is None and now >= erasure.due_at - min(_REMIND_BEFORE, wait / 3)

    async def _remind(self, reference: str) -> None:
        """Say once, some time before, that an account is about to be removed."""
        erasure = await self._world.store.erasures.find(reference)
        if erasure is None or erasure.whose is None:
            return  # it was taken back while others were reminded
        reply = reminder(erasure.whose.account, erasure.due_at)
        try:
            if await self._world.is_still_there(erasure.whose):
                await self._world.messenger.tell(erasure.whose.account, reply, erasure.language)
        except ServerError as error:
            _LOG.warning("%s: no reminder yet: %s", reference, error)
            return  # the next round tries again
        await self._world.store.erasures.save(replace(erasure, reminded_at=self._world.clock()))

    async def _purge(self) -> None:
        """Forget what is over for long."""
        now = self._world.clock()
        if now - self._purged < _PURGE_EVERY or self._world.is_doubtful():
            return
        store, before = self._world.store, now - self._world.terms.proofs_for
        for records in (store.erasures, store.exports, store.tickets):
            await records.purge(before)
        self._purged = now
