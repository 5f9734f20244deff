"""What is to be delivered, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.dialogue.rendering import ChatMessage


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one account, already in words.

    *to* is a bare JID.  *id* is the same whenever the same is sent again, so that readers and their
    clients can tell (XEP-0359 §3.1).
    """

    to: str
    id: str
    language: str
    said: ChatMessage


class Courier(Protocol):
    """Delivers letters."""

    async def deliver(self, letters: Sequence[Letter]) -> float:
        """Send *letters*, and return when the server has processed them all: how many seconds it needed for them.

        Raises `Unreachable`.  What could not be delivered comes back later as an error, with the id of the letter.
        """
