"""An erasure: the work to do, and the proof of what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.claims.whose import Whose
from bot.policy.terms import Category

EVERYTHING = "everything"
"""What is asked to be erased: all but the account."""

ACCOUNT = "account"
"""What is asked to be erased: the account with everything."""


ERASABLE: tuple[str, ...] = (
    Category.UPLOADS,
    Category.ARCHIVE,
    Category.ROOM_ARCHIVE,
    Category.OFFLINE_MESSAGES,
    Category.PROFILE,
    Category.CLIENT_DATA,
    Category.ROSTER,
    Category.BLOCKLIST,
    Category.PUSH_REGISTRATIONS,
    Category.LAST_ACTIVITY,
    Category.IP_ADDRESSES,
    Category.ROOM_MEMBERSHIPS,
    Category.ACCESS_TOKENS,
)
"""What can be erased by itself, in the order in which everything goes: tokens last, since they end sessions."""


class State(StrEnum):
    """How far an erasure is."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GONE = "gone"
    """The account went before, or is another one now."""


OPEN = (State.SCHEDULED, State.RUNNING)


class Fate(StrEnum):
    """What became of one category."""

    WAITING = "waiting"
    ERASED = "erased"
    LEFT = "left"
    """Something is still there."""
    IMPOSSIBLE = "impossible"
    """The server cannot do it."""
    UNVERIFIED = "unverified"
    """It was done as far as the server says, and could not be looked up afterwards."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One category: how much there was, how much the server showed afterwards.

    *newer* is what came in after the erasure began.  None means that nobody could tell.
    """

    category: str
    before: int | None = None
    bytes: int | None = None
    after: int | None = None
    newer: int = 0
    fate: Fate = Fate.WAITING


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure: of a category, of everything but the account, or of the account.

    Attributes:
        reference: the number on the receipt.
        what: a category, `everything` or `account`.
        language: of what is said about it.
        whose: whom it is about; None as soon as nobody has to be told any more.
        state: how far it is.
        counts: what became of each category.
        older_than: only what is older than that; None for everything.
        asked_at: when it was confirmed.
        due_at: when it is to be done.
        began_at: when it was begun.
        reminded_at: when it was said that it is about to happen.
        ended_at: when it was over.
        told_at: when that was said.
        attempts: how often it was tried in vain.
    """

    reference: str
    what: str
    language: str
    whose: Whose | None
    state: State
    counts: tuple[Counted, ...]
    asked_at: datetime
    due_at: datetime
    older_than: datetime | None = None
    began_at: datetime | None = None
    reminded_at: datetime | None = None
    ended_at: datetime | None = None
    told_at: datetime | None = None
    attempts: int = 0
