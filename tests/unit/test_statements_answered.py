"""Every statement of both source policies is answered, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import files
from bot.commands.build import services
from bot.commands.desk import Desk
from bot.dialogue.understanding import Understander
from bot.policy.model import Policy
from tests.conftest import NOW

TABLE = files.read(Path(__file__).parent.parent / "data" / "statements.yaml").data

CASES = [
    pytest.param(name, language, *entry[language], id=f"{name}-{entry['about']}-{language}")
    for name, entries in TABLE.items()
    for entry in entries
    for language in ("en", "de")
]


@pytest.mark.parametrize(("name", "language", "question", "expected"), CASES)
async def test_statement_is_answered(
    name: str,
    language: str,
    question: str,
    expected: str,
    policy_of: Callable[[str], Policy],
    understanding: Understander,
) -> None:
    desk = Desk(services(policy_of(name)), understanding)
    spoken = await desk.chat(question, sender=None, conversation="", language=language, now=NOW)
    assert expected in spoken.message.body, f"{question}\n{spoken.message.body}"
    assert spoken.language == language
