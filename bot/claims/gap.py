"""A kind of question that could not be answered, and how often that was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class GapKind(StrEnum):
    """Why there was no answer."""

    SILENT = "silent"
    """The policy does not say it."""
    UNCLEAR = "unclear"
    """It was not understood well enough; choices were offered."""
    OFF_TOPIC = "off_topic"
    """It seemed to be about something else."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How often something could not be answered.

    Attributes:
        kind: why.
        label: what it was about, as far as that was understood: a topic, or a topic and an aspect.
        language: in which it was asked.
        count: how often.
        since: when it was counted first.
    """

    kind: GapKind
    label: str
    language: str
    count: int
    since: datetime
