"""Everything that acts on rights, together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from bot.answers.erasing import WHAT, alarm
from bot.claims.erasure import ACCOUNT, OPEN, Erasure, State
from bot.claims.ticket import TicketState
from bot.policy.terms import Category
from bot.rights.eraser import Eraser
from bot.rights.exporter import Exporter
from bot.rights.places import Places
from bot.rights.purging import Purger
from bot.rights.tickets import TicketDesk
from bot.rights.work import Work
from bot.rights.world import World
from bot.servers import ServerError


class Rights:
    """What handlers of commands work with.

    Attributes:
        world: policy, server, state and messenger.
        eraser: looks what an erasure would do, and notes it.
        exporter: makes copies of people's data.
        tickets: requests that people decide.
        work: does what is due.
        purger: forgets who is gone from the server.
    """

    def __init__(self, world: World, report: Callable[[Exception], str], places: Places | None = None) -> None:
        self.world = world
        self.exporter = Exporter(world, places or Places(), report)
        self.eraser = Eraser(world)
        self.tickets = TicketDesk(world)
        self.work = Work(world, report, (self.exporter.resume, self.tickets.remind))
        self.purger = Purger(world, self.account_gone, report)

    async def run(self) -> None:
        """Do what is due until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.work.run())
                group.create_task(self.purger.run())
        finally:
            await self.exporter.stop()

    async def waiting_end(self, account: str) -> Erasure | None:
        """Return the first erasure of *account* (a bare JID) as a whole that is noted and not begun."""
        return next((one for one in await self._ends(account) if one.began_at is None), None)

    async def is_ending(self, account: str) -> bool:
        """Return whether *account* (a bare JID) is being removed, which cannot be taken back any more."""
        return any(one.began_at is not None for one in await self._ends(account))

    async def _ends(self, account: str) -> tuple[Erasure, ...]:
        known = await self.world.store.erasures.of(account)
        return tuple(one for one in known if one.what == ACCOUNT and one.state in OPEN)

    async def keep(self, account: str) -> bool:
        """Take back every erasure of *account* as a whole; False when there is none, or it is too late."""
        return await self._end_waiting(account, State.CANCELLED)

    async def _end_waiting(self, account: str, state: State) -> bool:
        ended = await self.world.store.erasures.end_waiting(account, state, self.world.clock())
        if ended:
            self.world.measures.erased(ACCOUNT, state)
        return ended

    async def warn_others(self, erasure: Erasure) -> None:
        """Tell the other devices of the account, so that a stranger at one of them does not go unnoticed."""
        if erasure.whose is None:
            return
        now = self.world.clock()
        reply = alarm(self.world.policy, WHAT[erasure.what], erasure.due_at, now)
        try:
            found = await self.world.server.inventory(erasure.whose.name, [Category.SESSIONS], details=200)
            sessions = found.holding(Category.SESSIONS)
            for item in sessions.items if sessions is not None else ():
                device = f"{erasure.whose.account}/{item.get('resource')}"
                if device != erasure.whose.device:
                    await self.world.messenger.tell(device, reply, erasure.language)
        except ServerError:
            pass  # it is an extra; what was confirmed is done all the same

    async def account_gone(self, account: str) -> None:
        """Forget what waits for an account (a bare JID) that was removed otherwise."""
        now, store = self.world.clock(), self.world.store
        await self._end_waiting(account, State.GONE)
        await self.exporter.cancel(account)
        for ticket in await store.tickets.of(account):
            if ticket.state is TicketState.OPEN:
                await store.tickets.save(replace(ticket, state=TicketState.GONE, ended_at=now))
