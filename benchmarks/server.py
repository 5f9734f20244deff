"""The server's side of XEP-0114, just enough to ask questions and count answers."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from xml.sax.saxutils import escape

_HEADER = (
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
    "xmlns:stream='http://etherx.jabber.org/streams' id='bench' from='privacy.localhost'>"
)

WINDOW = 100
"""Questions that are on their way at the same time."""

SENDERS = 500

_ASKED = re.compile(rb"<iq [^>]*\bid=['\"](ask-[0-9a-f]+)")
_NO_MODULE = (
    b"<iq type='error' id='%s' from='localhost' to='privacy.localhost'><error type='cancel'>"
    b"<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
)
"""What the bot asks of the server, and the answer of one without the companion module."""


class Server:
    """Listens on loopback for one component, and asks it."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._connected: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def start(self) -> int:
        """Listen; return the port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=2**20)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_HEADER.encode())
        await reader.readuntil(b"</handshake>")
        writer.write(b"<handshake/>")
        await self._connected.put((reader, writer))

    async def ask(self, questions: Sequence[str], count: int) -> float:
        """Ask *count* questions of the component that connected; return answers per second."""
        reader, writer = await asyncio.wait_for(self._connected.get(), 30)
        stanzas = [
            (
                f"<message from='user{number % SENDERS}@localhost/bench' to='privacy.localhost' type='chat' "
                f"id='{number}' xml:lang='en'><body>{escape(questions[number % len(questions)])}</body></message>"
            ).encode()
            for number in range(count)
        ]
        await self._exchange(reader, writer, stanzas[: min(count, 2 * len(questions))])  # to warm up
        started = time.perf_counter()
        await self._exchange(reader, writer, stanzas)
        elapsed = time.perf_counter() - started
        writer.write(b"</stream:stream>")
        writer.close()
        return count / elapsed

    @staticmethod
    async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stanzas: list[bytes]) -> None:
        sent = answered = 0
        rest = b""
        while answered < len(stanzas):
            while sent < len(stanzas) and sent - answered < WINDOW:
                writer.write(stanzas[sent])
                sent += 1
            await writer.drain()
            rest += await asyncio.wait_for(reader.read(2**16), 30)
            whole, end, rest = rest.rpartition(b">")
            answered += (whole + end).count(b"</message>")
            for id_ in _ASKED.findall(whole):
                writer.write(_NO_MODULE % id_)
