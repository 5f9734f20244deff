"""A request that people have to decide, such as an objection or a complaint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.claims.whose import Whose
from bot.i18n import Duration, Unit


class TicketKind(StrEnum):
    """What people ask of people."""

    OBJECTION = "objection"
    RESTRICTION = "restriction"
    RECTIFICATION = "rectification"
    ACCESS = "access"
    ERASURE = "erasure"
    COMPLAINT = "complaint"
    HUMAN = "human"


MONTH = Duration(1, Unit.MONTH)
"""Within this time a request has to be answered (Art. 12(3) GDPR)."""

EXTENSION = Duration(2, Unit.MONTH)
"""By so much that can be extended, once, with reasons (Art. 12(3) GDPR)."""


class TicketState(StrEnum):
    """How far a request is."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    """The account went before."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request.

    Attributes:
        kind: which right it is about.
        language: of the person.
        whose: who asked; None as soon as it is over.
        received_at: when it came.
        due_at: until when it has to be answered.
        state: how far it is.
        extended_at: when the time was extended; once at most.
        reminded_at: when the administrators were last reminded.
        ended_at: when it was over.
        number: by which everybody knows it; 0 before it has one.
    """

    kind: TicketKind
    language: str
    whose: Whose | None
    received_at: datetime
    due_at: datetime
    state: TicketState = TicketState.OPEN
    extended_at: datetime | None = None
    reminded_at: datetime | None = None
    ended_at: datetime | None = None
    number: int = 0

    def days_left(self, now: datetime) -> int:
        """Return in how many days it has to be answered; negative when that is over."""
        return (self.due_at.date() - now.date()).days


def later(time: datetime, period: Duration) -> datetime:
    """Return the time of the day *period* after *time*."""
    return datetime.combine(period.after(time.date()), time.timetz())
