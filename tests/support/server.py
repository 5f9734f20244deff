"""The server's side of XEP-0114 on a real socket, as good or as bad as a test wants it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_STREAMS = "http://etherx.jabber.org/streams"
_ID = "stream-1"
SECRET = "secret"


class FakeServer:
    """Listens on loopback, and lets components in that know the `SECRET`.

    Attributes:
        port: where it listens.
        refusal: the stream error with which everybody is refused, or nothing.
        attempts: connections so far.
        most: of those that were let in, so many were there at the same time.
    """

    def __init__(self, language: str | None, welcome: str) -> None:
        self._proof = hashlib.sha1((_ID + SECRET).encode(), usedforsecurity=False).hexdigest()
        self._language = f" xml:lang='{language}'" if language else ""
        self._welcome = welcome.encode()
        self._writer: asyncio.StreamWriter | None = None
        self._connected: asyncio.Queue[None] = asyncio.Queue()
        self._received: asyncio.Queue[str] = asyncio.Queue()
        self.port = 0
        self.refusal = ""
        self.attempts = 0
        self.most = self._live = 0

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.attempts += 1
        try:
            await reader.readuntil(b">")
            writer.write(
                f"<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
                f"xmlns:stream='{_STREAMS}' id='{_ID}' from='privacy.example.org'{self._language}>".encode()
            )
            handshake = (await reader.readuntil(b"</handshake>")).decode()
            refusal = self.refusal or ("" if self._proof in handshake else "not-authorized")
            if refusal:
                self._write_error(writer, refusal)
                return
            self._writer = writer
            self._live += 1
            self.most = max(self.most, self._live)
            writer.write(self._welcome)
            self._connected.put_nowait(None)
            try:
                while data := await reader.read(65_536):
                    self._received.put_nowait(data.decode())
                    if b"</stream:stream>" in data:
                        writer.write(b"</stream:stream>")
            finally:
                self._live -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._received.put_nowait("")
            writer.close()

    async def connected(self, seconds: float = 10) -> None:
        """Return when a component was let in."""
        await asyncio.wait_for(self._connected.get(), seconds)

    async def received(self, part: str) -> str:
        """Return what was received, as soon as *part* is in it."""
        text = ""
        async with asyncio.timeout(10):
            while part not in text:
                text += await self._received.get()
        return text

    def send(self, xml: str) -> None:
        """Send something to the component."""
        assert self._writer is not None
        self._writer.write(xml.encode())

    def end(self, condition: str = "") -> None:
        """Drop the component, with a stream error or without a word."""
        assert self._writer is not None
        if condition:
            self._write_error(self._writer, condition)
        self._writer.close()

    @staticmethod
    def _write_error(writer: asyncio.StreamWriter, condition: str) -> None:
        error = f"<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
        writer.write(f"<stream:error>{error}</stream:error></stream:stream>".encode())


@asynccontextmanager
async def fake_server(*, language: str | None = None, welcome: str = "<handshake/>") -> AsyncIterator[FakeServer]:
    """A server that listens until the block ends, and lets in whoever knows the `SECRET`."""
    fake = FakeServer(language, welcome)
    server = await asyncio.start_server(fake.accept, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
