"""What is special about the companion module on Prosody, with both versions and both kinds of storage.

What every companion module has to do is tested in tests/contract.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from slixmpp import JID, Iq
from slixmpp.exceptions import IqError
from slixmpp.xmlstream import StanzaBase

from bot.servers import NoSuchAccount, Refused
from bot.xmpp.connection import Connection
from demo.client import logged_in
from demo.servers import Extra, Server, find, running
from demo.servers.accounts import RegistrationError, register
from demo.servers.process import LOOPBACK
from tests.support.client import PASSWORD, Client, client, condition
from tests.support.companion import Line, connected
from tests.support.prosody import CONTROL, plant_archive, plant_store
from tests.support.versions import named, with_storage

BOT = "privacy@localhost"
INNER = "privacy.localhost"
UNTOUCHED = Extra(settings='archive_expires_after = "never"\nstorage_archive_item_limit = 1000000')


@pytest.fixture(params=with_storage("prosody"), ids=named)
def installed(request: pytest.FixtureRequest) -> tuple[str, bool]:
    """A version and whether its storage is SQL."""
    _kind, version, sql = request.param
    return version, sql


@pytest.fixture
def prosody(installed: tuple[str, bool], tmp_path: Path) -> Iterator[Server]:
    """A server with another virtual host, and with the control module for tests."""
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "mod_control.lua").write_text(CONTROL)
    version, sql = installed
    extra = Extra(
        sql=sql,
        plugins=plugins,
        settings=UNTOUCHED.settings,
        modules='modules_enabled = { "privacy_bot", "control" }',
        components='VirtualHost "other.localhost"\nmodules_enabled = { "control" }\n'
        'Component "second.localhost"\ncomponent_secret = "component-secret"\n',
    )
    directory = tmp_path / "server"
    directory.mkdir()
    with running(find("prosody", version), directory, extra=extra) as server:
        yield server


async def counted(line: Line, account: str, category: str) -> int | None:
    holding = (await line.companion.inventory(account, [category])).holding(category)
    assert holding is not None
    return holding.count


class Bot:
    """A component that sees everything that comes to the bot, and answers messages with their text."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.stanzas: asyncio.Queue[Element] = asyncio.Queue()

    def on_stanza(self, stanza: Element) -> None:
        if stanza.get("type") == "headline":
            return  # an event of the module
        self.stanzas.put_nowait(stanza)
        if stanza.tag.endswith("}message") and stanza.get("type") == "chat":
            text = stanza.findtext("{*}body")
            self.connection.send(
                f"<message type='chat' from='{stanza.get('to')}' to='{stanza.get('from')}' id='echo'>"
                f"<body>you said: {text}</body></message>"
            )

    async def next(self, name: str) -> Element:
        async with asyncio.timeout(10):
            while True:
                stanza = await self.stanzas.get()
                if stanza.tag.endswith("}" + name):
                    return stanza


@asynccontextmanager
async def bot(server: Server, domain: str = INNER) -> AsyncIterator[Bot]:
    connection = Connection(domain, server.secret, LOOPBACK, server.component_port)
    seen = Bot(connection)
    connection.handle(dict.fromkeys(("message", "iq", "presence"), seen.on_stanza))
    task = asyncio.create_task(connection.run())
    try:
        async with asyncio.timeout(10):
            while not connection.is_open:  # noqa: ASYNC110 -- nothing tells
                await asyncio.sleep(0.01)
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def tell(person: Client, xml: str, to: str = "") -> Iq:
    """Send an IQ of type set, to the person's own account unless told otherwise."""
    payload = fromstring(xml)  # noqa: S314 -- ours
    return await person.iq(payload, to=to or person.jid.bare, kind="set")


async def get(person: Client, xml: str, to: str = "") -> Iq:
    return await person.iq(fromstring(xml), to=to or person.jid.bare)  # noqa: S314 -- ours


def text_of(*stanzas: Element | StanzaBase) -> str:
    elements = (stanza.xml if isinstance(stanza, StanzaBase) else stanza for stanza in stanzas)
    return "".join(tostring(element, encoding="unicode") for element in elements)


async def test_the_bot_is_met_at_an_address_of_the_host(prosody: Server) -> None:
    async with bot(prosody) as seen, client(prosody, "romeo") as romeo, client(prosody, "romeo", resource="b") as other:
        for each in (romeo, other):
            await tell(each, "<enable xmlns='urn:xmpp:carbons:2'/>")
        answer = await romeo.ask("hello", to=BOT)
        assert answer["body"] == "you said: hello"
        assert answer["from"] == BOT
        assert (await seen.next("message")).get("to") == f"privacy@{INNER}"
        copies = [await other.chat.messages.get() for _ in range(2)]
        archive = await tell(romeo, "<query xmlns='urn:xmpp:mam:2'/>")
        history = [await romeo.chat.messages.get() for _ in range(2)]
        everything = text_of(answer, *copies, archive, *history)
        assert everything.count("you said: hello") == 3
        assert INNER not in everything


async def test_requests_and_subscriptions_reach_the_bot_and_come_back(prosody: Server) -> None:
    async with bot(prosody) as seen, client(prosody, "romeo") as romeo:
        asking = asyncio.create_task(get(romeo, "<query xmlns='jabber:iq:version'/>", f"{BOT}/x"))
        request = await seen.next("iq")
        assert request.get("to") == f"privacy@{INNER}/x"
        seen.connection.send(
            f"<iq type='error' id='{request.get('id')}' from='{request.get('to')}' to='{request.get('from')}'>"
            f"<error type='cancel' by='{INNER}'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        )
        with pytest.raises(IqError) as refused:
            await asking
        assert refused.value.iq["from"] == f"{BOT}/x"
        assert INNER not in text_of(refused.value.iq)
        await get(romeo, "<query xmlns='jabber:iq:roster'/>")  # who asked for it hears of changes
        subscribed = asyncio.create_task(romeo.chat.xmpp.wait_until("presence_subscribed", 10))
        romeo.send_raw(f"<presence type='subscribe' to='{BOT}'/>")
        await seen.next("presence")
        seen.connection.send(f"<presence type='subscribed' from='privacy@{INNER}' to='romeo@localhost'/>")
        assert (await subscribed)["from"] == BOT
        roster = await get(romeo, "<query xmlns='jabber:iq:roster'/>")
        assert f'jid="{BOT}"' in text_of(roster)


async def test_without_the_component_its_name_stays_hidden(prosody: Server) -> None:
    async with client(prosody, "romeo") as romeo:
        answer = await romeo.ask("anybody there?", to=BOT)
        assert condition(answer) == "recipient-unavailable"
        assert answer["from"] == BOT
        assert answer.xml.find("{*}error").get("type") == "wait"  # type: ignore[union-attr]
        with pytest.raises(IqError) as refused:
            await get(romeo, "<query xmlns='jabber:iq:version'/>", f"{BOT}/x")
        assert condition(refused.value.iq) == "recipient-unavailable"
        assert INNER not in text_of(answer, refused.value.iq)


async def test_people_of_another_host_meet_the_same_address(prosody: Server) -> None:
    register(prosody.c2s, "other.localhost", "mercutio", PASSWORD)
    async with bot(prosody), logged_in("mercutio@other.localhost/x", PASSWORD, prosody.c2s) as mercutio:
        answer = await mercutio.ask("hello", to=BOT)
        assert answer["body"] == "you said: hello"
        assert INNER not in text_of(answer)


async def test_what_leaves_for_other_servers_leaves_as_this_host(prosody: Server) -> None:
    async with bot(prosody) as seen, client(prosody, "romeo") as romeo:
        seen.connection.send(
            f"<message from='privacy@{INNER}' to='a@example.net' type='chat'><body>to another server</body></message>"
        )
        await romeo.ask("and now me", to=BOT)
    remote = [line for line in prosody.log.read_text().splitlines() if "REMOTE" in line]
    assert len(remote) == 1
    assert "REMOTE localhost " in remote[0]
    assert "to another server" in remote[0]
    assert INNER not in remote[0].split("REMOTE")[1]


async def test_errors_come_back_to_the_address_that_the_component_knows(prosody: Server) -> None:
    async with bot(prosody) as seen:
        seen.connection.send(
            f"<iq type='get' id='q1' from='privacy@{INNER}/x' to='nobody@localhost/y'>"
            "<ping xmlns='urn:xmpp:ping'/></iq>"
        )
        error = await seen.next("iq")
        assert (error.get("type"), error.get("to")) == ("error", f"privacy@{INNER}/x")


async def test_nobody_can_register_the_name(prosody: Server) -> None:
    with pytest.raises(RegistrationError):
        prosody.add_account("privacy", PASSWORD)


async def test_an_account_of_that_name_stays_what_it_is(installed: tuple[str, bool], tmp_path: Path) -> None:
    version, sql = installed
    with running(find("prosody", version), tmp_path, extra=Extra(sql=sql, companion=False)) as before:
        before.add_account("privacy", PASSWORD)
    with running(find("prosody", version), tmp_path, extra=Extra(sql=sql)) as server:
        async with connected(server) as line, client(server, "privacy") as owner, client(server, "romeo") as romeo:
            romeo.chat.xmpp.send_message(JID(BOT), "for the person", mtype="chat")
            assert (await owner.message())["body"] == "for the person"
            assert (await line.companion.hello()).node is None
        assert f"There is an account {BOT}" in server.log.read_text()


async def test_only_the_bare_domain_of_the_component_is_served(prosody: Server) -> None:
    query = "<query xmlns='xmpp-privacy-bot:companion:1' op='accounts'/>"
    async with bot(prosody) as seen, client(prosody, "romeo") as romeo, bot(prosody, "second.localhost") as other:
        with pytest.raises(IqError) as refused:
            await get(romeo, query, "localhost")
        assert condition(refused.value.iq) == "forbidden"
        for connection, sender, stanzas in (
            (seen.connection, f"privacy@{INNER}", seen),
            (seen.connection, f"{INNER}/x", seen),
            (other.connection, "second.localhost", other),
        ):
            connection.send(f"<iq type='get' id='q' from='{sender}' to='localhost'>{query}</iq>")
            answer = await stanzas.next("iq")
            assert answer.get("type") == "error"
            assert "forbidden" in text_of(answer)
            assert "<text" not in text_of(answer)


async def test_requests_that_make_no_sense_are_refused(prosody: Server) -> None:
    async with connected(prosody) as line:
        prosody.add_account("romeo", PASSWORD)
        for operation, text, changes in (
            ("erase", '{"account":"romeo","category":"archive"}', False),
            ("inventory", '{"account":"romeo"}', True),
            ("inventory", "no json", False),
            ("inventory", "[1]", False),
            ("inventory", '{"account":["romeo"]}', False),
            ("inventory", '{"account":"romeo","categories":"archive"}', False),
            ("inventory", '{"account":"romeo","categories":{"a":"b"}}', False),
            ("inventory", '{"account":"rom/eo"}', False),
            ("inventory", "{}", False),
            ("accounts", '{"limit":0}', False),
            ("accounts", '{"limit":1.5}', False),
            ("accounts", '{"after":5}', False),
            ("records", '{"account":"romeo","category":"archive","after":"nonsense"}', False),
            ("records", '{"account":"romeo"}', False),
        ):
            with pytest.raises(Refused, match="bad-request"):
                await line.requests.ask(operation, text, changes=changes)
    assert "traceback" not in prosody.log.read_text().lower()


async def test_a_store_that_nobody_knows_is_named(prosody: Server) -> None:
    prosody.add_account("romeo", PASSWORD)
    prosody.stop()
    plant_store(prosody, "some_module", "romeo", "colour", "green")
    plant_store(prosody, "smacks_h", "romeo", "token", "5")
    plant_archive(prosody, "romeo", 3, store="some_log")
    prosody.start()
    async with connected(prosody) as line:
        found = await line.companion.inventory("romeo")
        others = {holding.name: holding.count for holding in found.holdings if holding.category == "other"}
        assert others == {"some_module": 1, "some_log": 3}
        records = await line.companion.records("romeo", "other")
        assert {record["name"] for record in records.items} == {"some_module", "some_log"}
        assert "green" in str(records.items)


@pytest.mark.parametrize("name", ["o\\27neil", "名前", "50%off", "a.b_c-d", "jos\u00e9", "{x}"])
async def test_names_of_every_kind(prosody: Server, name: str) -> None:
    async with connected(prosody) as line, client(prosody, name) as person, client(prosody, "romeo") as romeo:
        romeo.chat.xmpp.send_message(JID(person.jid.bare), "hello", mtype="chat")
        await person.message()
        assert await counted(line, name, "archive") == 1
        assert name in (await line.companion.accounts()).accounts
        assert len((await line.companion.records(name, "archive")).items) == 1
        assert (await line.companion.erase(name, "account")).left == ()
        with pytest.raises(NoSuchAccount):
            await line.companion.inventory(name)


async def test_a_reload_keeps_one_of_everything(prosody: Server) -> None:
    async with connected(prosody) as line, client(prosody, "romeo") as romeo:
        for _ in range(3):
            await tell(romeo, "<reload xmlns='test:control' module='privacy_bot'/>", "localhost")
        assert await counted(line, "romeo", "archive") == 0
        while not line.events.empty():
            line.events.get_nowait()
        async with client(prosody, "juliet"):
            pass
        await line.companion.hello()  # what was told before has come when this is answered
        events = [line.events.get_nowait() for _ in range(line.events.qsize())]
        assert [(event.event, event.account) for event in events] == [("registered", "juliet"), ("login", "juliet")]
    async with bot(prosody) as seen, client(prosody, "romeo") as romeo:
        await romeo.ask("hello", to=BOT)
        await seen.next("message")
        assert seen.stanzas.empty()
