"""The connection to the server (XEP-0114): kept up, with a word in the log whenever it is lost."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from slixmpp.xmlstream.tostring import tostring

from bot.measures import NOTHING, Measures
from bot.xmpp import namespaces as ns
from bot.xmpp.stream import Handlers, Stream

_LOG = logging.getLogger("privacy-bot")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds.

    Attributes:
        shortest: pause after a connection that held; it doubles with every attempt that fails.
        longest: the longest pause.
        handshake: for the server to answer as XEP-0114 wants it.
        silence: without a byte from the server, until it is asked whether it is still there.
        answer: for the answer to that.
    """

    shortest: float = 1.0
    longest: float = 60.0
    handshake: float = 20.0
    silence: float = 60.0
    answer: float = 20.0


def _nothing() -> None:
    """Do nothing, when a connection comes or goes."""


class Connection:
    """Keeps a component connected, with growing pauses between attempts."""

    def __init__(
        self,
        component: str,
        secret: str,
        host: str,
        port: int,
        patience: Patience | None = None,
        measures: Measures = NOTHING,
    ) -> None:
        self._component, self._secret, self._host, self._port = component, secret, host, port
        self._measures = measures
        self._patience = patience if patience is not None else Patience()
        self._stream: Stream | None = None
        self._handlers: Handlers = {}
        self._on_begin = self._on_end = _nothing

    def handle(
        self,
        handlers: Handlers,
        on_begin: Callable[[], None] | None = None,
        on_end: Callable[[], None] | None = None,
    ) -> None:
        """Set what happens with stanzas, by name (`message` …), and when a connection comes and goes."""
        self._handlers = handlers
        self._on_begin, self._on_end = on_begin or _nothing, on_end or _nothing

    @property
    def default_language(self) -> str | None:
        """The language that the server puts on stanzas which came without one (RFC 6120 §4.7.4)."""
        return self._stream.peer_default_lang if self._stream is not None else None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection on which stanzas can be sent."""
        stream = self._stream
        return stream is not None and stream.began.is_set() and stream.transport is not None

    def send(self, xml: str) -> None:
        """Send a stanza that is written as text; without a connection it is lost, as on the wire."""
        if self._stream is not None and self.is_open:
            self._stream.send_raw(xml)

    def send_element(self, stanza: Element) -> None:
        """Send a stanza."""
        self.send(tostring(stanza, xmlns=ns.COMPONENT))

    async def run(self) -> None:
        """Stay connected until cancelled; then close the stream."""
        pause = 0.0
        while True:
            began = asyncio.get_running_loop().time()
            reason = await self._once()
            if asyncio.get_running_loop().time() - began > self._patience.longest:
                pause = 0.0  # it held: what ended it is nothing that trying again makes worse
            pause = min(self._patience.longest, 2 * pause or self._patience.shortest)
            jittered = pause * random.uniform(0.5, 1.0)  # noqa: S311 -- so that not all come back at once
            _LOG.warning("%s; next attempt in %.0f s", reason, max(1.0, jittered))
            await asyncio.sleep(jittered)

    async def _once(self) -> str:
        """Connect, stay connected, and return why it ended."""
        self._stream = stream = Stream(self._component, self._secret, self._handlers)
        watch = asyncio.create_task(self._watch(stream))
        try:
            stream.open(self._host, self._port)
            return await stream.ended
        finally:
            self._stream = None
            self._measures.disconnected()
            self._on_end()
            watch.cancel()
            await stream.close()

    async def _watch(self, stream: Stream) -> None:
        """End the stream when there is no handshake in time, or when the server falls silent.

        A server that hangs keeps its connections, so the component asks itself something by way
        of the server.  Only this shows that stanzas still get through.
        """
        try:
            async with asyncio.timeout(self._patience.handshake):
                await stream.began.wait()
        except TimeoutError:
            stream.end("the server does not answer as an XMPP server does; is this its component port?")
            return
        _LOG.info("connected to %s:%s as %s", self._host, self._port, self._component)
        self._measures.connected()
        self._on_begin()
        loop = asyncio.get_running_loop()
        while True:
            since = loop.time() - stream.heard_at
            if since < self._patience.silence:
                await asyncio.sleep(self._patience.silence - since)
                continue
            asked_at = loop.time()
            stream.send_raw(
                f"<iq type='get' id='watch' from='{self._component}' to='{self._component}'>"
                f"<ping xmlns='{ns.PING}'/></iq>"
            )
            await asyncio.sleep(self._patience.answer)
            if stream.heard_at < asked_at:
                stream.end("the server has stopped answering")
                return
