"""From what was found in a text to the labels it may mean, best first.

A rule is a condition and points for a label.  The condition holds when all its words hold:
``a`` (the concept was found), ``a|b`` (one of them was), ``-a`` (it was not); the empty one
always holds.  The points of all rules that hold are added up for each label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from bot.dialogue.understanding.concepts import BITS
from bot.dialogue.understanding.intent_rules import INTENTS
from bot.dialogue.understanding.learned import LABELS, UNIT, chances
from bot.dialogue.understanding.topic_rules import TOPICS
from bot.policy.vocabulary import ERASURES, Aspect, Intent, Label, Polar

_SURE = 1.5
_AHEAD = 0.2
_OFFERED = 3
_POINT, _MOST = 4.0, 8.0
"""What a point of a rule adds to the score that was learned, and how many count."""
_LIKELY, _LIKELIER = 0.4, 0.1
"""Chance of a label that is clear, and how much less that of the next one is."""
_ORDERED = 0.75
"""Chance of an order to erase from which on it is one, though no rule says so."""
_DOUBTED = 0.2
"""Chance of any order to erase below which a rule that says so is not believed."""
_BY_RULES = ERASURES | {Intent.GREETING, Intent.SET_LANGUAGE, Intent.THANKS}
"""What only rules say."""
_NUMBERS = {label: number for number, label in enumerate(LABELS)}
"""Label → its number in `LABELS`: labels are counted with, and numbers are quicker."""
_RULED = frozenset(_NUMBERS[label] for label in _BY_RULES)
_ERASING = tuple(_NUMBERS[label] for label in ERASURES)
_NEVER = -1e6
"""The score of what cannot be."""
_FAR = 8 * UNIT
"""So far behind, a label has no chance worth adding up."""

_ASPECTS = (
    ("legal", Aspect.LEGAL_BASIS),
    ("ask_switch_off", Aspect.SWITCH_OFF),
    ("ask_how_long", Aspect.HOW_LONG),
    ("ask_why", Aspect.WHY),
    ("ask_encrypted", Aspect.ENCRYPTED),
    ("export", Aspect.GET),
    ("erase", Aspect.ERASE),
    ("ask_who", Aspect.WHO),
    ("ask_contact", Aspect.CONTACT),
    ("ask_where", Aspect.WHERE),
    ("ask_get", Aspect.GET),
    ("what", Aspect.WHAT),
)
"""The aspect that is asked, the most telling concept first."""


_POLAR = (
    ("read_along", Polar.READ),
    ("sell", Polar.SOLD),
    ("advertising", Polar.ADVERTISED),
    ("track", Polar.TRACKED),
    ("store", Polar.STORED),
    ("history", Polar.STORED),
)
"""What can be answered with yes or no, the most telling concept first."""


@dataclass(frozen=True, slots=True)
class _Rule:
    needed: tuple[int, ...]
    forbidden: int
    label: int
    points: float


def _rule(label: Label, condition: str, points: float) -> _Rule:
    terms = condition.split()
    needed = tuple(sum(BITS[name] for name in term.split("|")) for term in terms if not term.startswith("-"))
    return _Rule(needed, sum(BITS[term[1:]] for term in terms if term.startswith("-")), _NUMBERS[label], points)


_RULES = (
    *(_rule(label, *rule) for label, rules in TOPICS.items() for rule in rules),
    *(_rule(label, *rule) for label, rules in INTENTS.items() for rule in rules),
)
_INTENTS_LAST: tuple[Label, ...] = (*TOPICS, *INTENTS)
_ORDER = {_NUMBERS[label]: at for at, label in enumerate(_INTENTS_LAST)}
"""Which of two labels with as many points comes first."""
_ALWAYS = tuple(rule for rule in _RULES if not rule.needed)
_BY_CONCEPT = {bit: tuple(rule for rule in _RULES if rule.needed and rule.needed[0] & bit) for bit in BITS.values()}
"""Bit → the rules whose first word it fulfils: most concepts are not in a text, and their rules need no look."""


def _holding(found: int) -> Iterator[_Rule]:
    """Yield the rules whose condition holds for what was *found*."""
    yield from _ALWAYS
    rest = found
    while rest:
        bit = rest & -rest
        rest ^= bit
        for rule in _BY_CONCEPT[bit]:
            first = not rule.needed[0] & found & (bit - 1)  # else it came with another concept already
            if first and not found & rule.forbidden and all(found & any_of for any_of in rule.needed):
                yield rule


def bits(concepts: set[str]) -> int:
    """Return *concepts* as one number."""
    return sum(BITS[name] for name in concepts)


def rank(
    found: int, scores: Sequence[float] | None = None, *, is_unopposed: bool = False
) -> tuple[tuple[Label, ...], bool, tuple[Label, ...]]:
    """Return at most three labels, best first, whether the first one is clear, and those that rules alone give.

    With *scores* of what was learned from questions (one for each of `LABELS`), rules decide what is safe and polite,
    and what a few words mean; they add a little to the rest.  In a text that *is_unopposed*, an order to erase may be
    learned, too; one that nothing learned speaks for is only offered.
    """
    points: dict[int, float] = {}
    for rule in _holding(found):
        points[rule.label] = points.get(rule.label, 0.0) + rule.points
    ranked = sorted(points, key=lambda label: (-points[label], _ORDER[label]))
    best = ranked[0]
    ahead = points[best] - (points[ranked[1]] if len(ranked) > 1 else 0.0)
    is_clear = points[best] >= _SURE and ahead >= _AHEAD
    by_rules = _labels(ranked)
    if scores is not None and best in _ERASING:
        ranked, is_clear = _checked(ranked[:_OFFERED], points, scores, is_clear=is_clear)
    elif scores is not None and best not in _RULED and not (is_clear and found & BITS["bare"]):
        ranked, is_clear = _learned(points, scores)
        likeliest = scores.index(max(scores)) if is_unopposed else -1
        if likeliest in _ERASING and max(chances(scores)) >= _ORDERED:
            ranked, is_clear = [likeliest, *ranked[:-1]], True
    return _labels(ranked), is_clear, by_rules


def _labels(ranked: Sequence[int]) -> tuple[Label, ...]:
    return tuple(LABELS[number] for number in ranked[:_OFFERED])


def _learned(points: Mapping[int, float], scores: Sequence[float]) -> tuple[list[int], bool]:
    """Return what *points* of rules and *scores* of what was learned say together."""
    both: list[float] = list(scores)
    for label, some in points.items():
        both[label] += _POINT * min(some, _MOST)
    for label in _RULED:
        both[label] = _NEVER
    ranked = sorted(range(len(both)), key=both.__getitem__, reverse=True)[:_OFFERED]
    most, next_most = both[ranked[0]], both[ranked[1]]
    first = 1 / sum([exp((score - most) / UNIT) for score in both if score > most - _FAR])
    return ranked, first >= _LIKELY and first * (1 - exp((next_most - most) / UNIT)) >= _LIKELIER


def _checked(
    ranked: list[int], points: Mapping[int, float], scores: Sequence[float], *, is_clear: bool
) -> tuple[list[int], bool]:
    """Return an order to erase, with what it is about set right; as one of three choices if it is hardly one."""
    likely = chances(scores)
    likeliest = max(_ERASING, key=likely.__getitem__)
    if sum(likely[label] for label in _ERASING) < _DOUBTED:
        topics, _is_clear = _learned(points, scores)
        return [*topics[:-1], ranked[0]], False
    if likeliest not in ranked and likely[likeliest] >= _ORDERED:
        return [likeliest, *(label for label in ranked if label not in _ERASING)], True
    return ranked, is_clear


def aspect_of(found: int) -> Aspect | None:
    """Return which side of the topic is asked; None when nothing tells."""
    return next((aspect for concept, aspect in _ASPECTS if found & BITS[concept]), None)


def polar_of(found: int) -> Polar | None:
    """Return what a yes or a no is wanted to; None when more is asked than that."""
    if not found & BITS["closed"] or found & BITS["erase"]:
        return None
    return next((polar for concept, polar in _POLAR if found & BITS[concept]), None)
