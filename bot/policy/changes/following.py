"""Whether a version of a policy can come after another one: people would be told of it wrongly or not at all."""

from __future__ import annotations

import re

from bot.files import Document, Problem
from bot.policy.changes.change import Changes

_NUMBERS = re.compile(r"\d+(\.\d+)*", re.ASCII)


def objections(changes: Changes, document: Document) -> list[Problem]:
    """Return why the new version, which is in *document*, cannot follow the old one."""
    if not len(changes):
        return []
    old, new = changes.old, changes.new
    found = []
    if not follows(old.version, new.version):
        text = f"version '{new.version}' does not come after '{old.version}', but the policy differs; give it a new one"
        found.append(document.problem(("version",), text))
    if new.effective <= old.effective:
        text = (
            f"in force from {new.effective}, which is not after {old.effective}, the first day of the old version; "
            "write a later day"
        )
        found.append(document.problem(("effective",), text))
    return found


def doubts(changes: Changes, document: Document) -> list[Problem]:
    """Return what is perhaps a mistake in the new version, which is in *document*."""
    old, new = changes.old, changes.new
    found = []
    if old.version != new.version and not _are_ordered(old.version, new.version):
        text = f"'{old.version}' and '{new.version}' are not both dotted numbers, so that their order cannot be checked"
        found.append(document.problem(("version",), text))
    lost = [code for code in old.languages if code not in new.languages]
    if lost:
        text = f"{', '.join(lost)} was there in the old version; who reads it gets your texts in {new.languages[0]}"
        found.append(document.problem(("languages",), text))
    return found


def follows(old: str, new: str) -> bool:
    """Return whether a version comes after another; of those that are no dotted numbers, any other one may."""
    if not _are_ordered(old, new):
        return old != new
    return _numbers(new) > _numbers(old)


def _are_ordered(*versions: str) -> bool:
    return all(map(_NUMBERS.fullmatch, versions))


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers; 2 and 2.0 are the same."""
    numbers = [int(part) for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
