"""What inventories show, account after account, in constant memory and without names of accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.i18n import Day, Listing, Message, Phrase, _, n_, p_
from bot.policy.audit.finding import NOT_MENTIONED, Finding, Severity, Verdict, drift
from bot.policy.audit.limits import latest
from bot.policy.audit.stored import limits_of
from bot.policy.audit.traces import AS_HASH, IN_PLAIN_TEXT, INACTIVE, keeps_addresses
from bot.policy.model import Policy
from bot.policy.observed import Holding, Inventory
from bot.policy.terms import Category, FormKind, Stored
from bot.policy.wording import time
from bot.policy.wording.categories import TITLES

GRACE = timedelta(days=2)
"""Servers clean up at intervals; that alone is no drift."""

_MOST_STORES = 50
"""Names of unknown stores that are kept; no server has so many."""

_KNOWN: frozenset[str] = frozenset(Category)


@dataclass(slots=True)
class _Seen:
    """What was seen of one category: in how many accounts, in how many too old, and the oldest of all."""

    accounts: int = 0
    late: int = 0
    oldest: datetime | None = None


@dataclass(slots=True)
class Evidence:
    """Takes one inventory after the other.

    Attributes:
        policy: the declared facts.
        now: the time of the audit.
        accounts: looked at.
        failed: accounts, or categories of them, that could not be looked at.
        complete: whether every account was to be looked at, not only a sample.
    """

    policy: Policy
    now: datetime
    accounts: int = 0
    failed: int = 0
    complete: bool = False
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _unknown: set[str] = field(default_factory=set)
    _plain: int = 0
    _unused: int = 0

    def add(self, inventory: Inventory) -> None:
        """Take what is held for one more account."""
        self.accounts += 1
        self.failed += 1 if inventory.failed else 0
        for holding in inventory.holdings:
            if not holding.memory and holding.count != 0:
                self._add(holding)

    def _add(self, holding: Holding) -> None:
        if holding.category not in _KNOWN:
            if len(self._unknown) < _MOST_STORES:
                self._unknown.add(holding.name or holding.category)
            return
        seen = self._seen.setdefault(holding.category, _Seen())
        seen.accounts += 1
        if holding.oldest is not None:
            seen.oldest = min(seen.oldest or holding.oldest, holding.oldest)
            seen.late += 1 if self._is_late(holding.category, holding.oldest) else 0
        if holding.category == Category.PASSWORD and holding.facts.get("format") == "plain":
            self._plain += 1
        if holding.category == Category.LAST_ACTIVITY and holding.newest is not None:
            self._unused += 1 if self._is_unused(holding.newest) else 0

    def _is_late(self, category: str, oldest: datetime) -> bool:
        """Return whether something of that age is older than every limit declared for its category."""
        limits = limits_of(self.policy, category, self.now.date())
        days = [latest(limit) for limit in limits]
        known = [one for one in days if one is not None]
        return bool(known) and len(known) == len(days) and self.now - oldest > timedelta(days=max(known)) + GRACE

    def _is_unused(self, login: datetime) -> bool:
        rules = [one for one in self.policy.inactive_accounts if one.certain and not one.never_used]
        rules = [one for one in rules if not one.disabled_only]
        return bool(rules) and self.now - login > timedelta(days=rules[0].after.days()) + GRACE

    def findings(self) -> Iterator[Finding]:
        """Return what the evidence says; nothing about what it does not contradict."""
        day = self.now.date()
        for category, seen in sorted(self._seen.items()):
            if category != Category.BOT_RECORDS:
                yield from self._of(Category(category), seen, day)
        if self._plain and self._declares_hash(day):
            found = _finding("password.format", TITLES[Category.PASSWORD], AS_HASH, _in_plain(self._plain))
            yield drift(found, Severity.HIGH, None, AS_HASH)
        if self._unused:
            rule = next(one for one in self.policy.inactive_accounts if one.certain)
            declared = p_("audit", "removed after %(period)s without use")(period=rule.after)
            found = _finding("inactive.retention", INACTIVE, declared, _unused_for(self._unused))
            yield drift(found, Severity.HIGH, None, declared)
        for name in sorted(self._unknown):
            subject = _("Unknown store “%(name)s”")(name=name)
            observed = p_("audit", "nobody here knows what is in it")
            yield Finding("other", subject, Verdict.UNKNOWN, NOT_MENTIONED, observed)

    def _of(self, category: Category, seen: _Seen, day: date) -> Iterator[Finding]:
        said = self.policy.about(category, day=day)
        title = TITLES[category]
        if seen.late and seen.oldest is not None:
            limits = limits_of(self.policy, category, day)
            declared = Listing(tuple(time.how_long(limit) for limit in limits), "or")
            found = _finding(f"{category}.retention", title, declared, _late(seen.late, seen.oldest))
            yield drift(found, Severity.HIGH, None, p_("audit", "kept %(how_long)s")(how_long=declared))
        is_kept = keeps_addresses(self.policy, day) if category is Category.IP_ADDRESSES else True
        if not said:
            found = _finding(category, title, NOT_MENTIONED, _held(seen.accounts))
            yield drift(found, Severity.HIGH, None, p_("audit", "nothing of this is stored"))
        elif (all(one.stored is Stored.NO and not one.exceptions for one in said)) or is_kept is False:
            found = _finding(category, title, p_("audit", "not stored"), _held(seen.accounts))
            yield drift(found, Severity.HIGH, None, p_("audit", "nothing of this is stored"))

    def _declares_hash(self, day: date) -> bool:
        said = self.policy.about(Category.PASSWORD, day=day)
        return any(one.form is not None and one.form.kind is FormKind.HASH for one in said)


def _finding(check: str, subject: Phrase, declared: Phrase, observed: Phrase) -> Finding:
    return Finding(check, subject, Verdict.DRIFT, declared, observed)


def _held(accounts: int) -> Message:
    return n_("found in %(n)s account", "found in %(n)s accounts", accounts)


def _late(accounts: int, oldest: datetime) -> Phrase:
    counted = n_("%(n)s account has something older", "%(n)s accounts have something older", accounts)
    return _("%(counted)s, the oldest from %(day)s")(counted=counted, day=Day(oldest.date()))


def _in_plain(accounts: int) -> Phrase:
    return _("%(where)s: %(form)s")(where=_held(accounts), form=IN_PLAIN_TEXT)


def _unused_for(accounts: int) -> Message:
    return n_("%(n)s account has been unused for longer", "%(n)s accounts have been unused for longer", accounts)
