"""What the demo makes of the bot's stanzas."""

from xml.etree.ElementTree import fromstring

import pytest
from slixmpp import Message

from demo.conversation import Answer, UnreachableError


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
