"""Yes or no first, where the facts decide it; where they do not, the answer speaks for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.answers.clause import in_force
from bot.answers.topics import DATA
from bot.dialogue.reply import Block, Lead, Paragraph, Question, Reply
from bot.i18n import Message, Phrase, _, p_
from bot.policy.model import Policy
from bot.policy.organisation import Practice
from bot.policy.terms import Stored
from bot.policy.vocabulary import Aspect, Polar, Topic
from bot.policy.wording import people, services

_YES, _NO = p_("verdict", "Yes."), p_("verdict", "No.")
_PARTLY = p_("verdict", "Partly.")
_IN_MEMORY = p_("verdict", "Only in memory.")
_IN_SOME_CASES = p_("verdict", "In some cases.")

_PRACTICES: Mapping[Polar, Practice] = {
    Polar.SOLD: Practice.SALE,
    Polar.ADVERTISED: Practice.ADVERTISING,
    Polar.TRACKED: Practice.TRACKING,
}

_PLAIN = (Topic.ARCHIVE, Topic.IP_ADDRESSES, Topic.OFFLINE_MESSAGES, Topic.ROSTER, Topic.UPLOADS)
"""Topics that are one kind of data; of the others, the policy may store one thing and not another."""


def decided(reply: Reply, polar: Polar, policy: Policy, day: date) -> Reply:
    """Return *reply* with yes or no in front, if *policy* decides on *day* what was asked."""
    if reply.question is None or not reply.blocks:
        return reply
    first = reply.blocks[0]
    found = _decision(reply.question, polar, policy, day)
    if found is None and polar is Polar.STORED and isinstance(first, Lead):
        verdict = _stored(reply.question, policy, day)
        found = None if verdict is None else (verdict, first.text)
    if found is None:
        return reply
    verdict, sentence = found
    rest = (_context(block) for block in reply.blocks if not _says(block, sentence))
    return replace(reply, blocks=(Lead(_("%(first)s %(second)s")(first=verdict, second=sentence)), *rest))


def _context(block: Block) -> Block:
    return Paragraph(block.text) if isinstance(block, Lead) else block


def _says(block: Block, text: Phrase) -> bool:
    return isinstance(block, Lead | Paragraph) and block.text == text


def _decision(question: Question, polar: Polar, policy: Policy, day: date) -> tuple[Message, Phrase] | None:
    """Return yes or no, and the sentence of the policy that says so."""
    if polar in _PRACTICES:
        for promise in in_force(policy.never, day):
            if promise.practice is _PRACTICES[polar]:
                return _NO, people.never(promise)[0].text
    if polar is Polar.READ and question.topic is Topic.ENCRYPTION:
        for one in in_force(policy.encryption, day):
            if one.operator_can_read is not None:  # then it is what is said first
                return _YES if one.operator_can_read else _NO, services.encryption(one)[0].text
    return None


def _stored(question: Question, policy: Policy, day: date) -> Message | None:
    """Return whether what is asked about is stored; None when the policy leaves that open."""
    if question.topic not in _PLAIN or question.aspect is not Aspect.WHAT:
        return None
    found = {one.stored for one in policy.about(*DATA[question.topic], day=day)}
    if not found or Stored.UNKNOWN in found:
        return None
    if len(found) > 1:
        return _PARTLY if Stored.NO in found else _IN_SOME_CASES
    return {
        Stored.YES: _YES,
        Stored.NO: _NO,
        Stored.MEMORY_ONLY: _IN_MEMORY,
        Stored.CONDITIONAL: _IN_SOME_CASES,
    }[found.pop()]
