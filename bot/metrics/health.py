"""Whether the bot does its work: it is connected to the server, and its database answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")


class Health:
    """Looks whether all is well.

    *is_connected* tells whether there is a connection to the server.  *respond* returns when the
    database has answered, or raises `StoreError`; after *patience* seconds it counts as failed.
    """

    def __init__(
        self, is_connected: Callable[[], bool], respond: Callable[[], Awaitable[None]], patience: float = 3.0
    ) -> None:
        self._is_connected, self._respond, self._patience = is_connected, respond, patience
        self._store_answered = True

    async def problems(self) -> tuple[str, ...]:
        """Return what is wrong, in fixed words: whoever is on this machine can read them."""
        connected = () if self._is_connected() else ("not connected to the XMPP server",)
        return (*connected, *await self._store())

    async def _store(self) -> tuple[str, ...]:
        reason = None
        try:
            async with asyncio.timeout(self._patience):
                await self._respond()
        except StoreError as error:
            reason = str(error)
        except TimeoutError:
            reason = f"the database did not answer within {self._patience:.0f} seconds"
        if reason and self._store_answered:  # once: whoever asks does so again and again
            _LOG.warning("health: %s", reason)
        self._store_answered = reason is None
        return ("the database does not answer; the log says why",) if reason else ()
