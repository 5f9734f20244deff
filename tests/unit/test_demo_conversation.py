"""What the demo makes of the bot's stanzas."""

from collections import deque
from collections.abc import Iterator
from xml.etree.ElementTree import fromstring

import pytest
from slixmpp import JID, Message
from slixmpp.clientxmpp import ClientXMPP
from slixmpp.xmlstream import StanzaBase

from demo.client import ChatClient, NoAnswerError
from demo.conversation import Answer, Background, Conversation, Unasked, UnreachableError


def stanza(xml: str) -> Message:
    return Message(xml=fromstring(xml))  # noqa: S314 - written here


def test_an_answer_has_its_text_and_choices() -> None:
    message = stanza(
        "<message xmlns='jabber:client' type='chat'><body>Seven days.\n1. Why?</body>"
        "<response xmlns='urn:xmpp:tmp:quick-response' value='why uploads' label='Why?'/></message>"
    )
    assert Answer.of(message) == Answer("Seven days.\n1. Why?", ("Why?",))


def test_an_error_is_no_answer() -> None:
    message = stanza(
        "<message xmlns='jabber:client' type='error'><body>logs</body><error type='cancel'>"
        "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    )
    with pytest.raises(UnreachableError, match="not reachable"):
        Answer.of(message)


@pytest.mark.parametrize(("value", "code"), [("delete uploads wnsgvn", "wnsgvn"), ("cancel export", ""), ("7", "")])
def test_a_code_is_found_in_the_last_response(value: str, code: str) -> None:
    message = stanza(
        "<message xmlns='jabber:client' type='chat'><body>Really?</body>"
        "<response xmlns='urn:xmpp:tmp:quick-response' value='delete uploads no' label='No'/>"
        f"<response xmlns='urn:xmpp:tmp:quick-response' value='{value}' label='Yes'/></message>"
    )
    assert Answer.of(message).code == code


@pytest.mark.parametrize(
    ("text", "hint", "promise"),
    [
        ("At work.\nReference: E-7KX3M2QA", "no-permanent-store", "E-7KX3M2QA"),
        ("At work.\nReference: C-7KX3M2QA\n\n1. Cancel", "no-permanent-store", "C-7KX3M2QA"),
        ("Your account is removed on Friday.\nReference: E-7KX3M2QA", "store", ""),
        ("Seven days.", "no-permanent-store", ""),
    ],
)
def test_what_the_bot_does_now_has_a_reference(text: str, hint: str, promise: str) -> None:
    message = (
        f"<message xmlns='jabber:client' type='chat'><body>{text}</body><{hint} xmlns='urn:xmpp:hints'/></message>"
    )
    assert Answer.of(stanza(message)).promise == promise


def told(text: str, replaced: str = "") -> Message:
    correction = f"<replace xmlns='urn:xmpp:message-correct:0' id='{replaced}'/>" if replaced else ""
    return stanza(
        "<message xmlns='jabber:client' type='chat' from='privacy@chat.example'>"
        f"<body>{text}</body>{correction}</message>"
    )


def shown(*messages: Message | None) -> list[str]:
    """What is shown of messages, between which None is a time without any."""
    coming = deque(messages)
    unasked = Unasked(lambda _seconds: coming.popleft() if coming else None)
    texts = []
    while coming or unasked._early is not None:
        if (message := unasked.next(0)) is not None:
            texts.append(message["body"])
    return texts


def test_of_corrections_in_quick_succession_the_last_is_shown() -> None:
    assert shown(told("0 %"), told("10 %", "a"), told("99 %", "a"), None) == ["0 %", "99 %"]


def test_a_correction_after_which_nothing_came_for_a_while_is_shown() -> None:
    assert shown(told("10 %", "a"), None, told("50 %", "a"), told("99 %", "a")) == ["10 %", "99 %"]


def test_a_correction_is_not_lost_when_something_else_comes() -> None:
    assert shown(told("99 %", "a"), told("1 %", "b"), told("ready"), told("link")) == ["99 %", "1 %", "ready", "link"]


class Wire(ClientXMPP):
    """A client without a connection: every question is followed by what is to come in."""

    def __init__(self, *coming: str) -> None:
        super().__init__(JID("you@chat.example"), "secret")
        self.coming, self.chat = coming, ChatClient(self)

    def send(self, data: StanzaBase | str, use_filters: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002
        assert isinstance(data, Message)
        for xml in self.coming:
            self.chat.receive(stanza(xml.replace("THREAD", data["thread"])))


@pytest.fixture
def background() -> Iterator[Background]:
    thread = Background()
    yield thread
    thread.stop()


def talk(background: Background, *coming: str) -> Conversation:
    async def client() -> ChatClient:
        return Wire(*coming).chat

    return Conversation(background, background.run(client()), "privacy@chat.example")


FROM_BOT = "<message xmlns='jabber:client' type='chat' from='privacy@chat.example'>"


def test_what_comes_unasked_before_an_answer_is_kept(background: Background) -> None:
    talking = talk(
        background,
        f"{FROM_BOT}<body>Receipt</body></message>",
        f"{FROM_BOT}<thread>THREAD</thread><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
        "<message xmlns='jabber:client' type='chat' from='juliet@chat.example'><body>Romeo!</body></message>",
        f"{FROM_BOT}<body>Answer</body><thread>THREAD</thread></message>",
        f"{FROM_BOT}<body>Link</body></message>",
    )
    assert talking.ask("export").text == "Answer"
    assert talking.unasked(0) == Answer("Receipt")
    assert talking.unasked(0) == Answer("Link")
    assert talking.unasked(0) is None


def test_an_error_ends_the_wait_for_an_answer(background: Background) -> None:
    error = "<message xmlns='jabber:client' type='error' from='privacy@chat.example'/>"
    with pytest.raises(UnreachableError):
        talk(background, error).ask("export")


def test_a_question_without_an_answer_is_given_up(background: Background) -> None:
    async def ask(client: ChatClient) -> None:
        await client.ask("hello", to="privacy@chat.example", thread="t", seconds=0.01)

    talking = talk(background, f"{FROM_BOT}<body>Answer</body><thread>another</thread></message>")
    with pytest.raises(NoAnswerError):
        background.run(ask(talking.client))
    assert talking.unasked(0) == Answer("Answer")
