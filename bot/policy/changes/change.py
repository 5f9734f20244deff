"""A change, and all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum
from typing import Any

from bot.policy.model import Policy
from bot.policy.terms import Category


class Severity(IntEnum):
    """How much a change matters to people; the greater of two is that of both."""

    WORDING = 0
    """Texts, titles, sources, counts of the transparency report, advice.

    Editorial changes need no notice of their own (WP260 rev.01 §29: "corrections of misspellings,
    or stylistic/ grammatical flaws"); they are summed up in one line.
    """
    MINOR = 1
    """Good news and small things: a shorter period, less data, a new right, better encryption.

    Nobody is worse off, so nobody needs time to act before it comes into force; it is told all the
    same, since Art. 12(1) and 13 GDPR want people to know what is true.
    """
    MATERIAL = 2
    """What people would want to know before, because it can be a reason to act.

    WP260 rev.01 §29 names the purpose, the identity of the controller, and how rights are exercised;
    Art. 13(3) GDPR wants a new purpose told *before*.  More categories of recipients, a third country
    and whatever else has an impact on people is to be told well in advance (§30), so that they can
    weigh it and use their rights: longer periods, more data, wider visibility, a promise withdrawn.
    """


class Kind(Enum):
    """What happened to a statement."""

    ADDED = "added"
    DROPPED = "dropped"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Pair:
    """The same statement in both versions, and the days that count: the last and the first one."""

    before: Any
    after: Any
    last_day: date
    first_day: date


def days(new: Policy) -> tuple[date, date]:
    """Return the last day of the old version and the first day of the new one: on these they are compared."""
    return date.fromordinal(max(new.effective.toordinal() - 1, 1)), new.effective


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    Attributes:
        kind: what happened.
        section: the key of the policy under which it stands: "data", "recipients", "controller" …
        field: which key of the statement changed; None when the whole was added or dropped.
        severity: how much it matters.
        categories: the kinds of data that it concerns; none: it concerns everybody.
        before: the statement as it was; None when it was added.
        after: the statement as it is; None when it was dropped.
    """

    kind: Kind
    section: str
    field: str | None
    severity: Severity
    categories: tuple[Category | str, ...]
    before: Any
    after: Any

    @property
    def was(self) -> Any:
        """The value of the field before."""
        return _value(self.before, self.field)

    @property
    def becomes(self) -> Any:
        """The value of the field afterwards."""
        return _value(self.after, self.field)


def _value(statement: Any, field: str | None) -> Any:
    return statement if field is None or statement is None else getattr(statement, field)


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed between two versions, in the order of the policy's sections."""

    old: Policy
    new: Policy
    all: tuple[Change, ...]

    def __iter__(self) -> Iterator[Change]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    @property
    def severity(self) -> Severity | None:
        """That of the change that matters most; None when nothing changed."""
        return max((one.severity for one in self.all), default=None)

    def of(self, severity: Severity) -> tuple[Change, ...]:
        """Return the changes of this severity."""
        return tuple(one for one in self.all if one.severity is severity)
