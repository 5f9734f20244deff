"""One's own data through privacy@server: the bot as a program of its own, real clients, real servers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from subprocess import Popen
from xml.etree.ElementTree import Element, SubElement

import pytest

from bot.xmpp import namespaces as ns
from demo.bot import answers, bot, log
from demo.life import live
from demo.servers import Extra, Server, running
from tests.conftest import shipped
from tests.integration.conftest import installed
from tests.support.client import PASSWORD, Client, client, condition
from tests.support.rights import code_in
from tests.support.versions import VERSIONS

FORM = f"{{{ns.DATA_FORM}}}x"
FIELD, VALUE, ITEM = f"{{{ns.DATA_FORM}}}field", f"{{{ns.DATA_FORM}}}value", f"{{{ns.DATA_FORM}}}item"
COMMAND = f"{{{ns.COMMANDS}}}command"

Program = tuple[Popen[bytes], Path]


@pytest.fixture(scope="module")
def program(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The running program and its directory."""
    directory = tmp_path_factory.mktemp("bot")
    with bot(server, shipped("searx-chat"), directory, "boss") as started:
        yield started, directory


@pytest.fixture
async def person(server: Server, program: Program, request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    """Somebody with a friend, a chat and a photo; a person of their own in every test."""
    name = "p-" + re.sub(r"\W", "", request.node.originalname)[-40:]
    async with client(server, name) as one:
        await answers(one.chat, server.component, *program)
        await live(server, one.chat, PASSWORD, f"f-{name}"[:40])
        yield one


def address(server: Server) -> str:
    return f"privacy@{server.domain}"


async def said(person: Client, text: str, lang: str = "en") -> str:
    answer = await person.ask(text, lang=lang, to=address(person.server))
    assert answer["from"].bare == address(person.server)
    return str(answer["body"])


async def test_everything_on_one_page_in_both_languages(person: Client) -> None:
    english = await said(person, "my data")
    assert re.search(r"• Message archive: \d+ messages", english)
    assert "• Uploaded files: 1 file (613 bytes)" in english
    assert "• Contact list: 1 contact" in english
    assert "• Current sessions: 1 device, only in memory" in english
    assert "SCRAM" in english
    assert "I could not look this up" not in english
    german = await said(person, "zeig mir meine daten", "de")
    assert "• Hochgeladene Dateien: 1 Datei (613 Byte)" in german
    assert "• Kontaktliste: 1 Kontakt" in german


async def test_the_things_themselves(person: Client) -> None:
    assert re.search(r"• lake\.png: 613 bytes", await said(person, "my data uploads"))
    assert "Juliet" in await said(person, "my data roster")
    assert f"• {person.jid.resource}: 127.0.0.1" in await said(person, "my data sessions")


async def test_nobody_sees_what_belongs_to_another(person: Client, server: Server) -> None:
    async with client(server, "mallory") as other:
        name = person.jid.local
        for text in ("my data", "my data uploads", f"my data {name}", f"show me the data of {name}@{server.domain}"):
            seen = await said(other, text)
            assert "lake.png" not in seen, text
            assert "613" not in seen, text
        forged = f"<iq type='set' id='f' to='{address(server)}'><command xmlns='{ns.COMMANDS}' node='my-data' "
        form = "".join(
            f"<field var='{key}'><value>{value}</value></field>"
            for key, value in {"category": "uploads", "account": name, "jid": str(person.jid)}.items()
        )
        x = f"<x xmlns='{ns.DATA_FORM}' type='submit'>{form}</x>"
        other.send_raw(f"{forged}action='complete'>{x}</command></iq>")
        answer = await other.iq(_command("my-data", {"category": "uploads"}), to=address(server), kind="set")
        assert "lake.png" not in "".join(answer.xml.itertext())


async def test_the_answer_goes_to_the_device_that_asked_and_is_not_kept(person: Client, server: Server) -> None:
    async with client(server, person.jid.local, resource="tablet") as tablet:
        for device in (person, tablet):
            await device.iq(Element(f"{{{ns.CARBONS}}}enable"), to=device.jid.bare, kind="set")
        answer = await person.ask("my data", to=address(server))
        assert answer.xml.find(f"{{{ns.HINTS}}}no-permanent-store") is not None
        await asyncio.sleep(0.3)
        copies = [tablet.chat.messages.get_nowait() for _ in range(tablet.chat.messages.qsize())]
        assert not any("Message archive:" in "".join(copy.xml.itertext()) for copy in copies)
    before = await said(person, "my data archive")
    after = await said(person, "my data archive")
    assert _count(after) - _count(before) == 1  # the question, as with everybody; not the answer


def _count(text: str) -> int:
    found = re.search(r"(\d+) messages", text)
    assert found is not None, text
    return int(found[1])


def _command(node: str, values: dict[str, str] | None = None, sid: str = "") -> Element:
    command = Element(COMMAND, {"node": node, "action": "complete" if values is not None and sid else "execute"})
    if sid:
        command.set("sessionid", sid)
    if values is not None:
        x = SubElement(command, FORM, {"type": "submit"})
        for name, value in values.items():
            SubElement(SubElement(x, FIELD, {"var": name}), VALUE).text = value
    return command


async def test_the_form_has_a_table(person: Client, server: Server) -> None:
    answer = await person.iq(_command("my-data", {"category": "all"}), to=address(server), kind="set")
    command = answer.xml.find(COMMAND)
    assert command is not None
    assert command.get("status") == "completed"
    rows = ["|".join(value.text or "" for value in item.iter(VALUE)) for item in command.iter(ITEM)]
    files = next(row for row in rows if row.startswith("Uploaded files"))
    assert "for 7 days" in files
    assert "everybody who has the link" in files


async def test_the_glass_box_and_being_forgotten(person: Client) -> None:
    await said(person, "language de")
    shown = await said(person, "my data bot_records")
    assert "Deutsch" in shown
    assert "Was ich auf diesem Server darf".upper() in shown
    await said(person, "forget me")
    assert "nichts geschehen" in await said(person, "nein")
    assert "Deutsch" in await said(person, "my data bot_records")
    question = await said(person, "forget me")
    assert "Ich habe dich vergessen" in await said(person, code_in(question))
    shown = await said(person, "my data bot_records")
    assert "steht nichts über dich" in shown  # the chat goes on in German


async def test_a_code_of_somebody_else_confirms_nothing(person: Client, server: Server) -> None:
    await said(person, "language de")
    async with client(server, "thief") as other:
        question = await other.ask("forget me", to=address(server))
        code = [found.get("value", "") for found in question.xml.iter(f"{{{ns.QUICK_RESPONSE}}}response")][-1]
    assert "Soll ich vergessen" in await said(person, code)
    assert "Deutsch" in await said(person, "my data bot_records")


async def test_commands_are_discovered_at_the_address_on_the_host(person: Client, server: Server) -> None:
    query = Element(f"{{{ns.DISCO_ITEMS}}}query", {"node": ns.COMMANDS})
    answer = await person.iq(query, to=address(server))
    items = {item.get("node"): item.get("jid") for item in answer.xml.iter(f"{{{ns.DISCO_ITEMS}}}item")}
    assert items["my-data"] == address(server)
    assert "audit" not in items  # this person is no administrator
    assert server.component not in "".join(f"{item}" for item in items.values())


@pytest.fixture(params=VERSIONS, ids="-".join)
def bare_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server without the companion module."""
    with running(installed(*request.param), tmp_path, extra=Extra(companion=False)) as one:
        yield one


async def test_without_the_module_the_policy_is_answered_and_the_log_names_the_remedy(
    bare_server: Server, tmp_path: Path
) -> None:
    with bot(bare_server, shipped("searx-chat"), tmp_path) as started:
        async with client(bare_server, "romeo") as romeo:
            await answers(romeo.chat, bare_server.component, started, tmp_path)
            answer = await romeo.ask("my data", to=bare_server.component)
            assert "I cannot look into your account just now" in answer["body"]
            assert "7 days" in (await romeo.ask("how long are photos kept?", to=bare_server.component))["body"]
            lost = await romeo.ask("hello", to=address(bare_server))
            assert condition(lost) in ("service-unavailable", "recipient-unavailable")
    assert "privacy-bot server-module" in log(tmp_path).read_text()
