"""What is special to the companion module for ejabberd; what every such module owes is in tests/contract."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import XML, Element, tostring

import pytest
from slixmpp.exceptions import IqError

from bot.servers import Changed, NoSuchAccount, Refused
from bot.xmpp.connection import Connection
from bot.xmpp.requests import Requests
from demo.servers import Extra, Server, find, running
from demo.servers.accounts import AccountExistsError, register
from demo.servers.process import LOOPBACK
from tests.support.client import PASSWORD, Client, client, condition
from tests.support.hoarders import HOARDER, PLUGINS, hoarding, moment
from tests.support.versions import named, with_storage

ODD_NAMES = ("back\\slash", "100%_sure", "jürgen.müller", "日本", "semi;colon--", "(brackets)$^")
"""Names that a JID may have, and that quoting, patterns or file names could stumble over."""

DISCO = "http://jabber.org/protocol/disco#info"


@pytest.fixture(scope="module", params=with_storage("ejabberd"), ids=named)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for each version and storage, with a module that the companion does not know."""
    _kind, version, sql = request.param
    stranger = f"  mod_stranger: {{accounts: {json.dumps([*ODD_NAMES, 'romeo'])}}}\n"
    extra = Extra(sql=True) if sql else Extra(plugins=PLUGINS, modules=stranger)
    with running(find("ejabberd", version), tmp_path_factory.mktemp("ejabberd"), extra=extra) as server:
        if sql:
            server.stop()
            _create_unknown_table(server, [*ODD_NAMES, "romeo"])
            server.start()
        yield server


def _create_unknown_table(server: Server, names: list[str]) -> None:
    with closing(sqlite3.connect(server.directory / "ejabberd.sqlite")) as database, database:
        database.execute("create table stranger (username text, note text)")
        database.executemany("insert into stranger values (?, 'a note on ' || ?)", [(name, name) for name in names])


def element(text: str) -> Element:
    """What a test writes as text."""
    return XML(text)


class Bot:
    """The component, asked and asking stanza by stanza."""

    def __init__(self, server: Server) -> None:
        self.connection = Connection(server.component, server.secret, LOOPBACK, server.component_port)
        self.requests = Requests(self.connection, server.component, server.domain)
        self.received: asyncio.Queue[Element] = asyncio.Queue()
        self.connection.handle({"message": self._keep, "presence": self._keep, "iq": self._keep})

    def _keep(self, stanza: Element) -> None:
        self.requests.on_answer(stanza)
        self.received.put_nowait(stanza)

    async def next(self, text: str) -> Element:
        """The next stanza that has *text* in it."""
        async with asyncio.timeout(10):
            while text not in tostring(stanza := await self.received.get(), encoding="unicode"):
                pass
        return stanza

    async def ask(self, operation: str, **arguments: object) -> Any:
        """What the module answers."""
        changes = operation in {"erase", "identify", "slot"}
        return json.loads(await self.requests.ask(operation, json.dumps(arguments), changes=changes))

    async def inventory(self, account: str, *categories: str) -> Any:
        """Holdings by category, or by name for unknown stores."""
        answer = await self.ask("inventory", account=account, details=200, categories=categories or None)
        assert answer["failed"] == []
        return {holding.get("name", holding["category"]): holding for holding in answer["holdings"]}


@asynccontextmanager
async def bot_of(server: Server) -> AsyncIterator[Bot]:
    bot = Bot(server)
    running = asyncio.create_task(bot.connection.run())
    try:
        async with asyncio.timeout(30):
            while not bot.connection.is_open:  # noqa: ASYNC110 -- the connection tells nobody
                await asyncio.sleep(0.01)
        yield bot
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def bot(server: Server) -> AsyncIterator[Bot]:
    async with bot_of(server) as bot:
        yield bot


async def test_messages_to_the_name_on_the_host_reach_the_component_and_answers_come_from_there(
    server: Server, bot: Bot
) -> None:
    async with client(server, "romeo") as romeo:
        romeo.send_raw(f"<message to='privacy@{server.domain}/here' type='chat'><body>ping</body></message>")
        question = await bot.next("ping")
        assert (question.get("from"), question.get("to")) == (str(romeo.jid), f"privacy@{server.component}/here")
        bot.connection.send(
            f"<message from='privacy@{server.component}/there' to='{romeo.jid}' type='chat'><body>pong</body></message>"
        )
        answer = await romeo.message()
        assert str(answer["from"]) == f"privacy@{server.domain}/there"
        assert server.component not in str(answer)


async def test_requests_and_subscriptions_are_passed_on_in_both_directions(server: Server, bot: Bot) -> None:
    async with client(server, "romeo") as romeo:
        asked = asyncio.create_task(romeo.iq(Element(f"{{{DISCO}}}query"), to=f"privacy@{server.domain}", kind="get"))
        question = await bot.next(DISCO)
        bot.connection.send(
            f"<iq type='result' id='{question.get('id')}' from='{question.get('to')}' to='{question.get('from')}'/>"
        )
        assert str((await asked)["from"]) == f"privacy@{server.domain}"

        romeo.send_raw(f"<presence to='privacy@{server.domain}' type='subscribe'/>")
        request = await bot.next("subscribe")
        assert (request.get("from"), request.get("to")) == (romeo.jid.bare, f"privacy@{server.component}")
        bot.connection.send(f"<presence type='subscribed' from='privacy@{server.component}' to='{romeo.jid.bare}'/>")
        await romeo.iq(element("<ping xmlns='urn:xmpp:ping'/>"), to=server.domain, kind="get")
        assert await _subscribed_to(romeo) >= {f"privacy@{server.domain}"}


async def _subscribed_to(person: Client) -> set[str | None]:
    roster = await person.iq(element("<query xmlns='jabber:iq:roster'/>"), to=person.jid.bare, kind="get")
    items = roster.xml.iter("{jabber:iq:roster}item")
    return {item.get("jid") for item in items if item.get("subscription") in {"to", "both"}}


async def test_without_the_component_senders_are_told_to_wait_and_see_no_inner_name(server: Server) -> None:
    address = f"privacy@{server.domain}"
    async with client(server, "romeo") as romeo:
        romeo.send_raw(f"<message to='{address}' type='chat' id='m'><body>anybody?</body></message>")
        answer = await romeo.message()
        assert condition(answer) == "recipient-unavailable"
        assert (str(answer["from"]), answer["error"]["type"]) == (address, "wait")
        assert server.component not in str(answer)
        with pytest.raises(IqError) as refused:
            await romeo.iq(Element(f"{{{DISCO}}}query"), to=f"{address}/any", kind="get")
        assert condition(refused.value.iq) == "recipient-unavailable"
        assert server.component not in str(refused.value.iq)


async def test_nobody_can_register_the_name(server: Server, bot: Bot) -> None:
    for spelling in ("privacy", "PrivaCy"):
        with pytest.raises(AccountExistsError):
            register(server.c2s, server.domain, spelling, PASSWORD)
    assert "privacy" not in (await bot.ask("accounts"))["accounts"]


async def test_a_name_that_a_person_has_stays_theirs(tmp_path: Path, server: Server) -> None:
    with running(server.installation, tmp_path, extra=Extra(companion=False)) as before:
        before.add_account("privacy", PASSWORD)
    with running(server.installation, tmp_path) as after:
        async with bot_of(after) as bot, client(after, "privacy") as owner, client(after, "romeo") as romeo:
            assert (await bot.ask("hello"))["node"] is None
            romeo.send_raw(f"<message to='privacy@{after.domain}' type='chat'><body>hello you</body></message>")
            assert (await owner.message())["body"] == "hello you"
    assert "choose another 'node'" in after.log.read_text(errors="replace")


async def test_only_the_component_itself_is_answered(server: Server, bot: Bot) -> None:
    query = element("<query xmlns='xmpp-privacy-bot:companion:1' op='hello'/>")
    async with client(server, "romeo") as romeo:
        with pytest.raises(IqError) as refused:
            await romeo.iq(query, to=server.domain, kind="get")
        assert condition(refused.value.iq) == "forbidden"
    for sender in (f"privacy@{server.component}", f"{server.component}/resource"):
        bot.connection.send(
            f"<iq type='get' id='not-bare' from='{sender}' to='{server.domain}'>"
            "<query xmlns='xmpp-privacy-bot:companion:1' op='hello'/></iq>"
        )
        assert "forbidden" in tostring(await bot.next("not-bare"), encoding="unicode")


async def test_without_a_component_in_its_configuration_the_module_serves_nobody_and_says_so(
    tmp_path: Path, server: Server
) -> None:
    extra = Extra(modules="  mod_privacy_bot: {}\n")
    with running(server.installation, tmp_path, extra=extra) as unconfigured:
        async with bot_of(unconfigured) as bot:
            with pytest.raises(Refused):
                await bot.ask("hello")
    assert "no 'component' is set" in unconfigured.log.read_text(errors="replace")


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_odd_names_are_found_everywhere(server: Server, bot: Bot, name: str) -> None:
    async with client(server, name) as odd:
        await odd.iq(element("<vCard xmlns='vcard-temp'><FN>Odd</FN></vCard>"), to=odd.jid.bare, kind="set")
        await odd.iq(
            element("<block xmlns='urn:xmpp:blocking'><item jid='it\\s@odd.example'/></block>"),
            to=odd.jid.bare,
            kind="set",
        )
        odd.send_raw(f"<message to='juliet@{server.domain}' type='chat'><body>it's \\ odd</body></message>")
        await odd.iq(element("<ping xmlns='urn:xmpp:ping'/>"), to=server.domain, kind="get")
        found = await bot.inventory(name)
        assert {key: found[key]["count"] for key in ("account", "archive", "profile", "sessions", "stranger")} == {
            "account": 1,
            "archive": 1,
            "profile": 1,
            "sessions": 1,
            "stranger": 1,
        }
        assert found["blocklist"]["items"] == [{"jid": "it\\s@odd.example"}]
        assert (await bot.ask("records", account=name, category="archive"))["total"] == 1
    for category in ("archive", "profile", "blocklist"):
        assert (await bot.ask("erase", account=name, category=category))["erased"] == 1
    left = (await bot.ask("erase", account=name, category="account"))["left"]
    assert [holding["name"] for holding in left] == ["stranger"], (
        "a table that ejabberd does not know stays, and is told"
    )


async def test_records_of_an_unknown_table_are_given_out(server: Server, bot: Bot) -> None:
    async with client(server, "romeo"):
        records = (await bot.ask("records", account="romeo", category="other"))["items"]
    assert [record["name"] for record in records] == ["stranger"]
    assert "a note on romeo" in records[0]["data"]


async def test_settings_follow_the_configuration(tmp_path: Path, server: Server) -> None:
    extra = Extra(
        settings=(
            "loglevel: warning\nhide_sensitive_log_data: true\nlog_rotate_size: 1000000\nlog_rotate_count: 3\n"
            "access_rules: {nobody: {deny: all}}\nshaper_rules: {forty: 40}\n"
        ),
        modules=(
            "  mod_muc: {history_size: 7, default_room_options: {mam: true}}\n"
            "  mod_offline: {access_max_user_messages: forty}\n"
            "  mod_register: {access: nobody}\n"
            "  mod_stream_mgmt: {resume_timeout: 90}\n"
            "  mod_http_upload_quota: {}\n"
        ),
    )
    with running(server.installation, tmp_path, extra=extra) as configured:
        async with bot_of(configured) as bot:
            told = {setting["key"]: setting for setting in (await bot.ask("settings"))["settings"]}
    expected = {
        "archive.default": "always",
        "archive.retention": None,
        "room_archive.default": True,
        "room_history": 7,
        "offline_messages.limit": 40,
        "uploads.retention": "unlimited",
        "registration.open": False,
        "sessions.resume": 90,
        "logs.level": "warn",
        "logs.ip": False,
        "logs.rotation": {"bytes": 1_000_000, "files": 3},
        "password.format": "scram",
    }
    assert {key: told[key]["value"] for key in expected} == expected
    written = {key for key in expected if told[key]["set"]}
    assert written == set(expected) - {"archive.retention", "uploads.retention"}
    assert (told["room_history"]["option"], told["room_history"]["place"]) == (
        "mod_muc.history_size",
        "modules: mod_muc",
    )
    assert (told["logs.level"]["option"], told["logs.level"]["place"]) == ("loglevel", "top level")


async def test_many_requests_wait_their_turn(server: Server, bot: Bot) -> None:
    async with client(server, "romeo"):
        for number in range(200):
            bot.connection.send(
                f"<iq type='get' id='many-{number}' from='{server.component}' to='{server.domain}'>"
                "<query xmlns='xmpp-privacy-bot:companion:1' op='inventory'>{\"account\":\"romeo\"}</query></iq>"
            )
        answers = [await bot.next("many-") for _ in range(200)]
    assert {answer.get("type") for answer in answers} == {"result"}


@pytest.mark.parametrize("sql", [False, True], ids=["mnesia", "sql"])
async def test_others_are_answered_while_a_huge_archive_is_counted(
    tmp_path: Path, server: Server, *, sql: bool
) -> None:
    messages = 100_000
    times = 100 if sql else 1  # SQLite has counted once before anybody could be answered
    with hoarding(server.installation, tmp_path, messages, sql=sql) as full:
        async with bot_of(full) as bot, client(full, HOARDER), client(full, "juliet") as juliet:
            asked = asyncio.gather(*(bot.inventory(HOARDER, "archive") for _ in range(times)))
            answered = 0
            while not asked.done():
                await juliet.iq(element("<ping xmlns='urn:xmpp:ping'/>"), to=full.domain, kind="get")
                answered += 1
            holdings = [found["archive"] for found in await asked]
            page = await bot.ask(
                "records", account=HOARDER, category="archive", after=str(moment(messages - 50)), limit=200
            )
            half = moment(messages // 2) // 1_000_000
            older = await bot.ask("inventory", account=HOARDER, categories=["archive"], before=half)
            erased = await bot.ask("erase", account=HOARDER, category="archive", before=half)
            left = await bot.inventory(HOARDER, "archive")
    assert {(holding["count"], holding["oldest"]) for holding in holdings} == {(messages, 1_700_000_001)}
    assert answered > (3 if sql else 1), "others had to wait for all of them"
    assert (len(page["items"]), page["next"]) == (50, None)
    assert [each["count"] for each in older["holdings"]] == [messages // 2 - 1]
    assert erased["erased"] == messages // 2 - 1
    assert (left["archive"]["count"], left["archive"]["oldest"]) == (messages // 2 + 1, half)


def put(url: str, content: bytes, headers: dict[str, str] | None = None) -> int:
    """Upload to a slot; the status of the answer."""
    sent = urllib.request.Request(url, content, {"Content-Type": "text/plain", **(headers or {})}, method="PUT")  # noqa: S310
    try:
        with urllib.request.urlopen(sent) as answer:  # noqa: S310 -- loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 -- loopback
        return bytes(answer.read())


def files_of(server: Server) -> set[str]:
    """Every file that was uploaded to the server."""
    return {str(file) for file in (server.directory / "upload").rglob("*") if file.is_file()}


async def slot_of(bot: Bot, name: str, content: bytes = b"hello") -> Any:
    return await bot.ask("slot", account=name, name="a letter.txt", size=len(content), type="text/plain")


async def test_an_identity_outlives_a_restart_but_not_its_account(server: Server) -> None:
    server.add_account("mercutio", PASSWORD)
    async with bot_of(server) as bot:
        first = (await bot.ask("identify", account="mercutio"))["id"]
    server.restart()
    async with bot_of(server) as bot:
        assert (await bot.ask("identify", account="mercutio"))["id"] == first
        found = await bot.inventory("mercutio")
        assert [item["store"] for item in found["bot_records"]["items"]] == ["privacy_bot"]
        assert "privacy_bot" not in found, "it is no unknown store"
        await _leave(server, bot, "mercutio")
        with pytest.raises(NoSuchAccount):
            await bot.ask("identify", account="mercutio")
        async with client(server, "mercutio") as another:
            await another.iq(element("<vCard xmlns='vcard-temp'><FN>M</FN></vCard>"), to=another.jid.bare, kind="set")
            for category in ("profile", "account"):
                with pytest.raises(Changed):
                    await bot.ask("erase", account="mercutio", category=category, id=first)
            second = (await bot.ask("identify", account="mercutio"))["id"]
            assert second != first
            with pytest.raises(Changed):
                await bot.ask("erase", account="mercutio", category="profile", id=first)
            assert (await bot.inventory("mercutio"))["profile"]["count"] == 1
        assert (await bot.ask("erase", account="mercutio", category="profile", id=second))["erased"] == 1
        assert (await bot.ask("erase", account="mercutio", category="account", id=second))["left"] == []


async def _leave(server: Server, bot: Bot, name: str) -> None:
    """Remove the account as a client can; not every version answers that."""
    async with client(server, name) as person, asyncio.timeout(10):
        person.send_raw("<iq type='set' id='leave'><query xmlns='jabber:iq:register'><remove/></query></iq>")
        while name in (await bot.ask("accounts"))["accounts"]:  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0.1)


async def test_requests_that_change_nothing_are_told_from_those_that_do(server: Server, bot: Bot) -> None:
    server.add_account("capulet", PASSWORD)
    told = {}
    arguments: dict[str, object] = {"account": "capulet", "category": "uploads", "name": "a", "size": 1, "type": "a/b"}
    arguments["accounts"] = [{"account": "capulet", "time": 1}]
    for operation in (await bot.ask("hello"))["operations"]:
        for changes in (False, True):
            try:
                await bot.requests.ask(operation, json.dumps(arguments), changes=changes)
            except Refused:
                continue
            told[operation] = changes
    changing = {"erase", "identify", "slot", "welcomed"}
    reading = {"hello", "settings", "accounts", "inventory", "records", "newcomers"}
    assert told == {**dict.fromkeys(changing, True), **dict.fromkeys(reading, False)}


async def test_impossible_times_and_files_are_refused(server: Server, bot: Bot) -> None:
    server.add_account("paris", PASSWORD)
    times: tuple[object, ...] = (-1, "yesterday", 10**13, True, [])
    for before in times:
        with pytest.raises(Refused):
            await bot.ask("erase", account="paris", category="archive", before=before)
    good = {"name": "a.txt", "size": 1, "type": "text/plain"}
    for bad in ({"name": ".."}, {"name": "n" * 256}, {"size": "1"}, {"size": 1.5}, {"size": None}, {"type": 3}):
        with pytest.raises(Refused):
            await bot.ask("slot", account="paris", **{**good, **bad})
    with pytest.raises(Refused):
        await bot.ask("erase", account="paris", category="archive", id=5)
    assert "put" in await bot.ask("slot", account="paris", **good)


async def test_a_forged_delay_does_not_make_a_waiting_message_older(server: Server, bot: Bot) -> None:
    async with client(server, "balthasar") as sender:
        server.add_account("rosaline", PASSWORD)
        sender.send_raw(
            f"<message to='rosaline@{server.domain}' type='chat'><body>now</body>"
            "<delay xmlns='urn:xmpp:delay' stamp='2001-01-01T00:00:00Z'/></message>"
        )
        await sender.iq(element("<ping xmlns='urn:xmpp:ping'/>"), to=server.domain, kind="get")
    yesterday = int(time.time()) - 86_400
    assert (await bot.inventory("rosaline"))["offline_messages"]["oldest"] > yesterday
    answer = await bot.ask("erase", account="rosaline", category="offline_messages", before=yesterday)
    assert (answer["erased"], answer["left"][0]["count"]) == (0, 1)


@pytest.mark.parametrize("category", ["uploads", "account"])
async def test_a_slot_of_before_an_erasure_brings_nothing_and_other_people_keep_theirs(
    server: Server, bot: Bot, category: str
) -> None:
    for name in ("sampson", "gregory"):
        async with client(server, name):
            pass
    before = files_of(server)
    slot, unused, theirs = [await slot_of(bot, name) for name in ("sampson", "sampson", "gregory")]
    assert put(slot["put"], b"hello") == 201
    assert fetched(slot["get"]) == b"hello"
    unused_too = await slot_of(bot, "sampson", b"hello again")
    await bot.ask("erase", account="sampson", category=category)
    for late, content in ((unused, b"hello"), (unused_too, b"hello again"), (slot, b"hello")):
        assert put(late["put"], content) == 403
    assert files_of(server) == before
    assert put(theirs["put"], b"hello") == 201
    assert fetched(theirs["get"]) == b"hello"
    async with client(server, "sampson"):
        assert (await bot.inventory("sampson", "uploads"))["uploads"]["count"] == 0
        after = await slot_of(bot, "sampson")
        assert put(after["put"], b"hello") == 201
        assert (await bot.inventory("sampson", "uploads"))["uploads"]["count"] == 1
    for name in ("sampson", "gregory"):
        await bot.ask("erase", account=name, category="account")


async def test_a_file_that_is_on_its_way_does_not_stay(server: Server, bot: Bot) -> None:
    server.add_account("friar", PASSWORD)
    before = files_of(server)
    slot = await slot_of(bot, "friar", b"x" * 1000)
    path = slot["put"].partition("/upload/")[2]
    with socket.create_connection((LOOPBACK, server.parameters.http)) as line:
        line.sendall(f"PUT /upload/{path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nContent-Length: 1000\r\n\r\n".encode())
        line.sendall(b"x" * 500)
        async with asyncio.timeout(10):
            while files_of(server) == before:  # noqa: ASYNC110 -- nobody tells
                await asyncio.sleep(0.02)
        await bot.ask("erase", account="friar", category="uploads")
        line.sendall(b"x" * 500)
        assert await asyncio.to_thread(line.recv, 100)
    assert files_of(server) == before


async def test_erasing_old_files_leaves_slots_and_new_files(server: Server, bot: Bot) -> None:
    server.add_account("potpan", PASSWORD)
    old, new, unused = [await slot_of(bot, "potpan") for _ in range(3)]
    before = files_of(server)
    assert put(old["put"], b"hello") == 201
    [path] = files_of(server) - before
    _make_older(Path(path))
    assert put(new["put"], b"hello") == 201
    yesterday = int(time.time()) - 86_400
    answer = await bot.ask("inventory", account="potpan", categories=["uploads"], details=9, before=yesterday)
    assert [(each["count"], each["bytes"], len(each["items"])) for each in answer["holdings"]] == [(1, 5, 1)]
    answer = await bot.ask("erase", account="potpan", category="uploads", before=yesterday)
    assert (answer["erased"], answer["left"][0]["count"]) == (1, 1)
    assert not Path(path).parent.exists()
    assert put(unused["put"], b"hello") == 201
    assert fetched(new["get"]) == fetched(unused["get"]) == b"hello"


def _make_older(file: Path) -> None:
    long_ago = time.time() - 9 * 86_400
    os.utime(file, (long_ago, long_ago))
