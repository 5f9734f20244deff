"""A conversation for a program that waits: the client runs in a thread of its own."""

import asyncio
import re
import secrets
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from slixmpp import Message

from demo.client import ChatClient, logged_in

T = TypeVar("T")

RESPONSE = "{urn:xmpp:tmp:quick-response}response"
UNSENDABLE = re.compile("[^\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold (XML 1.0 §2.2), and line ends."""


class UnreachableError(RuntimeError):
    """The server answered in the bot's place: the bot is not there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot said.

    Attributes:
        text: the body; it ends with the numbered choices, if there are any.
        choices: the labels of the quick responses (XEP-0439), in their order.
    """

    text: str
    choices: tuple[str, ...] = ()

    @classmethod
    def of(cls, message: Message) -> Self:
        """Take an answer from a stanza.

        Raises:
            UnreachableError: the stanza is an error.
        """
        if message["type"] == "error":
            raise UnreachableError("the bot is not reachable; it may have stopped")
        labels = (response.get("label", "") for response in message.xml.iter(RESPONSE))
        return cls(str(message["body"]), tuple(labels))


class Background:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="client", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine over there and wait for its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def stop(self) -> None:
        """Cancel what is left over there, and end the thread."""
        self.run(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @staticmethod
    async def _cancel_all() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation (XEP-0201 thread) with the bot."""

    background: Background
    client: ChatClient
    to: str
    thread: str

    def ask(self, text: str) -> Answer:
        """Send a line and wait for the answer.

        Raises:
            NoAnswerError: there was none in time.
            UnreachableError: the bot is not there.
        """
        question = UNSENDABLE.sub("", text)
        return Answer.of(self.background.run(self.client.ask(question, to=self.to, thread=self.thread)))


@contextmanager
def conversation(jid: str, password: str, port: int, to: str) -> Iterator[Conversation]:
    """Log in and talk to ``to``.

    Raises:
        LoginError: the server is not there or refuses.
    """
    background = Background()
    try:
        login = logged_in(jid, password, port)
        client = background.run(login.__aenter__())
        try:
            yield Conversation(background, client, to, secrets.token_hex(8))
        finally:
            background.run(login.__aexit__(None, None, None))
    finally:
        background.stop()
