"""How far an announcement is, and what became of it, for administrators."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from bot.claims.announcement import Announcement, Cause, Counts, Skipped, Stage
from bot.dialogue.reply import Block, Choice, Fact, Lead, Paragraph, Reply
from bot.i18n import Duration, LanguageName, Listing, Message, Moment, Number, Phrase, Unit, _, n_, p_

TITLE = _("Announcement")

_CAUSES: Mapping[Cause, Message] = {
    Cause.POLICY: p_("announcement", "version %(version)s of the privacy policy"),
    Cause.NEWS: p_("announcement", "news"),
    Cause.BREACH: p_("announcement", "a breach of security"),
}

_STAGES: Mapping[Stage, Message] = {
    Stage.DRAFT: p_("announcement", "a draft; nobody was told"),
    Stage.SCHEDULED: p_("announcement", "begins on %(time)s"),
    Stage.RUNNING: p_("announcement", "under way"),
    Stage.PAUSED: p_("announcement", "paused"),
    Stage.DONE: p_("announcement", "over"),
    Stage.CANCELLED: p_("announcement", "cancelled"),
}

_SKIPPED: Mapping[str, Message] = {
    Skipped.OPTED_OUT: p_("announcement", "want no such news"),
    Skipped.KNOWS: p_("announcement", "know it already"),
    Skipped.GONE: p_("announcement", "account removed meanwhile"),
}

PREVIEW = Choice(p_("choice", "Show it in every language"), "announcement preview")
TEST = Choice(p_("choice", "Send it to me only"), "announcement test")
COUNT = Choice(p_("choice", "Count whom it reaches"), "announcement count")
START = Choice(p_("choice", "Begin now"), "announcement start")
PAUSE = Choice(p_("choice", "Pause"), "announcement pause")
RESUME = Choice(p_("choice", "Go on"), "announcement resume")
CANCEL = Choice(p_("choice", "Cancel it"), "announcement cancel")
STATUS = Choice(p_("choice", "How far is it?"), "announcement")

CHOICES: Mapping[Stage, tuple[Choice, ...]] = {
    Stage.DRAFT: (PREVIEW, TEST, COUNT, START, CANCEL),
    Stage.SCHEDULED: (PREVIEW, COUNT, START, PAUSE, CANCEL),
    Stage.RUNNING: (STATUS, PAUSE, CANCEL),
    Stage.PAUSED: (RESUME, STATUS, CANCEL),
}


def what(one: Announcement) -> Phrase:
    """Return what is announced."""
    cause = _CAUSES[one.cause]
    return cause(version=one.version) if one.version is not None else cause


def line(one: Announcement) -> Phrase:
    """Return which one it is, and how far."""
    """Return which one it is, and how far."""
    return _("no. %(number)s, %(what)s: %(stage)s")(
        number=Number(one.number), what=what(one), stage=_STAGES[one.stage](time=Moment(one.starts_at))
    )


def counted(counts: Counts, one: Announcement) -> Reply:
    """Return whom it would reach: nobody was told."""
    told = sum(counts.told.values())
    lead = n_(
        "It would reach %(n)s account. Nothing was sent.", "It would reach %(n)s accounts. Nothing was sent.", told
    )
    return Reply(TITLE, (Lead(lead), *_counts(counts)), CHOICES.get(one.stage, ()), personal=True)


def _counts(counts: Counts) -> Iterator[Block]:
    if counts.told:
        yield Fact(_("By language"), _numbers((LanguageName(code), number) for code, number in _sorted(counts.told)))
    if counts.skipped:
        yield Fact(_("Skipped"), _numbers((_SKIPPED.get(why, why), number) for why, number in _sorted(counts.skipped)))


def _sorted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _numbers(pairs: Iterable[tuple[Phrase, int]]) -> Phrase:
    line = _("%(what)s: %(number)s")
    return Listing(tuple(line(what=name, number=Number(number)) for name, number in pairs))


def status(one: Announcement, per_second: float | None = None, *, is_stuck: bool = False) -> Reply:
    """Return how far it is."""
    counts, blocks = one.counts, [Lead(line(one))]
    facts: list[Block] = []
    if is_stuck:
        facts.append(
            Paragraph(_("It waits for the server or for my database, and goes on by itself; the log says why."))
        )
    if one.stage is Stage.RUNNING and counts.total:
        bar = _("%(bar)s %(percent)s %%, %(done)s of %(total)s accounts")
        percent = min(100, counts.done * 100 // counts.total)
        facts.append(
            Paragraph(
                bar(bar=_bar(percent), percent=Number(percent), done=Number(counts.done), total=Number(counts.total))
            )
        )
    facts += _result(counts)
    if per_second and one.stage is Stage.RUNNING:
        facts.append(Fact(_("Pace"), _("%(number)s accounts a second")(number=Number(max(1, round(per_second))))))
        if counts.pending is not None:
            minutes = math.ceil(counts.pending / per_second / 60)
            facts.append(Fact(_("Over in about"), Duration(max(1, minutes), Unit.MINUTE)))
    return Reply(TITLE, (*blocks, *facts), CHOICES.get(one.stage, ()), personal=True)


_CELLS = 10


def _bar(percent: int) -> str:
    full = percent * _CELLS // 100
    return "▓" * full + "░" * (_CELLS - full)


def report(one: Announcement) -> Reply:
    """Return what became of an announcement that is over; every account is in it once."""
    lead = _("Announcement no. %(number)s (%(what)s) is over: %(done)s.")
    done = n_("%(n)s account was looked at", "%(n)s accounts were looked at", one.counts.done)
    blocks: list[Block] = [Lead(lead(number=Number(one.number), what=what(one), done=done)), *_result(one.counts)]
    if one.began_at is not None and one.ended_at is not None:
        blocks += [Fact(_("Begun"), Moment(one.began_at)), Fact(_("Ended"), Moment(one.ended_at))]
    return Reply(TITLE, tuple(blocks), (STATUS,), personal=True)


def _result(counts: Counts) -> Iterator[Block]:
    if counts.done:
        yield Fact(_("Told"), Number(sum(counts.told.values())))
    yield from _counts(counts)
    if counts.failed:
        lost = _numbers((why, number) for why, number in _sorted(counts.failed) if why != Skipped.GONE)
        missed = sum(number for why, number in counts.failed.items() if why != Skipped.GONE)
        if missed:
            line = n_(
                "%(n)s of them did not get it and is told at the next login (%(why)s)",
                "%(n)s of them did not get it and are told at their next login (%(why)s)",
                missed,
            )
            yield Fact(_("Not reached yet"), line.having(why=lost))
        gone = counts.failed.get(Skipped.GONE, 0)
        if gone:
            yield Fact(_("Not reached, account removed"), Number(gone))
    if counts.pending:
        yield Fact(_("Still to come"), Number(counts.pending))


def held(one: Announcement) -> Reply:
    """Return that it was paused or cancelled, and how far it is."""
    heads = {
        Stage.PAUSED: _("It is paused. Nobody is told before you let it go on."),
        Stage.CANCELLED: _("It is cancelled."),
    }
    blocks: list[Block] = [Lead(heads[one.stage]), *_result(one.counts)]
    if one.stage is Stage.CANCELLED and one.counts.told:
        blocks.append(Paragraph(_("Who was told already keeps the message; I cannot take it back.")))
    return Reply(TITLE, tuple(blocks), CHOICES.get(one.stage, ()), personal=True)
