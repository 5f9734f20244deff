"""A version of the policy, as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version of the policy that came, and perhaps was in force.

    Attributes:
        version: its name.
        digest: SHA-256 of what it states, 32 bytes; other layout of the file gives the same.
        effective: the first day on which it is in force.
        text: the file as the operator wrote it.
        seen_at: when it was read first.
        since: from when it was in force; None before that.
        until: to when.
    """

    version: str
    digest: bytes
    effective: date
    text: str
    seen_at: datetime
    since: datetime | None = None
    until: datetime | None = None


def in_force(versions: Sequence[KeptVersion]) -> KeptVersion | None:
    """Return the one that is in force; None before the first one was."""
    return next((one for one in versions if one.since is not None and one.until is None), None)


def to_come(versions: Sequence[KeptVersion]) -> tuple[KeptVersion, ...]:
    """Return those that are still to come into force, in order; *versions* are in the order in which they came.

    One that a later one overtook, because its own day is not before that of the later one, never will.
    """
    found: list[KeptVersion] = []
    for one in reversed(versions):
        if one.since is not None:
            break
        if not found or one.effective < found[0].effective:
            found.insert(0, one)
    return tuple(found)


def first_day(version: KeptVersion) -> date:
    """Return the first day on which it was in force, or will be: the bot can have been away on that day."""
    return version.effective if version.since is None else min(version.effective, version.since.date())
