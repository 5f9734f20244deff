"""What is being done for people just now, for administrators: nobody's name is in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.answers.receipt import overview_line
from bot.claims.erasure import Erasure
from bot.dialogue.reply import Items, Lead, Reply
from bot.i18n import Moment, Number, Phrase, _


def under_way(erasures: Sequence[Erasure], exports: Sequence[tuple[str, datetime, int, int | None]]) -> Reply:
    """Return what is under way; of *exports* reference, since when, units of work done, and of how many."""
    title = _("Work under way")
    rows: list[Phrase] = [overview_line(one) for one in erasures]
    line = _("%(reference)s: export since %(time)s, %(percent)s %%")
    rows += [
        line(reference=reference, time=Moment(since), percent=Number(done * 100 // total if total else 0))
        for reference, since, done, total in exports
    ]
    if not rows:
        return Reply(title, (Lead(_("Nothing is under way.")),), personal=True)
    return Reply(title, (Lead(_("This is under way:")), Items(tuple(rows))), personal=True)
