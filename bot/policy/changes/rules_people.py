"""How changes of who is responsible, who gets data, promises and rights are judged."""

from __future__ import annotations

from typing import Any

from bot.i18n import Duration
from bot.policy.base import Text
from bot.policy.changes.change import Pair, Severity
from bot.policy.changes.judge import (
    STATEMENT,
    Judge,
    Rules,
    at_most,
    bad,
    good,
    growing,
    material,
    meaning,
    minor,
    nested,
    ranked,
    shrinking,
    wording,
)
from bot.policy.changes.limits import period_judge
from bot.policy.organisation import Canary, Practice


def _way(before: str | None, _after: str | None, _pair: Pair) -> Severity:
    """Judge a way to reach somebody: a new one is good; a lost one is one less to use one's rights."""
    return Severity.MINOR if before is None else Severity.MATERIAL


CONTACT: Rules = {
    "name": material,  # who it is (WP260 rev.01 §29)
    "country": material,
    "text": wording,
    **dict.fromkeys(("email", "jid", "url", "phone", "address"), _way),
}

contact: Judge = nested(CONTACT, given=Severity.MINOR, gone=Severity.MATERIAL)
"""Judges the controller, the data protection officer and the authority."""

HOSTING: Rules = {
    **STATEMENT,
    "provider": material,  # a recipient (Art. 13(1)(e) GDPR)
    "country": material,  # Art. 13(1)(f) GDPR
    "place": minor,
    "jurisdiction": material,  # decides who can order access
    "rented": bad,
}

RECIPIENT: Rules = {
    **STATEMENT,
    "kind": material,
    "name": material,  # somebody else
    "data": at_most,
    "messages": bad,
    "condition": lambda before, _after, _pair: Severity.MINOR if before is None else Severity.MATERIAL,
    "aggregated": ranked((True, False)),
    "country": material,  # Art. 13(1)(f) GDPR
    "own_rules": bad,
    "controllable": good,
}


def _exceptions(before: Text | None, after: Text | None, pair: Pair) -> Severity:
    """Judge the words beside a promise: they can hold the exceptions that it has."""
    if after is None and pair.after.practice is not Practice.OTHER:
        return Severity.MINOR
    return meaning(before, after, pair)


NEVER: Rules = {**STATEMENT, "practice": material, "text": _exceptions}

RIGHT: Rules = {
    **STATEMENT,
    "right": material,
    "ways": shrinking,  # how rights are exercised (WP260 rev.01 §29)
    "category": material,
    "available": good,
    "deadline": period_judge(longer_is_worse=True),
    "identity": meaning,  # what one has to show to use the right
}


def _canary(before: Canary | None, after: Canary | None, _pair: Pair) -> Severity:
    """Judge a dated "we have received no …": when it goes or says something else, that is the signal."""
    if before is None:
        return Severity.MINOR
    if after is None or after.stated < before.stated or before.text != after.text:
        return Severity.MATERIAL
    worse = period_judge(longer_is_worse=True)
    return worse(before.renewed_every, after.renewed_every, _pair) if _slower(before, after) else Severity.WORDING


def _slower(before: Canary, after: Canary) -> bool:
    old, new = before.renewed_every, after.renewed_every
    return isinstance(old, Duration) and (new is None or new.days() > old.days())


AUTHORITIES: Rules = {
    **STATEMENT,
    "court_order_needed": good,
    "notify_user": ranked(("yes", "unless_forbidden", None, "no")),
    "data": at_most,
    "reports": wording,  # counts of what happened, no rule
    "canary": _canary,
    "url": wording,
}

ABUSE: Rules = {
    **STATEMENT,
    "data": growing,
    "when": meaning,
    "contact": minor,
    "spam_forbidden": minor,  # a rule for users, no processing
    "guaranteed": minor,
}


def notices(before: Any, after: Any, pair: Pair) -> Severity:
    """Judge how people learn of changes: a lost channel means that some learn nothing (WP260 rev.01 §30)."""
    return nested(
        {"material": shrinking, "minor": shrinking, "text": wording}, given=Severity.MINOR, gone=Severity.MATERIAL
    )(before, after, pair)
