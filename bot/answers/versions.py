"""The versions of the policy: what changed last, what is to change, and from when to when each was in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.answers import about
from bot.answers.changed import TITLE, changed
from bot.claims.version import KeptVersion, first_day
from bot.dialogue.reply import Block, Choice, Heading, Items, Lead, Outcome, Paragraph, Question, Reply
from bot.i18n import Day, Phrase, _, p_
from bot.policy.model import Policy
from bot.policy.vocabulary import Topic
from bot.policy.wording.topics import TOPICS

_MOST_CHOICES = 5
"""Versions that are offered; the others can be asked for by name."""


@dataclass(frozen=True, slots=True)
class Known:
    """A version that was in force, is, or will be; *policy* is None when it cannot be read any more."""

    kept: KeptVersion
    policy: Policy | None

    @property
    def is_over(self) -> bool:
        """Whether another one took its place."""
        return self.kept.until is not None

    @property
    def is_to_come(self) -> bool:
        """Whether its day is still to come."""
        return self.kept.since is None


def overview(policy: Policy, versions: Sequence[Known], day: date) -> Reply:
    """Return what is to change and what changed last, and all *versions* (in order); *policy* is in force on *day*."""
    now = next(index for index, one in enumerate(versions) if one.kept.version == policy.version)
    coming = [index for index in range(now + 1, len(versions)) if _difference(versions, index, day) is not None]
    last = _difference(versions, now, day)
    told = _difference(versions, coming[0], day) if coming else last
    blocks: list[Block] = list(told.blocks) if told is not None else [Lead(_only(policy, versions[now], day))]
    if coming and last is not None:
        blocks += [Heading(p_("heading", "What changed last")), *_first_lead(last)]
    blocks += [Heading(p_("heading", "Versions")), Items(tuple(_lines(policy, versions)))]
    blocks += [Paragraph(clause.text) for clause in about.notices(policy)]
    offered = [Choice(_name(one), f"changes {one.kept.version}") for one in _offered(versions, day)]
    choices = told.choices if told is not None else (Choice(TOPICS[Topic.OVERVIEW], f"topics {Topic.OVERVIEW}"),)
    return Reply(TITLE, tuple(blocks), (*choices, *offered), question=Question(Topic.POLICY_CHANGES))


def difference(versions: Sequence[Known], wanted: str, day: date) -> Reply:
    """Return what came with the version called *wanted*."""
    found = next((i for i, one in enumerate(versions) if one.kept.version.casefold() == wanted.casefold()), None)
    back = Choice(TITLE, "changes")
    if found is None:
        lead = _("I know no version “%(version)s” of the privacy policy.")(version=wanted)
        return Reply(TITLE, (Lead(lead),), (back,), Outcome.WARN)
    told = _difference(versions, found, day)
    if told is not None:
        return Reply(TITLE, told.blocks, (*told.choices, back))
    name = versions[found].kept.version
    if found == 0:
        lead = _("Version %(version)s is the first that I know, so I cannot tell what was new in it.")(version=name)
    else:
        lead = _("What was new in version %(version)s cannot be told any more.")(version=name)
    return Reply(TITLE, (Lead(lead),), (back,))


def _difference(versions: Sequence[Known], index: int, day: date) -> Reply | None:
    """Return what came with a version; None where that cannot be told."""
    old, new = versions[index - 1].policy if index else None, versions[index].policy
    return None if old is None or new is None else changed(old, new, day)


def _first_lead(reply: Reply) -> Iterator[Block]:
    yield from (Paragraph(block.text) for block in reply.blocks if isinstance(block, Lead))


def _only(policy: Policy, version: Known, day: date) -> Phrase:
    sentence = _("Version %(version)s of the policy is in force since %(day)s. Nothing has changed since then.")
    return sentence(version=policy.version, day=Day(min(first_day(version.kept), day)))


def _lines(policy: Policy, versions: Sequence[Known]) -> Iterator[Phrase]:
    """Return one line for each version, the newest first; those of before the bot, as the policy names them."""
    for index in reversed(range(len(versions))):
        one = versions[index]
        first = first_day(one.kept)
        if one.is_over:
            after = min((first_day(later.kept) for later in versions[index + 1 :]), default=first)
            line = _("Version %(version)s: in force from %(first)s to %(last)s")
            last = max(first, after - timedelta(days=1))
            yield line(version=one.kept.version, first=Day(first), last=Day(last))
        else:
            line = _("Version %(version)s: in force from %(first)s on")
            yield line(version=one.kept.version, first=Day(first))
    names = {one.kept.version for one in versions}
    yield from (about.earlier(old) for old in about.history(policy) if old.version not in names)


def _offered(versions: Sequence[Known], day: date) -> list[Known]:
    """Return the newest versions of which can be told what was new in them."""
    told = [one for index, one in enumerate(versions) if _difference(versions, index, day) is not None]
    return told[::-1][:_MOST_CHOICES]


def _name(one: Known) -> Phrase:
    label = p_("choice", "What will be new in version %(version)s")
    if not one.is_to_come:
        label = p_("choice", "What was new in version %(version)s")
    return label(version=one.kept.version)
