"""One sentence of the policy, and which questions it answers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.i18n import Phrase
from bot.policy.vocabulary import Aspect


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, and the aspects that it answers."""

    text: Phrase
    aspects: frozenset[Aspect]


def says(text: Phrase, *aspects: Aspect) -> Line:
    """Return a line that belongs to what is generally said, and that answers *aspects*."""
    return Line(text, frozenset((Aspect.WHAT, *aspects)))


def only(text: Phrase, *aspects: Aspect) -> Line:
    """Return a line that is shown only when one of *aspects* is asked for."""
    return Line(text, frozenset(aspects))
