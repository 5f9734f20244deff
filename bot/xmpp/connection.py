"""The connection to the server (XEP-0114): kept up, with a word in the log whenever it is lost."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from xml.etree.ElementTree import Element

from slixmpp import ComponentXMPP
from slixmpp.xmlstream import StanzaBase
from slixmpp.xmlstream.tostring import tostring

from bot.xmpp import incidents
from bot.xmpp import namespaces as ns

_LOG = logging.getLogger("privacy-bot")

_SHORTEST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_HANDSHAKE_SECONDS = 20.0

_REASONS = {
    "not-authorized": "the server refuses the secret; compare 'secret_file' with the server's configuration",
    "host-unknown": "the server does not know this component; compare 'component' with its configuration",
    "conflict": "somebody else connected as this component; only one bot may run",
    "system-shutdown": "the server shuts down",
}
"""Stream errors (RFC 6120 §4.9.3) in words that say what to do."""

Handlers = dict[str, Callable[[Element], None]]


class _Stream(ComponentXMPP):
    """One connection; slixmpp does the stream and the handshake, the stanzas go to our handlers.

    They go there as they were parsed: making stanza objects of them and matching those would cost
    more than answering most questions does.
    """

    def __init__(self, jid: str, secret: str, handlers: Handlers) -> None:
        super().__init__(jid, secret)
        self._handlers = {f"{{{ns.COMPONENT}}}{name}": handler for name, handler in handlers.items()}

    def _spawn_event(self, xml: Element) -> None:
        handler = self._handlers.get(xml.tag)
        if handler is None:
            super()._spawn_event(xml)
            return
        try:
            handler(xml)
        except Exception as error:  # noqa: BLE001 -- one stanza must never end the stream for everybody
            incidents.record(error)


class Connection:
    """Keeps a component connected, with growing pauses between attempts."""

    def __init__(self, component: str, secret: str, host: str, port: int) -> None:
        self._component, self._secret, self._host, self._port = component, secret, host, port
        self._stream: _Stream | None = None
        self._handlers: Handlers = {}

    def handle(self, handlers: Handlers) -> None:
        """Set what happens with stanzas: by name (`message`, `presence`, `iq`)."""
        self._handlers = handlers

    @property
    def default_language(self) -> str | None:
        """The language that the server puts on stanzas which came without one (RFC 6120 §4.7.4)."""
        return self._stream.peer_default_lang if self._stream is not None else None

    def send(self, xml: str) -> None:
        """Send a stanza that is written as text; without a connection it is lost, as on the wire."""
        if self._stream is not None and self._stream.transport is not None:
            self._stream.send_raw(xml)

    def send_element(self, stanza: Element) -> None:
        """Send a stanza."""
        self.send(tostring(stanza, xmlns=ns.COMPONENT))

    async def run(self) -> None:
        """Stay connected until cancelled; then close the stream."""
        wait = _SHORTEST_WAIT
        while True:
            reason, was_connected = await self._once()
            wait = _SHORTEST_WAIT if was_connected else min(_LONGEST_WAIT, wait * 2)
            pause = wait * random.uniform(0.5, 1.0)  # noqa: S311 -- so that many bots do not come back at once
            _LOG.warning("%s; next attempt in %.0f s", reason, max(1.0, pause))
            await asyncio.sleep(pause)

    async def _once(self) -> tuple[str, bool]:
        """Connect, stay connected, and return why it ended and whether there was a connection."""
        place = f"{self._host}:{self._port}"
        ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        started = asyncio.Event()
        stream = _Stream(self._component, self._secret, self._handlers)
        # slixmpp would go on trying by itself, without our pauses and words
        stream.add_event_handler("connection_failed", lambda error: self._end(ended, _refused(place, error)))
        stream.add_event_handler("stream_error", lambda error: self._end(ended, _stream_error(place, error)))
        stream.add_event_handler(
            "disconnected", lambda _why: self._end(ended, f"{place}: the connection was closed")
        )
        stream.add_event_handler("session_start", lambda _event: self._begin(stream, started))
        try:
            stream.connect(self._host, self._port)
            await self._until(ended, started)
            return ended.result(), self._stream is not None
        finally:
            self._stream = None
            stream.cancel_connection_attempt()
            await asyncio.shield(stream.disconnect(wait=1.0))
            stream.abort()

    async def _until(self, ended: asyncio.Future[str], started: asyncio.Event) -> None:
        """Wait until it has *ended*; without a handshake in time it has."""
        try:
            await asyncio.wait_for(_either(started, ended), _HANDSHAKE_SECONDS)
        except TimeoutError:
            self._end(ended, f"{self._host}:{self._port}: the server does not answer as an XMPP server does")
        await ended

    def _begin(self, stream: _Stream, started: asyncio.Event) -> None:
        self._stream = stream
        started.set()
        _LOG.info("connected to %s:%s as %s", self._host, self._port, self._component)

    @staticmethod
    def _end(ended: asyncio.Future[str], reason: str) -> None:
        if not ended.done():
            ended.set_result(reason)


async def _either(started: asyncio.Event, ended: asyncio.Future[str]) -> None:
    """Wait until there was a handshake, or until it has ended without one."""
    ended.add_done_callback(lambda _ended: started.set())
    await started.wait()


def _refused(place: str, error: object) -> str:
    if isinstance(error, ConnectionRefusedError):
        return f"{place}: nobody listens there; is the server running, and is its component port enabled?"
    if isinstance(error, OSError):
        return f"{place}: {error.strerror or 'cannot be reached'}"
    return f"{place}: the host is not known; check 'server: host'"


def _stream_error(place: str, error: StanzaBase) -> str:
    condition = str(error["condition"])
    return f"{place}: {_REASONS.get(condition, f'the server closed the stream ({condition})')}"
