"""How it is judged whether something is stored, in which cases, and with which exceptions."""

from __future__ import annotations

from bot.policy.changes.change import Pair, Severity
from bot.policy.changes.judge import Rules, by_fields, growing, meaning, wording
from bot.policy.changes.limits import retention_judge
from bot.policy.changes.same import paired
from bot.policy.data import Exception_, When
from bot.policy.terms import Condition, Stored


def stored(before: Stored, after: Stored, _pair: Pair) -> Severity:
    """Judge whether it is stored: "unknown" promises nothing, so only a "no" is better than it."""
    extent = (Stored.NO, Stored.MEMORY_ONLY, Stored.CONDITIONAL, Stored.YES)
    if after is Stored.NO:
        return Severity.MINOR
    if Stored.UNKNOWN in (before, after):
        return Severity.MATERIAL
    return Severity.MATERIAL if extent.index(after) > extent.index(before) else Severity.MINOR


def _condition(before: When, after: When, pair: Pair) -> Severity:
    """Judge when it happens; the operator's words are the fact where there is no other."""
    if before.condition is not after.condition:
        return Severity.MATERIAL
    return meaning(before.text, after.text, pair) if after.condition is Condition.OTHER else Severity.WORDING


def conditions(before: tuple[When, ...], after: tuple[When, ...], pair: Pair) -> Severity:
    """Judge conditions: whether one more makes it happen more or less often, no program can tell."""
    couples = paired(before, after, (("condition",),))
    alone = any(None in couple for couple in couples)
    return Severity.MATERIAL if alone else max(_condition(old, new, pair) for old, new in couples)


EXCEPTION: Rules = {
    "when": _condition,
    "stored": stored,
    "retention": retention_judge,
    "fields": growing,
    "text": wording,
}


def exceptions(before: tuple[Exception_, ...], after: tuple[Exception_, ...], pair: Pair) -> Severity:
    """Judge exceptions: those from a "not stored" are worse, those that store less are better."""
    return max(_exception(old, new, pair) for old, new in paired(before, after, (("when",), ())))


def _exception(old: Exception_ | None, new: Exception_ | None, pair: Pair) -> Severity:
    if old is not None and new is not None:
        return by_fields(old, new, EXCEPTION, pair)
    if old is None:
        better = new is not None and new.stored is Stored.NO
    else:
        better = old.stored is not Stored.NO and pair.after.stored is Stored.NO
    return Severity.MINOR if better else Severity.MATERIAL
