"""A sentence with its origin, and small helpers to make them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeVar

from bot.i18n import Phrase
from bot.policy.base import Source, Statement
from bot.policy.vocabulary import Aspect
from bot.policy.wording.line import Line, says

T = TypeVar("T", bound=Statement)


class Origin(Enum):
    """Who says it."""

    POLICY = "policy"
    PROGRAM = "program"
    LAW = "law"


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence, the questions it answers, and where it comes from."""

    line: Line
    origin: Origin = Origin.POLICY
    source: Source | None = None

    @property
    def text(self) -> Phrase:
        """The sentence itself."""
        return self.line.text


def stated(lines: Iterable[Line], statement: Statement) -> Iterator[Clause]:
    """Return sentences of one statement of the policy."""
    return (Clause(line, Origin.POLICY, statement.source) for line in lines)


def policy_says(text: Phrase, *aspects: Aspect) -> Clause:
    """Return a sentence about the policy as a whole."""
    return Clause(says(text, *aspects))


def program_says(text: Phrase, *aspects: Aspect) -> Clause:
    """Return a sentence that is true of this program, whatever the policy says."""
    return Clause(says(text, *aspects), Origin.PROGRAM)


def law_says(text: Phrase, *aspects: Aspect) -> Clause:
    """Return a sentence that the law says, whatever the policy says."""
    return Clause(says(text, *aspects), Origin.LAW)


def in_force(statements: Iterable[T], day: date) -> Iterator[T]:
    """Return the statements that are in force on *day*."""
    return (one for one in statements if one.holds(day))
