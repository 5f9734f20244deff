"""Changes that are said best by what came and what went, or by two limits side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bot.i18n import Listing, Phrase, _
from bot.policy.changes import Change, Changes
from bot.policy.changes.change import days
from bot.policy.retention import Bound, Kept, Period
from bot.policy.wording import terms, time
from bot.policy.wording.categories import statement_object, statement_title
from bot.policy.wording.changes.joining import came_and_went

_Telling: TypeAlias = Callable[[Changes, Change], Phrase | None]


def told(changes: Changes, change: Change) -> Phrase | None:
    """Return *change* in words of its own; None where the sentences of the policy say it."""
    telling = _TOLD.get((change.section, change.field or ""))
    return telling(changes, change) if telling else None


def _fields(changes: Changes, change: Change) -> Phrase | None:
    title = statement_title(changes.new, change.after)
    more, less = _("%(title)s, stored as well now: %(parts)s."), _("%(title)s, no longer stored: %(parts)s.")
    return came_and_went(
        _words(terms.FIELDS, change.was),
        _words(terms.FIELDS, change.becomes),
        lambda new, parts: (more if new else less)(title=title, parts=parts),
    )


def _not_stored(changes: Changes, change: Change) -> Phrase | None:
    title = statement_title(changes.new, change.after)
    more = _("%(title)s, not part of it, as the policy says now: %(parts)s.")
    less = _("%(title)s, of this the policy no longer says that it is not stored: %(parts)s.")
    return came_and_went(
        _words(terms.FIELDS, change.was),
        _words(terms.FIELDS, change.becomes),
        lambda new, parts: (more if new else less)(title=title, parts=parts),
    )


def _purposes(changes: Changes, change: Change) -> Phrase | None:
    what = statement_object(changes.new, change.after)
    if not change.becomes:
        silent = _(
            "The policy no longer says what we use %(object)s for in particular (before: %(purposes)s); "
            "the purposes of all data hold."
        )
        return silent(object=what, purposes=Listing(_words(terms.PURPOSES, change.was)))
    more, less = _("We now also use %(object)s for: %(purposes)s."), _("We no longer use %(object)s for: %(purposes)s.")
    return came_and_went(
        _words(terms.PURPOSES, change.was),
        _words(terms.PURPOSES, change.becomes),
        lambda new, purposes: (more if new else less)(object=what, purposes=purposes),
    )


def _words(vocabulary: Mapping[Any, Phrase], chosen: tuple[Any, ...]) -> tuple[Phrase, ...]:
    return tuple(vocabulary[one] for one in chosen)


def _retention(changes: Changes, change: Change) -> Phrase | None:
    """Return how long it was kept and how long it is; None when what changed is announced for later."""
    last_day, first_day = days(changes.new)
    old, new = time.in_force(change.was, last_day), time.in_force(change.becomes, first_day)
    if old is None or new is None or old.limit == new.limit or Kept(kept="not_stated") in (old.limit, new.limit):
        return None
    what = statement_object(changes.new, change.after)
    match old.limit, new.limit:
        case Period(period=before, bound=Bound.EXACT), Period(period=after, bound=Bound.EXACT):
            both = _("We keep %(object)s for %(after)s instead of %(before)s.")
            return both(object=what, after=after, before=before)
        case _:
            both = _("We keep %(object)s %(after)s. Before: %(before)s.")
            return both(object=what, after=time.how_long(new.limit), before=time.how_long(old.limit))


_TOLD: Mapping[tuple[str, str], _Telling] = {
    ("data", "fields"): _fields,
    ("data", "fields_not_stored"): _not_stored,
    ("data", "purposes"): _purposes,
    ("data", "retention"): _retention,
}
