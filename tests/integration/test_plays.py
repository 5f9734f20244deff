"""The plays, performed through real servers by real clients, with the bot as a program of its own."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot import files
from demo.bot import answers, bot
from demo.servers import Server
from tests.support.client import Client, client
from tests.support.plays import Spoken, perform, read_play

PLAYS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.txt"))
RESPONSE = "{urn:xmpp:tmp:quick-response}response"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.mark.parametrize("path", PLAYS, ids=lambda path: path.stem)
async def test_play(path: Path, server: Server, tmp_path: Path) -> None:
    play = read_play(path)
    policy = files.directory("data") / "policies" / f"{play.policy}.yaml"
    people: dict[str, Client] = {}
    with bot(server, policy, tmp_path) as running:
        async with AsyncExitStack() as stack:

            async def say(who: str, text: str, language: str | None) -> Spoken:
                if who not in people:
                    people[who] = await stack.enter_async_context(client(server, f"{who.lower()}-{path.stem}"))
                    await answers(people[who].chat, server.component, running, tmp_path)
                message = await people[who].ask(text, lang=language or "")
                responses = tuple(
                    (found.get("value", ""), found.get("label", "")) for found in message.xml.iter(RESPONSE)
                )
                return Spoken(message["body"], message.xml.get(XML_LANG, ""), responses)

            await perform(play, say)
    assert running.returncode == 0
