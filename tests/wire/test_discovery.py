"""What the component tells about itself, and how it answers presence."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest

from bot import __version__
from bot.commands.build import understander
from bot.commands.catalogue import COMMANDS
from bot.commands.desk import Desk
from bot.dialogue.command import Access
from bot.xmpp import namespaces as ns
from bot.xmpp.limits import RateLimit
from tests.support.wire import ALICE, BOT, Recorded, Wire, wired


def conditions(iq: Element) -> set[str]:
    return {element.tag.rpartition("}")[2] for element in iq.iter()}


async def test_info_names_a_bot_and_only_what_is_answered(wire: Wire) -> None:
    answer = await wire.get(f"<query xmlns='{ns.DISCO_INFO}'/>", attributes="xml:lang='en'")
    identity = answer.find(f".//{{{ns.DISCO_INFO}}}identity")
    assert identity is not None
    assert (identity.get("category"), identity.get("type")) == ("client", "bot")
    assert identity.get("name") == "Privacy questions"
    features = {feature.get("var") for feature in answer.iter(f"{{{ns.DISCO_INFO}}}feature")}
    assert {ns.COMMANDS, ns.VERSION, ns.PING, ns.VCARD, ns.RECEIPTS} <= features
    assert "urn:xmpp:noreply:0" not in features


async def test_contact_addresses_come_from_the_policy(wire: Wire) -> None:
    answer = await wire.get(f"<query xmlns='{ns.DISCO_INFO}'/>")
    fields = {
        field.get("var"): [value.text for value in field.iter(f"{{{ns.DATA_FORM}}}value")]
        for field in answer.iter(f"{{{ns.DATA_FORM}}}field")
    }
    assert fields["FORM_TYPE"] == ["http://jabber.org/network/serverinfo"]
    assert "mailto:privacy@chat.example" in fields["admin-addresses"]


async def test_commands_are_listed_in_the_language_of_the_asker(wire: Wire) -> None:
    for language, name in (("en", "Your rights"), ("de", "Deine Rechte")):
        answer = await wire.get(
            f"<query xmlns='{ns.DISCO_ITEMS}' node='{ns.COMMANDS}'/>", attributes=f"xml:lang='{language}'"
        )
        items = {item.get("node"): item.get("name") for item in answer.iter(f"{{{ns.DISCO_ITEMS}}}item")}
        assert set(items) == {command.name for command in COMMANDS if command.access is Access.EVERYBODY}
        assert items["rights"] == name


async def test_commands_of_administrators_are_listed_for_them(desk: Desk) -> None:
    desk.replace(replace(desk.services, admins=frozenset({"boss@example.org"})), understander())
    async with wired(desk, Recorded(), RateLimit(1_000, 60)) as wire:
        for sender, is_listed in (("boss@example.org/desk", True), ("boss@example.org.evil.example/desk", False)):
            query = f"<query xmlns='{ns.DISCO_ITEMS}' node='{ns.COMMANDS}'/>"
            answer = await wire.get(query, sender=sender)
            nodes = {item.get("node") for item in answer.iter(f"{{{ns.DISCO_ITEMS}}}item")}
            assert ("audit" in nodes) is is_listed


async def test_a_command_node_is_described(wire: Wire) -> None:
    answer = await wire.get(f"<query xmlns='{ns.DISCO_INFO}' node='topics'/>")
    identity = answer.find(f".//{{{ns.DISCO_INFO}}}identity")
    assert identity is not None
    assert identity.get("type") == "command-node"
    for namespace in (ns.DISCO_INFO, ns.DISCO_ITEMS):
        answer = await wire.get(f"<query xmlns='{namespace}' node='nonsense'/>")
        assert "item-not-found" in conditions(answer)


async def test_version_and_ping(wire: Wire) -> None:
    answer = await wire.get(f"<query xmlns='{ns.VERSION}'/>")
    assert answer.findtext(f".//{{{ns.VERSION}}}version") == __version__
    answer = await wire.get(f"<ping xmlns='{ns.PING}'/>")
    assert (answer.get("type"), answer.get("id"), answer.get("to")) == ("result", "i1", ALICE)


async def test_card_and_presence_carry_the_same_picture(wire: Wire) -> None:
    answer = await wire.get(f"<vCard xmlns='{ns.VCARD}'/>", attributes="xml:lang='de'")
    assert answer.findtext(f".//{{{ns.VCARD}}}FN") == "Fragen zum Datenschutz"
    picture = base64.b64decode(answer.findtext(f".//{{{ns.VCARD}}}BINVAL") or "")
    assert picture.startswith(b"\x89PNG")
    [presence] = await wire.send(f"<presence from='{ALICE}' to='{BOT}' type='probe'/>")
    photo = presence.findtext(f".//{{{ns.VCARD_UPDATE}}}photo")
    assert photo == hashlib.sha1(picture, usedforsecurity=False).hexdigest()


async def test_everybody_may_subscribe(wire: Wire) -> None:
    subscribed, available = await wire.send(f"<presence from='alice@example.org' to='privacy@{BOT}' type='subscribe'/>")
    assert (subscribed.get("type"), subscribed.get("from")) == ("subscribed", f"privacy@{BOT}")
    assert available.get("type") is None
    unsubscribed, unavailable = await wire.send(f"<presence from='alice@example.org' to='{BOT}' type='unsubscribe'/>")
    assert (unsubscribed.get("type"), unavailable.get("type")) == ("unsubscribed", "unavailable")


@pytest.mark.parametrize("type_", ["", "type='unavailable'", "type='error'", "type='subscribed'"])
async def test_other_presence_is_silence(wire: Wire, type_: str) -> None:
    assert await wire.send(f"<presence from='{ALICE}' to='{BOT}' {type_}/>") == []


@pytest.mark.parametrize(
    ("kind", "payload"),
    [("get", "<query xmlns='jabber:iq:roster'/>"), ("set", "<x xmlns='y'/>")],
)
async def test_unknown_requests_are_refused(wire: Wire, kind: str, payload: str) -> None:
    answer = await wire.get(payload, kind)
    assert answer.get("type") == "error"
    assert "service-unavailable" in conditions(answer)


@pytest.mark.parametrize("payload", ["", "<ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/>"])
async def test_a_request_asks_for_one_thing(wire: Wire, payload: str) -> None:
    assert "bad-request" in conditions(await wire.get(payload))


@pytest.mark.parametrize("kind", ["result", "error"])
async def test_results_and_errors_are_nobodys_answer(wire: Wire, kind: str) -> None:
    assert await wire.send(f"<iq from='{ALICE}' to='{BOT}' id='1' type='{kind}'/>") == []


async def test_requests_are_limited_by_themselves(desk: Desk) -> None:
    async with wired(desk, Recorded(), RateLimit(1, 60)) as wire:
        answers = [await wire.get(f"<ping xmlns='{ns.PING}'/>") for _number in range(7)]
        assert len(await wire.ask("how long are photos kept?")) == 1
    assert [answer.get("type") for answer in answers] == ["result"] * 5 + ["error"] * 2
    assert "resource-constraint" in conditions(answers[6])
