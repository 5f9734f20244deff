"""Those whom an announcement did not reach: they are told when they log in next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from bot.announcements.courier import Courier, Letter
from bot.announcements.planner import Planner
from bot.announcements.texts import Texts
from bot.claims.announcement import Announcement, Skipped
from bot.servers import ServerError
from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")

_MOST_IN_MEMORY = 20_000
"""So many pseudonyms are kept in memory; when there are more, the database is asked at every login."""

_LONGEST_QUEUE = 1_000
"""Logins that wait."""


class Latecomers:
    """Tells people at their login what did not reach them before."""

    def __init__(self, planner: Planner, courier: Courier, incident: Callable[[Exception], str]) -> None:
        self._planner, self._courier, self._incident = planner, courier, incident
        self._store = planner.world.store
        self._missed: set[bytes] | None = None
        self._is_loaded = False
        self._come: asyncio.Queue[str] = asyncio.Queue(_LONGEST_QUEUE)
        self._flying: tuple[str, str] | None = None
        self._is_returned = False

    async def load(self) -> None:
        """Read once who was missed; until then, and when they are too many, the database is asked.

        Raises `StoreError`.
        """
        if not self._is_loaded:
            missed = await self._store.announcements.missed(_MOST_IN_MEMORY + 1)
            self._missed = missed if len(missed) <= _MOST_IN_MEMORY else None
            self._is_loaded = True

    def add(self, accounts: Iterable[str]) -> None:
        """Note *accounts* (bare JIDs) that were just not reached."""
        if self._missed is not None:
            self._missed.update(map(self._store.announcements.pseudonym, accounts))
            if len(self._missed) > _MOST_IN_MEMORY:
                self._missed = None

    def come(self, name: str) -> None:
        """Take the login of an account (its local part); nearly always, nothing is owed, and it costs nothing."""
        if self._missed is not None and not self._missed:
            return
        account = f"{name}@{self._planner.world.server.host}"
        is_owed = self._missed is None or self._store.announcements.pseudonym(account) in self._missed
        if is_owed and not self._come.full():  # else there is another login some day
            self._come.put_nowait(account)

    async def run(self) -> None:
        """Tell those who come until cancelled."""
        while True:
            account = await self._come.get()
            try:
                await self._tell_at_login(account)
            finally:
                self._come.task_done()

    async def idle(self) -> None:
        """Return when everybody who came was told."""
        await self._come.join()

    def returned(self, account: str, id_: str) -> bool:
        """Note that a letter to somebody who is told just now came back; return whether it is one."""
        is_mine = self._flying == (account, id_)
        self._is_returned |= is_mine
        return is_mine

    async def _tell_at_login(self, account: str) -> None:
        """Tell *account* (a bare JID), which just logged in, what did not reach it.

        Several devices may have logged in at once.  What comes back again is not sent again before the
        next start of the bot, or it would never end.
        """
        name = self._store.announcements.pseudonym(account)
        if self._missed is not None and name not in self._missed:
            return
        try:
            for number in await self._store.announcements.missed_by(account):
                one = await self._store.announcements.find(number)
                if one is not None:
                    await self._deliver(one, account)
            if self._missed is not None:
                self._missed.discard(name)
        except (ServerError, StoreError) as error:
            _LOG.warning("somebody who was missed could not be told at a login: %s", error)
        except Exception as error:  # noqa: BLE001 -- the next one is told all the same
            self._incident(error)

    async def _deliver(self, one: Announcement, account: str) -> None:
        world = self._planner.world
        known = (await self._planner.known([account]))[account]
        audience = self._planner.audience(one)
        judged = audience.judge(known)
        if not isinstance(judged, Skipped):
            said = Texts(one, audience, world.policy).said(judged, world.clock().date())
            letter = Letter(account, self._store.announcements.letter(one.number, account), judged.language, said)
            self._flying, self._is_returned = (account, letter.id), False
            try:
                await self._courier.deliver((letter,))
            finally:
                self._flying = None
            if self._is_returned:
                return
        await self._store.announcements.reach(one, account, world.clock())
