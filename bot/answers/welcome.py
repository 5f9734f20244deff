"""What a new account is told at its first login: the policy in short (Art. 13 GDPR)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.dialogue.reply import Block, Choice, Items, Lead, Paragraph, Reply
from bot.i18n import Day, Phrase, _, p_
from bot.policy.model import Policy
from bot.policy.terms import Category, Stored
from bot.policy.vocabulary import Topic
from bot.policy.wording import data
from bot.policy.wording.people import reach
from bot.policy.wording.topics import TOPICS

_TELLING = (Category.ARCHIVE, Category.UPLOADS, Category.IP_ADDRESSES, Category.MAILBOX, Category.LOGS)
"""What people want to know first."""

_MOST = 4
"""Facts that are told: whoever wants more asks."""


def welcome(policy: Policy, host: str, day: date, coming: Policy | None = None) -> Reply:
    """Return the welcome of *day* to *host*; *coming* is a version that everybody else was told of already."""
    return Reply(_("Welcome"), tuple(_blocks(policy, host, day, coming)), tuple(_choices(coming)))


def _blocks(policy: Policy, host: str, day: date, coming: Policy | None) -> Iterator[Block]:
    yield Lead(
        _("Welcome to %(host)s! I am a program that answers questions about your data here: just write to me.")(
            host=host
        )
    )
    yield Paragraph(_("Responsible for your data is %(contact)s.")(contact=reach(policy.controller)))
    facts = tuple(_facts(policy, day))[:_MOST]
    if facts:
        yield Paragraph(_("The most important things, in short:"))
        yield Items(facts)
    yield Paragraph(
        _(
            "It is your right to see what is stored about you, to get a copy, to have it corrected or erased, "
            "and to object."
        )
    )
    if policy.url:
        whole = _("This was version %(version)s of the privacy policy; the whole text: %(url)s")
        yield Paragraph(whole(version=policy.version, url=policy.url))
    if coming is not None:
        new = _("From %(day)s on, version %(version)s of the privacy policy is in force.")
        yield Paragraph(new(day=Day(coming.effective), version=coming.version))


def _facts(policy: Policy, day: date) -> Iterator[Phrase]:
    """Return what is stored for how long, with the exceptions."""
    for category in _TELLING:
        for one in policy.about(category, day=day):
            if one.stored is not Stored.UNKNOWN:
                text = data.stored(policy, one, day)
                for more in data.exceptions(one):
                    text = _("%(first)s %(second)s")(first=text, second=more)
                yield text


def _choices(coming: Policy | None) -> Iterator[Choice]:
    if coming is not None:
        yield Choice(p_("choice", "What changes then"), f"changes {coming.version}")
    yield Choice(TOPICS[Topic.OVERVIEW], f"topics {Topic.OVERVIEW}")
    yield Choice(p_("choice", "All my data"), "my data")
    yield Choice(TOPICS[Topic.RIGHTS], "rights")
    yield Choice(_("Show the policy"), "policy")
