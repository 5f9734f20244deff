"""Whoever logs in: what is noted of that, and who is welcomed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.announcements.courier import Courier
from bot.announcements.hearing import Hearing
from bot.announcements.versions import History
from bot.announcements.welcome import Welcome
from bot.policy.observed import Event, Newcomer
from bot.rights.world import World


class Arrivals:
    """Takes what the server tells of logins."""

    def __init__(
        self,
        world: World,
        history: History,
        courier: Courier,
        report: Callable[[Exception], str],
        *,
        is_welcome: bool = True,
    ) -> None:
        self._world = world
        # Who is removed is forgotten after what is just being written about them, and not before.
        self._lock = asyncio.Lock()
        self._hearing = Hearing(world, self._lock)
        self._welcome = Welcome(world, history, courier, self._hearing, self._lock, report, is_wanted=is_welcome)

    def login(self, event: Event) -> None:
        """Take a login; that of an account which came before costs next to nothing."""
        if event.first:
            time = event.time or self._world.clock()
            self._welcome.come(Newcomer(account=event.account, time=time, language=event.language))
        else:
            self._hearing.heard(f"{event.account}@{self._world.server.host}", event.language)

    def look(self) -> None:
        """Look who came while the bot or the server was away."""
        self._welcome.look()

    async def settle(self) -> None:
        """Return when the languages that were heard until now are noted; raises `StoreError`."""
        await self._hearing.settle()

    async def forget(self, account: str) -> bool:
        """Forget what is noted about *account* (a bare JID); return whether there was anything.

        Raises `StoreError`.
        """
        self._hearing.forget(account)
        async with self._lock:
            return await self._world.store.acquaintances.forget(account)

    async def run(self) -> None:
        """Note and welcome until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hearing.run())
            group.create_task(self._welcome.run())
