"""Changes of details that the policy has no sentence for: a name, and what it was and is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from bot.i18n import Country, Day, Listing, Message, Phrase, _, p_
from bot.policy.base import Name, Scope, Text
from bot.policy.changes import Change, Changes
from bot.policy.model import Policy
from bot.policy.retention import Retention
from bot.policy.terms import Stored
from bot.policy.wording import terms, time
from bot.policy.wording.categories import TITLES
from bot.policy.wording.changes.subjects import scope, service_name

_NAMES: Mapping[str, Message] = {
    "advice": p_("detail", "advice"),
    "applies_to": p_("detail", "whom it is about"),
    "categories": p_("detail", "names of kinds of data"),
    "condition": p_("detail", "in which case"),
    "contact": p_("detail", "contact"),
    "country": p_("detail", "country"),
    "data": p_("detail", "which data"),
    "effective": p_("detail", "first day in force"),
    "exceptions": p_("detail", "exceptions"),
    "guaranteed": p_("detail", "what we can guarantee"),
    "history": p_("detail", "earlier versions"),
    "introduction": p_("detail", "opening words"),
    "kind": p_("detail", "kind of service"),
    "level": p_("detail", "how serious the entries are"),
    "life": p_("detail", "how long it lives"),
    "messages": p_("detail", "whether messages go there"),
    "name": p_("detail", "name"),
    "open_to_everyone": p_("detail", "for everybody, without an account"),
    "profiles": p_("detail", "profiles of users"),
    "published": p_("detail", "day of publication"),
    "rented": p_("detail", "rented machine"),
    "reports": p_("detail", "transparency report"),
    "retention": p_("detail", "how long it is kept"),
    "self_hosted": p_("detail", "on our own machines"),
    "service": p_("detail", "which service"),
    "source": p_("detail", "where it is written"),
    "stored": p_("detail", "whether it is stored"),
    "text": p_("detail", "explanation"),
    "title": p_("detail", "title"),
    "url": p_("detail", "web address"),
    "valid_from": p_("detail", "true from"),
    "valid_until": p_("detail", "true until"),
    "version": p_("detail", "version"),
    "ways": p_("detail", "how to use it"),
    "when": p_("detail", "in which case"),
    "encrypted_in_transit": p_("detail", "encrypted on the way"),
    "place": p_("detail", "place"),
    "can_be_disabled": p_("detail", "can be refused"),
    "objection": p_("detail", "objection"),
    "ip_shortened": p_("detail", "shortened IP address"),
    "asks_others": p_("detail", "asks other search engines"),
}
_OTHER = p_("detail", "another detail")

_STORED: Mapping[Stored, Message] = {
    Stored.YES: p_("stored", "yes"),
    Stored.NO: p_("stored", "no"),
    Stored.CONDITIONAL: p_("stored", "only in certain cases"),
    Stored.MEMORY_ONLY: p_("stored", "in memory only"),
    Stored.UNKNOWN: p_("stored", "not stated"),
}

_ANSWERS = {True: p_("value", "yes"), False: p_("value", "no")}

_WORDS: Mapping[Any, Phrase] = {**TITLES, **terms.FIELDS, **_STORED}


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
        case Name() | Text():
            return given.phrase()
        case tuple():
            words = [value(policy, field, one) for one in given]
            return Listing(tuple(one for one in words if one is not None)) if None not in words else None
        case Scope():
            return Listing(tuple(scope(given)))
        case Retention():
            return time.how_long(given.limit)
        case Enum():
            return _WORDS.get(given)
        case str():
            return _string(policy, field, given)
        case _:
            return None


def _string(policy: Policy, field: str, given: str) -> Phrase:
    if field == "service":
        return service_name(policy, given)[0]
    return Country(given) if field in ("country", "jurisdiction") else given
