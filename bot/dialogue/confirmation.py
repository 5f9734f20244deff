"""Proof that somebody really wants something: a code bound to that person, that action, a short time.

The code need not be kept anywhere: it is computed again and compared.  Those that were used are
remembered until they are worth nothing, so that each works once; an erasure is remembered by its
own record too, which outlives the program.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from itertools import count

_WINDOW = 300
"""Seconds; a code works in the window in which it was made and in the next one."""

LASTS = _WINDOW // 60
"""Minutes that a code works at least."""

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
        return self._unused(sender, line, _window(now))

    def redeem(self, sender: str, line: str, code: str, now: datetime) -> bool:
        """Return whether *code* confirms *line*; a code that did does not do so again."""
        current = _window(now)
        self._used = {used: window for used, window in self._used.items() if window >= current - 1}
        for window in (current, current - 1):
            right = self._unused(sender, line, window)
            if hmac.compare_digest(right.encode(), code.casefold().encode()):
                self._used[right] = window
                return True
        return False

    def _unused(self, sender: str, line: str, window: int) -> str:
        """Return the first code of a window that was not used: who wants the same again gets another one."""
        codes = (self._code(sender, line, window, number) for number in count())
        return next(code for code in codes if code not in self._used)

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
