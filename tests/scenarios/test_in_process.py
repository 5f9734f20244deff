"""The plays, performed at the desk without a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.commands.build import services
from bot.commands.desk import Desk
from bot.dialogue.understanding import Understander
from bot.policy.model import Policy
from bot.store import Store
from tests.conftest import NOW
from tests.support.plays import Spoken, perform, read_play

PLAYS = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", PLAYS, ids=lambda path: path.stem)
async def test_play(path: Path, policy_of: Callable[[str], Policy], understanding: Understander, store: Store) -> None:
    play = read_play(path)
    desk = Desk(services(policy_of(play.policy), store), understanding)

    async def say(who: str, text: str, language: str | None) -> Spoken:
        sender = f"{who.lower()}@example.org"
        spoken = await desk.chat(text, sender=sender, conversation=sender, language=language, now=NOW)
        return Spoken(spoken.message.body, spoken.language, spoken.message.responses)

    await perform(play, say)
