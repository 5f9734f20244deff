"""Two echo components to measure against: slixmpp's own way, and nothing but an XML parser.

python -m benchmarks.echo slixmpp PORT
python -m benchmarks.echo expat PORT
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from slixmpp import ComponentXMPP
from slixmpp import Message as MessageStanza


class Echo(ComponentXMPP):
    """What a newcomer to slixmpp writes: reply to each message with its own body."""

    def __init__(self, port: int) -> None:
        super().__init__("privacy.localhost", "secret", "127.0.0.1", port)
        self.add_event_handler("message", self._answer)

    @staticmethod
    def _answer(message: MessageStanza) -> None:
        if message["type"] in ("chat", "normal"):
            message.reply(message["body"]).send()


class RawEcho(asyncio.Protocol):
    """The least that any component must do: parse, and write an answer."""

    def __init__(self, closed: asyncio.Event) -> None:
        self._closed = closed
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._attributes: dict[str, str] = {}
        self._body: list[str] = []
        self._in_body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open the stream."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 -- for the type checker
        self._transport = transport
        transport.write(
            b"<stream:stream xmlns='jabber:component:accept' "
            b"xmlns:stream='http://etherx.jabber.org/streams' to='privacy.localhost'>"
        )

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        self._parser.Parse(data, False)  # noqa: FBT003 -- its own signature

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        del exc
        self._closed.set()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "stream:stream":
            digest = hashlib.sha1((attributes["id"] + "secret").encode(), usedforsecurity=False).hexdigest()
            self._transport.write(f"<handshake>{digest}</handshake>".encode())
        elif name == "message":
            self._attributes, self._body = attributes, []
        elif name == "body":
            self._in_body = True

    def _text(self, text: str) -> None:
        if self._in_body:
            self._body.append(text)

    def _end(self, name: str) -> None:
        if name == "body":
            self._in_body = False
        elif name == "message":
            sender, to = quoteattr(self._attributes["from"]), quoteattr(self._attributes["to"])
            body = escape("".join(self._body))
            self._transport.write(f"<message from={to} to={sender} type='chat'><body>{body}</body></message>".encode())


async def _raw(port: int) -> None:
    closed = asyncio.Event()
    await asyncio.get_running_loop().create_connection(lambda: RawEcho(closed), "127.0.0.1", port)
    await closed.wait()


async def _slixmpp(port: int) -> None:
    echo = Echo(port)
    echo.connect()
    await echo.disconnected


if __name__ == "__main__":
    asyncio.run({"slixmpp": _slixmpp, "expat": _raw}[sys.argv[1]](int(sys.argv[2])))
