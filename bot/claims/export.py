"""A copy of one's data that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.claims.whose import Whose


class ExportState(StrEnum):
    """How far an export is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Export:
    """A copy that somebody asked for.

    Attributes:
        reference: its number.
        what: a category, or `all`.
        form: `encrypted` or `plain`.
        language: of the pages in it, and of what is said about it.
        whose: whose data; None as soon as it is over.
        asked_at: when.
        state: how far it is.
        ended_at: when it was over.
        attempts: how often it was begun.
    """

    reference: str
    what: str
    form: str
    language: str
    whose: Whose | None
    asked_at: datetime
    state: ExportState = ExportState.RUNNING
    ended_at: datetime | None = None
    attempts: int = 0
