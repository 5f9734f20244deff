"""Messages that answer nothing: receipts, reminders, warnings; each is confirmed to have been processed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.announcements.courier import Letter
from bot.dialogue.rendering import chat_notice
from bot.dialogue.reply import Reply
from bot.i18n import Translator
from bot.servers import ServerBackend, Unreachable
from bot.xmpp import outgoing
from bot.xmpp.connection import Connection
from bot.xmpp.requests import Requests


class XmppMessenger:
    """Tells people something, as the address under which they know the bot.

    *speaks* returns the translator of a language.
    """

    def __init__(
        self,
        connection: Connection,
        requests: Requests,
        server: ServerBackend,
        component: str,
        speaks: Callable[[str], Translator],
    ) -> None:
        self._connection, self._requests, self._server, self._component = connection, requests, server, component
        self._speaks = speaks

    async def tell(self, to: str, reply: Reply, language: str, *, replacing: str | None = None) -> str:
        """Send *reply* to a JID, and return the id of the message when the server has processed it.

        The stream is ordered, so whatever the server answers afterwards shows that it has
        (RFC 6120 §10.1).  *replacing* is the id of a message that it corrects (XEP-0308).  Raises
        `Unreachable`.
        """
        if not self._connection.is_open:
            raise Unreachable("there is no connection to the server")
        said = chat_notice(reply, self._speaks(language))
        id_, stanza = outgoing.unasked(
            self._address(), to, language, said, replacing=replacing, personal=reply.personal
        )
        self._connection.send(stanza)
        await self._requests.barrier()
        return id_

    async def deliver(self, letters: Sequence[Letter]) -> float:
        """Send *letters*, and return when the server has processed them all: how many seconds it needed for them.

        It is asked something before and after them; between its two answers lies nothing but its work, however
        far away or busy with others it is.  Raises `Unreachable`.
        """
        sender = self._address()
        before = asyncio.create_task(self._answered_at())
        try:
            await asyncio.sleep(0)  # so that it is asked before the letters go out
            if not self._connection.is_open:
                raise Unreachable("there is no connection to the server")
            for letter in letters:
                self._connection.send(outgoing.letter(sender, letter))
            end = await self._answered_at()
            return end - await before
        finally:
            before.cancel()
            await asyncio.gather(before, return_exceptions=True)

    async def _answered_at(self) -> float:
        await self._requests.barrier(patient=True)
        return asyncio.get_running_loop().time()

    def _address(self) -> str:
        """Return the address that the module shows as the bot's on the host, if there is one."""
        node = (self._server.address or "").partition("@")[0]
        return f"{node}@{self._component}" if node else self._component
