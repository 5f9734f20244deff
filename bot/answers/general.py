"""What holds for all data, where a statement does not say it for its own: purposes, places, rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.answers import about
from bot.answers.clause import Clause, in_force, stated
from bot.i18n import _
from bot.policy.model import Policy
from bot.policy.organisation import RightName
from bot.policy.terms import Category
from bot.policy.vocabulary import Aspect, Topic
from bot.policy.wording import people, services
from bot.policy.wording.line import says

_MESSAGES = frozenset({Category.ARCHIVE, Category.OFFLINE_MESSAGES, Category.ROOM_ARCHIVE, Category.UPLOADS})
"""Data for which it matters whether the operator could read them."""


def general(
    policy: Policy, topic: Topic, aspect: Aspect, categories: tuple[Category, ...], day: date
) -> tuple[Clause, ...]:
    """Return what the policy says in general about *aspect* of data of these *categories*."""
    return tuple(_general(policy, topic, aspect, categories, day))


def _general(
    policy: Policy, topic: Topic, aspect: Aspect, categories: tuple[Category, ...], day: date
) -> Iterator[Clause]:
    match aspect:
        case Aspect.WHY:
            yield from list(about.purposes(policy, day))[: 1 if policy.purposes else 0]
        case Aspect.LEGAL_BASIS:
            yield from list(about.legal_basis(policy, day))[: 1 if policy.legal_basis else 0]
        case Aspect.WHERE:
            yield from about.location(policy, day)
        case Aspect.CONTACT:
            yield from about.controller(policy, day)
        case Aspect.GET:
            yield from _rights(policy, day, RightName.ACCESS, RightName.PORTABILITY)
        case Aspect.ERASE:
            yield from _rights(policy, day, RightName.ERASURE)
            if categories:
                yield from about.gone_from_backups(policy, day)
        case Aspect.HOW_LONG if categories and topic is not Topic.LOGS:
            yield from about.gone_from_backups(policy, day)
        case Aspect.ENCRYPTED | Aspect.WHO if _MESSAGES.intersection(categories):
            for one in in_force(policy.encryption, day):
                yield from stated([line for line in services.encryption(one) if aspect in line.aspects], one)
        case _:
            return


def _rights(policy: Policy, day: date, *wanted: RightName) -> Iterator[Clause]:
    for one in in_force(policy.rights, day):
        if one.right in wanted and one.category is None:
            yield from stated(people.right(one), one)


def whom_to_ask(policy: Policy) -> Clause:
    """Return the sentence that closes an answer about which the policy is silent."""
    sentence = _("Please ask %(contact)s.")(contact=people.reach(policy.controller))
    return Clause(says(sentence, Aspect.CONTACT))
