"""Which language people's clients speak, so that what they are told unasked comes in it."""

from __future__ import annotations

import asyncio
import logging
from itertools import islice

from bot.i18n import languages, negotiate
from bot.rights.world import World
from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")

_PAUSE = 5.0
"""Seconds between two looks whether there is something to write."""

_BATCH = 500
"""Accounts that are written together."""

_MOST = 50_000
"""Accounts that can wait for a database which is away; of others it is heard at their next login."""


class Hearing:
    """Remembers languages some time after they were heard: a login costs an entry in memory and no database."""

    def __init__(self, world: World, lock: asyncio.Lock) -> None:
        self._world, self._lock = world, lock
        self._heard: dict[str, str] = {}
        self._is_much = asyncio.Event()

    def heard(self, account: str, language: str | None) -> None:
        """Take the language (BCP 47) that a client of *account* (a bare JID) speaks; None when it says none."""
        if language is None or len(self._heard) >= _MOST:
            return
        self._heard[account] = language
        if len(self._heard) >= _BATCH:
            self._is_much.set()

    def forget(self, account: str) -> None:
        """Forget what was not written yet."""
        self._heard.pop(account, None)

    async def run(self) -> None:
        """Write until cancelled, and then what is left."""
        try:
            while True:
                try:
                    async with asyncio.timeout(_PAUSE):
                        await self._is_much.wait()
                except TimeoutError:
                    pass
                await self._write_all()
        finally:
            await self._write_all()

    async def settle(self) -> None:
        """Return when all that was heard before is written; raises `StoreError`."""
        while self._heard:
            await self._write()
        async with self._lock:
            pass  # what somebody else was just writing is written

    async def _write_all(self) -> None:
        self._is_much.clear()
        try:
            await self.settle()
        except StoreError as error:
            _LOG.warning("the languages of people's clients wait to be noted: %s", error)

    async def _write(self) -> None:
        """Write a batch; when that fails, it waits with the others.  Raises `StoreError`."""
        async with self._lock:
            batch = dict(islice(self._heard.items(), _BATCH))
            for account in batch:
                del self._heard[account]
            own, spoken = self._world.policy.languages, languages()
            first = negotiate(own, spoken)
            found = {tag: negotiate((tag, *own), spoken) for tag in set(batch.values())}
            notes = {account: found[tag] if found[tag] != first else None for account, tag in batch.items()}
            try:
                await self._world.store.acquaintances.hear(notes)
            except BaseException:  # also when it is cancelled: the last writing comes after that
                self._heard = batch | self._heard
                raise
