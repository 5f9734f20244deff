"""Proof that somebody really wants something: a code bound to that person, that action, a short time.

The code need not be kept anywhere: it is computed again and compared.  Those that were used are
remembered until they are worth nothing, so that each works once; an erasure is remembered by its
own record too, which outlives the program.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

_WINDOW = 300
"""Seconds; a code works in the window in which it was made and in the next one."""

LASTS = _WINDOW // 60
"""Minutes that a code works at least."""

_AGAIN = 10
"""So often somebody can want the same within a window."""

_LETTERS = "bcdfghjkmnpqrstvwxz"
"""Consonants that no other looks like: no code is a word, a number or hard to read."""

_LENGTH = 6


def is_like_a_code(text: str) -> bool:
    """Return whether *text* looks like a code, right or wrong."""
    return len(text) == _LENGTH and set(text) <= set(_LETTERS)


class Confirmations:
    """Makes and checks codes; *key* is a secret of any length."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._used: dict[str, int] = {}

    def code(self, sender: str, line: str, now: datetime) -> str:
        """Return the code by which *sender* (a bare JID) says that *line* is really wanted."""
        codes = self._codes(sender, line, _window(now))
        return next((code for code in codes if code not in self._used), codes[-1])

    def redeem(self, sender: str, line: str, code: str, now: datetime) -> bool:
        """Return whether *code* confirms *line*; a code that did does not do so again."""
        current = _window(now)
        self._used = {used: window for used, window in self._used.items() if window >= current - 1}
        for window in (current, current - 1):
            for right in self._codes(sender, line, window):
                if hmac.compare_digest(right.encode(), code.casefold().encode()) and right not in self._used:
                    self._used[right] = window
                    return True
        return False

    def _codes(self, sender: str, line: str, window: int) -> list[str]:
        """Return the codes of a window, for those who want the same again after a moment."""
        return [self._code(sender, line, window, number) for number in range(_AGAIN)]

    def _code(self, sender: str, line: str, window: int, number: int) -> str:
        said = "\0".join((sender, line, str(window), str(number))).encode()
        rest = int.from_bytes(hmac.digest(self._key, said, hashlib.sha256))
        letters = []
        for _place in range(_LENGTH):
            rest, letter = divmod(rest, len(_LETTERS))
            letters.append(_LETTERS[letter])
        return "".join(letters)


def _window(now: datetime) -> int:
    return int(now.timestamp()) // _WINDOW
