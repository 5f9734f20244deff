"""What a command needs to know: a choice, a number, or some words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from bot.i18n import Phrase

LONGEST_TEXT = 2_000
"""Characters of free text that a command takes."""

_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK = re.compile(r"\d\d:\d\d", re.ASCII)

BETWEEN_TEXTS = "\n---\n"
"""What stands between two free texts of one call."""


class Kind(Enum):
    """Kinds of values."""

    CHOICE = "choice"
    NUMBER = "number"
    DAY = "day"
    """Such as 2030-12-31."""
    CLOCK = "clock"
    """A time of the day, such as 09:00."""
    TEXT = "text"
    """The rest of the line, as it was written; before another text, up to what stands between them."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a parameter can have: one word without spaces, and its label."""

    value: str
    label: Phrase


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a command needs.  With a *default* nobody is asked for it."""

    name: str
    prompt: Phrase
    options: tuple[Option, ...] = ()
    default: str | None = None
    kind: Kind = Kind.CHOICE

    def allows(self, value: str) -> bool:
        """Return whether *value* is one that the command can work with."""
        match self.kind:
            case Kind.CHOICE:
                return value == self.default or any(option.value == value for option in self.options)
            case Kind.NUMBER:
                return _NUMBER.fullmatch(value) is not None
            case Kind.DAY:
                return value == self.default or _DAY.fullmatch(value) is not None
            case Kind.CLOCK:
                return value == self.default or _CLOCK.fullmatch(value) is not None
            case Kind.TEXT:
                return value == self.default or 0 < len(value.strip()) <= LONGEST_TEXT
