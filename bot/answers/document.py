"""The whole policy as sections of sentences: nothing that is stated is left out, nothing said twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.answers.clause import Clause, stated
from bot.answers.topics import DATA, gather
from bot.i18n import Phrase, p_
from bot.policy.model import Policy
from bot.policy.vocabulary import Aspect, Topic
from bot.policy.wording import data, services
from bot.policy.wording.topics import TOPICS

OTHER = "other"
"""Id of the section with kinds of data that no topic is about, such as the operator's own."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the policy: an id to choose it by, a heading, and its sentences."""

    id: str
    title: Phrase
    lines: tuple[Phrase, ...]


def document(policy: Policy, day: date) -> tuple[Section, ...]:
    """Return the policy as it is on *day*, in the order of the topics; silent topics are left out."""
    said: list[Phrase] = []
    sections = []
    for topic in Topic:
        clauses = gather(policy, topic, day)
        lines = _new(clauses, said)
        if lines:
            sections.append(Section(topic, TOPICS[topic], lines))
    lines = _new(_elsewhere(policy, day), said)
    if lines:
        sections.append(Section(OTHER, p_("topic", "Other data"), lines))
    return tuple(sections)


def _new(clauses: Iterable[Clause], said: list[Phrase]) -> tuple[Phrase, ...]:
    """Return the sentences that were not said before; "how long" alone repeats the first sentence."""
    lines = []
    for clause in clauses:
        if clause.line.aspects != {Aspect.HOW_LONG} and clause.text not in said:
            lines.append(clause.text)
            said.append(clause.text)
    return tuple(lines)


def _elsewhere(policy: Policy, day: date) -> Iterable[Clause]:
    covered = {category for categories in DATA.values() for category in categories}
    for one in policy.data:
        if one.category not in covered and one.holds(day):
            yield from stated(data.lines(policy, one, day), one)
    for service in policy.services:
        yield from (Clause(line) for line in services.service(service))
