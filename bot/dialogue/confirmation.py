"""Proof that somebody really wants something: a code bound to that person, that action, a short time.

The code need not be kept anywhere: it is computed again and compared.  Those that were used are
remembered until they are worth nothing, so that each works once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from bot.dialogue.command import CONFIRM, DECLINED, Option, Parameter
from bot.i18n import Phrase, p_

_WINDOW = 300
"""Seconds; a code works in the window in which it was made and in the next one."""

_LENGTH = 6


class Confirmations:
    """Makes and checks codes; *key* is a secret of any length."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._used: dict[str, int] = {}

    def parameter(self, sender: str, line: str, question: Phrase, now: datetime) -> Parameter:
        """Return the question whether *sender* (a bare JID) really wants what *line* says."""
        yes = Option(self._code(sender, line, _window(now)), p_("choice", "Yes, do it"))
        return Parameter(CONFIRM, question, (Option(DECLINED, p_("choice", "No")), yes))

    def redeem(self, sender: str, line: str, code: str, now: datetime) -> bool:
        """Return whether *code* confirms *line*; a code that did does not do so again."""
        current = _window(now)
        self._used = {used: window for used, window in self._used.items() if window >= current - 1}
        for window in (current, current - 1):
            right = self._code(sender, line, window)
            if hmac.compare_digest(right, code.casefold()) and right not in self._used:
                self._used[right] = window
                return True
        return False

    def _code(self, sender: str, line: str, window: int) -> str:
        said = "\0".join((sender, line, str(window))).encode()
        digest = hmac.new(self._key, said, hashlib.sha256).digest()
        return base64.b32encode(digest).decode().casefold()[:_LENGTH]


def _window(now: datetime) -> int:
    return int(now.timestamp()) // _WINDOW
