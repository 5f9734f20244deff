"""What administrators are shown of the questions that could not be answered."""

from __future__ import annotations

from collections.abc import Sequence

from bot.claims.gap import Gap, GapKind
from bot.dialogue.reply import Block, Choice, Column, Heading, Lead, Paragraph, Reply, Table
from bot.i18n import Day, LanguageName, Number, Phrase, _, p_
from bot.policy.vocabulary import Aspect, Topic
from bot.policy.wording.topics import ASPECTS, TOPICS

_MOST = 15
"""Rows of each kind; the rest is rare."""

_KINDS: dict[GapKind, tuple[Phrase, Phrase]] = {
    GapKind.SILENT: (
        p_("heading", "The policy does not say"),
        _("To answer these, state the fact in the policy."),
    ),
    GapKind.UNCLEAR: (
        p_("heading", "Not understood for certain"),
        _("Choices were offered. If something comes often, its words can be added to the phrases."),
    ),
    GapKind.OFF_TOPIC: (
        p_("heading", "About something else"),
        _("These seemed to be no questions about privacy."),
    ),
}


def unanswered(gaps: Sequence[Gap], title: Phrase) -> Reply:
    """Return *gaps* by kind, the most frequent first."""
    if not gaps:
        return Reply(title, (Lead(_("So far I could answer everything.")),))
    since = Day(min(gap.since for gap in gaps).date())
    total = Number(sum(gap.count for gap in gaps))
    blocks: list[Block] = [Lead(_("Since %(day)s I could not answer %(count)s questions.")(day=since, count=total))]
    columns = (
        Column(p_("column", "Times")),
        Column(p_("column", "About")),
        Column(p_("column", "Language")),
    )
    for kind, (heading, remedy) in _KINDS.items():
        rows = tuple(
            (Number(gap.count), _about(gap.label), LanguageName(gap.language)) for gap in gaps if gap.kind is kind
        )
        if rows:
            blocks += [Heading(heading), Paragraph(remedy), Table(columns, rows[:_MOST])]
    return Reply(title, tuple(blocks), (Choice(p_("choice", "Begin to count anew"), "gaps reset"),))


def _about(label: str) -> Phrase:
    topic, _space, aspect = label.partition(" ")
    if topic not in set(Topic):
        return p_("gap", "something else")
    if aspect not in set(Aspect) - {Aspect.WHAT}:
        return TOPICS[Topic(topic)]
    return p_("title", "%(topic)s: %(aspect)s")(topic=TOPICS[Topic(topic)], aspect=ASPECTS[Aspect(aspect)])
