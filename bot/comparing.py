"""Two versions of a policy on the command line: what changed, and whether they can follow each other."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot import files
from bot.answers.changed import told
from bot.dialogue.rendering import chat_reply
from bot.files import BadFile, Document, Problem
from bot.i18n import Translator, languages, negotiate, translator
from bot.policy.changes import Change, Changes, diff
from bot.policy.model import policy_of
from bot.policy.wording.changes import sentence

SAME, CHANGED = 0, 1
"""The status: whether anything changed."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The report, what is doubtful but no mistake, and the status."""

    text: str
    warnings: tuple[str, ...]
    status: int


def compare(old: Path, new: Path, language: str | None, day: date, *, as_json: bool) -> Compared:
    """Return what changes from *old* to *new*, as told on *day*; raises `BadFile` with all that is wrong."""
    before, after = files.read(old), files.read(new)
    changes = diff(policy_of(before), policy_of(after))
    found = _problems(changes, after)
    if found:
        raise BadFile(sorted(found))
    tr = translator(negotiate([language, "en"], languages()))
    if as_json:
        text = json.dumps(described(changes, tr), ensure_ascii=False, indent=2)
    else:
        text = chat_reply(told(changes, day), tr).body
    warnings = tuple(f"{one} (a warning)" for one in _doubts(changes, after))
    return Compared(text, warnings, CHANGED if len(changes) else SAME)


def described(changes: Changes, tr: Translator) -> dict[str, Any]:
    """Return the changes for programs."""
    severity = changes.severity
    return {
        "old": {"version": changes.old.version, "effective": changes.old.effective.isoformat()},
        "new": {"version": changes.new.version, "effective": changes.new.effective.isoformat()},
        "severity": None if severity is None else severity.name.lower(),
        "changes": [_described(changes, one, tr) for one in changes],
    }


def _described(changes: Changes, one: Change, tr: Translator) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "section": one.section,
        "field": one.field,
        "severity": one.severity.name.lower(),
        "categories": list(map(str, one.categories)),
        "text": tr(sentence(changes, one)),
    }


def _problems(changes: Changes, document: Document) -> list[Problem]:
    """Return why the new version cannot follow the old one: people would be told of it wrongly or not at all."""
    if not len(changes):
        return []
    old, new = changes.old, changes.new
    found = []
    if not _follows(old.version, new.version):
        text = f"version '{new.version}' does not come after '{old.version}', but the policy differs; give it a new one"
        found.append(document.problem(("version",), text))
    if new.effective <= old.effective:
        text = f"in force from {new.effective}, which is not after {old.effective}, the first day of the old version"
        found.append(document.problem(("effective",), text))
    return found


_NUMBERS = re.compile(r"\d+(\.\d+)*", re.ASCII)


def _follows(old: str, new: str) -> bool:
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


def _doubts(changes: Changes, document: Document) -> list[Problem]:
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
