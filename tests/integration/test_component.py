"""The bot as a program of its own, met by real clients through real servers."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from xml.etree.ElementTree import Element, SubElement

import pytest
from slixmpp.xmlstream import StanzaBase
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from bot.xmpp import namespaces as ns
from bot.xmpp.connection import Connection, Patience
from demo.bot import answers, bot, log
from demo.servers import Server, running
from tests.conftest import shipped
from tests.support.client import Client, client

QUESTION = {"en": "how long do you keep my photos?", "de": "wie lange speichert ihr meine bilder?"}
ANSWER = {"en": "for 7 days", "de": "7 Tage"}


@pytest.fixture(scope="module")
def program(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Popen[bytes], Path]]:
    """The running program and its directory."""
    directory = tmp_path_factory.mktemp("bot")
    with bot(server, shipped("searx-chat"), directory) as started:
        yield started, directory


@pytest.fixture
async def alice(server: Server, program: tuple[Popen[bytes], Path]) -> AsyncIterator[Client]:
    """Somebody who can talk to the running program."""
    async with client(server, "alice-c") as person:
        await answers(person.chat, server.component, *program)
        yield person


def payload(namespace: str, tag: str = "query", **attributes: str) -> Element:
    return Element(f"{{{namespace}}}{tag}", attributes)


async def stanzas(person: Client, xml: str, number: int) -> list[Element]:
    """Send *xml*; return the next message stanzas, with a text or without."""
    person.send_raw(xml)
    async with asyncio.timeout(15):
        return [(await person.chat.messages.get()).xml for _ in range(number)]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 -- a file that another program writes
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("form", ["{component}", "privacy@{domain}", "anybody@{component}"])
async def test_chat_in_the_language_of_the_sender(alice: Client, server: Server, language: str, form: str) -> None:
    address = form.format(component=server.component, domain=server.domain)
    answer = await alice.ask(QUESTION[language], lang=language, to=address, thread="t1")
    assert ANSWER[language] in answer["body"]
    assert answer.xml.get(ns.XML_LANG) == language
    assert (answer["type"], answer["from"], answer["thread"]) == ("chat", address, "t1")


async def test_receipt_state_and_quick_responses_arrive(alice: Client, server: Server) -> None:
    receipt, answer = await stanzas(
        alice,
        f"<message to='{server.component}' type='chat' id='q7'><body>{QUESTION['en']}</body>"
        f"<request xmlns='{ns.RECEIPTS}'/><active xmlns='{ns.CHAT_STATES}'/></message>",
        2,
    )
    received = receipt.find(f"{{{ns.RECEIPTS}}}received")
    assert received is not None
    assert received.get("id") == "q7"
    assert answer.find(f"{{{ns.CHAT_STATES}}}active") is not None
    assert answer.find(f"{{{ns.QUICK_RESPONSE}}}response") is not None


async def test_a_correction_is_answered_and_an_encrypted_message_explained(alice: Client, server: Server) -> None:
    [corrected] = await stanzas(
        alice,
        f"<message to='{server.component}' type='chat' id='q2' xml:lang='en'><body>{QUESTION['en']}</body>"
        f"<replace xmlns='{ns.CORRECTION}' id='q1'/></message>",
        1,
    )
    assert ANSWER["en"] in (corrected.findtext("{jabber:client}body") or "")
    [explained] = await stanzas(
        alice,
        f"<message to='{server.component}' type='chat' id='q3' xml:lang='en'><body>no OMEMO here</body>"
        "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>AAAA</payload></encrypted>"
        "</message>",
        1,
    )
    assert "switch encryption off for this chat only" in (explained.findtext("{jabber:client}body") or "")


async def test_it_says_what_it_is(alice: Client) -> None:
    info = (await alice.iq(payload(ns.DISCO_INFO))).xml
    identities = {(found.get("category"), found.get("type")) for found in info.iter(f"{{{ns.DISCO_INFO}}}identity")}
    assert ("client", "bot") in identities
    assert "mailto:privacy@chat.example" in [value.text for value in info.iter(f"{{{ns.DATA_FORM}}}value")]
    version = (await alice.iq(payload(ns.VERSION))).xml
    assert version.findtext(f".//{{{ns.VERSION}}}name") == "xmpp-privacy-bot"
    assert (await alice.iq(payload(ns.PING, "ping")))["type"] == "result"
    card = (await alice.iq(payload(ns.VCARD, "vCard"))).xml
    assert card.findtext(f".//{{{ns.VCARD}}}FN")
    assert card.findtext(f".//{{{ns.VCARD}}}BINVAL")


async def test_a_form_is_filled_in(alice: Client) -> None:
    listed = (await alice.iq(payload(ns.DISCO_ITEMS, node=ns.COMMANDS))).xml
    assert "topics" in {item.get("node") for item in listed.iter(f"{{{ns.DISCO_ITEMS}}}item")}
    begun = await alice.iq(payload(ns.COMMANDS, "command", node="topics", action="execute"), kind="set")
    shown = begun.xml[0]
    assert shown.get("status") == "executing"
    filled = payload(ns.COMMANDS, "command", node="topics", sessionid=shown.get("sessionid") or "", action="complete")
    form = SubElement(filled, f"{{{ns.DATA_FORM}}}x", {"type": "submit"})
    for name, value in (("topic", "uploads"), ("aspect", "how_long")):
        field = SubElement(form, f"{{{ns.DATA_FORM}}}field", {"var": name})
        SubElement(field, f"{{{ns.DATA_FORM}}}value").text = value
    done = (await alice.iq(filled, kind="set")).xml[0]
    assert done.get("status") == "completed"
    assert "7" in "".join(value.text or "" for value in done.iter(f"{{{ns.DATA_FORM}}}value"))


@asynccontextmanager
async def presences(person: Client) -> AsyncIterator[asyncio.Queue[Element]]:
    """Presence stanzas from the bot, as they come."""
    seen: asyncio.Queue[Element] = asyncio.Queue()

    def note(stanza: StanzaBase) -> None:
        if stanza.xml.get("from", "").partition("/")[0] == f"privacy@{person.server.domain}":
            seen.put_nowait(stanza.xml)

    person.chat.xmpp.register_handler(Callback("bot's presence", MatchXPath("{jabber:client}presence"), note))
    yield seen


async def test_a_contact_is_accepted_and_seen_after_every_login(
    alice: Client, server: Server, program: tuple[Popen[bytes], Path]
) -> None:
    address = f"privacy@{server.domain}"
    async with client(server, "bob-c") as bob, presences(bob) as seen:
        await bob.chat.xmpp.get_roster()  # or Prosody does not tell this session of subscriptions
        bob.send_raw(f"<presence to='{address}' type='subscribe'/>")
        async with asyncio.timeout(15):
            types = {(await seen.get()).get("type"), (await seen.get()).get("type")}
        assert types == {"subscribed", None}
    async with client(server, "bob-c", resource="again") as bob, presences(bob) as seen:
        bob.chat.xmpp.send_presence(ptype="unavailable")
        bob.chat.xmpp.send_presence()  # which is an initial presence then
        async with asyncio.timeout(15):
            shown = await seen.get()
        assert shown.get("type") is None
        assert shown.findtext(f".//{{{ns.VCARD_UPDATE}}}photo")
    assert alice
    assert "Traceback" not in log(program[1]).read_text()


def listeners(pid: int) -> set[str]:
    """Return the TCP addresses on which a process listens, as the kernel writes them (proc_pid_net(5))."""
    opened = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            opened.add(str(descriptor.readlink()))
    rows = [
        row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
    ]
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in opened}


async def test_it_listens_nowhere_unless_that_is_wanted(alice: Client, program: tuple[Popen[bytes], Path]) -> None:
    assert alice
    assert listeners(program[0].pid) == set()
    with socket.create_server(("127.0.0.1", 0)):
        assert listeners(os.getpid()), "that is how it would be seen"


async def test_a_wrong_secret_is_one_line_in_the_log(server: Server, tmp_path: Path) -> None:
    elsewhere = Server(server.installation, replace(server.parameters, secret="not the secret"), server.launch)
    with bot(elsewhere, shipped("starter"), tmp_path) as started:
        await until(lambda: "next attempt" in log(tmp_path).read_text())
    said = log(tmp_path).read_text()
    assert "refuses the secret; compare 'secret_file'" in said
    assert "not the secret" not in said
    assert "Traceback" not in said
    assert started.returncode == 0


@pytest.fixture
def own_server(server: Server, tmp_path: Path) -> Iterator[Server]:
    """A server of the same kind to which the running program is not connected."""
    directory = tmp_path / "server"
    directory.mkdir()
    with running(server.installation, directory) as another:
        yield another


async def test_it_comes_back_when_the_server_does(own_server: Server, tmp_path: Path) -> None:
    server = own_server
    with bot(server, shipped("searx-chat"), tmp_path) as started:
        async with client(server, "carol-c") as carol:
            await answers(carol.chat, server.component, started, tmp_path)
        server.restart()
        async with client(server, "carol-c") as carol:
            await answers(carol.chat, server.component, started, tmp_path)
            answer = await carol.ask(QUESTION["de"], lang="de")
            assert ANSWER["de"] in answer["body"]
    said = log(tmp_path).read_text()
    assert re.search("next attempt in [0-9]+ s", said)
    assert "Traceback" not in said
    assert "carol" not in said
    assert started.returncode == 0


async def test_the_server_brings_back_what_the_component_asks_itself(
    own_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server = own_server
    caplog.set_level(logging.INFO, "privacy-bot")
    heard: list[Element] = []
    patience = Patience(silence=0.3, answer=30)
    connection = Connection(server.component, server.secret, "127.0.0.1", server.component_port, patience)
    connection.handle({"iq": heard.append})
    task = asyncio.create_task(connection.run())
    try:
        await until(lambda: any(one.get("id") == "watch" for one in heard))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert {(one.get("from"), one.get("to")) for one in heard if one.get("id") == "watch"} == {(server.component,) * 2}
    assert "stopped answering" not in caplog.text
