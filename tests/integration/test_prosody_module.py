"""What is special about the companion module on Prosody, with both versions and both kinds of storage.

What every companion module has to do is tested in tests/contract.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from slixmpp import JID, Iq
from slixmpp.exceptions import IqError
from slixmpp.xmlstream import StanzaBase

from bot.policy.observed import Slot
from bot.policy.terms import Category
from bot.servers import Changed, NoSuchAccount, Refused, Unsupported
from bot.xmpp.connection import Connection
from demo.client import logged_in
from demo.life import put
from demo.servers import Extra, Server, find, running
from demo.servers.accounts import RegistrationError, register
from demo.servers.process import LOOPBACK
from tests.support.client import PASSWORD, Client, client, condition
from tests.support.companion import Line, connected
from tests.support.prosody import CONTROL, encoded, files_of, hasten, plant_archive, plant_store
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
        components='http_file_share_secret = "else slots end with a restart"\n'
        'VirtualHost "other.localhost"\nmodules_enabled = { "control" }\n'
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
            ("inventory", '{"account":"romeo","before":"2026"}', False),
            ("inventory", '{"account":"romeo","before":-1}', False),
            ("erase", '{"account":"romeo","category":"archive","before":1e999}', True),
            ("erase", '{"account":"romeo","category":"archive","id":5}', True),
            ("identify", '{"account":"romeo"}', False),
            ("identify", "{}", True),
            ("slot", '{"account":"romeo","name":"a","size":1,"type":"b"}', False),
            ("slot", '{"account":"romeo","name":"a","size":1.5,"type":"b"}', True),
            ("slot", '{"account":"romeo","name":"a","size":"1","type":"b"}', True),
            ("slot", '{"account":"romeo","name":"a","type":"b"}', True),
            ("slot", '{"account":"romeo","name":"a\\u0000","size":1,"type":"b"}', True),
            ("slot", '{"account":"romeo","name":["a"],"size":1,"type":"b"}', True),
            ("slot", '{"account":"romeo","name":"a","size":1}', True),
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


async def upload(slot: Slot, content: bytes) -> None:
    await asyncio.to_thread(put, slot.put, content, {"Content-Type": "text/plain", **slot.headers})


async def gone(server: Server) -> None:
    async with asyncio.timeout(20):
        while files_of(server):  # noqa: ASYNC110 -- nothing tells
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("category", [Category.UPLOADS, Category.ACCOUNT])
async def test_what_is_uploaded_after_its_erasure_does_not_outlive_a_restart(prosody: Server, category: str) -> None:
    prosody.add_account("romeo", PASSWORD)
    async with connected(prosody) as line, client(prosody, "juliet"):
        slots = [await line.companion.slot("romeo", "late.txt", 4, "text/plain") for _ in range(2)]
        hers = await line.companion.slot("juliet", "hers.txt", 4, "text/plain")
        await upload(slots[0], b"soon")
        await line.companion.erase("romeo", category)
        assert files_of(prosody) == []
        for slot in slots:
            await upload(slot, b"late")
        await upload(hers, b"hers")
        assert len(files_of(prosody)) == 3
    prosody.stop()
    assert hasten(prosody, -1) == 2
    prosody.start()
    async with asyncio.timeout(20):
        while len(files_of(prosody)) > 1:  # noqa: ASYNC110 -- nothing tells
            await asyncio.sleep(0.1)
    async with connected(prosody) as line:
        assert await counted(line, "juliet", Category.UPLOADS) == 1
    prosody.stop()
    assert hasten(prosody, 0) == 0, "they are forgotten"


async def test_a_slot_that_is_not_over_yet_is_waited_for(prosody: Server) -> None:
    prosody.add_account("romeo", PASSWORD)
    async with connected(prosody) as line:
        slot = await line.companion.slot("romeo", "late.txt", 4, "text/plain")
        await line.companion.erase("romeo", Category.UPLOADS)
    prosody.restart()
    await upload(slot, b"late")
    prosody.stop()
    over = time.time() + 6
    assert hasten(prosody, 6) == 1
    prosody.start()
    await gone(prosody)
    assert time.time() > over - 1


@pytest.mark.parametrize(("silent", "stays"), [(10, True), (4000, False)])
async def test_an_upload_that_is_under_way_is_waited_for(prosody: Server, silent: int, stays: bool) -> None:  # noqa: FBT001
    prosody.add_account("romeo", PASSWORD)
    async with connected(prosody) as line:
        slot, other = [await line.companion.slot("romeo", "late.txt", 4, "text/plain") for _ in range(2)]
        await upload(other, b"late")
        [late] = files_of(prosody)
        await line.companion.erase("romeo", Category.UPLOADS)
    prosody.stop()
    late.write_text("uploaded after all")
    under_way = late.with_name(encoded(slot.get.split("/")[-2]) + ".bin~")
    under_way.write_text("ha")
    os.utime(under_way, (time.time() - silent,) * 2)
    hasten(prosody, -1)
    prosody.start()
    async with asyncio.timeout(20):
        while late.exists():  # noqa: ASYNC110 -- nothing tells
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
    assert under_way.exists() == stays
    prosody.stop()
    assert hasten(prosody, 0) == int(stays)


async def test_an_identity_outlives_a_restart_and_not_the_account(prosody: Server) -> None:
    prosody.add_account("romeo", PASSWORD)
    async with connected(prosody) as line:
        assert await counted(line, "romeo", Category.BOT_RECORDS) == 0
        was = (await line.companion.identify("romeo")).id
        assert await counted(line, "romeo", Category.BOT_RECORDS) == 1
    prosody.stop()
    prosody.start()
    async with connected(prosody) as line:
        assert (await line.companion.identify("romeo")).id == was
        async with client(prosody, "romeo") as romeo:
            await tell(romeo, "<query xmlns='jabber:iq:register'><remove/></query>", "localhost")
        with pytest.raises(NoSuchAccount):
            await line.companion.identify("romeo")
        prosody.add_account("romeo", PASSWORD)
        assert await counted(line, "romeo", Category.BOT_RECORDS) == 0
        with pytest.raises(Changed):
            await line.companion.erase("romeo", Category.ACCOUNT, identity=was)
        assert (await line.companion.identify("romeo")).id != was


async def test_an_identity_that_was_left_behind_is_not_inherited(prosody: Server) -> None:
    prosody.stop()
    plant_store(prosody, "privacy_bot", "romeo", "id", "of-another-romeo")
    prosody.start()
    prosody.add_account("romeo", PASSWORD)
    async with connected(prosody) as line:
        with pytest.raises(Changed):
            await line.companion.erase("romeo", Category.ACCOUNT, identity="of-another-romeo")
        assert (await line.companion.identify("romeo")).id != "of-another-romeo"


async def test_a_slot_is_given_as_to_the_account_itself(installed: tuple[str, bool], tmp_path: Path) -> None:
    version, sql = installed
    limits = 'http_file_share_daily_quota = 10\nhttp_file_share_allowed_file_types = { "text/*" }\n'
    stranger = 'Component "a.elsewhere.example" "http_file_share"\nhttp_file_share_size_limit = 1\n'
    with running(find("prosody", version), tmp_path, extra=Extra(sql=sql, components=limits + stranger)) as server:
        server.add_account("romeo", PASSWORD)
        async with connected(server) as line, client(server, "juliet"):
            slot = await line.companion.slot("romeo", "a b.txt", 8, "text/plain")
            assert (slot.refused, slot.retention) == (None, 7 * 86400)
            assert slot.get.startswith(f"http://127.0.0.1:{server.parameters.http}/"), (
                "of the own service, although another is first"
            )
            await upload(slot, b"12345678")
            refused = await line.companion.slot("romeo", "b.txt", 8, "text/plain")
            assert (refused.refused, refused.limit, refused.put) == ("quota", None, "")
            assert (await line.companion.slot("juliet", "b.txt", 8, "text/plain")).refused is None
            for name, kind in (("a.png", "image/png"), ("a/b.txt", "text/plain")):
                assert (await line.companion.slot("juliet", name, 2, kind)).refused == "other"
            assert (await line.companion.slot("romeo", "c.txt", 1, "text/plain")).refused is None
            holding = (await line.companion.inventory("romeo", [Category.UPLOADS])).holding(Category.UPLOADS)
            assert holding is not None
            assert (holding.count, holding.facts["unused_slots"]) == (1, 1)


async def test_without_an_upload_service_there_is_no_slot(installed: tuple[str, bool], tmp_path: Path) -> None:
    version, sql = installed
    none = "enabled = false"  # of the upload service, after whose lines it stands
    extra = Extra(sql=sql, modules='modules_enabled = { "privacy_bot", "bosh" }', components=none)
    with running(find("prosody", version), tmp_path, extra=extra) as server:
        server.add_account("romeo", PASSWORD)
        async with connected(server) as line:
            hello = await line.companion.hello()
            assert hello.dated == {Category.ARCHIVE, Category.OFFLINE_MESSAGES, Category.ROOM_ARCHIVE}
            assert "slot" in hello.operations
            with pytest.raises(Unsupported):
                await line.companion.slot("romeo", "a.txt", 1, "text/plain")
            assert (await line.companion.erase("romeo", Category.ACCOUNT)).left == ()


async def test_what_pep_stores_can_be_published_again(prosody: Server) -> None:
    node, pubsub = "urn:example:a&b", "http://jabber.org/protocol/pubsub"
    options = {
        "access_model": "whitelist",
        "max_items": "5",
        "persist_items": "true",
        "send_last_published_item": "never",
    }
    fields = "".join(f"<field var='pubsub#{name}'><value>{value}</value></field>" for name, value in options.items())
    form = (
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>"
        f"<value>{pubsub}#publish-options</value></field>{fields}</x>"
    )
    name = node.replace("&", "&amp;")
    async with connected(prosody) as line, client(prosody, "romeo") as romeo:
        for item in ("one", "'2'"):
            await tell(
                romeo,
                f"<pubsub xmlns='{pubsub}'><publish node='{name}'><item id=\"{item}\"><a xmlns='b'>{item}</a></item>"
                f"</publish><publish-options>{form}</publish-options></pubsub>",
            )
        found = (await line.companion.records("romeo", Category.CLIENT_DATA)).items
        mine = [record for record in found if record["node"] == node]
        configuration, *published = [fromstring(record["xml"]) for record in mine]  # noqa: S314 -- ours
        form_found = configuration[0][0]
        assert configuration[0].get("node") == node
        values = {field.get("var"): [value.text for value in field] for field in form_found}
        assert values == {
            "FORM_TYPE": [f"{pubsub}#node_config"],
            "pubsub#access_model": ["whitelist"],
            "pubsub#max_items": ["5"],
            "pubsub#persist_items": ["1"],
            "pubsub#send_last_published_item": ["never"],
        }
        assert [(element[0].get("node"), element[0][0].get("id")) for element in published] == [
            (node, "one"),
            (node, "'2'"),
        ]
        assert [element[0][0].findtext("{b}a") for element in published] == ["one", "'2'"]
        await line.companion.erase("romeo", Category.CLIENT_DATA)
        as_form, first = mine[0]["xml"], mine[1]["xml"]
        create = as_form[as_form.index("<x ") : as_form.index("</configure>")]
        await tell(romeo, f"<pubsub xmlns='{pubsub}'><create node='{name}'/><configure>{create}</configure></pubsub>")
        await tell(romeo, first.replace("<items", "<publish").replace("</items", "</publish"))
        again = (await line.companion.records("romeo", Category.CLIENT_DATA)).items
        assert [record["xml"] for record in again if record["node"] == node] == [record["xml"] for record in mine[:2]]


async def test_the_node_that_guards_bookmarks_is_the_servers(prosody: Server) -> None:
    """Prosody makes it at every login and keeps it empty; without it others could be told of bookmarks."""
    guard, bookmarks, pubsub = "storage:bookmarks", "urn:xmpp:bookmarks:1", "http://jabber.org/protocol/pubsub"
    settings = f"<pubsub xmlns='{pubsub}#owner'><configure node='{guard}'/></pubsub>"
    async with connected(prosody) as line, client(prosody, "romeo") as romeo:
        assert await counted(line, "romeo", Category.CLIENT_DATA) == 0
        conference = f"<conference xmlns='{bookmarks}' name='The lake'/>"
        item = f"<item id='lake@conference.localhost'>{conference}</item>"
        await tell(romeo, f"<pubsub xmlns='{pubsub}'><publish node='{bookmarks}'>{item}</publish></pubsub>")
        assert await counted(line, "romeo", Category.CLIENT_DATA) == 1
        assert (await line.companion.erase("romeo", Category.CLIENT_DATA)).erased == 1
        assert await counted(line, "romeo", Category.CLIENT_DATA) == 0
        fields = {field.get("var"): field.findtext("{*}value") for field in (await get(romeo, settings)).xml.iter()}
        assert (fields["pubsub#access_model"], fields["pubsub#persist_items"]) == ("whitelist", "0")
