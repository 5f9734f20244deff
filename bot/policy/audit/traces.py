"""Settings that decide about traces: IP addresses, logs, passwords, accounts that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from bot.i18n import Message, Phrase, Size, _, p_
from bot.policy.audit.finding import NO_SETTING, NOT_MENTIONED, Finding, Severity, Verdict, drift, period_of, place_of
from bot.policy.audit.limits import Compared, compare
from bot.policy.data import DataStatement
from bot.policy.model import Policy
from bot.policy.observed import Setting, Settings
from bot.policy.retention import Event, Kept, Limit, Period, Until
from bot.policy.terms import Category, Condition, FieldName, FormKind, Stored
from bot.policy.wording import time
from bot.policy.wording.categories import TITLES

_WHILE_CONNECTED = frozenset({Event.LOGOUT, Event.SESSION_END})
_IP = frozenset({FieldName.IP_ADDRESS, FieldName.SHORTENED_IP_ADDRESS})
_REGISTRATION = frozenset({Condition.IN_BAND_REGISTRATION})


def keeps_addresses(policy: Policy, day: date) -> bool | None:
    """Return whether the policy says that IP addresses are kept beyond the connection; None: it is open.

    A statement that has exceptions or conditions leaves it open: which case it is cannot be seen from here.
    """
    said = policy.about(Category.IP_ADDRESSES, day=day)
    if any(_is_open(one) for one in said):
        return None
    return any(_outlives_connection(one, day) for one in said)


def _is_open(said: DataStatement) -> bool:
    return bool(said.exceptions) or said.stored in (Stored.UNKNOWN, Stored.CONDITIONAL)


def _outlives_connection(said: DataStatement, day: date) -> bool:
    if said.stored in (Stored.NO, Stored.MEMORY_ONLY):
        return False
    current = time.in_force(said.retention, day)
    match current.limit if current else None:
        case Until(until=event):
            return event not in _WHILE_CONNECTED
        case Kept(kept="not_kept"):
            return False
        case _:
            return True


def _declares_addresses(said: tuple[DataStatement, ...]) -> bool | None:
    """Return what statements of another category say about IP addresses in it; None when nothing."""
    if any(_IP & set(one.fields) or any(_IP & set(each.fields) for each in one.exceptions) for one in said):
        return True
    return False if any(_IP & set(one.fields_not_stored) for one in said) else None


_ADDRESSES_KEPT: Mapping[bool | None, Phrase] = {
    True: p_("audit", "IP addresses are kept"),
    False: p_("audit", "IP addresses are not kept beyond the connection"),
    None: p_("audit", "IP addresses are kept in some cases"),
}

_SHOWN: tuple[tuple[str, Category, Message, Message], ...] = (
    (
        "registration.reports_ip",
        Category.IP_ADDRESSES,
        p_("audit", "somebody is told the IP address of every new account"),
        p_("audit", "nobody is told the IP address of new accounts"),
    ),
    (
        "last_activity.ip",
        Category.LAST_ACTIVITY,
        p_("audit", "the IP address of the last login is stored"),
        p_("audit", "the IP address of the last login is not stored"),
    ),
    (
        "logs.ip",
        Category.LOGS,
        p_("audit", "the server writes IP addresses of users into its log"),
        p_("audit", "the server writes no IP addresses of users into its log"),
    ),
)
"""Key of the setting, the category that may also declare it, and what it means when it is on and off."""


def addresses(policy: Policy, settings: Settings, day: date) -> Iterator[Finding]:
    """Check where IP addresses are kept or told."""
    mentioned = bool(policy.about(Category.IP_ADDRESSES, day=day))
    for key, category, is_on, is_off in _SHOWN:
        declared = (
            _declares_addresses(policy.about(category, day=day)) if category is not Category.IP_ADDRESSES else None
        )
        if declared is None:
            declared = _at_registration(policy, day) if key == "registration.reports_ip" else None
        if declared is None:
            declared = keeps_addresses(policy, day)
        for setting in settings.of(key):
            if isinstance(setting.value, bool):
                text = _ADDRESSES_KEPT[declared] if mentioned or declared else NOT_MENTIONED
                yield from _address(
                    Finding(
                        key,
                        TITLES[Category.IP_ADDRESSES],
                        Verdict.AGREES,
                        text,
                        is_on if setting.value else is_off,
                        place_of(setting),
                    ),
                    setting,
                    declared,
                    is_off,
                )


def _address(found: Finding, setting: Setting, declared: bool | None, is_off: Phrase) -> Iterator[Finding]:  # noqa: FBT001
    if not setting.value or declared is True:
        yield found
    elif declared is False:
        yield drift(found, Severity.HIGH, setting, is_off)
    else:
        yield Finding(found.check, found.subject, Verdict.UNKNOWN, found.declared, found.observed, found.place)


def _at_registration(policy: Policy, day: date) -> bool | None:
    """Return True when the policy says that addresses are kept at registration."""
    said = policy.about(Category.IP_ADDRESSES, day=day)
    cases = [when.condition for one in said for when in one.when]
    cases += [each.when.condition for one in said for each in one.exceptions]
    return True if _REGISTRATION & set(cases) else None


_LEVELS: Mapping[str, int] = {"none": 0, "error": 1, "warn": 2, "warning": 2, "info": 3, "debug": 4}


def logs(policy: Policy, settings: Settings, day: date) -> Iterator[Finding]:
    """Check how talkative the log is and how long it is kept."""
    said = policy.about(Category.LOGS, day=day)
    for setting in settings.of("logs.level"):
        if setting.value in _LEVELS:
            yield from _level(said, setting)
    limits = [current.limit for one in said if (current := time.in_force(one.retention, day)) is not None]
    for setting in settings.of("logs.retention"):
        if len(limits) == 1:  # several logs with rules of their own cannot be told apart from here
            yield _log_retention(limits[0], setting, settings)


def _level(said: tuple[DataStatement, ...], setting: Setting) -> Iterator[Finding]:
    declared = {one.level for one in said if one.level is not None}
    observed = p_("audit", "the level is “%(level)s”")(level=str(setting.value))
    title = TITLES[Category.LOGS]
    if not said and setting.value != "none":
        found = Finding("logs", title, Verdict.DRIFT, NOT_MENTIONED, observed, place_of(setting))
        yield drift(found, Severity.HIGH, setting, p_("audit", "the server writes no log"))
    elif len(declared) == 1:
        level = next(iter(declared))
        wanted = p_("audit", "the level is “%(level)s”")(level=level)
        found = Finding("logs.level", title, Verdict.AGREES, wanted, observed, place_of(setting))
        difference = _LEVELS[str(setting.value)] - _LEVELS[level]
        if difference:
            yield drift(found, Severity.HIGH if difference > 0 else Severity.LOW, setting, wanted)
        else:
            yield found


def _log_retention(limit: Limit, setting: Setting, settings: Settings) -> Finding:
    declared = time.how_long(limit)
    rotation = next((one.value for one in settings.of("logs.rotation") if isinstance(one.value, dict)), None)
    if setting.value is None:
        observed: Phrase = p_("audit", "the rotation is not the server's own")
        if rotation is not None and isinstance(rotation.get("bytes"), int):
            observed = p_("audit", "rotated by size (%(size)s), whatever the age")(size=Size(rotation["bytes"]))
        return Finding("logs.retention", TITLES[Category.LOGS], Verdict.UNKNOWN, declared, observed, place_of(setting))
    outcome = compare(limit, setting.value)
    observed = _("removed after %(period)s")(period=period_of(setting.value))
    found = Finding("logs.retention", TITLES[Category.LOGS], Verdict.AGREES, declared, observed, place_of(setting))
    if outcome is Compared.AGREES:
        return found
    severity = Severity.HIGH if outcome is Compared.LONGER else Severity.LOW
    return drift(found, severity, setting, p_("audit", "kept %(how_long)s")(how_long=declared))


def password(policy: Policy, settings: Settings, day: date) -> Iterator[Finding]:
    """Check in what form passwords lie."""
    said = policy.about(Category.PASSWORD, day=day)
    hashed = any(
        (one.form is not None and one.form.kind is FormKind.HASH) or FieldName.PASSWORD in one.fields_not_stored
        for one in said
    )
    plain = any(one.form is not None and one.form.kind is FormKind.PLAIN for one in said)
    for setting in settings.of("password.format"):
        if setting.value is None or hashed == plain:
            continue
        observed = IN_PLAIN_TEXT if setting.value == "plain" else AS_HASH
        declared = AS_HASH if hashed else IN_PLAIN_TEXT
        found = Finding(
            "password.format", TITLES[Category.PASSWORD], Verdict.AGREES, declared, observed, place_of(setting)
        )
        if hashed and setting.value == "plain":
            yield drift(found, Severity.HIGH, setting, AS_HASH)
        elif plain and setting.value != "plain":
            yield drift(found, Severity.LOW, setting, IN_PLAIN_TEXT)
        elif hashed and setting.value not in ("scram", "plain"):
            yield Finding(found.check, found.subject, Verdict.UNKNOWN, declared, str(setting.value), found.place)
        else:
            yield found


AS_HASH = p_("audit", "as a hash")
IN_PLAIN_TEXT = p_("audit", "in plain text")


def inactive(policy: Policy, settings: Settings) -> Iterator[Finding]:
    """Check after how long without a login accounts are removed."""
    rules = [one for one in policy.inactive_accounts if one.certain and not one.never_used and not one.disabled_only]
    for rule in rules[:1]:
        declared = p_("audit", "removed after %(period)s without use")(period=rule.after)
        for setting in settings.of("inactive.retention"):
            found = Finding("inactive.retention", INACTIVE, Verdict.UNKNOWN, declared, NO_SETTING, place_of(setting))
            if not isinstance(setting.value, int | float):
                yield found
                continue
            observed = p_("audit", "removed after %(period)s without use")(period=period_of(setting.value))
            outcome = compare(Period(period=rule.after), setting.value)
            found = Finding(found.check, INACTIVE, Verdict.AGREES, declared, observed, found.place)
            if outcome is Compared.AGREES:
                yield found
            else:
                severity = Severity.HIGH if outcome is Compared.LONGER else Severity.LOW
                yield drift(found, severity, setting, declared)


INACTIVE = p_("audit", "Accounts that nobody uses")
