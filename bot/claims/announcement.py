"""An announcement: what everybody is told once, and how far that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Cause(StrEnum):
    """Why everybody is told something."""

    POLICY = "policy"
    """Another version of the policy (Art. 13(3) GDPR)."""
    BREACH = "breach"
    """Data got into wrong hands (Art. 34 GDPR)."""
    NEWS = "news"
    """Something else of the operator's, which one can opt out of."""


class Stage(StrEnum):
    """How far an announcement is."""

    DRAFT = "draft"
    """Looked at and tried, but not to be begun yet."""
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


PENDING = (Stage.DRAFT, Stage.SCHEDULED, Stage.RUNNING, Stage.PAUSED)
"""Of these there is at most one at a time."""


class Skipped(StrEnum):
    """Why somebody is not told."""

    OPTED_OUT = "opted_out"
    KNOWS = "knows"
    """Told of this version already, for instance by the welcome."""
    GONE = "gone"
    """The account was removed meanwhile."""


TEXT = "text"
"""The only part of what `NEWS` says."""

BREACH_PARTS = ("nature", "contact", "consequences", "measures")
"""The parts of what `BREACH` says: all that Art. 34(2) GDPR asks for."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many accounts were told, skipped and not reached.

    Attributes:
        told: by language; those too whom it did not reach in the end.
        skipped: by reason, a value of `Skipped`.
        failed: of those told, whom it did not reach so far, by the condition of the server's error
            (RFC 6120 §8.3.3), such as `service-unavailable`.
        total: accounts on the server, as it counted them last; None when it cannot.
    """

    told: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None

    @property
    def done(self) -> int:
        """Accounts that were looked at."""
        return sum(self.told.values()) + sum(self.skipped.values())

    @property
    def pending(self) -> int | None:
        """Accounts that are still to be looked at; None when nobody knows."""
        return None if self.total is None else max(0, self.total - self.done)


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something that everybody is told once.

    Attributes:
        number: its own; the ids of its messages are made from it.
        cause: why.
        stage: how far it is.
        version: of the policy that it is about; None with `NEWS` and `BREACH`.
        texts: what the operator says: by part, then by language; empty with `POLICY`, which is said from the facts.
        mandatory: whether those who opted out of news are told too.
        made_at: when it was made.
        starts_at: not before.
        began_at: when the first was told.
        ended_at: when it was over.
        cursor: the account that was looked at last (its local part); None at the beginning.
        counts: whom it has reached.
    """

    number: int
    cause: Cause
    stage: Stage
    version: str | None
    texts: Mapping[str, Mapping[str, str]]
    mandatory: bool
    made_at: datetime
    starts_at: datetime
    began_at: datetime | None = None
    ended_at: datetime | None = None
    cursor: str | None = None
    counts: Counts = Counts()


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What is known about an account that is to be told something.

    Attributes:
        language: the one it chose, or the one its client spoke last; None when neither is known.
        version: of the policy that it was told of last; None when it was never told.
        told_at: when that was.
        welcomed_at: the first login for which it was welcomed, by the server's clock: another first login is that
            of another account of the same name.
        no_news: whether it opted out of what it need not be told.
    """

    language: str | None = None
    version: str | None = None
    told_at: datetime | None = None
    welcomed_at: datetime | None = None
    no_news: bool = False


STRANGER = Acquaintance()
"""Somebody of whom nothing is kept."""


class Refusal(StrEnum):
    """Why something about an announcement is not done."""

    ANOTHER = "another"
    """One is made already and not over."""
    NOTHING = "nothing"
    """There is no other version of the policy to tell of."""
    ANNOUNCED = "announced"
    """Everybody was told of this version."""
    WORDING = "wording"
    """Only the wording changed, which needs no notice."""
    LATE = "late"
    """What matters has to be told before it is in force (Art. 13(3) GDPR)."""
    NONE = "none"
    """There is no announcement that is not over."""
    BEGUN = "begun"
    """It cannot begin, since it has."""
    IDLE = "idle"
    """It cannot be paused, since it does nothing."""
    NOT_PAUSED = "not_paused"
    PAST = "past"
    """A time that is over."""
    NOT_SHOWN = "not_shown"
    """It is another one than the one that was looked at."""
    LOST = "lost"
    """The version that it is about is not kept any more."""
