"""What people and programs send who mean harm: it stays cheap, and the bot goes on."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.desk import Desk, Spoken
from bot.commands.general import HELP
from bot.dialogue.memory import Memory
from bot.xmpp import namespaces as ns
from bot.xmpp import outgoing
from bot.xmpp.adhoc import Sessions
from bot.xmpp.incoming import read_message
from bot.xmpp.limits import RateLimit, Verdict
from tests.support.wire import ALICE, BOT, Recorded, Wire, wired

BODY = f"{{{ns.COMPONENT}}}body"


@pytest.fixture
async def limited(desk: Desk) -> AsyncIterator[Wire]:
    """A component with the limit that it has by default."""
    async with wired(desk, Recorded(), RateLimit(20, 60)) as one:
        yield one


def form(fields: int, values: int = 1, length: int = 1) -> str:
    value = f"<value>{'x' * length}</value>" * values
    shown = "".join(f"<field var='f{number}'>{value}</field>" for number in range(fields))
    return f"<x xmlns='{ns.DATA_FORM}' type='submit'>{shown}</x>"


def submit(payload: str, node: str = "topics") -> str:
    return f"<command xmlns='{ns.COMMANDS}' node='{node}'>{payload}</command>"


@pytest.mark.parametrize("text", ["a" * 100_000, "löscht " * 15_000, "> " * 50_000, ">\n" * 50_000, "\u202e" * 100_000])
async def test_a_message_of_a_hundred_thousand_characters_is_cheap(limited: Wire, text: str) -> None:
    started = time.perf_counter()
    answers = await limited.ask(escape(text))
    assert time.perf_counter() - started < 2
    assert sum(len(answer.findtext(BODY) or "") for answer in answers) < 500


@pytest.mark.parametrize(
    "payload",
    [form(5_000), form(1, values=5_000), form(1, length=1_000_000), f"<x xmlns='{ns.DATA_FORM}'>" * 20 + "</x>" * 20],
    ids=["fields", "values", "length", "depth"],
)
async def test_huge_and_malformed_forms_are_refused_or_asked_again(limited: Wire, payload: str) -> None:
    started = time.perf_counter()
    answer = await limited.get(submit(payload), "set")
    assert time.perf_counter() - started < 2
    command = answer.find(f"{{{ns.COMMANDS}}}command")
    assert answer.get("type") == "error" or (command is not None and command.get("status") == "executing")
    assert len(tostring(answer)) < 20_000


class AtOnce(RateLimit):
    """A limit for which everything happens in the same moment, however long the machine takes."""

    def judge(self, sender: str, now: float) -> Verdict:  # noqa: ARG002
        return super().judge(sender, 0.0)


async def test_a_flood_of_one_sender_is_cheap_and_gets_few_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent, thought_about, original = [], [], Desk.chat

    async def chat(self: Desk, text: str, **given: Any) -> Spoken:
        thought_about.append(text)
        return await original(self, text, **given)

    monkeypatch.setattr(Desk, "chat", chat)
    async with wired(desk, Recorded(), AtOnce(20, 60)) as limited:
        for number in range(5_000):
            sent += await limited.ask(f"how long are photos kept? {number}", f"<request xmlns='{ns.RECEIPTS}'/>")
    assert len(thought_about) == 20
    assert len([answer for answer in sent if answer.find(BODY) is not None]) == 21  # the last says that it is too much
    assert len(sent) == 42  # receipts are not sent to a flood either


async def test_memory_stays_flat(desk: Desk) -> None:
    small = Desk(replace(desk.services, memory=Memory(at_most=50)), desk.understander)
    async with wired(small, Recorded(), RateLimit(1_000, 60, senders=50)) as wire:

        async def flood(first: int) -> int:
            for number in range(first, first + 500):
                sender = f"user{number % 100}@example.org/{number}"
                thread = f"<thread>{number}{'t' * 50_000}</thread>"
                text = "<body>how long are photos kept?</body>"
                await wire.send(f"<message from='{sender}' to='{BOT}' type='chat' id='x'>{text}{thread}</message>")
            wire.connection.sent.clear()
            return tracemalloc.get_traced_memory()[0]

        tracemalloc.start()
        try:
            await flood(0)
            before = await flood(500)
            after = await flood(1_000)
        finally:
            tracemalloc.stop()
    assert after - before < 100_000  # two threads of theirs


def test_sessions_are_limited_for_one_and_for_all() -> None:
    sessions = Sessions(per_account=5, at_most=100)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    for number in range(50):
        sessions.open(f"{ALICE}{number}", HELP, now)
    assert len(sessions) == 5
    for number in range(500):
        sessions.open(f"user{number}@example.net/x", HELP, now)
    assert len(sessions) == 100


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(max_size=300))
async def test_any_text_gets_an_answer_that_is_good_xml_or_none(wire: Wire, text: str) -> None:
    stanza = Element(
        f"{{{ns.COMPONENT}}}message", {"from": ALICE, "to": BOT, "type": "chat", "id": text, ns.XML_LANG: text}
    )
    SubElement(stanza, BODY).text = text
    SubElement(stanza, f"{{{ns.COMPONENT}}}thread").text = text
    wire.connection.sent.clear()
    wire.component.on_message(stanza)
    await wire.component.idle()  # what is sent is parsed by the wire, and must be well-formed
    for answer in wire.connection.sent:
        assert answer.get("to") == ALICE
        assert answer.findtext(BODY)


_TAGS = st.sampled_from(
    [
        "body",
        "thread",
        f"{{{ns.FALLBACK}}}fallback",
        f"{{{ns.RECEIPTS}}}request",
        f"{{{ns.ENCRYPTION}}}encryption",
        "{urn:xmpp:omemo:2}encrypted",
        "{urn:xmpp:forward:0}forwarded",
        "none",
        "{}x",
    ]
)


@given(
    st.dictionaries(st.sampled_from(["from", "to", "type", "id", ns.XML_LANG]), st.text(max_size=20)),
    st.lists(st.tuples(_TAGS, st.text(max_size=20)), max_size=6),
)
def test_no_stanza_makes_reading_fail(attributes: dict[str, str], children: list[tuple[str, str]]) -> None:
    stanza = Element(f"{{{ns.COMPONENT}}}message", attributes)
    for tag, text in children:
        name = tag if tag.startswith("{") else f"{{{ns.COMPONENT}}}{tag}"
        SubElement(stanza, name).text = text
    message = read_message(stanza, ("en",))
    if message is not None:
        assert message.sender
        assert message.to
        assert message.type in {"chat", "normal"}
        assert "<received" in outgoing.receipt(message)
