"""Compares how long something may be kept with how long it is kept."""

from __future__ import annotations

import math
from enum import Enum

from bot.policy.retention import Bound, FirstOf, Kept, LastOf, Limit, Period, Until, Wiped

_TOLERANCE = 0.035
"""Months and years have no exact length: servers count 30 or 31, 365 or 366 days."""

_ABOUT = 0.25
"""How far from "about a month" is still about a month."""

_SECONDS_PER_DAY = 86_400


class Compared(Enum):
    """How the server's period stands to the declared one."""

    AGREES = "agrees"
    LONGER = "longer"
    SHORTER = "shorter"
    UNCOMPARABLE = "uncomparable"


def bounds(limit: Limit) -> tuple[float, float] | None:
    """Return after how many days it is gone, at the earliest and at the latest (infinity: never by time).

    None when the limit says nothing about time.
    """
    match limit:
        case Period(period=period, bound=bound):
            days = period.days()
            return {
                Bound.EXACT: (days, days),
                Bound.AT_MOST: (0.0, days),
                Bound.AT_LEAST: (days, math.inf),
                Bound.ABOUT: (days * (1 - _ABOUT), days * (1 + _ABOUT)),
            }[bound]
        case Wiped(wiped_every=period):
            return 0.0, period.days()
        case Until() | Kept(kept="unlimited"):
            return math.inf, math.inf
        case Kept(kept="not_kept"):
            return 0.0, 0.0
        case FirstOf(first_of=parts):
            known = [found for part in parts if (found := bounds(part)) is not None]
            return (min(low for low, _high in known), min(high for _low, high in known)) if known else None
        case LastOf(last_of=parts):
            each = [bounds(part) for part in parts]
            known = [found for found in each if found is not None]
            complete = len(known) == len(each)
            return (max(low for low, _high in known), max(high for _low, high in known)) if complete else None
        case _:
            return None


def latest(limit: Limit) -> float | None:
    """Return after how many days it must be gone; None when there is no such number."""
    found = bounds(limit)
    return found[1] if found is not None and math.isfinite(found[1]) else None


def compare(limit: Limit, observed: float | str) -> Compared:
    """Compare *limit* with *observed*: seconds after which the server removes an item, or `unlimited`."""
    found = bounds(limit)
    if found is None:
        return Compared.UNCOMPARABLE
    days = math.inf if isinstance(observed, str) else observed / _SECONDS_PER_DAY
    low, high = found
    if days > high * (1 + _TOLERANCE):
        return Compared.LONGER
    if days < low * (1 - _TOLERANCE):
        return Compared.SHORTER
    return Compared.AGREES
