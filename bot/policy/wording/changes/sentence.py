"""One sentence per change."""

from __future__ import annotations

from bot.i18n import Phrase, _
from bot.policy.changes import Change, Changes, Kind
from bot.policy.changes.change import days
from bot.policy.wording.changes import details, lists, singles, whole
from bot.policy.wording.changes.joining import joined
from bot.policy.wording.changes.lines import brief, differing
from bot.policy.wording.changes.subjects import SAY, subject, with_scope


def sentence(changes: Changes, change: Change) -> Phrase:
    """Return *change* as a sentence, with before and after."""
    if change.section not in SAY:
        return singles.told(changes, change)
    if change.field is None:
        said = _whole(changes, change)
    else:
        said = lists.told(changes, change) or _by_lines(changes, change)
    return with_scope(changes, change, said)


def _whole(changes: Changes, change: Change) -> Phrase:
    last_day, first_day = days(changes.new)
    if change.kind is Kind.ADDED:
        return whole.added(changes, change, brief(changes.new, change.section, change.after, first_day))
    return whole.dropped(changes, change, brief(changes.old, change.section, change.before, last_day))


def _by_lines(changes: Changes, change: Change) -> Phrase:
    """Say it with the sentences that differ; with a name and two values where no sentence does."""
    earlier = change.after.model_copy(update={change.field: change.was})
    _last_day, day = days(changes.new)
    gone, come = differing(changes.new, change.section, (earlier, change.after), day)
    label = subject(changes, change)
    if gone and come:
        return _("%(label)s: %(after)s Before: %(before)s")(label=label, after=joined(come), before=joined(gone))
    if come:
        return _("%(label)s, new: %(after)s")(label=label, after=joined(come))
    if gone:
        return _("%(label)s, no longer so: %(before)s")(label=label, before=joined(gone))
    return details.changed(changes, change, label)
