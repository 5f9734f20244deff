"""Messages that answer nothing: to whom, from whom, kept or not, and confirmed by the server."""

from __future__ import annotations

import asyncio
from xml.etree.ElementTree import Element

import pytest

from bot.announcements.courier import Letter
from bot.dialogue.rendering import ChatMessage
from bot.dialogue.reply import Choice, Lead, Reply
from bot.i18n import translator
from bot.servers import Unreachable
from bot.servers.companion import Companion
from bot.xmpp import namespaces as ns
from bot.xmpp.messenger import XmppMessenger
from bot.xmpp.requests import Requests
from tests.support.wire import ALICE, BOT, HOST, Recorded

BODY = f"{{{ns.COMPONENT}}}body"


class Line(Recorded):
    """A recorded connection that is open, and whose server answers each request or is silent."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = Requests(self, BOT, HOST, seconds=0.2)
        self.answers = True
        self.opened = True

    @property
    def is_open(self) -> bool:
        return self.opened

    def send(self, xml: str) -> None:
        super().send(xml)
        stanza = self.sent[-1]
        if stanza.tag.endswith("}iq") and self.answers:
            answer = Element(stanza.tag, {"type": "error", "id": stanza.get("id", ""), "from": HOST, "to": BOT})
            asyncio.get_running_loop().call_soon(self.requests.on_answer, answer)


def messenger(line: Line, address: str | None = f"privacy@{HOST}") -> XmppMessenger:
    server = Companion(HOST, line.requests.ask)
    server._node = address.partition("@")[0] if address else None
    return XmppMessenger(line, line.requests, server, BOT, translator)


async def test_it_comes_from_the_address_that_people_know_and_waits_for_the_server() -> None:
    line = Line()
    reply = Reply("t", (Lead("Done."),), (Choice("More", "my data"),))
    id_ = await messenger(line).tell(ALICE, reply, "en")
    message, barrier = line.sent
    assert (message.get("from"), message.get("to"), message.get("type")) == (f"privacy@{BOT}", ALICE, "chat")
    assert message.get("id") == id_
    assert message.get(ns.XML_LANG) == "en"
    body = message.findtext(BODY) or ""
    assert body.startswith("Done.")
    assert "• More: my data" in body
    assert "1." not in body, "a number would choose from what was asked last"
    assert [one.get("value") for one in message.iter(f"{{{ns.QUICK_RESPONSE}}}response")] == ["my data"]
    assert barrier.tag.endswith("}iq")
    assert not [one for one in message if ns.HINTS in one.tag], "a receipt may be kept"


async def test_what_is_for_one_device_is_not_kept_and_a_correction_names_what_it_corrects() -> None:
    line = Line()
    first = await messenger(line, None).tell(ALICE, Reply("t", (Lead("10 %"),), personal=True), "de")
    await messenger(line, None).tell(ALICE, Reply("t", (Lead("20 %"),), personal=True), "de", replacing=first)
    message = line.sent[-2]
    assert message.get("from") == BOT
    correction = message.find(f"{{{ns.CORRECTION}}}replace")
    assert correction is not None
    assert correction.get("id") == first
    assert message.find(f"{{{ns.HINTS}}}no-permanent-store") is not None


async def test_without_a_server_nothing_is_claimed() -> None:
    line = Line()
    line.answers = False
    with pytest.raises(Unreachable):
        await messenger(line).tell(ALICE, Reply("t", (Lead("Done."),)), "en")
    line.opened = False
    with pytest.raises(Unreachable):
        await messenger(line).tell(ALICE, Reply("t", (Lead("Done."),)), "en")


async def test_letters_are_sent_and_then_confirmed_all_together() -> None:
    line = Line()
    said = ChatMessage("Moin <&>", (("policy", "The “policy”"),))
    letters = [Letter(f"{name}@{HOST}", f"w-{name}", "de", said) for name in ("o'hara", "bob")]
    seconds = await messenger(line).deliver(letters)
    before, *messages, after = line.sent
    assert before.tag.endswith("}iq")
    assert after.tag.endswith("}iq")
    assert 0 <= seconds < 1
    for message, letter in zip(messages, letters, strict=True):
        assert (message.get("from"), message.get("to"), message.get("type")) == (f"privacy@{BOT}", letter.to, "chat")
        assert (message.get("id"), message.get(ns.XML_LANG)) == (letter.id, "de")
        origin = message.find(f"{{{ns.STANZA_IDS}}}origin-id")
        assert origin is not None
        assert origin.get("id") == letter.id
        assert message.findtext(BODY) == "Moin <&>"
        assert [one.get("label") for one in message.iter(f"{{{ns.QUICK_RESPONSE}}}response")] == ["The “policy”"]


async def test_letters_that_nobody_confirmed_are_not_delivered() -> None:
    line = Line()
    letters = [Letter(ALICE, "w", "en", ChatMessage("Hello"))]
    line.answers = False
    delivering = asyncio.create_task(messenger(line).deliver(letters))
    await asyncio.sleep(0.4)
    assert not delivering.done(), "a slow server still has them: they are not to be sent again"
    line.requests.on_disconnect()
    with pytest.raises(Unreachable):
        await delivering
    line.opened = False
    with pytest.raises(Unreachable):
        await messenger(line).deliver(letters)
