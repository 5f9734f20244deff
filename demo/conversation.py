"""A conversation for a program that waits: the client runs in a thread of its own."""

import asyncio
import re
import secrets
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from slixmpp import Message

from demo.client import ChatClient, NoAnswerError, logged_in

T = TypeVar("T")

RESPONSE = "{urn:xmpp:tmp:quick-response}response"
UNSENDABLE = re.compile("[^\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold (XML 1.0 §2.2), and line ends."""

CODE = re.compile("[b-df-hj-np-tv-z]{6}")
"""Codes that confirm something are consonants, so that no word is taken for one."""

LINK = re.compile(r"[a-z]+://\S+")

REFERENCE = re.compile(r"\b([CE])-[2-9A-Z]{8}\b")
"""What the bot calls something that it does for somebody: a copy, an erasure."""

PERSONAL = "{urn:xmpp:hints}no-permanent-store"

CORRECTION = "{urn:xmpp:message-correct:0}replace"
SETTLED_SECONDS = 1.0
"""So long nothing has come after a correction that is shown."""


class UnreachableError(RuntimeError):
    """The server answered in the bot's place: the bot is not there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot said.

    Attributes:
        text: the body; it ends with the numbered choices, if there are any.
        choices: the labels of the quick responses (XEP-0439), in their order.
        code: what confirms that something is really wanted, when the bot asks for it.
        promise: the reference of what the bot does for the person, and tells the end of when there is one.
    """

    text: str
    choices: tuple[str, ...] = ()
    code: str = ""
    promise: str = ""

    @property
    def is_link(self) -> bool:
        """Whether there is nothing else in it, as clients want it that fetch files."""
        return LINK.fullmatch(self.text.strip()) is not None

    def keeps(self, promise: str) -> bool:
        """Whether this is what was promised: an erasure ends with its receipt, a copy with the link to it."""
        return promise in self.text or (promise.startswith("C-") and self.is_link)

    @classmethod
    def of(cls, message: Message) -> Self:
        """Take an answer from a stanza.

        Raises:
            UnreachableError: the stanza is an error.
        """
        if message["type"] == "error":
            raise UnreachableError("the bot is not reachable; it may have stopped")
        responses = list(message.xml.iter(RESPONSE))
        last = responses[-1].get("value", "").rpartition(" ")[2] if responses else ""
        labels = tuple(response.get("label", "") for response in responses)
        text = str(message["body"])
        # what will happen in days (the account is removed) is told to all devices, and has a reference too
        begun = REFERENCE.search(text) if message.xml.find(PERSONAL) is not None else None
        return cls(text, labels, last if CODE.fullmatch(last) else "", begun[0] if begun else "")


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


class Unasked:
    """What comes without a question; of corrections (XEP-0308) in quick succession only the last.

    Attributes:
        receive: returns the next message, or None when none came within some seconds.
    """

    def __init__(self, receive: Callable[[float], Message | None]) -> None:
        self.receive = receive
        self._early: Message | None = None

    def next(self, seconds: float) -> Message | None:
        """The next message that is worth showing; None when none came within that many seconds."""
        message, self._early = self._early, None
        message = message or self.receive(seconds)
        while message is not None and (corrected := corrects(message)):
            later = self.receive(SETTLED_SECONDS)
            if later is None:
                break
            if corrects(later) != corrected:
                self._early = later
                break
            message = later
        return message


def corrects(message: Message) -> str:
    """The id of the message that this one replaces, ``""`` when it is a new one."""
    replaced = message.xml.find(CORRECTION)
    return "" if replaced is None else replaced.get("id", "")


class Conversation:
    """One conversation (XEP-0201 thread) with the bot.

    Attributes:
        background: where the client runs.
        client: who talks.
        to: the bot's address.
    """

    def __init__(self, background: Background, client: ChatClient, to: str) -> None:
        self.background, self.client, self.to = background, client, to
        self._thread = secrets.token_hex(8)
        self._unasked = Unasked(self._receive)

    def ask(self, text: str) -> Answer:
        """Send a line and wait for the answer.

        Raises:
            NoAnswerError: there was none in time.
            UnreachableError: the bot is not there.
        """
        question = UNSENDABLE.sub("", text)
        return Answer.of(self.background.run(self.client.ask(question, to=self.to, thread=self._thread)))

    def unasked(self, seconds: float) -> Answer | None:
        """What the bot says next without having been asked; None when it says nothing for that many seconds."""
        message = self._unasked.next(seconds)
        return None if message is None else Answer.of(message)

    def _receive(self, seconds: float) -> Message | None:
        return self.background.run(self._message(seconds))

    async def _message(self, seconds: float) -> Message | None:
        try:
            while True:
                message = await self.client.message(seconds)
                # errors that answer no question are about what others were sent
                if message["from"].bare == self.to and message["type"] != "error":
                    return message
        except NoAnswerError:
            return None


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
            yield Conversation(background, client, to)
        finally:
            background.run(login.__aexit__(None, None, None))
    finally:
        background.stop()
