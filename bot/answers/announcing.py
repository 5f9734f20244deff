"""What administrators are told when they make an announcement: what could be, how it reads, why it cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from bot.answers.announcement_progress import (
    CANCEL,
    CHOICES,
    PAUSE,
    PREVIEW,
    STATUS,
    TITLE,
    line,
    what,
)
from bot.claims.announcement import Announcement, Cause, Refusal, Stage
from bot.dialogue.reply import Block, Choice, Fact, Heading, Items, Lead, Outcome, Paragraph, Reply
from bot.i18n import Day, LanguageName, Message, Moment, Number, _, p_

POLICY = Choice(p_("choice", "Announce the new version of the policy"), "announce policy")
ANYWAY = Choice(p_("choice", "Announce it all the same"), "announce policy anyway")


def overview(proposed: Announcement | Refusal, day: date | None, newest: Announcement | None) -> Reply:
    """Return what could be announced, and how; *day* is the first on which the proposed version is in force."""
    blocks: list[Block] = [Lead(_("I can tell everybody with an account here something, each in their language."))]
    choices = []
    if isinstance(proposed, Announcement) and day is not None:
        ready = _("Version %(version)s of the privacy policy, in force from %(day)s, was not announced yet.")
        blocks.append(Paragraph(ready(version=proposed.version or "", day=Day(day))))
        choices.append(POLICY)
    elif isinstance(proposed, Refusal):
        blocks.append(Paragraph(_REFUSALS[proposed]))
    blocks.append(
        Items(
            (
                _("announce policy: what changes with the new version of the privacy policy"),
                _("announce news TEXT: something else, which people can opt out of"),
                _("announce breach: a breach of security, for everybody (Art. 34 GDPR)"),
            )
        )
    )
    blocks.append(Paragraph(_("First you see a draft, which you can try; nobody is told before you confirm it.")))
    if newest is not None:
        blocks.append(Fact(_("The last one"), line(newest)))
        choices.append(STATUS)
    return Reply(TITLE, tuple(blocks), tuple(choices), personal=True)


def drafted(one: Announcement, words: Mapping[str, str]) -> Reply:
    """Return a draft as people would read it: *words* by language."""
    lead = _("This is the draft no. %(number)s: %(what)s. Nobody was told yet.")
    blocks = (Lead(lead(number=Number(one.number), what=what(one))), *_previews(words), *_facts(one), _later())
    return Reply(TITLE, blocks, tuple(one for one in CHOICES[Stage.DRAFT] if one is not PREVIEW), personal=True)


def _later() -> Block:
    return Paragraph(_("To have it begin later (time in UTC): announcement schedule 2030-12-31 09:00"))


def preview(one: Announcement, words: Mapping[str, str]) -> Reply:
    """Return how an announcement reads: *words* by language."""
    lead = _("So it reads (%(what)s):")(what=what(one))
    return Reply(TITLE, (Lead(lead), *_previews(words)), CHOICES.get(one.stage, ()), personal=True)


def _previews(words: Mapping[str, str]) -> Iterator[Block]:
    for language, said in words.items():
        yield Heading(LanguageName(language))
        yield Paragraph(said)


def _facts(one: Announcement) -> Iterator[Block]:
    if one.mandatory:
        yield Paragraph(_("Everybody is told, also those who want no news: the law wants it."))
    elif one.cause is Cause.POLICY:
        yield Paragraph(_("Those who want no news are told only if more changes for them."))


def tried(one: Announcement) -> Reply:
    """Return that it was sent to who asked."""
    lead = _("I have sent it to you, as everybody would get it.")
    return Reply(TITLE, (Lead(lead),), CHOICES.get(one.stage, ()), personal=True)


def about_to_begin(one: Announcement, words: Mapping[str, str], total: int | None, begins: datetime | None) -> Reply:
    """Return what would be begun, to be confirmed."""
    blocks: list[Block] = [Fact(_("What"), what(one)), *_previews(words), *_facts(one)]
    if begins is not None:
        blocks.append(Fact(_("Begins"), Moment(begins)))
    if total is not None:
        blocks.append(Fact(_("Accounts on the server"), Number(total)))
    return Reply(TITLE, tuple(blocks), personal=True)


def begun(one: Announcement, now: datetime) -> Reply:
    """Return that it begins, now (which is *now*) or later."""
    at_once = _("I am telling everybody now. When it is over, the administrators get a report.")
    later = _("It begins on %(time)s. When it is over, the administrators get a report.")
    lead = later(time=Moment(one.starts_at)) if one.starts_at > now else at_once
    return Reply(TITLE, (Lead(lead),), CHOICES[Stage.RUNNING], personal=True)


def resumed() -> Reply:
    """Return that it goes on."""
    return Reply(TITLE, (Lead(_("It goes on where it was.")),), CHOICES[Stage.RUNNING], personal=True)


_REFUSALS: Mapping[Refusal, Message] = {
    Refusal.ANOTHER: _(
        "There is an announcement already that is not over. Only one can be made at a time: "
        "wait until it is over, or cancel it first."
    ),
    Refusal.NOTHING: _(
        "There is no new version of the privacy policy to tell of. Give the policy file a higher version "
        "and a later first day, and have me read it again (SIGHUP)."
    ),
    Refusal.ANNOUNCED: _(
        "Everybody was told of this version of the privacy policy already; who came later was welcomed with it."
    ),
    Refusal.WORDING: _(
        "Only the wording changed, and nothing about people's data; that needs no notice. "
        "To tell everybody all the same: announce policy anyway"
    ),
    Refusal.LATE: _(
        "The new version is in force already at that time, and it changes what matters to people. The law wants "
        "them told before (Art. 13(3) GDPR), so that they can act. Better give it a later first day. To tell them "
        "late, but at all: announce policy anyway"
    ),
    Refusal.NONE: _("There is no announcement under way. To make one: announce"),
    Refusal.BEGUN: _("It has begun already. You can pause or cancel it."),
    Refusal.IDLE: _("It is not under way, so there is nothing to pause."),
    Refusal.NOT_PAUSED: _("It is not paused, so there is nothing to go on with."),
    Refusal.PAST: _("This time is past. Write a later one, in UTC: announcement schedule 2030-12-31 09:00"),
    Refusal.NOT_SHOWN: _("The draft is another one than you have looked at. Please look at it first."),
    Refusal.LOST: _("The version of the policy that it is about is not there any more. Please cancel it."),
}

_REMEDIES: Mapping[Refusal, tuple[Choice, ...]] = {
    Refusal.ANOTHER: (STATUS, CANCEL),
    Refusal.WORDING: (ANYWAY,),
    Refusal.LATE: (ANYWAY,),
    Refusal.BEGUN: (PAUSE, CANCEL),
    Refusal.IDLE: (STATUS,),
    Refusal.NOT_PAUSED: (STATUS,),
    Refusal.NOT_SHOWN: (PREVIEW,),
    Refusal.LOST: (CANCEL,),
}


def refused(why: Refusal) -> Reply:
    """Return why something is not done, and what to do."""
    return Reply(TITLE, (Lead(_REFUSALS[why]),), _REMEDIES.get(why, ()), Outcome.WARN, personal=True)


def unreachable() -> Reply:
    """Return that the server is not there; nothing was done."""
    lead = _("I cannot do this just now, because the server does not do its part. Nothing was done.")
    return Reply(TITLE, (Lead(lead),), outcome=Outcome.ERROR, personal=True)
