"""What a change is about: how each section says its statements, and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeAlias

from bot.i18n import Listing, Message, Phrase, _, p_
from bot.policy.base import Scope
from bot.policy.changes import Change, Changes
from bot.policy.data import DataStatement
from bot.policy.model import Policy
from bot.policy.services import Service
from bot.policy.vocabulary import Topic
from bot.policy.wording import data, people, services
from bot.policy.wording.categories import statement_title
from bot.policy.wording.line import Line
from bot.policy.wording.topics import TOPICS

_Say: TypeAlias = Callable[[Policy, Any, date], tuple[Line, ...]]


def _plain(say: Callable[[Any], tuple[Line, ...]]) -> _Say:
    return lambda _policy, one, _day: say(one)


def _dated(say: Callable[[Any, date], tuple[Line, ...]]) -> _Say:
    return lambda _policy, one, day: say(one, day)


SAY: Mapping[str, _Say] = {
    "hosting": _plain(people.hosting),
    "services": _plain(services.service),
    "data": data.lines,
    "never": _plain(people.never),
    "recipients": _plain(people.recipient),
    "federation": _plain(services.federation),
    "backups": _dated(services.backup),
    "inactive_accounts": _plain(services.inactivity),
    "account_erasure": _plain(services.account_erasure),
    "encryption": _plain(services.encryption),
    "rights": _plain(people.right),
    "cookies": _plain(services.cookie),
    "analytics": _dated(services.analytics),
    "search_engines": _plain(services.search_engine),
    "authorities": _plain(people.authorities),
    "abuse": _plain(people.abuse),
    "children": _plain(services.children),
}
"""How the statements of a section are said."""

SUBJECTS: Mapping[str, Message] = {
    "hosting": TOPICS[Topic.DATA_LOCATION],
    "never": p_("topic", "What we never do"),
    "recipients": TOPICS[Topic.THIRD_PARTIES],
    "federation": TOPICS[Topic.FEDERATION],
    "backups": TOPICS[Topic.BACKUPS],
    "inactive_accounts": TOPICS[Topic.INACTIVE_ACCOUNTS],
    "account_erasure": TOPICS[Topic.ACCOUNT_DELETION],
    "encryption": TOPICS[Topic.ENCRYPTION],
    "rights": TOPICS[Topic.RIGHTS],
    "cookies": TOPICS[Topic.WEBMAIL_COOKIES],
    "analytics": TOPICS[Topic.WEB_ANALYTICS],
    "search_engines": TOPICS[Topic.SEARCH_ENGINE],
    "authorities": TOPICS[Topic.AUTHORITIES],
    "abuse": TOPICS[Topic.ABUSE],
    "children": TOPICS[Topic.CHILDREN],
    "controller": TOPICS[Topic.CONTROLLER_CONTACT],
    "data_protection_officer": _("Data protection officer"),
    "supervisory_authority": _("Supervisory authority"),
    "host": p_("topic", "Domain of the server"),
    "notices": TOPICS[Topic.POLICY_CHANGES],
}
"""What the sections are called."""


def subject(changes: Changes, change: Change) -> Phrase:
    """Return what a change is about, to stand before a colon."""
    statement = change.after if change.after is not None else change.before
    if isinstance(statement, DataStatement):
        return statement_title(changes.new if change.after is not None else changes.old, statement)
    if isinstance(statement, Service):
        return statement.name.phrase() if statement.name is not None else statement.id
    return SUBJECTS[change.section]


def with_scope(changes: Changes, change: Change, sentence: Phrase) -> Phrase:
    """Return *sentence* with whom it is about, where that is not everybody."""
    policy, statement = (changes.old, change.before) if change.after is None else (changes.new, change.after)
    about: list[Phrase] = []
    if change.field != "service" and not _is_alone(policy, statement):
        about += service_name(policy, getattr(statement, "service", None))
    if change.field != "applies_to":
        about += scope(getattr(statement, "applies_to", None))
    return (
        _("%(sentence)s (This is about: %(whom)s.)")(sentence=sentence, whom=Listing(tuple(about)))
        if about
        else (sentence)
    )


def _is_alone(policy: Policy, statement: Any) -> bool:
    """Return whether no other statement is about the same kind of data, so that its service need not be named."""
    if not isinstance(statement, DataStatement):
        return False
    return sum(one.category == statement.category for one in policy.data) == 1


def service_name(policy: Policy, id_: str | None) -> list[Phrase]:
    """Return what the service with this id is called."""
    if id_ is None:
        return []
    service = policy.service(id_)
    return [service.name.phrase() if service is not None and service.name is not None else id_]


def scope(scope_: Scope | None) -> list[Phrase]:
    """Return whom a statement is about."""
    if scope_ is None:
        return []
    return [*scope_.hosts, *((scope_.accounts.phrase(),) if scope_.accounts else ())]
