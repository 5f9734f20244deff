"""What changed between two versions of the policy, told to the people it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.answers import copying, erasing
from bot.claims.erasure import ACCOUNT, ERASABLE
from bot.dialogue.reply import Block, Choice, Heading, Items, Lead, Paragraph, Reply
from bot.i18n import Day, Phrase, _, n_, p_
from bot.policy.changes import Changes, Severity, diff
from bot.policy.model import Policy
from bot.policy.vocabulary import Topic
from bot.policy.wording.changes import sentence
from bot.policy.wording.topics import TOPICS

TITLE = TOPICS[Topic.POLICY_CHANGES]

_MOST_ERASURES = 2
"""So many kinds of data are offered for erasing, beside the account."""


def changed(old: Policy, new: Policy, day: date) -> Reply:
    """Return what changes from *old* to *new*, as told on *day*: what matters first, wording in one line."""
    return told(diff(old, new), day)


def told(changes: Changes, day: date) -> Reply:
    """Return these changes as told on *day*."""
    if not changes.all:
        return Reply(TITLE, (Lead(_("Both versions of the policy state the same.")),))
    blocks = [Lead(_lead(changes, day)), *_sections(changes)]
    reworded = _reworded(changes)
    if reworded:
        blocks.append(Paragraph(reworded))
    if changes.severity is Severity.MATERIAL:
        blocks.append(Paragraph(_what_to_do(changes, day)))
    return Reply(TITLE, tuple(blocks), tuple(_choices(changes)))


def _lead(changes: Changes, day: date) -> Phrase:
    old, new = changes.old, changes.new
    coming = _("From %(day)s on, version %(new)s of the privacy policy is in force instead of version %(old)s.")
    come = _("Since %(day)s, version %(new)s of the privacy policy is in force instead of version %(old)s.")
    first = (coming if new.effective > day else come)(day=Day(new.effective), new=new.version, old=old.version)
    return _("%(first)s %(second)s")(first=first, second=_how_many(changes))


def _how_many(changes: Changes) -> Phrase:
    material, minor = (len(changes.of(one)) for one in (Severity.MATERIAL, Severity.MINOR))
    if not material and not minor:
        return _("What is done with your data stays the same.")
    matters = n_(
        "%(n)s change matters.",
        "%(n)s changes matter.",
        material,
    )
    small = n_("%(n)s change is small or for the better.", "%(n)s changes are small or for the better.", minor)
    if not material:
        return small
    return _("%(first)s %(second)s")(first=matters, second=small) if minor else matters


def _sections(changes: Changes) -> Iterator[Block]:
    headings = {
        Severity.MATERIAL: p_("heading", "What matters"),
        Severity.MINOR: p_("heading", "Small changes, and changes for the better"),
    }
    for severity, heading in headings.items():
        found = changes.of(severity)
        if found:
            yield Heading(heading)
            yield Items(tuple(sentence(changes, one) for one in found))


def _reworded(changes: Changes) -> Phrase | None:
    """Return one line for all that changes no fact; version and first day are told already."""
    count = sum(one.section not in ("version", "effective") for one in changes.of(Severity.WORDING))
    if not count:
        return None
    return n_(
        "Beside that, %(n)s thing is only worded differently; that changes nothing about your data.",
        "Beside that, %(n)s things are only worded differently; that changes nothing about your data.",
        count,
    )


def _what_to_do(changes: Changes, day: date) -> Phrase:
    if changes.new.effective > day:
        return _(
            "If you do not agree, you can act before %(day)s: get a copy of your data, have data or your account "
            "erased, or object."
        )(day=Day(changes.new.effective))
    return _("If you do not agree, you can get a copy of your data, have data or your account erased, or object.")


def _choices(changes: Changes) -> Iterator[Choice]:
    """Return what people can do: only where something matters; erasing begins with what it is about."""
    if changes.severity is Severity.MATERIAL:
        yield Choice(copying.TITLE, "export")
        concerned = {category for one in changes.of(Severity.MATERIAL) for category in one.categories}
        first = [what for what in ERASABLE if what in concerned][:_MOST_ERASURES]
        for what in (*first, ACCOUNT):
            yield Choice(p_("choice", "Erase: %(what)s")(what=erasing.WHAT[what]), f"erase {what}")
        yield Choice(p_("choice", "Object"), "request objection")
    yield Choice(p_("choice", "The whole policy"), "policy")
