"""The receipt: what was erased, what is left and why, as a look at the server showed it afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answers.erasing import WHAT
from bot.answers.holdings import title_of
from bot.answers.remaining import remaining
from bot.claims.erasure import ACCOUNT, Counted, Erasure, Fate, State
from bot.dialogue.reply import Block, Choice, Fact, Heading, Items, Lead, Outcome, Paragraph, Reply
from bot.i18n import Message, Moment, Phrase, _, n_, p_
from bot.policy.model import Policy
from bot.policy.observed import Holding
from bot.policy.terms import Category
from bot.policy.wording.holdings import how_much
from bot.policy.wording.people import reach

TITLE = _("Receipt")


def receipt(policy: Policy, erasure: Erasure) -> Reply:
    """Return the receipt of an erasure that is over."""
    left = [one for one in erasure.counts if one.fate is not Fate.ERASED]
    blocks: list[Block] = [Lead(_outcome(erasure, complete=not left))]
    if erasure.counts:
        blocks.append(Items(tuple(_line(one) for one in erasure.counts)))
    blocks += _afterwards(policy, erasure)
    if left:
        blocks.append(
            Paragraph(
                _("To have the rest erased, please write to %(contact)s, with the reference, or send a request.")(
                    contact=reach(policy.controller)
                )
            )
        )
    blocks += [Fact(_("Reference"), erasure.reference), *_times(erasure)]
    choices = (Choice(_("Send a request"), "request erasure"),) if left else ()
    return Reply(TITLE, tuple(blocks), choices, Outcome.WARN if left else Outcome.INFO)


def _outcome(erasure: Erasure, *, complete: bool) -> Phrase:
    if erasure.state is State.FAILED:
        return _("I could not finish this: the server has not answered me for too long. This is how far it is:")
    if not complete:
        return _("Not everything could be erased. I have looked at the server again:")
    return _("Done. I have looked at the server again, and it is gone:")


def _line(one: Counted) -> Phrase:
    what = title_of(Holding(category=one.category))
    before = how_much(Holding(category=one.category, count=one.before, bytes=one.bytes))
    match one.fate:
        case Fate.ERASED:
            line: Phrase = _("%(what)s: %(before)s before, nothing left")(what=what, before=before)
        case Fate.LEFT:
            after = how_much(Holding(category=one.category, count=one.after))
            line = _("%(what)s: %(before)s before, still there: %(after)s")(what=what, before=before, after=after)
        case Fate.IMPOSSIBLE:
            line = _("%(what)s: this server cannot erase it")(what=what)
        case Fate.UNVERIFIED:
            line = _("%(what)s: erased, the server says, but I could not look it up afterwards")(what=what)
        case Fate.WAITING:
            line = _("%(what)s: not erased yet")(what=what)
    if not one.newer:
        return line
    since = n_("%(n)s entry has come in since", "%(n)s entries have come in since", one.newer)
    return _("%(line)s (%(since)s)")(line=line, since=since)


def _afterwards(policy: Policy, erasure: Erasure) -> Iterator[Block]:
    erased = [one.category for one in erasure.counts if one.fate is Fate.ERASED]
    if Category.UPLOADS in erased:
        yield Paragraph(_("A file that was just being uploaded does not stay: it is refused, or removed afterwards."))
    if erased and erasure.ended_at:
        yield Heading(_("What stays"))
        stays = remaining(policy, erased, erasure.ended_at.date(), whole_account=erasure.what == ACCOUNT)
        yield Items(stays)


def _times(erasure: Erasure) -> Iterator[Block]:
    yield Fact(_("Confirmed"), Moment(erasure.asked_at))
    if erasure.ended_at:
        yield Fact(_("Finished"), Moment(erasure.ended_at))


def still_trying(reference: str) -> Reply:
    """Return that an erasure goes on later, since the server does not answer."""
    return Reply(
        TITLE,
        (
            Lead(_("The server does not answer me just now, so this is not finished. I go on trying.")),
            Paragraph(_("You get the receipt as soon as it is done. Reference: %(reference)s")(reference=reference)),
        ),
        outcome=Outcome.WARN,
    )


_STATES: dict[State, Message] = {
    State.SCHEDULED: p_("erasure", "planned for %(time)s"),
    State.RUNNING: p_("erasure", "being done"),
    State.DONE: p_("erasure", "done on %(time)s"),
    State.FAILED: p_("erasure", "could not be finished"),
    State.CANCELLED: p_("erasure", "taken back"),
    State.GONE: p_("erasure", "the account was gone before"),
}


def overview(erasures: tuple[Erasure, ...]) -> Reply:
    """Return the erasures of an account, each with its reference and how far it is."""
    if not erasures:
        return Reply(_("My receipts"), (Lead(_("Nothing of yours was erased through me.")),), personal=True)
    rows = tuple(overview_line(one) for one in reversed(erasures))
    choices = tuple(Choice(one.reference, f"receipts {one.reference.casefold()}") for one in reversed(erasures[-5:]))
    return Reply(_("My receipts"), (Lead(_("What you had erased through me:")), Items(rows)), choices, personal=True)


def overview_line(one: Erasure) -> Phrase:
    """Return an erasure in a line: reference, what, how far."""
    return _("%(reference)s: %(what)s, %(state)s")(reference=one.reference, what=WHAT[one.what], state=_state(one))


def _state(one: Erasure) -> Phrase:
    said = _STATES[one.state]
    return said(time=Moment(one.ended_at or one.due_at)) if one.state in (State.SCHEDULED, State.DONE) else said
