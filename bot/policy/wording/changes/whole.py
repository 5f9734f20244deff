"""Statements that are new, and statements that are gone."""

from __future__ import annotations

from collections.abc import Mapping

from bot.i18n import Message, Phrase, _
from bot.policy.changes import Change, Changes
from bot.policy.terms import Stored
from bot.policy.wording.changes.joining import joined
from bot.policy.wording.changes.subjects import subject

_NEW: Mapping[str, Message] = {
    "data": _("New: %(sentence)s"),
    "never": _("New promise: %(sentence)s"),
    "rights": _("New in the policy: %(sentence)s"),
}

_PROMISE = _("We no longer promise this: %(sentence)s")
_NOT_SO = _("No longer so: %(sentence)s")
_BY_LAW = _("The policy no longer names this right; the law gives it to you all the same: %(sentence)s")


def added(changes: Changes, change: Change, said: tuple[Phrase, ...]) -> Phrase:
    """Return a sentence for what is new; *said* is what the new policy says of it."""
    if change.section == "services":
        return _("New service: %(name)s.")(name=subject(changes, change))
    if not said:
        return _("%(label)s: there is something new.")(label=subject(changes, change))
    if change.section in _NEW:
        return _NEW[change.section](sentence=joined(said))
    return _("%(label)s, new: %(after)s")(label=subject(changes, change), after=joined(said))


def dropped(changes: Changes, change: Change, said: tuple[Phrase, ...]) -> Phrase:
    """Return a sentence for what is gone; *said* is what the old policy said of it."""
    if change.section == "services":
        return _("This service is no longer there: %(name)s.")(name=subject(changes, change))
    if not said:
        return _("%(label)s: something is no longer stated.")(label=subject(changes, change))
    match change.section:
        case "data":
            return (_PROMISE if change.before.stored is Stored.NO else _NOT_SO)(sentence=joined(said))
        case "never":
            return _PROMISE(sentence=joined(said))
        case "rights":
            return (_BY_LAW if change.before.available else _NOT_SO)(sentence=joined(said))
        case _:
            return _("%(label)s, no longer so: %(before)s")(label=subject(changes, change), before=joined(said))
