"""A copy's account.xml is taken in by other servers, with the means that come with them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import XML, Element

import pytest
from slixmpp.exceptions import IqError
from slixmpp.xmlstream import StanzaBase

from bot.export import Order
from bot.export.http import HttpFetch
from demo.life import PHOTO
from demo.servers import Server, running
from demo.servers.find import Kind
from tests.integration.conftest import installed
from tests.support.client import Client, client
from tests.support.companion import connected
from tests.support.exports import Copy, copy_of
from tests.support.importers import importing, register_and_import
from tests.support.inhabitants import BLOCKED, FILES, hospitable, settle
from tests.support.versions import VERSIONS

NAME = "romeo"
NEW = "verona.localhost"
"""The host that they move to."""

PUBSUB = "http://jabber.org/protocol/pubsub"
BOOKMARKS, NICK = "urn:xmpp:bookmarks:1", "http://jabber.org/protocol/nick"
MAM, FORWARD, DELAY = "urn:xmpp:mam:2", "urn:xmpp:forward:0", "urn:xmpp:delay"

SAID = [
    "I am at the lake already, and the water is warm.",
    "I will be there at six. Shall I bring the boat?",
    "Please do. The blue one.",
]
WAITING = ["Are you there?", "Then until tomorrow."]


@dataclass
class Found:
    """What somebody finds in their account."""

    contacts: dict[str, str] = field(default_factory=dict)
    name: str = ""
    notes: str = ""
    waiting: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    bookmarks: list[str] = field(default_factory=list)
    nickname: str = ""
    archive: list[tuple[str, str]] = field(default_factory=list)
    with_friend: list[str] = field(default_factory=list)


@pytest.fixture(scope="module", params=[("prosody", "13.0"), ("ejabberd", "24.12")], ids="-".join)
def left(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Copy, Found]]:
    """The copy of somebody who settled on a server, and what they find there themselves."""
    kind, version = request.param
    installation = installed(kind, version)
    with running(installation, tmp_path_factory.mktemp(kind), extra=hospitable(kind, sql=False)) as server:
        yield asyncio.run(_copied(server))


async def _copied(server: Server) -> tuple[Copy, Found]:
    await settle(server, NAME)
    async with connected(server) as line:
        await line.companion.hello()
        copy = await copy_of(line.companion, Order(include_files=True, fetch=HttpFetch()), account=NAME)
    return copy, await look(server)


async def look(server: Server) -> Found:
    """Log in and look at everything."""
    async with client(server, NAME) as person:
        roster = await ask(person, "<query xmlns='jabber:iq:roster'/>")
        vcard = await ask(person, "<vCard xmlns='vcard-temp'/>")
        private = await ask(person, "<query xmlns='jabber:iq:private'><notes xmlns='storage:rosternotes'/></query>")
        blocked = await ask(person, "<blocklist xmlns='urn:xmpp:blocking'/>")
        found = Found(
            contacts={each.get("jid", ""): each.get("name", "") for each in roster.iter("{jabber:iq:roster}item")},
            name=vcard.findtext(".//{vcard-temp}FN") or "",
            notes=private.findtext(".//{storage:rosternotes}notes") or "",
            blocked=[each.get("jid", "") for each in blocked.iter("{urn:xmpp:blocking}item")],
            bookmarks=[each.get("id", "") for each in await published(person, BOOKMARKS)],
            nickname="".join("".join(each.itertext()) for each in await published(person, NICK)),
        )
        while not person.chat.messages.empty():
            waiting = await person.message()
            found.waiting.append(str(waiting["body"]))
        found.archive = await archived(person)
        [friend] = [jid for jid, name in found.contacts.items() if name == "Juliet"]
        field_ = f"<field var='with'><value>{friend}</value></field>"
        form = f"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>{MAM}</value></field>{field_}</x>"
        found.with_friend = [body for _stamp, body in await archived(person, form)]
    return found


async def ask(person: Client, payload: str) -> Element:
    xml: Element = (await person.iq(XML(payload), to=person.jid.bare)).xml
    return xml


async def published(person: Client, node: str) -> list[Element]:
    """The items of a node; none if there is no such node."""
    try:
        answer = await ask(person, f"<pubsub xmlns='{PUBSUB}'><items node='{node}'/></pubsub>")
    except IqError:
        return []
    return list(answer.iter(f"{{{PUBSUB}}}item"))


async def archived(person: Client, form: str = "") -> list[tuple[str, str]]:
    """Times and texts of the messages in the archive."""
    found: list[tuple[str, str]] = []

    def received(stanza: Element) -> None:
        forwarded = stanza.find(f"{{{MAM}}}result/{{{FORWARD}}}forwarded")
        if forwarded is not None:
            delay, body = forwarded.find(f"{{{DELAY}}}delay"), forwarded.findtext(".//{jabber:client}body")
            found.append(("" if delay is None else delay.get("stamp", "")[:19], body or ""))

    def filtered(stanza: StanzaBase) -> StanzaBase:
        received(stanza.xml)
        return stanza

    person.chat.xmpp.add_filter("in", filtered)
    await person.iq(XML(f"<query xmlns='{MAM}'>{form}</query>"), to=person.jid.bare, kind="set")
    person.chat.xmpp.del_filter("in", filtered)
    return [(stamp, body) for stamp, body in found if body]


def moved(copy: Copy, file: Path) -> None:
    """Write account.xml for another host, as docs/export.md says."""
    text = copy.text("account.xml")
    old = ' jid="localhost"'
    assert text.count(old, 0, 200) == 1
    file.write_text(text.replace(old, f' jid="{NEW}"', 1), encoding="utf-8")


def test_everything_of_the_server_is_in_the_copy(left: tuple[Copy, Found]) -> None:
    copy, there = left
    manifest = copy.manifest
    assert manifest.complete, manifest.as_json()
    assert not [part for part in manifest.parts if part.damaged]
    assert len(manifest.files) == len(FILES)
    [photo] = [file.name for file in manifest.files if file.original == FILES[0]]
    assert copy.zip.read(photo) == PHOTO.read_bytes()
    text = copy.text("messages-0001.html")
    for body in (*SAID, *WAITING):
        assert body in text
    assert f'src="{photo}"' in text
    contacts = copy.text("contacts.html")
    assert all(jid in contacts for jid in there.contacts)
    assert "Romeo Montague" in copy.text("profile.html")
    assert "Romy" in copy.text("profile.html")
    assert "At the lake" in copy.text("app-data.html")
    assert BLOCKED in copy.text("blocked.html")


@pytest.mark.parametrize(("kind", "version"), VERSIONS)
def test_another_server_takes_it_in(left: tuple[Copy, Found], kind: Kind, version: str, tmp_path: Path) -> None:
    copy, there = left
    file, home = tmp_path / "account.xml", tmp_path / "server"
    home.mkdir()
    moved(copy, file)
    installation = installed(kind, version)
    with running(installation, home, domain=NEW, extra=importing(installation, file)) as server:
        register_and_import(server, NAME, file)
        here = asyncio.run(look(server))
    assert there.contacts
    assert here.contacts == there.contacts
    assert here.name == there.name == "Romeo Montague"
    assert here.notes == there.notes == "of his own"
    if kind == "ejabberd":
        assert here.waiting == there.waiting == WAITING
        assert here.blocked == there.blocked == [BLOCKED]
        assert (here.archive, here.nickname) == ([], "")  # its import passes over archives and PEP nodes
    else:
        assert here.archive == there.archive
        assert [body for _stamp, body in here.archive][:3] == SAID
        assert there.with_friend[:3] == SAID
        # What came in was sent to the old address, and counts as a chat with that.
        assert here.with_friend == [body for body in there.with_friend if body == SAID[1] or body.startswith("http")]
        assert (here.waiting, here.blocked) == ([], [])  # its format has stores for neither
        assert here.nickname == there.nickname == "Romy"
        assert here.bookmarks == there.bookmarks
