"""The announcement under way: begun when it is due, gone on with after whatever ended it, reported when it is over."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.announcements.audience import Versions
from bot.announcements.courier import Courier, Letter
from bot.announcements.delivery import Delivery
from bot.announcements.latecomers import Latecomers
from bot.announcements.pace import Pace
from bot.announcements.planner import Planner
from bot.answers.announcement_progress import report
from bot.claims.announcement import PENDING, Announcement, Refusal, Stage
from bot.dialogue.rendering import chat_notice
from bot.i18n import languages, negotiate, translator
from bot.rights.world import World
from bot.servers import ServerError
from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")

_LOOK = 30.0
"""Seconds between two looks at what is due."""

_AGAIN = 5.0
"""Seconds before what the server or the database ended is tried again."""

_UNDER_WAY = 10.0
"""Seconds that a pause waits for what is under way to be confirmed."""

_LETTER = re.compile(r"told-(\d{1,15})-[0-9a-f]{24}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Status:
    """How far an announcement is, how many are told in a second, and whether it waits for server or database."""

    announcement: Announcement
    per_second: float | None = None
    is_stuck: bool = False


class Announcer:
    """Announces: at most one thing at a time.

    Attributes:
        planner: what could be announced.
        latecomers: those who were missed.
    """

    def __init__(
        self,
        world: World,
        versions: Versions,
        courier: Courier,
        incident: Callable[[Exception], str],
        per_second: float | None = None,
    ) -> None:
        self._world, self._courier, self._incident, self._per_second = world, courier, incident, per_second
        self._store = world.store.announcements
        self.planner = Planner(world, versions)
        self.latecomers = Latecomers(self.planner, courier)
        self._shown: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()
        self._delivery: Delivery | None = None
        self._rests = asyncio.Event()
        self._rests.set()
        self._is_stuck = False

    async def run(self) -> None:
        """Do what is due until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.latecomers.run())
            group.create_task(self._work())

    async def _work(self) -> None:
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
            await self.latecomers.load()
            one = await self._store.pending()
            now = self._world.clock()
            if one is None or one.stage not in (Stage.SCHEDULED, Stage.RUNNING):
                return _LOOK
            if one.stage is Stage.SCHEDULED:
                if one.starts_at > now:
                    return min(_LOOK, (one.starts_at - now).total_seconds())
                if not await self._store.move(one.number, Stage.RUNNING, now, among=(Stage.SCHEDULED,)):
                    return 0.0
            await self._deliver(replace(one, stage=Stage.RUNNING))
        except (ServerError, StoreError) as error:
            self._is_stuck = True
            _LOG.warning("the announcement waits, and goes on by itself: %s", error)
            return _AGAIN
        except Exception as error:  # noqa: BLE001 -- the next round tries again
            self._is_stuck = True
            self._incident(error)
            return _LOOK
        return 0.0

    async def _deliver(self, one: Announcement) -> None:
        _LOG.info("announcement %s: goes on after %s accounts", one.number, one.counts.done)
        audience = self.planner.audience(one)
        self._delivery = delivery = Delivery(one, self._world, audience, self._courier, Pace(self._per_second))
        self._rests.clear()
        try:
            if await delivery.run(self._recorded):
                await self._end(delivery.announcement)
        finally:
            self._delivery = None
            self._rests.set()

    def _recorded(self, missed: Mapping[str, str]) -> None:
        self._is_stuck = False
        self.latecomers.add(missed)
        if self._delivery is not None:
            self._measure(self._delivery.announcement, self._delivery.pace.per_second)

    def _measure(self, one: Announcement, pace: float | None = None) -> None:
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
        for admin in sorted(self._world.admins):
            language = negotiate((await self._world.store.language(admin), *self._world.policy.languages), languages())
            said = chat_notice(report(over), translator(language))
            letters.append(Letter(admin, self._store.letter(one.number, admin, "report"), language, said))
        if letters:
            await self._courier.deliver(letters)
        await self._store.move(one.number, Stage.DONE, now, among=(Stage.RUNNING,))
        self._measure(over)
        _LOG.info("announcement %s: over, %s accounts looked at", one.number, one.counts.done)

    async def make(self, one: Announcement, stage: Stage = Stage.DRAFT) -> Announcement | Refusal:
        """Keep an announcement, as a draft or to be begun at its time; raises `StoreError`."""
        if one.starts_at < one.made_at:
            return Refusal.PAST
        async with self._turn:
            number = await self._store.add(replace(one, stage=stage))
        if number is None:
            return Refusal.ANOTHER
        self.wake()
        return replace(one, stage=stage, number=number)

    def show(self, one: Announcement, admin: str | None) -> None:
        """Remember that *admin* (a bare JID) has looked at *one*: only that can be begun by a code."""
        if admin is not None:
            self._shown[admin] = one.number

    def shown_to(self, admin: str | None) -> int | None:
        """Return the number of the announcement that *admin* has looked at last."""
        return self._shown.get(admin or "")

    async def pending(self) -> Announcement | None:
        """Return the announcement that is not over, if there is one; raises `StoreError`."""
        return await self._store.pending()

    def objection(self, one: Announcement, starts_at: datetime | None) -> Refusal | None:
        """Return why *one* cannot begin at a time, or now.

        What is about the policy is looked at again: days may have passed since it was drafted.
        """
        now = self._world.clock()
        if one.stage not in (Stage.DRAFT, Stage.SCHEDULED):
            return Refusal.BEGUN
        if starts_at is not None and starts_at < now:
            return Refusal.PAST
        return self.planner.objection(one, starts_at or now)

    async def start(self, number: int | None, starts_at: datetime | None = None) -> Announcement | Refusal:
        """Begin a draft, or what is scheduled, now or at a time; raises `StoreError`."""
        now = self._world.clock()
        one = await self._store.pending()
        if one is None:
            return Refusal.NONE
        if one.number != number:
            return Refusal.NOT_SHOWN
        refusal = self.objection(one, starts_at)
        if refusal is not None:
            return refusal
        begins = starts_at or now
        if not await self._store.move(
            one.number, Stage.SCHEDULED, now, among=(Stage.DRAFT, Stage.SCHEDULED), starts_at=begins
        ):
            return Refusal.NONE
        self.wake()
        return replace(one, stage=Stage.SCHEDULED, starts_at=begins)

    async def pause(self) -> Announcement | Refusal:
        """Stop before the next batch; raises `StoreError`."""
        return await self._hold(Stage.PAUSED, (Stage.SCHEDULED, Stage.RUNNING), Refusal.IDLE)

    async def cancel(self) -> Announcement | Refusal:
        """Take back what is not over; raises `StoreError`."""
        return await self._hold(Stage.CANCELLED, PENDING, Refusal.NONE)

    async def _hold(self, stage: Stage, among: tuple[Stage, ...], otherwise: Refusal) -> Announcement | Refusal:
        one = await self._store.pending()
        if one is None:
            return Refusal.NONE
        if not await self._store.move(one.number, stage, self._world.clock(), among=among):
            return otherwise
        if self._delivery is not None:
            self._delivery.stop()
            try:
                async with asyncio.timeout(_UNDER_WAY):
                    await self._rests.wait()
            except TimeoutError:
                pass  # the server does not answer; what is under way is recorded when it does
        self.wake()
        held = await self._store.find(one.number) or one
        self._measure(held)
        return held

    async def resume(self) -> Announcement | Refusal:
        """Go on with what was paused; raises `StoreError`."""
        one, now = await self._store.pending(), self._world.clock()
        if one is None:
            return Refusal.NONE
        stage = Stage.SCHEDULED if one.began_at is None else Stage.RUNNING
        if not await self._store.move(one.number, stage, now, among=(Stage.PAUSED,)):
            return Refusal.NOT_PAUSED
        self.wake()
        return replace(one, stage=stage)

    async def status(self) -> Status | None:
        """Return how far the newest announcement is; None when there was none.  Raises `StoreError`."""
        one = await self._store.newest()
        if one is None:
            return None
        running = one.stage is Stage.RUNNING
        pace = self._delivery.pace.per_second if running and self._delivery is not None else None
        return Status(one, pace, running and self._is_stuck)

    def returned(self, account: str, id_: str, condition: str) -> bool:
        """Note that a letter to *account* (a bare JID) came back; return whether it is one under way."""
        under_way = self._delivery is not None and self._delivery.returned(account, id_, condition)
        return under_way or self.latecomers.returned(account, id_)

    async def returned_late(self, account: str, id_: str, condition: str) -> None:
        """Note that a letter came back after it was recorded as delivered; raises `StoreError`."""
        found = _LETTER.fullmatch(id_)
        if found is not None and id_ == self._store.letter(int(found[1]), account):
            await self._store.miss(int(found[1]), {account: condition})
            self.latecomers.add([account])

    async def gone(self, account: str) -> None:
        """Forget *account* (a bare JID), which was removed; raises `StoreError`."""
        if self._delivery is not None:
            self._delivery.gone(account)
        await self._store.forget(account)
