"""New accounts are told once, at their first login, what happens to their data (Art. 13 GDPR)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from bot.announcements.courier import Courier, Letter
from bot.announcements.hearing import Hearing
from bot.announcements.versions import History
from bot.answers.welcome import welcome
from bot.dialogue.rendering import ChatMessage, chat_notice
from bot.i18n import languages, negotiate, translator
from bot.policy.model import Policy
from bot.policy.observed import Newcomer
from bot.rights.world import World
from bot.servers import ServerError, Unsupported
from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")

_PAGE = 100
"""Newcomers who are asked for, told and noted together: so many at most are told again after a crash."""

_RETRIES = (5, 15, 60, 300)
"""Seconds before what failed is tried again; the last one ever after."""


class Welcome:
    """Tells newcomers, in their language; who they are is kept by the server's module until it is confirmed.

    In this order: the letters are delivered, it is noted who was told, the module forgets them.  A
    crash in between repeats at most a page, with the same ids of messages.
    """

    def __init__(  # noqa: PLR0913 -- all of it is needed to tell somebody something
        self,
        world: World,
        history: History,
        courier: Courier,
        hearing: Hearing,
        lock: asyncio.Lock,
        report: Callable[[Exception], str],
        *,
        is_wanted: bool = True,
    ) -> None:
        self._world, self._history, self._courier, self._hearing = world, history, courier, hearing
        self._lock, self._report, self._is_wanted = lock, report, is_wanted
        self._wake = asyncio.Event()
        self._came: dict[str, Newcomer] = {}

    def come(self, newcomer: Newcomer) -> None:
        """Welcome *newcomer*, who just came."""
        self._came[newcomer.account] = newcomer
        self._wake.set()

    def look(self) -> None:
        """Look whether anybody came while the bot was away."""
        self._wake.set()

    async def run(self) -> None:
        """Welcome whoever comes, until cancelled; what fails is tried again."""
        failed = 0
        while True:
            try:
                async with asyncio.timeout(_RETRIES[min(failed, len(_RETRIES)) - 1] if failed else None):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                await self.round()
            except (ServerError, StoreError) as error:
                if not failed:
                    _LOG.warning("new accounts are welcomed later: %s", error)
                failed += 1
            except Exception as error:  # noqa: BLE001 -- it is tried again
                self._report(error)
                failed += 1
            else:
                failed = 0

    async def round(self) -> None:
        """Welcome all who wait for it; raises `ServerError` and `StoreError`."""
        came = dict(self._came)
        try:
            await self._welcome_waiting()
        except Unsupported:  # a module that is older than the list of newcomers; it tells of each one once
            await self._welcome(came.values())
        for account, one in came.items():
            if self._came[account] is one:
                del self._came[account]

    async def _welcome_waiting(self) -> None:
        after = None
        while True:
            page = await self._world.server.newcomers(after, _PAGE)
            if page.newcomers:
                await self._welcome(page.newcomers)
                await self._world.server.welcomed(page.newcomers)
            if page.next is None:
                return
            after = page.next

    async def _welcome(self, newcomers: Iterable[Newcomer]) -> None:
        """Tell those who were not told yet, and note it."""
        came = {f"{one.account}@{self._world.server.host}": one for one in newcomers}
        for account, one in came.items():
            self._hearing.heard(account, one.language)
        if not self._is_wanted:
            return
        async with self._lock:
            known = await self._world.store.acquaintances.of(came)
            new = {account: one for account, one in came.items() if known[account].welcomed_at != one.time}
            if not new:
                return
            policy, coming = self._world.policy, await self._coming()
            words = _Words(policy, coming, self._world)
            letters = [
                words.letter(account, one, known[account].language or one.language) for account, one in new.items()
            ]
            await self._courier.deliver(letters)
            told = policy if coming is None else coming
            logins = {account: one.time for account, one in new.items()}
            await self._world.store.acquaintances.welcomed(logins, told.version, self._world.clock())
            for _letter in letters:
                self._world.measures.welcomed("told")

    async def _coming(self) -> Policy | None:
        """Return the version that is to come, if others are told of it already: nobody else will tell the new ones."""
        coming = self._history.upcoming
        made = None if coming is None else await self._world.store.announcements.of_version(coming.version)
        return coming if made is not None and made.began_at is not None else None


class _Words:
    """The welcome in words, put once into each language."""

    def __init__(self, policy: Policy, coming: Policy | None, world: World) -> None:
        self._policy, self._world = policy, world
        self._reply = welcome(policy, world.server.host, world.clock().date(), coming)
        self._said: dict[str, ChatMessage] = {}

    def letter(self, account: str, newcomer: Newcomer, language: str | None) -> Letter:
        """Return the welcome of *account* in *language*, or in the first one of the policy that the bot speaks."""
        spoken = negotiate((language, *self._policy.languages), languages())
        if spoken not in self._said:
            self._said[spoken] = chat_notice(self._reply, translator(spoken, self._policy.form_of_address))
        id_ = self._world.store.letter_id(account, f"welcome {newcomer.time.timestamp():.0f}")
        return Letter(account, id_, spoken, self._said[spoken])
