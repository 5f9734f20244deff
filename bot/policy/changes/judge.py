"""How a changed value is judged: for the better, for the worse, or only in its words.

A judge gets the value before and after, and the statements they stand in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from bot.policy.base import Name, Text
from bot.policy.changes.change import Pair, Severity
from bot.policy.changes.same import same

Judge: TypeAlias = Callable[[Any, Any, Pair], Severity]
Rules: TypeAlias = Mapping[str, Judge]


def material(_before: Any, _after: Any, _pair: Pair) -> Severity:
    """Judge what matters in whichever direction it changes, or whose direction cannot be computed."""
    return Severity.MATERIAL


def minor(_before: Any, _after: Any, _pair: Pair) -> Severity:
    """Judge what is worth telling and makes nobody worse off."""
    return Severity.MINOR


def wording(_before: Any, _after: Any, _pair: Pair) -> Severity:
    """Judge what is no fact about processing."""
    return Severity.WORDING


def meaning(before: Text | Name | None, after: Text | Name | None, _pair: Pair) -> Severity:
    """Judge a text that is itself the fact: no program can tell a typing error from a new meaning.

    A translation that is added or removed beside the same words is wording.
    """
    if before is None or after is None or not isinstance(before.root, dict) or not isinstance(after.root, dict):
        return Severity.MATERIAL
    both = set(before.root) & set(after.root)
    kept = bool(both) and all(before.root[code] == after.root[code] for code in both)
    return Severity.WORDING if kept else Severity.MATERIAL


def growing(before: tuple[Any, ...], after: tuple[Any, ...], _pair: Pair) -> Severity:
    """Judge a list of which more is worse: data, parts, purposes."""
    if set(after) - set(before):
        return Severity.MATERIAL
    return Severity.MINOR if set(before) - set(after) else Severity.WORDING


def shrinking(before: tuple[Any, ...], after: tuple[Any, ...], pair: Pair) -> Severity:
    """Judge a list of which less is worse: ways to act, what is not stored."""
    return growing(after, before, pair)


def at_most(before: tuple[Any, ...], after: tuple[Any, ...], pair: Pair) -> Severity:
    """Judge a list of what can be concerned at all: with nothing listed, it can be anything."""
    if bool(before) != bool(after):
        return Severity.MINOR if after else Severity.MATERIAL
    return growing(before, after, pair)


def ranked(best_first: Sequence[Any]) -> Judge:
    """Return a judge of values of which each is better than the next one; None is "not told"."""

    def judge(before: Any, after: Any, _pair: Pair) -> Severity:
        if before not in best_first or after not in best_first:
            return Severity.MATERIAL
        return Severity.MATERIAL if best_first.index(after) > best_first.index(before) else Severity.MINOR

    return judge


good = ranked((True, None, False))
"""Something that protects people."""

bad = ranked((False, None, True))
"""Something that people need protection from."""


def nested(rules: Rules, *, given: Severity, gone: Severity) -> Judge:
    """Return a judge of a part with fields of its own, which can also be *given* or be *gone*."""

    def judge(before: Any, after: Any, pair: Pair) -> Severity:
        if before is None or after is None:
            return given if before is None else gone
        return by_fields(before, after, rules, pair)

    return judge


def by_fields(before: Any, after: Any, rules: Rules, pair: Pair) -> Severity:
    """Return the severity of the field that changed most."""
    judged = (
        rules.get(name, material)(getattr(before, name), getattr(after, name), pair)
        for name in type(after).model_fields
        if not same(getattr(before, name), getattr(after, name), name)
    )
    return max(judged, default=Severity.WORDING)


def validity(before: Any, after: Any, pair: Pair) -> Severity:
    """Judge the first or last day of a statement: of days that are over, nothing follows any more."""
    over = all(day is None or day <= pair.last_day for day in (before, after))
    held = pair.before.holds(pair.last_day) == pair.after.holds(pair.first_day)
    return Severity.WORDING if over and held else Severity.MATERIAL


STATEMENT: Rules = {
    "service": material,  # another service has other people
    "applies_to": material,
    "text": wording,
    "source": wording,
    "valid_from": validity,
    "valid_until": validity,
}
"""What every statement has.  A text stands beside the facts; where it *is* the fact, it has another rule."""
