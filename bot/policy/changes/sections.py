"""The sections of a policy: what tells their statements apart, and how they are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.policy.changes import rules_data, rules_people, rules_services
from bot.policy.changes.change import Pair, Severity
from bot.policy.changes.judge import Judge, Rules, growing, material, wording
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
    """Return whether a new statement on data takes nothing: not stored, or about no person."""
    return one.stored is Stored.NO or not one.personal


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
        _if(lambda one: one.stored is Stored.NO, Severity.MATERIAL, Severity.MINOR),  # the "no" was a promise
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


@dataclass(frozen=True, slots=True)
class Single:
    """A part of the policy of which there is one.  With *rules*, each of its fields is a change of its own."""

    judge: Judge = material
    rules: Rules = field(default_factory=dict)


def _languages(before: tuple[str, ...], after: tuple[str, ...], _pair: Pair) -> Severity:
    """Judge the languages of the texts; the facts have words in all languages of the program."""
    return Severity.WORDING if set(before) == set(after) else Severity.MINOR


SINGLES: Mapping[str, Single] = {
    "version": Single(wording),
    "effective": Single(wording),
    "published": Single(wording),
    "languages": Single(_languages),
    "host": Single(material),  # it is the address of every account
    "title": Single(wording),
    "introduction": Single(wording),
    "url": Single(wording),
    "notices": Single(rules_people.notices),
    "controller": Single(rules_people.contact),  # WP260 rev.01 §29
    "data_protection_officer": Single(rules_people.contact),
    "supervisory_authority": Single(rules_people.contact),
    "purposes": Single(growing),  # Art. 13(3) GDPR
    "legal_basis": Single(rules_data.basis),
    "authorities": Single(rules=rules_people.AUTHORITIES),
    "abuse": Single(rules=rules_people.ABUSE),
    "children": Single(rules=rules_services.CHILDREN),
}
"""The other parts of a policy."""
