"""Whether something is kept longer or less long than before (Art. 5(1)(e), 13(2)(a) GDPR)."""

from __future__ import annotations

from typing import Any

from bot.i18n import Duration
from bot.policy.changes.change import Pair, Severity
from bot.policy.changes.judge import Judge
from bot.policy.changes.same import canonical, same
from bot.policy.retention import Bound, FirstOf, Kept, Last, LastOf, Limit, Period, Retention, longest
from bot.policy.terms import Stored
from bot.policy.wording.time import in_force

SILENT = Kept(kept="not_stated")
_NOT_KEPT = Kept(kept="not_kept")
_FIRMNESS = {"not_kept": 0, "not_stated": 3, "unlimited": 4}
_OPEN = 2
"""How far limits can be compared: not kept, so many days, at least so many, not told, no limit at all."""


def limit_judge(before: Limit | None, after: Limit | None, _pair: Pair | None = None) -> Severity:
    """Judge a limit: longer is material; so is what cannot be compared, such as a period with an event."""
    old, new = before or SILENT, after or SILENT
    if same(old, new):
        return Severity.WORDING
    if isinstance(old, Last) and isinstance(new, Last):
        return _worse(worse=new.last > old.last)
    bounded = _one_of(new, old, FirstOf) or _one_of(old, new, LastOf)
    loosened = _one_of(old, new, FirstOf) or _one_of(new, old, LastOf)
    if bounded or loosened:
        return _worse(worse=loosened)
    left, right = _scale(old), _scale(new)
    if left is not None and right is not None:
        return _worse(worse=right > left)
    # An event or a number of entries: shorter than having no limit, longer than nothing.
    better = right == _scale(_NOT_KEPT) or (left is not None and left[0] > _OPEN)
    return _worse(worse=not better)


def _worse(*, worse: bool) -> Severity:
    return Severity.MATERIAL if worse else Severity.MINOR


def _one_of(whole: Limit, part: Limit, kind: type[FirstOf | LastOf]) -> bool:
    """Return whether *whole* is a combination in which *part*, or all its parts, stand among others."""
    if not isinstance(whole, kind):
        return False
    parts = {canonical(one) for one in _parts(whole)}
    return {canonical(one) for one in (_parts(part) if isinstance(part, kind) else (part,))} < parts


def _parts(limit: Limit) -> tuple[Any, ...]:
    return limit.first_of if isinstance(limit, FirstOf) else limit.last_of if isinstance(limit, LastOf) else (limit,)


def _scale(limit: Limit) -> tuple[int, float] | None:
    """Return where a limit stands between nothing and for ever; None when that depends on events."""
    match limit:
        case Kept(kept=word):
            return (_FIRMNESS[word], 0)
        case Period(period=period, bound=Bound.AT_LEAST):
            return (_OPEN, period.days())
        case Period(period=period):
            return (1, period.days())
        case _:
            period_ = longest(limit)
            return None if period_ is None else (1, period_.days())


def retention_judge(before: Retention | None, after: Retention | None, pair: Pair) -> Severity:
    """Judge a single retention."""
    return retentions_judge((before,) if before else (), (after,) if after else (), pair)


def retentions_judge(before: tuple[Retention, ...], after: tuple[Retention, ...], pair: Pair) -> Severity:
    """Judge what is kept now, and what is announced or reserved for later."""
    old, new = in_force(before, pair.last_day), in_force(after, pair.first_day)
    then, now = _limit(old, pair.before), _limit(new, pair.after)
    found = [limit_judge(then, now)]
    coming = {canonical(one.limit): one for one in after if one.valid_from and one.valid_from > pair.first_day}
    awaited = {canonical(one.limit): one for one in before if one.valid_from and one.valid_from > pair.last_day}
    found += [
        max(Severity.MINOR, limit_judge(now, one.limit))
        for key, one in coming.items()
        if key not in awaited or not same(awaited[key].valid_from, one.valid_from)
    ]
    if awaited.keys() - coming.keys():
        promised = next(one for key, one in awaited.items() if key not in coming)
        found.append(max(Severity.MINOR, limit_judge(promised.limit, now)))
    reserved = new.may_become if new else None
    if reserved is not None and not same(reserved, old.may_become if old else None):
        found.append(max(Severity.MINOR, limit_judge(now, reserved)))
    if not same(_without_reasons(before), _without_reasons(after)):
        found.append(Severity.MINOR)  # some date moved
    return max(found)


def _without_reasons(retentions: tuple[Retention, ...]) -> tuple[Retention, ...]:
    return tuple(one.model_copy(update={"reason": None}) for one in retentions)


def _limit(current: Retention | None, statement: Any) -> Limit:
    if current is not None:
        return current.limit
    return _NOT_KEPT if getattr(statement, "stored", None) is Stored.NO else SILENT


def period_judge(*, longer_is_worse: bool) -> Judge:
    """Return a judge of periods; one that is no longer told is worse."""

    def judge(before: Duration | None, after: Duration | None, _pair: Pair) -> Severity:
        if before is None or after is None:
            return _worse(worse=after is None)
        return _worse(worse=(after.days() > before.days()) is longer_is_worse and after.days() != before.days())

    return judge
