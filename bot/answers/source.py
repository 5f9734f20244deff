"""Where an answer comes from: clause, version, effective date."""

from __future__ import annotations

from datetime import date

from bot.answers.answer import answer, line, title
from bot.answers.clause import Clause, Origin
from bot.dialogue.reply import Block, Choice, Fact, Items, Lead, Paragraph, Question, Reply
from bot.i18n import Day, Phrase, _
from bot.policy.base import Source
from bot.policy.model import Policy
from bot.policy.vocabulary import Aspect
from bot.policy.wording.topics import TOPICS


def why(policy: Policy, question: Question, day: date) -> Reply:
    """Return what stands behind the answer to *question*: purpose, clauses, version, effective date."""
    found = answer(policy, question, day)
    sections = _sections(found.clauses)
    blocks: list[Block] = [Lead(_lead(found.clauses[0], is_stated=found.is_stated, has_sections=bool(sections)))]
    if found.is_stated and sections:
        blocks.append(Items(sections))
    if question.aspect is not Aspect.WHY:
        purpose = answer(policy, Question(question.topic, Aspect.WHY), day)
        if purpose.is_stated:
            blocks.append(Paragraph(purpose.clauses[0].text))
    blocks.append(Fact(_("Policy version"), policy.version))
    label = _("In force since") if policy.effective <= day else _("In force from")
    blocks.append(Fact(label, Day(policy.effective)))
    if policy.url:
        blocks.append(Fact(_("Full text"), policy.url))
    back = Choice(title(question), line(question))
    return Reply(TOPICS[question.topic], tuple(blocks), (back, _WHOLE), question=question)


_WHOLE = Choice(_("Show the whole policy"), "policy")


def _lead(first: Clause, *, is_stated: bool, has_sections: bool) -> Phrase:
    if not is_stated:
        return _("I found nothing about this in the policy, so I told you that it is silent.")
    match first.origin:
        case Origin.PROGRAM:
            return _("This is how this program works; it is true whatever the policy says.")
        case Origin.LAW:
            return _("This comes from the law, the General Data Protection Regulation (GDPR).")
        case Origin.POLICY if not has_sections:
            return _("This comes from the operator's policy, which names no section for it.")
        case _:
            return _("This comes from these sections of the operator's policy:")


def _sections(clauses: tuple[Clause, ...]) -> tuple[Phrase, ...]:
    distinct: list[Phrase] = []
    for clause in clauses:
        if clause.source is not None:
            section = _cited(clause.source)
            if section not in distinct:
                distinct.append(section)
    return tuple(distinct)


def _cited(source: Source) -> Phrase:
    cited: Phrase = source.section.phrase() if source.section else _("no section named")
    if source.document:
        document = source.document.phrase()
        cited = _("%(document)s, %(section)s")(document=document, section=cited) if source.section else document
    if source.version:
        cited = _("%(cited)s (version %(version)s)")(cited=cited, version=source.version)
    if source.url:
        cited = _("%(cited)s: %(url)s")(cited=cited, url=source.url)
    return cited
