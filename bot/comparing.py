"""Two versions of a policy on the command line: what changed, and whether they can follow each other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot import files
from bot.answers.changed import told
from bot.dialogue.rendering import chat_reply
from bot.files import BadFile
from bot.i18n import Translator, languages, negotiate, translator
from bot.policy.changes import Change, Changes, diff
from bot.policy.changes.following import doubts, objections
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
    found = objections(changes, after)
    if found:
        raise BadFile(sorted(found))
    tr = translator(negotiate([language, "en"], languages()), changes.new.form_of_address)
    if as_json:
        text = json.dumps(described(changes, tr), ensure_ascii=False, indent=2)
    else:
        text = chat_reply(told(changes, day), tr).body
    warnings = tuple(f"{one} (a warning)" for one in doubts(changes, after))
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
