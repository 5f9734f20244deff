"""Times of records, fast: a copy can have millions of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

DAY = 86_400


def whole_seconds(time: object) -> int | None:
    """Return *time*, seconds since 1970, in whole seconds; None if it is no time that a calendar knows."""
    if not isinstance(time, int | float) or isinstance(time, bool):
        return None
    try:
        seconds = int(time)
    except (ValueError, OverflowError):  # no number, or an infinite one
        return None
    return None if day_of(seconds) is None else seconds


def day_of(seconds: int) -> date | None:
    """Return the day, in UTC."""
    return _day(seconds // DAY)


def stamp(seconds: int) -> str:
    """Return a time that `whole_seconds` gave, as XEP-0082 and HTML write it."""
    clock = seconds % DAY
    return f"{_iso(seconds // DAY)}T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}Z"


@lru_cache(maxsize=4096)
def _iso(number: int) -> str:
    return str(_day(number))


@lru_cache(maxsize=4096)
def _day(number: int) -> date | None:
    try:
        return datetime.fromtimestamp(number * DAY, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
