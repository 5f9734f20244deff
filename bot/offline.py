"""Answers without a server: one question, or many for measuring what is understood."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from bot.commands.build import desk, understander
from bot.policy.model import Policy


async def ask(policy: Policy, question: str, language: str | None, now: datetime) -> str:
    """Return the answer to *question* as text; *language* is the language wished for (BCP 47)."""
    spoken = await desk(policy).chat(question, sender=None, conversation="", language=language, now=now)
    return spoken.message.body


class BadLine(Exception):  # noqa: N818 -- named after what is wrong
    """A line of a batch that is no question; the text names the line and what it should be."""


def batch(lines: Iterable[str]) -> Iterator[str]:
    """Read JSON lines ``{"id", "lang", "text"}`` and return lines ``{"id", "ranked": [labels, best first]}``.

    The ranking is what was understood; at most three labels.  Raises `BadLine`.
    """
    reader = understander()
    for number, line in enumerate(lines, 1):
        if line.strip():
            question = _question(line, number)
            read = reader.read(question["text"], question.get("lang"))
            ranked = [label.value for label in read.ranked]
            yield json.dumps({"id": question["id"], "ranked": ranked}, ensure_ascii=False)


def _question(line: str, number: int) -> dict[str, Any]:
    try:
        question = json.loads(line)
    except ValueError:
        question = None
    if not isinstance(question, dict) or "id" not in question or not isinstance(question.get("text"), str):
        raise BadLine(f'line {number}: write {{"id": …, "lang": …, "text": "…"}} on one line')
    return question
