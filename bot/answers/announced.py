"""What everybody is told: changes of the policy, news of the operator, a breach of security."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.answers.changed import told
from bot.claims.announcement import BREACH_PARTS, TEXT
from bot.dialogue.reply import Block, Choice, Heading, Lead, Paragraph, Reply
from bot.i18n import LanguageName, Message, Phrase, _, negotiate, p_
from bot.policy.changes import Changes, Severity
from bot.policy.model import Policy
from bot.policy.vocabulary import Topic
from bot.policy.wording.people import reach
from bot.policy.wording.topics import TOPICS

NEWS_OFF = Choice(p_("choice", "No more such news"), "news off")

_OPT_OUT = _("You need not know this. If you want no such news, write: news off")


def of_policy(changes: Changes, day: date, *, mandatory: bool) -> Reply:
    """Return what one is told on *day* of a new version of the policy (Art. 13(3) GDPR)."""
    reply = told(changes, day)
    if mandatory or changes.severity is Severity.MATERIAL:
        return reply
    return replace(reply, blocks=(*reply.blocks, Paragraph(_OPT_OUT)), choices=(*reply.choices, NEWS_OFF))


def of_operator(policy: Policy, texts: Mapping[str, Mapping[str, str]], language: str) -> Reply:
    """Return news in the operator's words, for a reader of *language*."""
    said, note = _in(texts[TEXT], policy.languages, language)
    lead = _("A message from those who run %(host)s:")(host=_host(policy))
    blocks = (Lead(lead), *note, Paragraph(said), Paragraph(_OPT_OUT))
    return Reply(_("News"), blocks, (NEWS_OFF,))


BREACH: Mapping[str, Message] = {
    "nature": p_("heading", "What happened"),
    "contact": p_("heading", "Whom you can ask"),
    "consequences": p_("heading", "What can come of it"),
    "measures": p_("heading", "What was done, and what you can do"),
}
"""The parts of what is said about a breach, in the order of Art. 34(2) GDPR."""


def of_breach(policy: Policy, texts: Mapping[str, Mapping[str, str]], language: str) -> Reply:
    """Return what people have to know of a breach of the security of their data (Art. 34 GDPR)."""
    lead = _(
        "The security of data on %(host)s was breached, and that can put you at risk. "
        "The law (Art. 34 GDPR) wants you to know about it; here is what its operator says."
    )
    blocks: list[Block] = [Lead(lead(host=_host(policy)))]
    for part in BREACH_PARTS:
        said, note = _in(texts[part], policy.languages, language)
        blocks += [Heading(BREACH[part]), *note, Paragraph(said)]
    if policy.supervisory_authority is not None:
        sentence = _("You can complain to the supervisory authority at any time: %(authority)s.")
        blocks.append(Paragraph(sentence(authority=reach(policy.supervisory_authority))))
    choices = (
        Choice(TOPICS[Topic.CONTROLLER_CONTACT], "contact"),
        Choice(p_("request", "Talk to a human"), "request human"),
    )
    return Reply(_("A breach of security"), tuple(blocks), choices)


def _host(policy: Policy) -> Phrase:
    return policy.host or policy.controller.name.phrase()


def _in(versions: Mapping[str, str], first: Sequence[str], language: str) -> tuple[str, Iterator[Block]]:
    """Return the operator's words for a reader of *language*, and what has to be said before them."""
    chosen = negotiate((language, *first), tuple(versions))
    return versions[chosen], _note(chosen, language)


def _note(chosen: str, language: str) -> Iterator[Block]:
    if chosen.partition("-")[0] != language.partition("-")[0]:
        yield Paragraph(_("They wrote this in %(language)s only:")(language=LanguageName(chosen)))
