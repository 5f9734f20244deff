"""Does the announcement that is due: begins it, goes on with it after whatever ended it, reports when it is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.announcements.courier import Courier, Letter
from bot.announcements.delivery import Delivery
from bot.announcements.latecomers import Latecomers
from bot.announcements.pace import Pace
from bot.announcements.planner import Planner
from bot.answers.announcement_progress import report
from bot.claims.announcement import Announcement, Stage
from bot.dialogue.rendering import chat_notice
from bot.i18n import languages, negotiate, translator
from bot.servers import ServerError
from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")

_LOOK = 30.0
"""Seconds between two looks at what is due."""

_AGAIN = 5.0
"""Seconds before what the server or the database ended is tried again."""

_UNDER_WAY = 10.0
"""Seconds that a pause waits for what is under way to be confirmed."""


class Runner:
    """Does what is due.

    Attributes:
        delivery: the announcement under way, if there is one.
        is_stuck: whether it waits for the server or the database.
    """

    def __init__(
        self,
        planner: Planner,
        latecomers: Latecomers,
        courier: Courier,
        incident: Callable[[Exception], str],
        per_second: float | None,
    ) -> None:
        self._planner, self._latecomers, self._courier = planner, latecomers, courier
        self._incident, self._per_second = incident, per_second
        self._world, self._store = planner.world, planner.world.store.announcements
        self.delivery: Delivery | None = None
        self.is_stuck = False
        self._holds = 0
        self._wake = asyncio.Event()
        self._rests = asyncio.Event()
        self._rests.set()

    async def run(self) -> None:
        """Do what is due until cancelled."""
        pause = 0.0
        while True:
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            pause = await self.round()

    def wake(self) -> None:
        """Look at once at what is due: something is new, or the server is there again."""
        self._wake.set()

    async def round(self) -> float:
        """Do what is due; return after how many seconds to look again."""
        try:
            await self._latecomers.load()
            holds = self._holds
            one = await self._store.pending()
            now = self._world.clock()
            if one is None or one.stage not in (Stage.SCHEDULED, Stage.RUNNING):
                return _LOOK
            if one.stage is Stage.SCHEDULED:
                if one.starts_at > now:
                    return min(_LOOK, (one.starts_at - now).total_seconds())
                if not await self._store.move(one.number, Stage.RUNNING, now, among=(Stage.SCHEDULED,)):
                    return 0.0
            if self._holds == holds:  # else it was paused or cancelled after it was read
                await self._deliver(replace(one, stage=Stage.RUNNING))
        except (ServerError, StoreError) as error:
            if not self.is_stuck:
                _LOG.warning("the announcement waits, and goes on by itself: %s", error)
            self.is_stuck = True
            return _AGAIN
        except Exception as error:  # noqa: BLE001 -- the next round tries again
            self.is_stuck = True
            self._incident(error)
            return _LOOK
        return 0.0

    async def _deliver(self, one: Announcement) -> None:
        if not self.is_stuck:
            _LOG.info("announcement %s: goes on after %s accounts", one.number, one.counts.done)
        self.delivery = delivery = Delivery(one, self._planner, self._courier, Pace(self._per_second))
        self._rests.clear()
        try:
            if await delivery.run(self._recorded):
                await self._end(delivery.announcement)
        finally:
            self.delivery = None
            self._rests.set()

    def _recorded(self, missed: Mapping[str, str]) -> None:
        if self.is_stuck:
            self.is_stuck = False
            _LOG.info("the announcement goes on")
        self._latecomers.add(missed)
        if self.delivery is not None:
            self.measure(self.delivery.announcement, self.delivery.pace.per_second)

    async def hold(self) -> None:
        """Stop what is under way, and return when it is confirmed and recorded, or after some seconds."""
        self._holds += 1
        if self.delivery is not None:
            self.delivery.stop()
            try:
                async with asyncio.timeout(_UNDER_WAY):
                    await self._rests.wait()
            except TimeoutError:
                pass  # the server does not answer; what is under way is recorded when it does
        self.wake()

    def measure(self, one: Announcement, pace: float | None = None) -> None:
        """Show those who watch over the bot how far *one* is."""
        counts, failed = one.counts, sum(one.counts.failed.values())
        skipped = sum(counts.skipped.values())
        pending = max(0, (counts.total or counts.done) - counts.done)
        self._world.measures.announcement(
            one.stage, sum(counts.told.values()) - failed, skipped, failed, pending, pace or 0.0
        )

    async def _end(self, one: Announcement) -> None:
        """Tell the administrators what became of it, and note that it is over; in this order, so that they are told."""
        done = replace(one, counts=replace(one.counts, total=one.counts.done))
        now = self._world.clock()
        await self._store.save(done, (), {}, now)
        counted = await self._store.find(one.number)
        if counted is None or counted.stage is not Stage.RUNNING:
            return
        over = replace(counted, stage=Stage.DONE, ended_at=now)
        letters = []
        for admin, known in (await self._planner.known(sorted(self._world.admins))).items():
            language = negotiate((known.language, *self._world.policy.languages), languages())
            said = chat_notice(report(over), translator(language, self._world.policy.form_of_address))
            letters.append(Letter(admin, self._store.letter(one.number, admin, "report"), language, said))
        if letters:
            await self._courier.deliver(letters)
        await self._store.move(one.number, Stage.DONE, now, among=(Stage.RUNNING,))
        self.measure(over)
        _LOG.info("announcement %s: over, %s accounts looked at", one.number, one.counts.done)
