"""A clock that goes ahead all at once: nothing that cannot be taken back is done because of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

_LOG = logging.getLogger("privacy-bot")

_JUMP = 3600.0
"""Seconds by which the clock may be ahead of the time that has passed: summer time is no matter, it is in UTC."""

_WAIT = 6 * 3600.0
"""Seconds for which that is so after a jump: time to set the clock right, or to see that it is."""


def since_boot() -> float:
    """Return the seconds since the machine was started, also those in which it slept."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Jumps:
    """Compares the time of day (*clock*) with the seconds that pass (*steady*)."""

    def __init__(self, clock: Callable[[], datetime], steady: Callable[[], float] = since_boot) -> None:
        self._clock, self._steady = clock, steady
        self._ahead = self._now()
        self._until = steady()

    def are_recent(self) -> bool:
        """Return whether the clock has jumped ahead in the last hours, and was not set back since."""
        ahead = self._now()
        jump, self._ahead = ahead - self._ahead, ahead
        if jump > _JUMP:
            self._until = self._steady() + _WAIT
            _LOG.error(
                "the clock went ahead by %.0f hours at once: for %.0f hours no account is removed because its time "
                "has come, and no record is purged; set the clock right if it is wrong",
                jump / 3600,
                _WAIT / 3600,
            )
        elif jump < -_JUMP:
            self._until = self._steady()
            _LOG.warning("the clock was set back by %.0f hours; what is due is done again at its time", -jump / 3600)
        return self._steady() < self._until

    def _now(self) -> float:
        return self._clock().timestamp() - self._steady()
