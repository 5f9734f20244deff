"""Requests of ours (IQs) to the server, and the answers to them."""

from __future__ import annotations

import asyncio
import secrets
from xml.etree.ElementTree import Element

from bot.servers import Changed, NoSuchAccount, Refused, ServerError, Unreachable, Unsupported
from bot.servers.companion import NAMESPACE
from bot.xmpp import namespaces as ns
from bot.xmpp.connection import Connection
from bot.xmpp.elements import child, condition

_RESULT = f"{{{NAMESPACE}}}result"

_AT_ONCE = 16
"""Requests under way; the module has a queue of its own, but what waits here can still be given up."""


class Requests:
    """Sends requests to *host* and gives each its answer.

    Only an answer that comes from the host counts, whatever id others write.
    """

    def __init__(self, connection: Connection, component: str, host: str, seconds: float = 40.0) -> None:
        self._connection, self._component, self._host, self._seconds = connection, component, host, seconds
        self._pending: dict[str, asyncio.Future[Element]] = {}
        self._limit = asyncio.Semaphore(_AT_ONCE)

    async def ask(self, operation: str, arguments: str, *, changes: bool = False) -> str:
        """Ask the companion module (docs/companion-protocol.md); returns JSON, raises `ServerError`."""
        iq = Element(
            f"{{{ns.COMPONENT}}}iq",
            {
                "type": "set" if changes else "get",
                "id": f"ask-{secrets.token_hex(8)}",
                "from": self._component,
                "to": self._host,
            },
        )
        child(iq, NAMESPACE, "query", arguments, op=operation)
        async with self._limit:
            answer = await self._answered(iq, self._seconds)
        if answer.get("type") == "error":
            raise _problem(condition(answer), self._host)
        return answer.findtext(_RESULT) or ""

    async def barrier(self, *, patient: bool = False) -> None:
        """Return when the host has processed all that was sent before; raises `Unreachable`.

        Whoever is *patient* waits as long as the connection lives: what a slow server still has in its
        queue is not to be sent again.
        """
        iq = Element(
            f"{{{ns.COMPONENT}}}iq",
            {"type": "get", "id": f"ask-{secrets.token_hex(8)}", "from": self._component, "to": self._host},
        )
        child(iq, ns.PING, "ping")
        await self._answered(iq, None if patient else self._seconds)  # an error is an answer too

    async def _answered(self, iq: Element, seconds: float | None) -> Element:
        id_ = iq.get("id", "")
        future: asyncio.Future[Element] = asyncio.get_running_loop().create_future()
        self._pending[id_] = future
        try:
            if not self._connection.is_open:
                raise Unreachable("there is no connection to the server")
            self._connection.send_element(iq)
            # Not wait_for: before Python 3.12, that loses a cancellation that comes with the answer.
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            raise Unreachable(f"{self._host} did not answer within {seconds:.0f} seconds") from None
        finally:
            del self._pending[id_]

    def on_answer(self, stanza: Element) -> None:
        """Take a result or an error."""
        pending = self._pending.get(stanza.get("id", ""))
        if pending is not None and stanza.get("from") == self._host and not pending.done():
            pending.set_result(stanza)

    def on_disconnect(self) -> None:
        """Give up what is under way: its answers cannot come any more."""
        for pending in self._pending.values():
            if not pending.done():
                pending.set_exception(Unreachable("the connection to the server was lost"))


def _problem(problem: str, host: str) -> ServerError:
    """Return the error of docs/companion-protocol.md as ours."""
    match problem:
        case "item-not-found":
            return NoSuchAccount("there is no such account")
        case "conflict":
            return Changed("the account was removed and registered again")
        case "feature-not-implemented":
            return Unsupported(f"the companion module on {host} cannot do this")
        case "forbidden" | "not-allowed" | "bad-request":
            return Refused(
                f"the companion module on {host} refuses this component ({problem}); "
                "compare the component's domain in its options"
            )
        case "service-unavailable" | "remote-server-not-found":
            return Unreachable(
                f"{host} has no companion module; install it: privacy-bot server-module prosody (or: ejabberd)"
            )
        case _:
            return Unreachable(f"{host} failed ({problem}); its log says why")
