"""The bot's own way to the companion module of a running server, without the rest of the bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from bot.policy.observed import Event
from bot.servers.companion import NAMESPACE, Companion, read_event
from bot.xmpp.connection import Connection
from bot.xmpp.requests import Requests
from demo.servers import Server
from demo.servers.process import LOOPBACK


@dataclass
class Line:
    """A connected component: what it can ask, the events and messages it was told, the requests below both."""

    companion: Companion
    requests: Requests
    connection: Connection
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    messages: asyncio.Queue[Element] = field(default_factory=asyncio.Queue)

    def on_message(self, stanza: Element) -> None:
        """Keep an event of the module, or a message."""
        event = read_event(stanza.findtext(f"{{{NAMESPACE}}}event") or "")
        if event is not None:
            self.events.put_nowait(event)
        else:
            self.messages.put_nowait(stanza)


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Line]:
    """The component of *server*, connected until the block ends."""
    connection = Connection(server.component, server.secret, LOOPBACK, server.component_port)
    requests = Requests(connection, server.component, server.domain)
    line = Line(Companion(server.domain, requests.ask), requests, connection)
    connection.handle({"message": line.on_message, "iq": requests.on_answer}, on_end=requests.on_disconnect)
    running = asyncio.create_task(connection.run())
    try:
        async with asyncio.timeout(30):
            while not connection.is_open:  # noqa: ASYNC110 -- the connection tells nobody
                await asyncio.sleep(0.01)
        yield line
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
