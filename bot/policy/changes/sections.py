"""The sections of a policy: what tells their statements apart, and how they are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.policy.changes import rules_data, rules_people, rules_services
from bot.policy.changes.change import Severity
from bot.policy.changes.judge import Rules, wording
from bot.policy.changes.same import Keys
from bot.policy.terms import Stored

_Whole = Callable[[Any], Severity]


def _always(severity: Severity) -> _Whole:
    return lambda _statement: severity


_MATERIAL, _MINOR, _WORDING = (_always(one) for one in (Severity.MATERIAL, Severity.MINOR, Severity.WORDING))


@dataclass(frozen=True, slots=True)
class Section:
    """A list of statements of one type.

    Attributes:
        rules: how each field is judged.
        keys: what tells the statements apart, the strictest first.
        added: how much a new statement matters.
        dropped: how much a lost one does.
    """

    rules: Rules
    keys: Keys
    added: _Whole = _MATERIAL
    dropped: _Whole = _MINOR


def _if(test: Callable[[Any], bool], then: Severity, otherwise: Severity) -> _Whole:
    return lambda statement: then if test(statement) else otherwise


def _harmless(one: Any) -> bool:
    """Return whether a new statement on data takes nothing: not stored, not told, or about no person."""
    return one.stored in (Stored.NO, Stored.UNKNOWN) or not one.personal


def _data_gone(one: Any) -> Severity:
    """Judge a lost statement on data: a "no" was a promise, an "unknown" is the same silence as before."""
    if one.stored is Stored.NO:
        return Severity.MATERIAL
    return Severity.WORDING if one.stored is Stored.UNKNOWN else Severity.MINOR


SECTIONS: Mapping[str, Section] = {
    "hosting": Section(
        rules_people.HOSTING, (("service", "provider", "country"), ("service", "provider"), ("service",), ())
    ),
    # A new service is new processing.
    "services": Section(rules_services.SERVICE, (("id",),)),
    "data": Section(
        rules_data.DATA,
        (
            ("category", "service", "title", "applies_to", "level", "valid_from"),
            ("category", "service", "title", "applies_to", "level"),
            ("category", "service", "applies_to"),
            ("category", "service"),
            ("category", "title"),
            ("category",),
        ),
        _if(_harmless, Severity.MINOR, Severity.MATERIAL),
        _data_gone,
    ),
    "never": Section(
        rules_people.NEVER,
        (("practice", "service", "text"), ("practice", "service"), ("practice",)),
        _MINOR,
        _MATERIAL,
    ),
    "recipients": Section(
        rules_people.RECIPIENT,
        (("kind", "name", "service", "condition"), ("kind", "name", "service"), ("kind", "name"), ("kind",)),
        _if(lambda one: one.aggregated, Severity.MINOR, Severity.MATERIAL),  # Art. 13(1)(e) GDPR
    ),
    "federation": Section(
        rules_services.FEDERATION,
        (("service",), ()),
        _if(lambda one: one.enabled, Severity.MATERIAL, Severity.MINOR),
        _if(lambda one: one.enabled, Severity.MINOR, Severity.MATERIAL),
    ),
    "backups": Section(rules_services.BACKUP, (("service", "place", "every"), ("service", "place"), ("service",), ())),
    # That accounts end, or no longer do, is a reason to act either way.
    "inactive_accounts": Section(
        rules_services.INACTIVITY,
        (("service", "applies_to", "never_used", "disabled_only"), ("service", "never_used"), ("service",), ()),
        _MATERIAL,
        _MATERIAL,
    ),
    "account_erasure": Section(
        rules_services.ACCOUNT_ERASURE, (("service", "applies_to"), ("service",), ()), _MINOR, _MATERIAL
    ),
    "encryption": Section(rules_services.ENCRYPTION, (("service", "applies_to"), ("service",), ()), _MINOR, _MATERIAL),
    "rights": Section(
        rules_people.RIGHT,
        (("right", "service", "category"), ("right", "service"), ("right",)),
        _if(lambda one: one.available, Severity.MINOR, Severity.MATERIAL),
        _if(lambda one: one.available, Severity.MATERIAL, Severity.MINOR),
    ),
    "cookies": Section(rules_services.COOKIE, (("name", "service"), ("name",), ("service",))),
    "analytics": Section(rules_services.ANALYTICS, (("tool", "service"), ("service",), ())),
    "search_engines": Section(rules_services.SEARCH_ENGINE, (("tool", "service"), ("service",), ())),
    "categories": Section({"id": wording, "name": wording}, (("id",),), _WORDING, _WORDING),
    "history": Section(
        dict.fromkeys(("version", "effective", "url", "text"), wording), (("version",),), _WORDING, _WORDING
    ),
    "advice": Section({"topic": wording, "text": wording}, (("topic",),), _WORDING, _WORDING),
}
"""The lists of statements."""
