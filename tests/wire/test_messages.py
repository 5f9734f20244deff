"""Which messages are answered, and how."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import pytest

from bot.commands.desk import Desk
from bot.store import Store, StoreError
from bot.xmpp import namespaces as ns
from bot.xmpp.limits import RateLimit
from tests.support.wire import ALICE, BOT, Recorded, Wire, wired

BODY = f"{{{ns.COMPONENT}}}body"
QUESTION = "how long do you keep my photos?"


def body(stanza: Element) -> str:
    bodies = stanza.findall(BODY)
    assert len(bodies) == 1  # one body only (XEP-0439 §3)
    return bodies[0].text or ""


@pytest.mark.parametrize("type_", ["chat", "normal"])
async def test_answer_keeps_type_thread_and_address(wire: Wire, type_: str) -> None:
    xml = (
        f"<message from='{ALICE}' to='privacy@{BOT}' type='{type_}' id='q1' xml:lang='en'>"
        f"<body>{QUESTION}</body><thread>t1</thread></message>"
    )
    [answer] = await wire.send(xml)
    assert "for 7 days" in body(answer)
    assert answer.get("type") == type_
    assert answer.get("from") == f"privacy@{BOT}"
    assert answer.get("to") == ALICE
    assert answer.get("id")
    assert answer.get(ns.XML_LANG) == "en"
    assert answer.findtext(f"{{{ns.COMPONENT}}}thread") == "t1"


async def test_quick_responses_mirror_the_choices_of_the_body(wire: Wire) -> None:
    [answer] = await wire.ask(QUESTION)
    responses = answer.findall(f"{{{ns.QUICK_RESPONSE}}}response")
    assert responses
    for number, response in enumerate(responses, 1):
        assert f"{number}. {response.get('label')}" in body(answer)
        assert response.get(ns.XML_LANG) is None  # the language of the stanza holds


@pytest.mark.parametrize("type_", ["error", "groupchat", "headline"])
async def test_only_chat_and_normal_messages_are_answered(wire: Wire, type_: str) -> None:
    assert await wire.ask(QUESTION, attributes=f"type='{type_}'") == []


@pytest.mark.parametrize("attributes", ["", "type='normal'", "type='nonsense'"])
async def test_what_has_no_known_type_is_normal(wire: Wire, attributes: str) -> None:
    [answer] = await wire.ask(QUESTION, attributes=attributes)
    assert answer.get("type") == "normal"


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "<body/>",
        "<body>  </body>",
        "<subject>photos?</subject>",
        f"<active xmlns='{ns.CHAT_STATES}'/>",
        f"<received xmlns='{ns.RECEIPTS}' id='1'/>",
        f"<request xmlns='{ns.RECEIPTS}'/>",
        "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>",
    ],
)
async def test_without_words_there_is_silence(wire: Wire, payload: str) -> None:
    assert await wire.send(f"<message from='{ALICE}' to='{BOT}' type='chat' id='1'>{payload}</message>") == []


@pytest.mark.parametrize(
    "payload",
    [
        "<reactions xmlns='urn:xmpp:reactions:0' id='1'/>",
        "<retract xmlns='urn:xmpp:message-retract:1' id='1'/>",
        "<sent xmlns='urn:xmpp:carbons:2'/>",
        "<forwarded xmlns='urn:xmpp:forward:0'/>",
        "<result xmlns='urn:xmpp:mam:2'/>",
        "<event xmlns='http://jabber.org/protocol/pubsub#event'/>",
        "<x xmlns='jabber:x:conference' jid='room@muc.example.org'/>",
    ],
)
async def test_words_that_are_not_meant_for_the_bot(wire: Wire, payload: str) -> None:
    assert await wire.ask(QUESTION, payload) == []


@pytest.mark.parametrize("sender", ["example.org", f"other@{BOT}", BOT, "muc.example.org/x"])
async def test_servers_and_the_bot_itself_are_not_answered(wire: Wire, sender: str) -> None:
    xml = f"<message from='{sender}' to='{BOT}' type='chat'><body>{QUESTION}</body></message>"
    assert await wire.send(xml) == []


async def test_messages_that_waited_on_the_server_are_answered(wire: Wire) -> None:
    [answer] = await wire.ask(QUESTION, "<delay xmlns='urn:xmpp:delay' stamp='2026-11-19T08:00:00Z'/>")
    assert body(answer)


async def test_our_own_words_coming_back_are_not_answered(wire: Wire) -> None:
    [answer] = await wire.ask("hello")
    echoed = body(answer).replace("&", "&amp;").replace("<", "&lt;")
    assert await wire.ask(echoed) == []


async def test_receipt_and_chat_state(wire: Wire) -> None:
    extra = f"<request xmlns='{ns.RECEIPTS}'/><active xmlns='{ns.CHAT_STATES}'/>"
    receipt, answer = await wire.ask(QUESTION, extra)
    received = receipt.find(f"{{{ns.RECEIPTS}}}received")
    assert received is not None
    assert received.get("id") == "q1"
    assert answer.find(f"{{{ns.CHAT_STATES}}}active") is not None


async def test_a_receipt_says_that_it_arrived_even_when_nothing_else_is_said(wire: Wire) -> None:
    request = f"<request xmlns='{ns.RECEIPTS}'/>"
    encrypted = "<x xmlns='jabber:x:encrypted'>AAAA</x>"
    assert len(await wire.ask("a fallback", request + encrypted)) == 2
    [receipt] = await wire.ask("a fallback", request + encrypted)
    assert receipt.find(f"{{{ns.RECEIPTS}}}received") is not None
    assert receipt.find(BODY) is None


async def test_no_receipt_for_a_message_without_id(wire: Wire) -> None:
    xml = f"<message from='{ALICE}' to='{BOT}'><body>hi</body><request xmlns='{ns.RECEIPTS}'/></message>"
    [answer] = await wire.send(xml)
    assert body(answer)


async def test_no_chat_state_when_none_was_sent(wire: Wire) -> None:
    [answer] = await wire.ask(QUESTION)
    assert answer.find(f"{{{ns.CHAT_STATES}}}active") is None


@pytest.mark.parametrize(
    "payload",
    [
        "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>",
        "<encrypted xmlns='eu.siacs.conversations.axolotl'><header/><payload>AAAA</payload></encrypted>",
        "<encrypted xmlns='urn:xmpp:omemo:2'><header/><payload>AAAA</payload></encrypted>",
        "<openpgp xmlns='urn:xmpp:openpgp:0'>AAAA</openpgp>",
        "<x xmlns='jabber:x:encrypted'>AAAA</x>",
    ],
)
async def test_encrypted_messages_are_explained_once(wire: Wire, payload: str) -> None:
    [answer] = await wire.ask("I sent you an encrypted message", payload, "type='chat' xml:lang='en'")
    assert "switch encryption off for this chat only" in body(answer)
    assert await wire.ask("I sent you an encrypted message", payload) == []


async def test_otr_is_recognised_by_its_text(wire: Wire) -> None:
    [answer] = await wire.ask("?OTRv3?")
    assert "verschlüsselt" in body(answer)  # the first language of the policy


async def test_keys_without_a_message_are_silence(wire: Wire) -> None:
    keys = "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>"
    assert await wire.ask("", keys) == []


async def test_correction_is_answered_as_the_corrected_text(wire: Wire) -> None:
    [answer] = await wire.ask("how long are backups kept?", "<replace xmlns='urn:xmpp:message-correct:0' id='q0'/>")
    assert "backup" in body(answer)


async def test_body_in_the_language_of_the_message_is_read(wire: Wire) -> None:
    xml = (
        f"<message from='{ALICE}' to='{BOT}' type='chat' xml:lang='en'>"
        "<body xml:lang='fr'>combien de temps</body><body>how long are group chats kept?</body></message>"
    )
    [answer] = await wire.send(xml)
    assert "We keep the archive of group chats for 365 days." in body(answer)


async def test_quotes_of_a_reply_are_not_the_question(wire: Wire) -> None:
    quote = "&gt; how long are photos kept?\n"
    length = len("> how long are photos kept?\n")
    fallback = (
        "<reply xmlns='urn:xmpp:reply:0' id='a1'/>"
        "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'>"
        f"<body start='0' end='{length}'/></fallback>"
    )
    [answer] = await wire.ask(f"{quote}do you sell my data?", fallback)
    assert body(answer).startswith("No. We do not sell your data.")
    [answer] = await wire.ask(f"{quote}do you sell my data?")
    assert body(answer).startswith("No. We do not sell your data.")


async def test_nonsense_in_a_fallback_does_no_harm(wire: Wire) -> None:
    fallback = (
        "<fallback xmlns='urn:xmpp:fallback:0'><body start='-5' end='x'/></fallback>"
        "<fallback xmlns='urn:xmpp:fallback:0'><body start='99999999999999' end='3'/></fallback>"
    )
    [answer] = await wire.ask(QUESTION, fallback)
    assert "7 Tage" in body(answer) or "for 7 days" in body(answer)


async def test_hidden_characters_do_not_change_the_question(wire: Wire) -> None:
    [answer] = await wire.ask("\u202ehow long\u200b do you keep \u2066my photos?\u2069")
    assert "for 7 days" in body(answer)


async def test_very_long_messages_get_one_short_answer(wire: Wire) -> None:
    [answer] = await wire.ask("delete " * 15_000, attributes="type='chat' xml:lang='en'")
    assert body(answer).startswith("That is too long for me.")


async def test_what_cannot_be_in_xml_is_never_sent(wire: Wire) -> None:
    [answer] = await wire.ask(QUESTION, "<thread>a&#x9;b</thread>")
    assert answer.findtext(f"{{{ns.COMPONENT}}}thread") == "a\tb"


async def test_the_language_of_the_server_is_no_wish_of_the_sender(desk: Desk) -> None:
    async with wired(desk, Recorded("en"), RateLimit(100, 60)) as wire:
        [answer] = await wire.ask("xyzzy", attributes="type='chat' xml:lang='en'")
        assert answer.get(ns.XML_LANG) == "en"
        [answer] = await wire.ask("wie lange speichert ihr bilder?", attributes="type='chat' xml:lang='en'")
        assert answer.get(ns.XML_LANG) == "de"
    async with wired(desk, Recorded(None), RateLimit(100, 60)) as wire:
        [answer] = await wire.ask("wie lange speichert ihr bilder?", attributes="type='chat' xml:lang='en'")
        assert answer.get(ns.XML_LANG) == "en"


async def test_too_many_messages_get_one_notice_and_then_silence(desk: Desk) -> None:
    async with wired(desk, Recorded(), RateLimit(3, 60)) as wire:
        answers = [await wire.ask(f"how long are photos kept? {number}") for number in range(50)]
    assert [len(one) for one in answers] == [1, 1, 1, 1] + [0] * 46
    assert "at once" in body(answers[3][0]) or "auf einmal" in body(answers[3][0])


async def test_a_failure_is_told_politely_and_logged_without_anybodys_words(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str, *_arguments: object) -> None:
        raise RuntimeError(f"cannot read {text} of {ALICE}")

    caplog.set_level("INFO")
    monkeypatch.setattr("bot.commands.desk.interpret", broken)
    [answer] = await wire.ask(QUESTION, attributes="type='chat' xml:lang='en'")
    assert "Something went wrong" in body(answer)
    assert "RuntimeError" not in body(answer)
    found = re.search(r"incident ([0-9a-f]+): RuntimeError at .*test_messages.py:[0-9]+ broken", caplog.text)
    assert found
    assert found[1] in body(answer)
    assert "alice" not in caplog.text
    assert "photos" not in caplog.text
    monkeypatch.undo()
    [answer] = await wire.ask(QUESTION, attributes="type='chat' xml:lang='en'")
    assert "for 7 days" in body(answer)


async def test_a_failure_of_the_database_says_what_to_do_in_the_log(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_arguments: object) -> None:
        raise StoreError("/srv/bot.db: the disk is full; free some space")

    monkeypatch.setattr(Store, "kept", broken)
    [answer] = await wire.ask(QUESTION)
    assert "disk" not in body(answer)
    assert "/srv/bot.db: the disk is full; free some space" in caplog.text
