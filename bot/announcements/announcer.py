"""Announcements: at most one at a time, made, begun, held and looked at."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.announcements.audience import Versions
from bot.announcements.courier import Courier
from bot.announcements.latecomers import Latecomers
from bot.announcements.planner import Planner
from bot.announcements.runner import Runner
from bot.claims.announcement import PENDING, Announcement, Refusal, Stage
from bot.rights.world import World

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
        runner: does what is due.
    """

    def __init__(
        self,
        world: World,
        versions: Versions,
        courier: Courier,
        incident: Callable[[Exception], str],
        settle: Callable[[], Awaitable[None]],
        per_second: float | None = None,
    ) -> None:
        self._world, self._store = world, world.store.announcements
        self.planner = Planner(world, versions, settle)
        self.latecomers = Latecomers(self.planner, courier, incident)
        self.runner = Runner(self.planner, self.latecomers, courier, incident, per_second)
        self._shown: dict[str, int] = {}
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Do what is due until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.latecomers.run())
            group.create_task(self.runner.run())

    async def make(self, one: Announcement, stage: Stage = Stage.DRAFT) -> Announcement | Refusal:
        """Keep an announcement, as a draft or to be begun at its time; raises `StoreError`."""
        if one.starts_at < one.made_at:
            return Refusal.PAST
        async with self._turn:
            number = await self._store.add(replace(one, stage=stage))
        if number is None:
            return Refusal.ANOTHER
        self.runner.wake()
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
        self.runner.wake()
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
        await self.runner.hold()
        held = await self._store.find(one.number) or one
        self.runner.measure(held)
        return held

    async def resume(self) -> Announcement | Refusal:
        """Go on with what was paused; raises `StoreError`."""
        one, now = await self._store.pending(), self._world.clock()
        if one is None:
            return Refusal.NONE
        stage = Stage.SCHEDULED if one.began_at is None else Stage.RUNNING
        if not await self._store.move(one.number, stage, now, among=(Stage.PAUSED,)):
            return Refusal.NOT_PAUSED
        self.runner.wake()
        return replace(one, stage=stage)

    async def status(self) -> Status | None:
        """Return how far the newest announcement is; None when there was none.  Raises `StoreError`."""
        one = await self._store.newest()
        if one is None:
            return None
        running = one.stage is Stage.RUNNING
        pace = self.runner.delivery.pace.per_second if running and self.runner.delivery is not None else None
        return Status(one, pace, running and self.runner.is_stuck)

    def returned(self, account: str, id_: str, condition: str) -> bool:
        """Note that a letter to *account* (a bare JID) came back; return whether it is one under way."""
        under_way = self.runner.delivery is not None and self.runner.delivery.returned(account, id_, condition)
        return under_way or self.latecomers.returned(account, id_)

    async def returned_late(self, account: str, id_: str, condition: str) -> None:
        """Note that a letter came back after it was recorded as delivered; raises `StoreError`."""
        found = _LETTER.fullmatch(id_)
        if found is not None and id_ == self._store.letter(int(found[1]), account):
            await self._store.miss(int(found[1]), {account: condition})
            self.latecomers.add([account])

    async def gone(self, account: str) -> None:
        """Forget *account* (a bare JID), which was removed; raises `StoreError`."""
        if self.runner.delivery is not None:
            self.runner.delivery.gone(account)
        await self._store.forget(account)
