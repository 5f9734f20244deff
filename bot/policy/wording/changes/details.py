"""Changes of details that the policy has no sentence for: a name, and what it was and is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from bot.i18n import Country, Day, Duration, Listing, Message, Phrase, _, p_
from bot.policy.base import Name, Scope, Text
from bot.policy.changes import Change, Changes
from bot.policy.model import Policy
from bot.policy.terms import Category, FieldName
from bot.policy.wording import terms
from bot.policy.wording.categories import TITLES
from bot.policy.wording.changes.subjects import scope, service_name

_NAMES: Mapping[str, Message] = {}
_OTHER = p_("detail", "another detail")

_ANSWERS = {True: p_("value", "yes"), False: p_("value", "no")}


def name(field: str) -> Phrase:
    """Return what a field is called."""
    return _NAMES.get(field, _OTHER)


def changed(changes: Changes, change: Change, label: Phrase) -> Phrase:
    """Return the change of one field as a sentence."""
    field = change.field or ""
    both = _("%(label)s, %(detail)s")(label=label, detail=name(field))
    return instead(both, value(changes.old, field, change.was), value(changes.new, field, change.becomes))


def instead(label: Phrase, before: Phrase | None, after: Phrase | None) -> Phrase:
    """Return a sentence with both values, if they can be said."""
    if before is None or after is None or before == after:
        return _("%(label)s: this has changed.")(label=label)
    return _("%(label)s: %(after)s instead of %(before)s.")(label=label, after=after, before=before)


def value(policy: Policy, field: str, given: Any) -> Phrase | None:
    """Return a value in words; None for one that has none."""
    match given:
        case None | () | "":
            return p_("value", "not stated")
        case bool():
            return _ANSWERS[given]
        case date():
            return Day(given)
        case Duration():
            return given
        case Name() | Text():
            return given.phrase()
        case Scope():
            return Listing(tuple(scope(given)))
        case tuple():
            words = [value(policy, field, one) for one in given]
            return Listing(tuple(one for one in words if one is not None)) if None not in words else None
        case Category():
            return TITLES[given]
        case FieldName():
            return terms.FIELDS[given]
        case Enum():
            return None
        case str():
            return _string(policy, field, given)
        case _:
            return None


def _string(policy: Policy, field: str, given: str) -> Phrase:
    if field == "service":
        return service_name(policy, given)[0]
    return Country(given) if field in ("country", "jurisdiction") else given
