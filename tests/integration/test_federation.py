"""People from other servers, over real server-to-server connections.

Both domains are addresses on loopback: servers find each other without DNS then.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import IPv4Address
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

import pytest
from slixmpp import JID
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from bot.xmpp import namespaces as ns
from demo.bot import answers, bot
from demo.servers import Server, running
from tests.conftest import shipped
from tests.integration.conftest import installed
from tests.support.client import Client, client, condition
from tests.support.versions import VERSIONS

HERE, THERE = (str(IPv4Address("127.0.0.0") + 2 * os.getpid() + number) for number in range(2))
"""Of this process alone: the port of servers is the same everywhere. Processes have numbers below 2**22."""

BOT = f"privacy@{HERE}"
COMPONENT = "privacy.bot-inside"


@pytest.fixture(params=VERSIONS, ids="-".join)
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """The server of the bot, and another one where somebody lives."""
    with ExitStack() as stack:
        both = []
        for domain, version in ((HERE, request.param), (THERE, VERSIONS[0])):
            directory = tmp_path / domain
            directory.mkdir()
            here = running(installed(*version), directory, domain=domain, component=COMPONENT)
            both.append(stack.enter_context(here))
        yield both[0], both[1]


async def test_somebody_from_another_server(servers: tuple[Server, Server], tmp_path: Path) -> None:
    here, there = servers
    async with client(there, "alice") as alice:
        away = await alice.ask("hello", to=BOT, seconds=30)
        assert condition(away) == "recipient-unavailable"
        assert COMPONENT not in _text(away.xml)
        with bot(here, shipped("searx-chat"), tmp_path) as started:
            async with client(here, "alice") as namesake:
                await answers(namesake.chat, COMPONENT, started, tmp_path)
                assert "1 device" in (await namesake.ask("my data", to=BOT))["body"]
            await _asks_from_far_away(alice)


async def _asks_from_far_away(alice: Client) -> None:
    shown = await alice.ask("my data", to=BOT)
    assert f"You have no account on {HERE}" in shown["body"]
    assert "1 device" not in shown["body"]
    policy = await alice.ask("how long do you keep photos?", to=BOT)
    assert "7 days" in policy["body"]
    card = await alice.iq(Element(f"{{{ns.VCARD}}}vCard"), to=BOT)
    items = await alice.iq(Element(f"{{{ns.DISCO_ITEMS}}}query", {"node": ns.COMMANDS}), to=BOT)
    for stanza in (shown, policy, card, items):
        assert stanza["from"].bare == BOT
        assert COMPONENT not in _text(stanza.xml)
    presences: asyncio.Queue[str] = asyncio.Queue()
    alice.chat.xmpp.register_handler(
        Callback(
            "Presences",
            MatchXPath(f"{{{alice.chat.xmpp.default_ns}}}presence"),
            lambda presence: presences.put_nowait(_text(presence.xml)),
        )
    )
    await alice.chat.xmpp.get_roster()  # only who asked for the roster is told of subscriptions (RFC 6121 §3.1.6)
    alice.chat.xmpp.send_presence(pto=JID(BOT), ptype="subscribe")
    answer = ""
    async with asyncio.timeout(15):
        while 'type="subscribed"' not in answer:
            answer = await presences.get()
            assert COMPONENT not in answer
    assert f'from="{BOT}"' in answer


def _text(stanza: Element) -> str:
    return tostring(stanza, encoding="unicode")
