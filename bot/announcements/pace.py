"""How fast letters go out: by how fast the server confirms them, and by the operator's limit."""

from __future__ import annotations

from collections import deque

_MOST = 50
"""Letters that go out at once at most; twice as many can be under way, and be repeated after a crash."""

_FIRST = 8

_TARGET, _SHORTEST = 0.04, 1e-4
"""Seconds that the server should need for what goes out at once, so that others need not wait; and the least."""

_SLOWER, _FASTER = 0.5, 1.5
"""A batch has at least and at most so many times the letters of the one before."""

_LIMITED_BATCH = 0.2
"""Seconds that a batch is worth under a limit, so that letters do not come in bursts."""

_REMEMBERED = 20
"""Batches by which the pace is told."""


class Pace:
    """Says how many letters may go out, and when; all times are in seconds of a clock that never goes back.

    *per_second* is the operator's limit; with None the server's answers are the only one.
    """

    def __init__(self, per_second: float | None) -> None:
        self._per_second = per_second
        self._size = float(_FIRST)
        self._free_at = 0.0
        self._confirmed: deque[tuple[float, int]] = deque(maxlen=_REMEMBERED)

    @property
    def size(self) -> int:
        """Letters of the next batch."""
        if self._per_second is None:
            return int(self._size)
        return max(1, int(min(self._size, self._per_second * _LIMITED_BATCH)))

    @property
    def per_second(self) -> float | None:
        """Letters that were confirmed in a second, of late; None before that can be told."""
        if len(self._confirmed) <= 1 or self._confirmed[-1][0] <= self._confirmed[0][0]:
            return None
        seconds = self._confirmed[-1][0] - self._confirmed[0][0]
        return (sum(number for _time, number in self._confirmed) - self._confirmed[0][1]) / seconds

    def take(self, letters: int, now: float) -> float:
        """Take the turn of so many *letters*; return how many seconds to wait for it."""
        if self._per_second is None:
            return 0.0
        begins = max(self._free_at, now)
        self._free_at = begins + letters / self._per_second
        return begins - now

    def confirmed(self, letters: int, seconds: float, now: float) -> None:
        """Learn that the server needed so many *seconds* for so many *letters*, and has confirmed them *now*."""
        factor = _TARGET * letters / (max(seconds, _SHORTEST) * self._size)
        self._size = min(_MOST, max(1.0, self._size * min(_FASTER, max(_SLOWER, factor))))
        self._confirmed.append((now, letters))
