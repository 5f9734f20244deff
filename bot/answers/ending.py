"""When something that a server holds is gone, and whether it should be gone already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.i18n import Duration
from bot.policy.data import DataStatement
from bot.policy.model import Policy
from bot.policy.observed import Holding
from bot.policy.terms import Stored
from bot.policy.wording import time

GRACE = timedelta(days=2)
"""Servers clean up once a day or so; that alone breaks no promise."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The day on which the oldest goes.  *by_policy*: so the policy says, the server does not tell."""

    day: date
    by_policy: bool = False


def statement_on(policy: Policy, category: str, day: date) -> DataStatement | None:
    """Return what the policy says about *category*: a statement that says it is stored, if there is one."""
    said = policy.about(category, day=day)
    return next((one for one in said if one.stored is not Stored.NO), said[0] if said else None)


def promised(policy: Policy, category: str, day: date) -> Duration | None:
    """Return after which period *category* is gone for certain, as the policy says."""
    statement = statement_on(policy, category, day)
    current = time.in_force(statement.retention, day) if statement else None
    return current.longest() if current else None


def ending(policy: Policy, holding: Holding, oldest: datetime | None, now: datetime) -> Ending | None:
    """Return when what was stored at *oldest* is gone; None when there is no such day."""
    if oldest is None or holding.memory:
        return None
    if isinstance(holding.retention, float):
        return Ending((oldest + timedelta(seconds=holding.retention)).date())
    if holding.retention == "unlimited":
        return None
    period = promised(policy, holding.category, now.date())
    return Ending(period.after(oldest.date()), by_policy=True) if period else None


def is_late(policy: Policy, holding: Holding, now: datetime) -> bool:
    """Return whether the oldest is older than the policy promises."""
    period = promised(policy, holding.category, now.date())
    if period is None or holding.oldest is None or holding.memory or not holding.count:
        return False
    return now - holding.oldest > timedelta(days=period.days()) + GRACE
