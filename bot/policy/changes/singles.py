"""What there is one of in a policy, and how changes of it are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.policy.changes import rules_data, rules_people, rules_services
from bot.policy.changes.change import Pair, Severity
from bot.policy.changes.judge import Judge, Rules, growing, material, wording


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
    "form_of_address": Single(wording),
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
