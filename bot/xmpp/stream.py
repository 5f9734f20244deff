"""One stream to the server: slixmpp opens it and shakes hands, the stanzas go to our handlers."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from xml.etree.ElementTree import Element

from slixmpp import ComponentXMPP
from slixmpp.xmlstream import StanzaBase

from bot.xmpp import incidents
from bot.xmpp import namespaces as ns

Handlers = dict[str, Callable[[Element], None]]

_REASONS = {
    "not-authorized": "the server refuses the secret; compare 'secret_file' with the server's configuration",
    "host-unknown": "the server does not know this component; compare 'component' with its configuration",
    "conflict": "somebody else connected as this component; only one bot may run",
    "system-shutdown": "the server shuts down",
}
"""Stream errors (RFC 6120 §4.9.3) in words that say what to do."""

_GOODBYE_SECONDS = 1.0


class Stream(ComponentXMPP):
    """A stream that is opened once and ends once.

    Stanzas go to the handlers as they were parsed: making stanza objects of them and matching
    those would cost more than answering most questions does.

    Attributes:
        ended: why the stream is over; slixmpp would go on trying by itself, without our words.
        began: set when there was a handshake.
        heard_at: when something came last, in seconds of the event loop's clock.
    """

    def __init__(self, component: str, secret: str, handlers: Handlers) -> None:
        super().__init__(component, secret)
        self._handlers = {f"{{{ns.COMPONENT}}}{name}": handler for name, handler in handlers.items()}
        self._place = ""
        self._outgoing: list[bytes] = []
        self.heard_at = 0.0
        self.began = asyncio.Event()
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.add_event_handler("session_start", lambda _event: self.began.set())
        self.add_event_handler("connection_failed", lambda error: self.end(_unreachable(error)))
        self.add_event_handler("stream_error", lambda error: self.end(_refusal(error)))
        self.add_event_handler("disconnected", lambda _why: self.end("the connection was closed"))

    def open(self, host: str, port: int) -> None:
        """Begin to connect; what becomes of it is told by `began` and `ended`."""
        self._place = f"{host}:{port}"
        self.connect(host, port)

    def end(self, reason: str) -> None:
        """Note why the stream is over; the first reason counts."""
        if not self.ended.done():
            self.ended.set_result(f"{self._place}: {reason}")

    async def close(self) -> None:
        """Say goodbye when there is somebody to say it to, and leave nothing running."""
        self.cancel_connection_attempt()
        await asyncio.shield(self.disconnect(wait=_GOODBYE_SECONDS))
        self.abort()
        if self._run_out_filters is not None:  # slixmpp keeps it for a next connection
            self._run_out_filters.cancel()

    def send_raw(self, data: str | bytes) -> None:
        """Send text.  What is said in one turn of the loop goes out together: a system call costs an answer."""
        encoded = data.encode() if isinstance(data, str) else data  # here, so that only what cannot be said fails
        if not self._outgoing:
            self.loop.call_soon(self._flush)
        self._outgoing.append(encoded)

    def _flush(self) -> None:
        outgoing, self._outgoing = b"".join(self._outgoing), []
        if self.transport is not None:  # else it is lost, as on the wire
            super().send_raw(outgoing.decode())  # as text, for the log of stanzas

    def data_received(self, data: bytes | str) -> None:
        """Read what came, and note that something did."""
        self.heard_at = self.loop.time()
        super().data_received(data)

    def _spawn_event(self, xml: Element) -> None:
        handler = self._handlers.get(xml.tag)
        if handler is None:
            super()._spawn_event(xml)
            return
        try:
            handler(xml)
        except Exception as error:  # noqa: BLE001 -- one stanza must never end the stream for everybody
            incidents.record(error)


def _unreachable(error: object) -> str:
    if isinstance(error, ConnectionRefusedError) or f"[Errno {errno.ECONNREFUSED}]" in str(error):
        return "nobody listens there; is the server running, and is its component port enabled?"
    if isinstance(error, OSError):
        return error.strerror or "cannot be reached"
    return "the host is not known; check 'server: host'"


def _refusal(error: StanzaBase) -> str:
    condition = str(error["condition"])
    return _REASONS.get(condition, f"the server closed the stream ({condition})")
