"""The plays, performed at the desk with a server in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.dialogue.understanding import Understander
from bot.policy.model import Policy
from bot.store import Store
from tests.conftest import NOW
from tests.support.backend import MemoryServer
from tests.support.plays import Spoken, perform, read_play
from tests.support.rights import House

PLAYS = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", PLAYS, ids=lambda path: path.stem)
async def test_play(path: Path, policy_of: Callable[[str], Policy], understanding: Understander, store: Store) -> None:
    play = read_play(path)
    people = {turn.who.lower() for turn in play.turns}
    house = House(policy_of(play.policy), understanding, store, server=MemoryServer({name: {} for name in people}))

    async def say(who: str, text: str, language: str | None) -> Spoken:
        sender = f"{who.lower()}@{house.server.host}"
        spoken = await house.desk.chat(text, sender=sender, conversation=sender, language=language, now=NOW)
        return Spoken(spoken.message.body, spoken.language, spoken.message.responses)

    await perform(play, say)
