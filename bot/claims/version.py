"""A version of the policy, as it is kept."""

from __future__ import annotations

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
