"""A real XMPP client for one conversation at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from slixmpp import JID, Message
from slixmpp.clientxmpp import ClientXMPP
from slixmpp.xmlstream import StanzaBase
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from demo.servers.process import LOOPBACK

LOGIN_SECONDS = 30.0
ANSWER_SECONDS = 15.0
PLUGINS = ("xep_0030", "xep_0004", "xep_0050", "xep_0085", "xep_0092", "xep_0199", "xep_0439")


class LoginError(RuntimeError):
    """The client could not log in; the text says why."""


class NoAnswerError(TimeoutError):
    """Nothing came back in time."""


@dataclass(slots=True)
class ChatClient:
    """A client that is logged in.

    Attributes:
        xmpp: slixmpp's client, for everything beyond chat.
        messages: every message stanza that came in and that nobody has taken yet, errors too; not
            the answers to questions in a thread.
    """

    xmpp: ClientXMPP
    messages: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    _asked: tuple[Message, asyncio.Future[Message]] | None = None

    def receive(self, message: Message) -> None:
        """Give a message to the question in a thread that it answers; any other waits in the queue."""
        if self._asked is not None:
            question, answer = self._asked
            if not answer.done() and _answers(message, question):
                answer.set_result(message)
                return
        self.messages.put_nowait(message)

    async def message(self, seconds: float = ANSWER_SECONDS) -> Message:
        """The next message with a text or an error.

        Raises:
            NoAnswerError: none came within that many seconds.
        """
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = await self.messages.get()
                    if message["body"] or message["type"] == "error":
                        return message
        except TimeoutError:
            raise _late(seconds) from None

    async def ask(
        self, text: str, *, to: str, lang: str = "", thread: str = "", seconds: float = ANSWER_SECONDS
    ) -> Message:
        """Send a chat message and return the next one from there, an answer or an error.

        With a thread (XEP-0201), only an answer in that thread or an error counts; what else comes
        meanwhile stays in the queue.

        Raises:
            NoAnswerError: none came within that many seconds.
        """
        question = self.xmpp.make_message(JID(to), mtype="chat")
        question["body"] = text
        if lang:
            question["lang"] = lang
        if thread:
            question["thread"] = thread
            return await self._ask_in_thread(question, seconds)
        question.send()
        while True:
            answer = await self.message(seconds)
            if answer["from"].bare == JID(to).bare:
                return answer

    async def _ask_in_thread(self, question: Message, seconds: float) -> Message:
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._asked = question, answer
        question.send()
        try:
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            raise _late(seconds) from None
        finally:
            self._asked = None


def _answers(message: Message, question: Message) -> bool:
    """Whether it comes from there, and is an error or has a text in the same thread."""
    in_thread = bool(message["body"]) and message["thread"] == question["thread"]
    return bool(message["from"].bare == question["to"].bare and (message["type"] == "error" or in_thread))


def _late(seconds: float) -> NoAnswerError:
    return NoAnswerError(f"no answer within {seconds:.0f} seconds")


@asynccontextmanager
async def logged_in(jid: str, password: str, port: int, *, lang: str = "en") -> AsyncIterator[ChatClient]:
    """Log in to a server on loopback, without TLS, and be available.

    Args:
        jid: the account; a resource may be given.
        password: its password.
        port: the server's port for clients.
        lang: the stream's language (RFC 6120 §4.7.4).

    Raises:
        LoginError: the server is not there or refuses.
    """
    xmpp = ClientXMPP(JID(jid), password, lang=lang)
    xmpp.enable_plaintext, xmpp.enable_starttls, xmpp.enable_direct_tls = True, False, False
    for plugin in PLUGINS:
        xmpp.register_plugin(plugin)
    mechanisms = xmpp.plugin["feature_mechanisms"]
    mechanisms.unencrypted_plain = mechanisms.unencrypted_scram = True
    client = ChatClient(xmpp)

    def received(stanza: StanzaBase) -> None:
        client.receive(cast("Message", stanza))

    xmpp.register_handler(Callback("Messages", MatchXPath(f"{{{xmpp.default_ns}}}message"), received))
    try:
        await _log_in(xmpp, port)
        yield client
    finally:
        await xmpp.disconnect()


async def _log_in(xmpp: ClientXMPP, port: int) -> None:
    outcome: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def settle(result: str) -> None:
        if not outcome.done():
            outcome.set_result(result)

    xmpp.add_event_handler("session_start", lambda _: settle(""))
    xmpp.add_event_handler("failed_all_auth", lambda _: settle("the server does not accept the password"))
    xmpp.add_event_handler("connection_failed", lambda reason: settle(f"no connection: {reason}"))
    xmpp.connect(LOOPBACK, port)
    try:
        problem = await asyncio.wait_for(outcome, LOGIN_SECONDS)
    except TimeoutError:
        problem = f"no session within {LOGIN_SECONDS:.0f} seconds"
    if problem:
        raise LoginError(problem)
    xmpp.send_presence()
    # The presence has been processed when the server has answered what came after it.
    await xmpp.plugin["xep_0199"].ping(JID(xmpp.boundjid.domain), timeout=LOGIN_SECONDS)
