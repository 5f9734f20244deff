"""New accounts are told once, in their language, by the real bot on real servers, whatever dies meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from xml.etree.ElementTree import XML

import pytest
from slixmpp import JID, Message

from bot.xmpp import namespaces as ns
from demo.bot import answers, bot
from demo.servers import Extra, Server, find, process, running
from tests.conftest import shipped
from tests.support.client import Client, client
from tests.support.versions import VERSIONS

POLICY = shipped("searx-chat")
"""Its first language is German."""

WELCOME = {"en": "Welcome to ", "de": "Willkommen bei ", "fr": "Bienvenue "}
REMOVE = "<query xmlns='jabber:iq:register'><remove/></query>"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The directory of the bot."""
    (tmp_path / "bot").mkdir()
    return tmp_path / "bot"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The directory of the server."""
    (tmp_path / "server").mkdir()
    return tmp_path / "server"


@pytest.fixture(params=VERSIONS, ids="-".join)
def inhabited(request: pytest.FixtureRequest, place: Path) -> Iterator[Server]:
    """A server where the module was installed after somebody called "old" had been there."""
    installation = find(*request.param)
    with running(installation, place, extra=Extra(companion=False)) as before:
        asyncio.run(_visit(before, "old"))
    with running(installation, place) as server:
        yield server


@pytest.fixture(params=VERSIONS, ids="-".join)
def fresh(request: pytest.FixtureRequest, place: Path) -> Iterator[Server]:
    """A server on which nobody was yet."""
    with running(find(*request.param), place) as server:
        yield server


async def _visit(server: Server, name: str, lang: str = "en") -> None:
    """Log in and out."""
    async with client(server, name, lang=lang):
        pass


async def welcomed(person: Client, language: str) -> str:
    """Return the id of the welcome that comes next, in this language, from the address under which the bot is met."""
    message = await person.message(30)
    assert message["body"].startswith(WELCOME[language]), message["body"]
    assert (message["type"], message["from"].bare) == ("chat", f"privacy@{person.server.domain}")
    assert message.xml.get(ns.XML_LANG) == language
    origin = message.xml.find(f"{{{ns.STANZA_IDS}}}origin-id")
    assert origin is not None
    assert origin.get("id") == message["id"]
    return str(message["id"])


def left(person: Client) -> list[Message]:
    """The messages that came and were not taken."""
    queue = person.chat.messages
    return [found for found in (queue.get_nowait() for _ in range(queue.qsize())) if found["body"]]


async def settled(person: Client) -> None:
    """Return when what the server has for *person* by now has come."""
    await person.chat.xmpp.plugin["xep_0199"].ping(JID(person.server.domain), timeout=10)


async def test_everybody_who_is_new_is_welcomed_once_in_their_language(inhabited: Server, home: Path) -> None:
    clock = asyncio.get_running_loop().time
    with bot(inhabited, POLICY, home, settings={"welcome": True}) as program:
        async with AsyncExitStack() as stack:
            old = await stack.enter_async_context(client(inhabited, "old"))
            emil = await stack.enter_async_context(client(inhabited, "emil"))
            await answers(old.chat, inhabited.component, program, home)
            first, since = await welcomed(emil, "en"), clock()
            for name, lang, spoken in (("ben", "de-AT", "de"), ("chloé", "fr", "fr"), ("åsa", "sv", "de")):
                person = await stack.enter_async_context(client(inhabited, name, lang=lang))
                await welcomed(person, spoken)
                again = await stack.enter_async_context(client(inhabited, name, lang=lang, resource="second"))
                assert "365" in (await again.ask("how long is the archive kept?", lang="en"))["body"]
                assert left(person) == left(again) == []
            devices = await asyncio.gather(
                *(stack.enter_async_context(client(inhabited, "dora", resource=f"r{each}")) for each in range(3))
            )
            emil.chat.xmpp.make_iq_set(ito=inhabited.domain, sub=XML(REMOVE)).send(callback=lambda _answer: None)
            await emil.chat.xmpp.disconnected
            await asyncio.sleep(max(0.0, since + 1.1 - clock()))  # servers count in seconds
            another = await stack.enter_async_context(client(inhabited, "emil", lang="de"))
            assert await welcomed(another, "de") != first
            told: list[str] = []
            async with asyncio.timeout(30):
                while not told:
                    for device in devices:
                        await settled(device)
                    told = [message["id"] for device in devices for message in left(device)]
            assert 1 <= len(told) <= len(devices), "some servers give one message to every device"
            assert len(set(told)) == 1
            assert left(old) == []


async def test_nobody_is_missed_whatever_is_away_or_killed(fresh: Server, home: Path) -> None:
    await _visit(fresh, "gone", "de")
    with bot(fresh, POLICY, home, settings={"welcome": True}) as program:
        async with client(fresh, "gone") as gone:
            await answers(gone.chat, fresh.component, program, home)
            await welcomed(gone, "de")
        async with client(fresh, "person") as person:
            await asyncio.sleep(0.0 if fresh.version.startswith(("0.12", "23")) else 0.02)
            process.kill(program)
            await settled(person)
            told = left(person)
    fresh.restart()
    with bot(fresh, POLICY, home, settings={"welcome": True}) as program:
        async with client(fresh, "person") as person, client(fresh, "after") as after, client(fresh, "gone") as gone:
            await answers(after.chat, fresh.component, program, home)
            await welcomed(after, "en")
            await settled(person)
            assert len({message["id"] for message in (*told, *left(person))}) == 1
            assert left(gone) == []
