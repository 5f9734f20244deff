"""What acting on rights needs: the policy, the server, the bot's own state, a way to tell people."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from weakref import WeakValueDictionary

from bot.claims.whose import Whose
from bot.dialogue.reply import Reply
from bot.measures import NOTHING, Measures
from bot.policy.model import Policy
from bot.servers import NoSuchAccount, ServerBackend
from bot.store import Store


class Messenger(Protocol):
    """Tells people something that they did not just ask."""

    async def tell(self, to: str, reply: Reply, language: str, *, replacing: str | None = None) -> str:
        """Send *reply* to a JID, and return the id of the message when the server has processed it.

        *replacing* is the id of a message that it takes the place of (XEP-0308).  Raises `Unreachable`.
        """


@dataclass(frozen=True, slots=True)
class Terms:
    """The operator's choices about rights.

    Attributes:
        grace: how long an account waits for its end; zero for at once.
        proofs_for: how long records of what was done are kept.
    """

    grace: timedelta = timedelta(days=3)
    proofs_for: timedelta = timedelta(days=3 * 365)


@dataclass(slots=True)
class World:
    """All that is needed; *policy* is replaced when the operator changes it.

    *clock* returns the time, timezone-aware; *is_doubtful*, whether it has just jumped, so that nothing which
    cannot be taken back should be due because of it.  *admins* are bare JIDs.  *measures* is told how things end.
    """

    policy: Policy
    server: ServerBackend
    store: Store
    messenger: Messenger
    clock: Callable[[], datetime]
    terms: Terms = Terms()
    admins: frozenset[str] = frozenset()
    measures: Measures = NOTHING
    is_doubtful: Callable[[], bool] = lambda: False
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def turn(self, account: str) -> asyncio.Lock:
        """Return what lets one thing after the other be done to *account* (a bare JID).

        A copy that is made while its files are erased would be neither whole nor there in the end.
        """
        return self._turns.setdefault(account, asyncio.Lock())

    async def is_still_there(self, whose: Whose) -> bool:
        """Return whether the account is the same as ever: a stranger of the same name hears nothing of it.

        Raises `ServerError`.
        """
        try:
            return (await self.server.identify(whose.name)).id == whose.identity
        except NoSuchAccount:
            return False


_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Digits and letters that nobody mistakes for each other."""


def reference(kind: str) -> str:
    """Return a new number for a receipt, such as E-7KX3M2QA; *kind* is its first letter."""
    return f"{kind}-{''.join(secrets.choice(_CHARACTERS) for _ in range(8))}"
