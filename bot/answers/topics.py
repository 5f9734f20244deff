"""All that the policy says about a topic: the statements that belong to it, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeAlias, TypeVar

from bot.answers import about
from bot.answers.clause import Clause, in_force, policy_says, stated
from bot.i18n import _
from bot.policy.base import Statement
from bot.policy.model import Policy
from bot.policy.organisation import Practice, RecipientKind
from bot.policy.services import ServiceKind
from bot.policy.terms import Category, Stored
from bot.policy.vocabulary import Topic
from bot.policy.wording import data, people, services
from bot.policy.wording.line import Line

DATA: dict[Topic, tuple[Category, ...]] = {
    Topic.ACCOUNT: (
        Category.ACCOUNT,
        Category.LAST_ACTIVITY,
        Category.SESSIONS,
        Category.ACCESS_TOKENS,
        Category.PAYMENTS,
    ),
    Topic.PASSWORD: (Category.PASSWORD,),
    Topic.ROSTER: (Category.ROSTER,),
    Topic.PRESENCE: (Category.PRESENCE,),
    Topic.OFFLINE_MESSAGES: (Category.OFFLINE_MESSAGES,),
    Topic.ARCHIVE: (Category.ARCHIVE,),
    Topic.MUC_ARCHIVE: (Category.ROOM_ARCHIVE, Category.ROOM_MEMBERSHIPS),
    Topic.UPLOADS: (Category.UPLOADS,),
    Topic.PROFILE: (Category.PROFILE,),
    Topic.CLIENT_DATA: (Category.CLIENT_DATA, Category.BLOCKLIST, Category.PUSH_REGISTRATIONS),
    Topic.IP_ADDRESSES: (Category.IP_ADDRESSES,),
    Topic.LOGS: (Category.LOGS, Category.MAIL_LOGS),
    Topic.STATISTICS: (Category.STATISTICS,),
    Topic.EMAIL: (Category.MAILBOX, Category.ADDRESS_BOOK, Category.MAIL_LOGS),
    Topic.SEARCH_ENGINE: (Category.SEARCH_QUERIES,),
    Topic.WEB_ANALYTICS: (Category.WEBSITE_VISITS,),
    Topic.FEDERATION: (Category.TRANSPORT_CREDENTIALS,),
    Topic.BOT: (Category.BOT_RECORDS,),
}
"""The kinds of data that each topic is about."""

_RECIPIENTS: dict[Topic, frozenset[RecipientKind]] = {
    Topic.FEDERATION: frozenset({RecipientKind.OTHER_SERVERS, RecipientKind.TRANSPORTS}),
    Topic.ABUSE: frozenset({RecipientKind.OTHER_OPERATORS, RecipientKind.INTERNET_PROVIDER}),
    Topic.AUTHORITIES: frozenset({RecipientKind.AUTHORITIES}),
    Topic.DATA_LOCATION: frozenset({RecipientKind.HOSTING, RecipientKind.PROCESSOR}),
    Topic.SEARCH_ENGINE: frozenset({RecipientKind.SEARCH_ENGINES}),
    Topic.STATISTICS: frozenset({RecipientKind.RESEARCHERS}),
    Topic.PROFILE: frozenset({RecipientKind.PUBLIC}),
    Topic.THIRD_PARTIES: frozenset(RecipientKind),
}

_NEVER: dict[Topic, frozenset[Practice]] = {
    Topic.PURPOSES: frozenset({Practice.COMMERCIAL_USE, Practice.ADVERTISING, Practice.MORE_THAN_NECESSARY}),
    Topic.IP_ADDRESSES: frozenset({Practice.SHOWING_IP_ADDRESSES, Practice.FORWARDING_CLIENT_IP_ADDRESSES}),
    Topic.ACCOUNT: frozenset({Practice.PUBLISHING_ADDRESSES}),
    Topic.ENCRYPTION: frozenset({Practice.READING_MESSAGES}),
    Topic.WEB_ANALYTICS: frozenset({Practice.TRACKING, Practice.PROFILING}),
    Topic.RIGHTS: frozenset({Practice.AUTOMATED_DECISIONS}),
    Topic.THIRD_PARTIES: frozenset(
        set(Practice) - {Practice.READING_MESSAGES, Practice.AUTOMATED_DECISIONS, Practice.MORE_THAN_NECESSARY}
    ),
}

T = TypeVar("T", bound=Statement)

_Gatherer: TypeAlias = Callable[[Policy, date], Iterator[Clause]]


def gather(policy: Policy, topic: Topic, day: date) -> tuple[Clause, ...]:
    """Return all that the policy says about *topic* on *day*, the most telling first."""
    found: list[Clause] = []
    own = _OWN.get(topic)
    if own:
        found += own(policy, day)
    positive_first = sorted(policy.about(*DATA.get(topic, ()), day=day), key=lambda one: one.stored is Stored.NO)
    for statement in positive_first:
        found += stated(data.lines(policy, statement, day), statement)
    for refusal in in_force(policy.never, day):
        if refusal.practice in _NEVER.get(topic, ()):
            found += stated(people.never(refusal), refusal)
    for recipient in in_force(policy.recipients, day):
        if recipient.kind in _RECIPIENTS.get(topic, ()):
            found += stated(people.recipient(recipient), recipient)
    for tip in policy.advice:
        if tip.topic == topic:
            found.append(policy_says(_("Advice: %(text)s")(text=tip.text.phrase())))
    return tuple(found)


def _backups(policy: Policy, day: date) -> Iterator[Clause]:
    for one in in_force(policy.backups, day):
        yield from stated(services.backup(one, day), one)
    yield from about.gone_from_backups(policy, day, only_dates=True)


def _account_erasure(policy: Policy, day: date) -> Iterator[Clause]:
    for one in in_force(policy.account_erasure, day):
        yield from stated(services.account_erasure(one), one)
    yield from about.gone_from_backups(policy, day)


def _abuse(policy: Policy, day: date) -> Iterator[Clause]:
    if policy.abuse and policy.abuse.holds(day):
        yield from stated(people.abuse(policy.abuse), policy.abuse)


def _authorities(policy: Policy, day: date) -> Iterator[Clause]:
    one = policy.authorities
    if one and one.holds(day):
        yield from stated(people.reports(one), one)
        yield from stated(people.authorities(one), one)


def _cookies(policy: Policy, day: date) -> Iterator[Clause]:
    for one in in_force(policy.cookies, day):
        yield from stated(services.cookie(one), one)


def _analytics(policy: Policy, day: date) -> Iterator[Clause]:
    for one in in_force(policy.analytics, day):
        yield from stated(services.analytics(one, day), one)
    for cookie in in_force(policy.cookies, day):
        service = policy.service(cookie.service)
        if service is not None and service.kind in (ServiceKind.ANALYTICS, ServiceKind.WEBSITE):
            yield from stated(services.cookie(cookie), cookie)


def _children(policy: Policy, day: date) -> Iterator[Clause]:
    if policy.children and policy.children.holds(day):
        yield from stated(services.children(policy.children), policy.children)


def _each(statements: Callable[[Policy], tuple[T, ...]], say: Callable[[T], tuple[Line, ...]]) -> _Gatherer:
    """Return a gatherer that says each of the *statements* in force."""

    def gatherer(policy: Policy, day: date) -> Iterator[Clause]:
        for one in in_force(statements(policy), day):
            yield from stated(say(one), one)

    return gatherer


_OWN: dict[Topic, _Gatherer] = {
    Topic.OVERVIEW: about.overview,
    Topic.BACKUPS: _backups,
    Topic.INACTIVE_ACCOUNTS: _each(lambda policy: policy.inactive_accounts, services.inactivity),
    Topic.ACCOUNT_DELETION: _account_erasure,
    Topic.ENCRYPTION: _each(lambda policy: policy.encryption, services.encryption),
    Topic.FEDERATION: _each(lambda policy: policy.federation, services.federation),
    Topic.PURPOSES: about.purposes,
    Topic.LEGAL_BASIS: about.legal_basis,
    Topic.ABUSE: _abuse,
    Topic.AUTHORITIES: _authorities,
    Topic.WEBMAIL_COOKIES: _cookies,
    Topic.SEARCH_ENGINE: _each(lambda policy: policy.search_engines, services.search_engine),
    Topic.WEB_ANALYTICS: _analytics,
    Topic.RIGHTS: about.rights,
    Topic.CONTROLLER_CONTACT: about.controller,
    Topic.CHILDREN: _children,
    Topic.DATA_LOCATION: about.location,
    Topic.POLICY_CHANGES: about.changes,
    Topic.BOT: about.bot,
}
