"""How long something is kept, in words."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from bot.i18n import Day, Duration, Listing, Message, Phrase, Unit, _, n_, p_
from bot.policy.retention import (
    Bound,
    Event,
    FirstOf,
    Kept,
    Last,
    LastOf,
    Limit,
    Period,
    Retention,
    Until,
    Wiped,
)

_BOUNDS: dict[Bound, Message] = {
    Bound.EXACT: p_("how long", "for %(period)s"),
    Bound.AT_MOST: p_("how long", "for at most %(period)s"),
    Bound.AT_LEAST: p_("how long", "for at least %(period)s"),
    Bound.ABOUT: p_("how long", "for about %(period)s"),
}

_EVENTS: dict[Event, Message] = {
    Event.DELIVERED: p_("how long", "until delivery"),
    Event.NEXT_LOGIN: p_("how long", "until your next login"),
    Event.ERASED_BY_USER: p_("how long", "until you delete this yourself"),
    Event.ACCOUNT_ERASED: p_("how long", "as long as your account exists"),
    Event.LOGOUT: p_("how long", "until the device logs out"),
    Event.SESSION_END: p_("how long", "until the end of the session"),
    Event.SERVER_RESTART: p_("how long", "until the server restarts"),
    Event.UNBLOCKED: p_("how long", "until the block is lifted"),
    Event.SWITCHED_OFF: p_("how long", "until it is switched off"),
    Event.STATISTICS_FINAL: p_("how long", "until the yearly statistics are final"),
    Event.FAULT_MENDED: p_("how long", "until the fault is mended"),
    Event.PAYMENT_ENDS: p_("how long", "until the paid time is over"),
}


_KEPT: dict[str, Message] = {
    "unlimited": p_("how long", "without a time limit"),
    "not_kept": p_("how long", "not at all"),
    "not_stated": p_("how long", "for a time that the policy does not state"),
}


_SINGLE: dict[Unit, Message] = {
    Unit.MINUTE: p_("interval", "every minute"),
    Unit.HOUR: p_("interval", "every hour"),
    Unit.DAY: p_("interval", "every day"),
    Unit.WEEK: p_("interval", "every week"),
    Unit.MONTH: p_("interval", "every month"),
    Unit.YEAR: p_("interval", "every year"),
}


def every(period: Duration) -> Phrase:
    """Return an interval as an adverbial: "every day", "every 72 hours"."""
    if period.count == 1:
        return _SINGLE[period.unit]
    return p_("interval", "every %(period)s")(period=period)


def how_long(limit: Limit) -> Phrase:
    """Return a limit as an adverbial: "for 7 days", "until delivery"."""
    match limit:
        case Period(period=period, bound=bound):
            return _BOUNDS[bound](period=period)
        case Until(until=Event.OTHER, text=text) if text is not None:
            return text.phrase()
        case Until(until=event):
            return _EVENTS[event]
        case Last(last=count):
            return n_("(only the last one of them)", "(only the last %(n)s of them)", count)
        case Wiped(wiped_every=period):
            return p_("how long", "until the next wipe (there is one %(interval)s)")(interval=every(period))
        case Kept(kept=word):
            return _KEPT[word]
        case FirstOf(first_of=parts):
            listed = Listing(tuple(how_long(part) for part in parts), "or")
            return p_("how long", "%(limits)s (whichever comes first)")(limits=listed)
        case LastOf(last_of=parts):
            listed = Listing(tuple(how_long(part) for part in parts), "or")
            return p_("how long", "%(limits)s (whichever comes last)")(limits=listed)
        case _:
            assert_never(limit)


def keeping(retentions: tuple[Retention, ...], what: Phrase, day: date) -> Phrase:
    """Return one sentence: how long *what* (an object) is kept, as of *day*."""
    current = in_force(retentions, day)
    if current is None or current.limit == Kept(kept="not_stated"):
        return _("The policy does not say how long we keep %(object)s.")(object=what)
    if current.limit == Kept(kept="not_kept"):
        return _("We do not keep %(object)s.")(object=what)
    return _("We keep %(object)s %(how_long)s.")(object=what, how_long=how_long(current.limit))


def around(retentions: tuple[Retention, ...], day: date) -> tuple[Phrase, ...]:
    """Return what else there is to say about how long: reasons, changes past and to come."""
    lines: list[Phrase] = []
    current = in_force(retentions, day)
    for one in retentions:
        if one is current:
            if one.reason:
                lines.append(_("The reason: %(reason)s")(reason=one.reason.phrase()))
            if one.may_become:
                lines.append(
                    _("We reserve the right to change this to: %(how_long)s.")(how_long=how_long(one.may_become))
                )
            if one.valid_until:
                lines.append(_("This is so until %(day)s.")(day=Day(one.valid_until)))
        elif one.valid_from and one.valid_from > day:
            lines.append(_("From %(day)s on: %(how_long)s.")(day=Day(one.valid_from), how_long=how_long(one.limit)))
        elif one.valid_until:
            lines.append(
                _("Until %(day)s it was: %(how_long)s.")(day=Day(one.valid_until), how_long=how_long(one.limit))
            )
    return tuple(lines)


def in_force(retentions: tuple[Retention, ...], day: date) -> Retention | None:
    """Return the retention that is in force on *day*."""
    for one in retentions:
        if (one.valid_from is None or one.valid_from <= day) and (one.valid_until is None or day <= one.valid_until):
            return one
    return None
