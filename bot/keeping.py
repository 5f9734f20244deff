"""The bot's own state on behalf of the command line: who is gone is forgotten, the key is changed.

Both need the list of accounts, which only the running bot can get.  A new key has to take the place
of the old one in the file and in the database, and no moment may be without the right one: the new
key is written beside the old, then the database changes in one transaction, then the files.  A start
that finds a key beside takes it when the database has it already (`settled`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot import control, keys
from bot.claims.announcement import Stage
from bot.commands.services import Services
from bot.config import BadSecret, Settings
from bot.rights.purging import every_account
from bot.servers import ServerError
from bot.store import Staging, StoreError, fits, rekey

_LOG = logging.getLogger("privacy-bot")


class Keeper:
    """Looks after the state of a bot.

    Attributes:
        wanted: set when everything has to stop for a moment, so that `change_key` can be called.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._staging: Staging | None = None
        self._new = b""
        self._outcome: Mapping[str, Any] | None = None
        self.wanted = asyncio.Event()

    async def perform(
        self, services: Services, request: Mapping[str, Any], progress: control.Progress
    ) -> Mapping[str, Any]:
        """Do a step of ``privacy-bot store``; raises `ControlError` with why it is not done."""
        step = request["step"]
        if step == "rekeyed":
            return {"outcome": self._outcome}
        if services.rights is None or services.store is None:
            raise control.ControlError("the bot has no server")
        try:
            if step == "purge":
                done = await services.rights.purger.purge(progress, is_real=bool(request.get("really")))
                return {"accounts": done.accounts, "claims": done.claims, **asdict(done.gone)}
            return await self._prepare(services, progress)
        except (ServerError, StoreError, BadSecret) as error:
            raise control.ControlError(f"not done: {error}") from error

    async def _prepare(self, services: Services, progress: control.Progress) -> Mapping[str, Any]:
        """Note the new pseudonyms of everybody on the server, and have everything stop after that."""
        assert services.rights is not None and services.store is not None  # noqa: S101, PT018 -- just looked at
        pending = await services.store.announcements.pending()
        if pending is not None and pending.stage is Stage.RUNNING:
            raise control.ControlError("an announcement is under way; hold it first: privacy-bot announce pause")
        self._new, self._outcome = keys.make_next_key(self._settings), None
        self._staging = services.store.staging(self._new)
        await self._staging.begin()
        count = await every_account(services.rights.world, self._staging.meet, progress)
        self.wanted.set()
        return {"accounts": count}

    async def change_key(self, old: bytes) -> bytes:
        """Change the key, when nothing else uses the database; return the one that it has then."""
        assert self._staging is not None  # noqa: S101 -- it is wanted
        self.wanted.clear()
        try:
            done = await rekey(self._settings.store, old, self._new, self._staging.met)
            keys.take_next_key(self._settings)
        except (StoreError, BadSecret) as error:
            _LOG.error("changing the key: %s", error)
            self._outcome = {"error": str(error)}
            kept = await settled(self._settings, old)
            if kept == old:
                keys.drop_next_key(self._settings)
            return kept
        _LOG.warning("the key was changed; keep a copy of %s in a safe place", self._settings.key_file)
        self._outcome = asdict(done)
        return self._new

    def give_up(self) -> None:
        """Have the key stay, if a change is wanted: another bot may lead from now on."""
        if self.wanted.is_set():
            self.wanted.clear()
            self._outcome = {"error": "the connection to the database was lost before the key was changed"}


async def settled(settings: Settings, key: bytes) -> bytes:
    """Return the key that the database has: *key*, or the next one when a change was not brought to its end.

    Raises `StoreError` and `BadSecret`.
    """
    coming = keys.next_key(settings)
    if coming is None or not await fits(settings.store, coming):
        return key
    keys.take_next_key(settings)
    _LOG.warning("the key was changed when the bot was stopped; this is brought to its end now")
    return coming
