"""Settings that decide whether something is stored at all, by default, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from bot.i18n import Listing, Message, Phrase, _, n_, p_
from bot.policy.audit.finding import (
    NO_SETTING,
    NOT_MENTIONED,
    Finding,
    Severity,
    Verdict,
    drift,
    period_of,
    place_of,
)
from bot.policy.audit.limits import Compared, compare, latest
from bot.policy.data import DataStatement
from bot.policy.model import Policy
from bot.policy.observed import Setting, Settings
from bot.policy.retention import Last, Limit, Retention
from bot.policy.terms import Category, Stored
from bot.policy.wording import time
from bot.policy.wording.categories import TITLES

_STORES: tuple[Category, ...] = (
    Category.ARCHIVE,
    Category.ROOM_ARCHIVE,
    Category.OFFLINE_MESSAGES,
    Category.UPLOADS,
    Category.LAST_ACTIVITY,
    Category.PUSH_REGISTRATIONS,
    Category.BLOCKLIST,
)
"""Categories whose name is the key of the setting that says whether the server has them."""

_RETENTIONS = (Category.ARCHIVE, Category.ROOM_ARCHIVE, Category.OFFLINE_MESSAGES, Category.UPLOADS)

_ON: Mapping[object, bool] = {True: True, False: False, "always": True, "roster": True, "never": False}

_IS_STORED = p_("audit", "the server stores it")
_IS_NOT_STORED = p_("audit", "the server does not store it")

_DECLARED: Mapping[Stored, Message] = {
    Stored.YES: p_("audit", "stored"),
    Stored.NO: p_("audit", "not stored"),
    Stored.CONDITIONAL: p_("audit", "stored in some cases"),
    Stored.MEMORY_ONLY: p_("audit", "only in memory"),
    Stored.UNKNOWN: p_("audit", "the policy leaves it open"),
}


def stored(policy: Policy, settings: Settings, day: date) -> Iterator[Finding]:
    """Check what the server stores at all."""
    for category in _STORES:
        for setting in settings.of(category):
            if isinstance(setting.value, bool):
                yield from _stored(category, policy.about(category, day=day), setting)


def _stored(category: Category, said: tuple[DataStatement, ...], setting: Setting) -> Iterator[Finding]:
    kinds = dict.fromkeys(one.stored for one in said)
    declared = Listing(tuple(_DECLARED[kind] for kind in kinds)) if said else NOT_MENTIONED
    observed = _IS_STORED if setting.value else _IS_NOT_STORED
    found = Finding(category, TITLES[category], Verdict.AGREES, declared, observed, place_of(setting))
    if setting.value and not kinds.keys() & {Stored.YES, Stored.CONDITIONAL, Stored.UNKNOWN}:
        if not any(one.exceptions for one in said):
            yield drift(found, Severity.HIGH, setting, _IS_NOT_STORED)
    elif not setting.value and kinds.keys() & {Stored.YES, Stored.CONDITIONAL} and Stored.NO not in kinds:
        yield drift(found, Severity.LOW, setting, _IS_STORED)
    elif said and Stored.UNKNOWN not in kinds:
        yield found


def by_default(policy: Policy, settings: Settings, day: date) -> Iterator[Finding]:
    """Check whether what people can switch off is on or off from the start, as declared."""
    for category in (Category.ARCHIVE, Category.ROOM_ARCHIVE):
        declared = {one.control.default == "on" for one in policy.about(category, day=day) if one.control}
        for setting in settings.of(f"{category}.default"):
            is_on = _ON.get(setting.value)
            if is_on is None or len(declared) != 1 or not _has(settings, category, setting.host):
                continue
            found = Finding(
                f"{category}.default",
                TITLES[category],
                Verdict.AGREES,
                _switched(is_on=next(iter(declared))),
                _switched(is_on=is_on),
                place_of(setting),
            )
            if declared == {is_on}:
                yield found
            else:
                severity = Severity.HIGH if is_on else Severity.LOW
                yield drift(found, severity, setting, _switched(is_on=not is_on))


def _switched(*, is_on: bool) -> Phrase:
    return p_("audit", "on unless switched off") if is_on else p_("audit", "off unless switched on")


def _has(settings: Settings, category: Category, host: str) -> bool:
    """Return whether the server has the category at all, on that host."""
    return all(one.value is not False for one in settings.of(category) if one.host in ("", host) or not host)


def retention(policy: Policy, settings: Settings, day: date) -> Iterator[Finding]:
    """Check how long the server keeps what it stores."""
    for category in _RETENTIONS:
        for setting in settings.of(f"{category}.retention"):
            if _has(settings, category, setting.host):
                yield from _retention(category, limits_of(policy, category, day), setting)


def limits_of(policy: Policy, category: str, day: date) -> tuple[Limit, ...]:
    """Return the limits that are declared for a category; several services can have one each."""
    said = [one for one in policy.about(category, day=day) if one.stored not in (Stored.NO, Stored.UNKNOWN)]
    found: list[Retention | None] = [time.in_force(one.retention, day) for one in said]
    return tuple(one.limit for one in found if one is not None and not isinstance(one.limit, Last))


def _retention(category: Category, limits: tuple[Limit, ...], setting: Setting) -> Iterator[Finding]:
    if not limits:
        return
    declared = Listing(tuple(time.how_long(limit) for limit in limits), "or")
    found = Finding(
        f"{category}.retention", TITLES[category], Verdict.AGREES, declared, _kept(setting), place_of(setting)
    )
    if setting.value is None:
        if any(latest(limit) is not None for limit in limits):
            yield _unknown(found)
        else:
            yield found
        return
    seconds = setting.value if isinstance(setting.value, int | float | str) else "unlimited"
    outcomes = {compare(limit, seconds) for limit in limits}
    if Compared.AGREES in outcomes:
        yield found
    elif outcomes == {Compared.LONGER}:
        yield drift(found, Severity.HIGH, setting, p_("audit", "kept %(how_long)s")(how_long=declared))
    elif outcomes == {Compared.SHORTER}:
        yield drift(found, Severity.LOW, setting, p_("audit", "kept %(how_long)s")(how_long=declared))
    else:
        yield _unknown(found)


def _unknown(found: Finding) -> Finding:
    return Finding(found.check, found.subject, Verdict.UNKNOWN, found.declared, found.observed, found.place)


def _kept(setting: Setting) -> Phrase:
    match setting.value:
        case None:
            return NO_SETTING
        case int() | float():
            return _("removed after %(period)s")(period=period_of(setting.value))
        case _:
            return _("never removed")


def last_messages(policy: Policy, settings: Settings, day: date) -> Iterator[Finding]:
    """Check how many messages somebody who joins a room is shown, against "the last 20"."""
    for said in policy.about(Category.ROOM_ARCHIVE, day=day):
        remains = said.control.remains if said.control else None
        current = time.in_force(said.retention, day)
        limit = remains if isinstance(remains, Last) else current.limit if current else None
        if not isinstance(limit, Last):
            continue
        for setting in settings.of("room_history"):
            if isinstance(setting.value, int):
                yield _history(limit.last, setting.value, setting)


def _history(declared: int, observed: int, setting: Setting) -> Finding:
    found = Finding(
        "room_history",
        TITLES[Category.ROOM_ARCHIVE],
        Verdict.AGREES,
        n_("the last %(n)s message", "the last %(n)s messages", declared),
        n_("newcomers see the last %(n)s message", "newcomers see the last %(n)s messages", observed),
        place_of(setting),
    )
    if observed == declared:
        return found
    wanted = n_("newcomers see the last %(n)s message", "newcomers see the last %(n)s messages", declared)
    return drift(found, Severity.HIGH if observed > declared else Severity.LOW, setting, wanted)
