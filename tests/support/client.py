"""A person at a real client, for tests against real servers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal
from xml.etree.ElementTree import Element

from slixmpp import JID, Iq, Message

from demo.client import ANSWER_SECONDS, ChatClient, logged_in
from demo.servers import Server
from demo.servers.accounts import AccountExistsError

PASSWORD = "secret"


class Client:
    """A logged-in person.  What comes in waits in a queue, so nothing is missed and nothing polled.

    Attributes:
        chat: the client below; ``chat.xmpp`` is slixmpp's, ``chat.messages`` the queue.
        server: where the person has the account.
    """

    def __init__(self, chat: ChatClient, server: Server) -> None:
        self.chat = chat
        self.server = server

    @property
    def jid(self) -> JID:
        """The full JID of this session."""
        jid: JID = self.chat.xmpp.boundjid
        return jid

    async def ask(
        self, text: str, *, lang: str = "", to: str = "", thread: str = "", seconds: float = ANSWER_SECONDS
    ) -> Message:
        """Send a chat message, to the component unless told otherwise; return what comes back."""
        to = to or self.server.component
        return await self.chat.ask(text, to=to, lang=lang, thread=thread, seconds=seconds)

    async def message(self, seconds: float = ANSWER_SECONDS) -> Message:
        """The next message with a text or an error, from anybody."""
        return await self.chat.message(seconds)

    async def iq(self, payload: Element, *, to: str = "", kind: Literal["get", "set"] = "get") -> Iq:
        """Send an IQ, to the component unless told otherwise; return its result.

        Raises:
            slixmpp.exceptions.IqError: the answer is an error.
            slixmpp.exceptions.IqTimeout: there is none.
        """
        request = self.chat.xmpp.make_iq(ito=JID(to or self.server.component), itype=kind)
        request.append(payload)
        answer: Iq = await request.send(timeout=ANSWER_SECONDS)
        return answer

    def send_raw(self, xml: str) -> None:
        """Put text into the stream as it is."""
        self.chat.xmpp.send_raw(xml)


def condition(stanza: Message | Iq) -> str:
    """The defined condition of an error stanza (RFC 6120 §8.3.3), ``""`` without an error.

    Read from the XML: a component in the same process may have moved slixmpp's error class to its
    own namespace (``fix_error_ns``).
    """
    for error in stanza.xml:
        if error.tag.endswith("}error"):
            return str(error[0].tag.partition("}")[2])
    return ""


@asynccontextmanager
async def client(server: Server, user: str, *, lang: str = "en", resource: str = "test") -> AsyncIterator[Client]:
    """Log in as ``user``; the account is made when there is none."""
    with suppress(AccountExistsError):
        server.add_account(user, PASSWORD)
    async with logged_in(f"{user}@{server.domain}/{resource}", PASSWORD, server.c2s, lang=lang) as chat:
        yield Client(chat, server)
