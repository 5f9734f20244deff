"""The component on a wire of its own: stanzas as text in, stanzas as XML out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from xml.etree.ElementTree import Element, fromstring

from slixmpp.xmlstream.tostring import tostring

from bot.commands.desk import Desk
from bot.xmpp import namespaces as ns
from bot.xmpp.component import Component
from bot.xmpp.connection import Connection
from bot.xmpp.limits import RateLimit
from bot.xmpp.requests import Requests

ALICE = "alice@example.org/phone"
BOT = "privacy.example.org"
HOST = "example.org"


class Recorded(Connection):
    """A connection whose other end is a list."""

    def __init__(self, default_language: str | None = None) -> None:
        super().__init__(BOT, "secret", "127.0.0.1", 5347)
        self.sent: list[Element] = []
        self._language = default_language

    @property
    def default_language(self) -> str | None:
        return self._language

    def send(self, xml: str) -> None:
        self.sent.append(fromstring(f"<stream xmlns='{ns.COMPONENT}'>{xml}</stream>")[0])  # noqa: S314

    def send_element(self, stanza: Element) -> None:
        self.send(tostring(stanza, xmlns=ns.COMPONENT))


class Wire:
    """Sends stanzas to the component and returns what it answers."""

    def __init__(self, desk: Desk, connection: Recorded, limit: RateLimit) -> None:
        self.connection = connection
        self.requests = Requests(connection, BOT, HOST)
        self.component = Component(desk, BOT, limit, connection, self.requests)

    async def send(self, xml: str) -> list[Element]:
        """Deliver a stanza; return the answers to it."""
        self.connection.sent.clear()
        stanza = fromstring(f"<stream xmlns='{ns.COMPONENT}'>{xml}</stream>")[0]  # noqa: S314
        {
            "message": self.component.on_message,
            "presence": self.component.on_presence,
            "iq": self.component.on_iq,
        }[stanza.tag.rpartition("}")[2]](stanza)
        await self.component.idle()
        return list(self.connection.sent)

    async def ask(self, body: str, extra: str = "", attributes: str = "type='chat'") -> list[Element]:
        """Deliver a message from Alice; return the answers."""
        return await self.send(
            f"<message from='{ALICE}' to='{BOT}' id='q1' {attributes}><body>{body}</body>{extra}</message>"
        )

    async def get(self, payload: str, kind: str = "get", sender: str = ALICE, attributes: str = "") -> Element:
        """Deliver an IQ; return its only answer."""
        answers = await self.send(f"<iq from='{sender}' to='{BOT}' id='i1' type='{kind}' {attributes}>{payload}</iq>")
        assert len(answers) == 1
        return answers[0]


@asynccontextmanager
async def wired(desk: Desk, connection: Recorded, limit: RateLimit) -> AsyncIterator[Wire]:
    """Run a component on *connection*."""
    one = Wire(desk, connection, limit)
    running = asyncio.create_task(one.component.run())
    try:
        yield one
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
