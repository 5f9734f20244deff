"""A component that is nothing but a socket: the least that any component costs."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_ID = re.compile(rb"\bid=['\"]([^'\"]*)")


class RawComponent:
    """Sends text, and knows when the server has processed it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, domain: str) -> None:
        self._reader, self._writer, self._domain = reader, writer, domain

    @classmethod
    @asynccontextmanager
    async def connected(cls, port: int, domain: str, secret: str) -> AsyncIterator[RawComponent]:
        """Connect (XEP-0114 §3) until the block ends."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
        writer.write(
            f"<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' "
            f"to='{domain}'>".encode()
        )
        header = await reader.readuntil(b">")
        while b"<stream:stream" not in header:
            header = await reader.readuntil(b">")
        found = _ID.search(header)
        assert found is not None, header  # noqa: S101 -- XEP-0114 promises one
        digest = hashlib.sha1(found[1] + secret.encode(), usedforsecurity=False).hexdigest()
        writer.write(f"<handshake>{digest}</handshake>".encode())
        answer = await reader.readuntil(b">")
        assert b"<handshake" in answer, answer  # noqa: S101
        try:
            yield cls(reader, writer, domain)
        finally:
            writer.close()

    def send(self, xml: str) -> None:
        """Send a stanza."""
        self._writer.write(xml.encode())

    async def barrier(self, host: str) -> None:
        """Return when *host* has processed everything that was sent before."""
        self.send(f"<iq type='get' id='barrier' from='{self._domain}' to='{host}'><ping xmlns='urn:xmpp:ping'/></iq>")
        await self._writer.drain()
        rest = b""
        while b"barrier" not in rest:
            read = await self._reader.read(2**16)
            assert read, "the server ended the stream"  # noqa: S101
            rest = rest[-100:] + read
