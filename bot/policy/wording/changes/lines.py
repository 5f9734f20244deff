"""The sentences of a statement, as the policy says them."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.i18n import Phrase
from bot.policy.data import DataStatement
from bot.policy.model import Policy
from bot.policy.vocabulary import Aspect
from bot.policy.wording import data
from bot.policy.wording.changes.subjects import SAY

_MOST = 3
"""Of a statement that is new or gone, so many sentences are told; the policy says the rest."""


def every(policy: Policy, section: str, statement: Any, day: date) -> tuple[Phrase, ...]:
    """Return every sentence of a statement; "how long" alone repeats the first one."""
    lines = SAY[section](policy, statement, day)
    return tuple(line.text for line in lines if line.aspects != {Aspect.HOW_LONG}) or tuple(line.text for line in lines)


def brief(policy: Policy, section: str, statement: Any, day: date) -> tuple[Phrase, ...]:
    """Return the sentences that tell most."""
    if isinstance(statement, DataStatement):
        stored = data.stored(policy, statement, day)
        return (stored, *data.parts(statement), *data.purposes(policy, statement))[:_MOST]
    return every(policy, section, statement, day)[:_MOST]


def differing(
    policy: Policy, section: str, pair: tuple[Any, Any], day: date
) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
    """Return the sentences that only the first statement of *pair* has, and those that only the second one has."""
    before, after = (SAY[section](policy, one, day) for one in pair)
    gone = [line for line in before if line.text not in [other.text for other in after]]
    come = [line for line in after if line.text not in [other.text for other in before]]
    if any(line.aspects != {Aspect.HOW_LONG} for line in (*gone, *come)):  # else the repetition is all there is
        gone, come = ([line for line in lines if line.aspects != {Aspect.HOW_LONG}] for lines in (gone, come))
    return tuple(line.text for line in gone), tuple(line.text for line in come)
