"""The companion module on ejabberd that is set up as few are."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import XML, Element

import pytest
from slixmpp import JID

from bot.policy.observed import Settings, Slot
from bot.policy.terms import Category
from bot.servers import Changed, NoSuchAccount, Unsupported
from bot.servers.companion import Companion
from bot.xmpp import namespaces as ns
from bot.xmpp.connection import Connection
from bot.xmpp.requests import Requests
from demo.servers import Extra, Server, find, running
from demo.servers.accounts import register
from demo.servers.process import LOOPBACK
from tests.support.client import PASSWORD, Client, client
from tests.support.companion import connected
from tests.support.inhabitants import ROOM_ARCHIVES
from tests.support.versions import versions_of

every_version = pytest.mark.parametrize("version", versions_of("ejabberd"))

_BODY = f"{{{ns.COMPONENT}}}body"

HAS_FAST_IN_SQL = 26
"""The first series of ejabberd that keeps FAST tokens (XEP-0484) in a database."""


async def settings(version: str, directory: Path, extra: Extra) -> Settings:
    with running(find("ejabberd", version), directory, extra=extra) as server:
        async with connected(server) as line:
            return await line.companion.settings()


@every_version
async def test_a_version_that_is_hidden_from_others_is_no_obstacle(version: str, tmp_path: Path) -> None:
    with running(find("ejabberd", version), tmp_path, extra=Extra(settings="version: hidden\n")) as server:
        async with connected(server) as line:
            assert (await line.companion.hello()).version.startswith(version)


@every_version
async def test_files_in_a_directory_that_two_accounts_share_are_nobodys(version: str, tmp_path: Path) -> None:
    extra = Extra(modules="  mod_http_upload: {jid_in_url: node}\n")
    with running(find("ejabberd", version), tmp_path, extra=extra) as server:
        for name in ("john_doe", "john+doe", "romeo"):
            server.add_account(name, PASSWORD)
        for name in ("john_doe", "romeo"):
            slot = server.directory / "upload" / name / "slot"
            slot.mkdir(parents=True)
            (slot / "beach.jpg").write_text("photo")
        async with connected(server) as line:
            [own] = (await line.companion.inventory("romeo", [Category.UPLOADS])).holdings
            assert own.count == 1
            for name in ("john_doe", "john+doe"):
                found = await line.companion.inventory(name, [Category.UPLOADS, Category.ROSTER])
                assert [one.category for one in found.failed] == [Category.UPLOADS]
                assert [one.category for one in found.holdings] == [Category.ROSTER]
        assert (server.directory / "upload" / "john_doe" / "slot" / "beach.jpg").exists()


@every_version
async def test_that_only_this_machine_may_register_people_is_no_open_registration(version: str, tmp_path: Path) -> None:
    rules = "acl: {here: {ip: 127.0.0.0/8}}\naccess_rules: {nearby: {allow: here}}\n"
    for name, extra, is_open in (
        ("closed", Extra(settings=rules, modules="  mod_register: {ip_access: nearby}\n"), False),
        ("open", Extra(), True),
    ):
        (tmp_path / name).mkdir()
        [found] = (await settings(version, tmp_path / name, extra)).of("registration.open")
        assert found.value is is_open


@every_version
async def test_passwords_that_are_not_stored_have_no_format(version: str, tmp_path: Path) -> None:
    elsewhere = "host_config: {localhost: {auth_method: [anonymous], anonymous_protocol: sasl_anon}}\n"
    [found] = (await settings(version, tmp_path, Extra(settings=elsewhere))).of("password.format")
    assert found.value is None


@every_version
async def test_erasing_the_block_list_leaves_other_rules(version: str, tmp_path: Path) -> None:
    rule = "<item type='subscription' value='none' action='deny' order='9'><message/></item>"
    with running(find("ejabberd", version), tmp_path, extra=Extra()) as server:
        async with client(server, "romeo") as romeo, connected(server) as line:

            async def privacy(payload: str, **how: Any) -> str:
                query = f"<query xmlns='jabber:iq:privacy'>{payload}</query>"
                return str(await romeo.iq(XML(query), to=romeo.jid.bare, **how))

            await privacy(f"<list name='mine'>{rule}</list>", kind="set")
            await privacy("<default name='mine'/>", kind="set")
            block = "<block xmlns='urn:xmpp:blocking'><item jid='tybalt@elsewhere.example'/></block>"
            await romeo.iq(XML(block), to=romeo.jid.bare, kind="set")
            erased = await line.companion.erase("romeo", Category.BLOCKLIST)
            assert (erased.erased, [one.count for one in erased.left]) == (1, [0])
            left = await privacy("<list name='mine'/>")
            assert "tybalt" not in left
            assert 'value="none"' in left


@every_version
async def test_the_bot_is_met_on_every_one_of_many_hosts(version: str, tmp_path: Path) -> None:
    """They are configured at the same time, each in a process of its own."""
    hosts = ["localhost", *(f"h{number}.localhost" for number in range(12))]
    uploads = '  mod_http_upload: {put_url: "http://127.0.0.1:1/@HOST@"}\n'  # one address for all is refused
    extra = Extra(settings=f"hosts: {json.dumps(hosts)}\n", modules=uploads)
    with running(find("ejabberd", version), tmp_path, extra=extra) as server:
        async with connected(server) as line, client(server, "romeo") as romeo:
            for host in hosts:
                romeo.chat.xmpp.send_message(JID(f"privacy@{host}"), host, mtype="chat")
            async with asyncio.timeout(10):
                received = [(await line.messages.get()).findtext(_BODY) for _host in hosts]
            assert set(received) == set(hosts)


@every_version
async def test_login_tokens_are_counted_and_erased_and_never_given_out(version: str, tmp_path: Path) -> None:
    has_fast = int(version.partition(".")[0]) >= HAS_FAST_IN_SQL
    extra = Extra(sql=True, modules="  mod_auth_fast: {}\n" if has_fast else "")
    with running(find("ejabberd", version), tmp_path, extra=extra) as server:
        server.add_account("romeo", PASSWORD)
        server.stop()
        _plant_token(server)
        server.start()
        async with connected(server) as line:
            found = await line.companion.inventory("romeo")
            assert "auth_fast_tokens" not in {one.name for one in found.holdings}
            assert found.failed == ()
            data = (await line.companion.records("romeo", "other")).items
            assert "as good as a password" not in str(data)
            if has_fast:
                tokens = found.holding(Category.ACCESS_TOKENS)
                assert tokens is not None
                assert tokens.count == 1
                assert (await line.companion.erase("romeo", Category.ACCESS_TOKENS)).erased == 1
            assert (await line.companion.erase("romeo", Category.ACCOUNT)).left == ()


def _plant_token(server: Server) -> None:
    """Give romeo a FAST token, in the table that newer ejabberd makes and older does not know."""
    columns = "username text, ua text, type text, token text, created_at text, expires text"
    with closing(sqlite3.connect(server.directory / "ejabberd.sqlite")) as database, database:
        database.execute(f"create table if not exists auth_fast_tokens ({columns})")
        row = (
            "romeo",
            "phone",
            "HT-SHA-256-NONE",
            "as good as a password",
            "2026-01-01 00:00:00",
            "2099-01-01 00:00:00",
        )
        database.execute(
            "insert into auth_fast_tokens (username, ua, type, token, created_at, expires) values (?, ?, ?, ?, ?, ?)",
            row,
        )


def uploads(directory: Path, **options: str) -> str:
    """The line of mod_http_upload, with other options."""
    given = {"access": "all", "docroot": json.dumps(f"{directory}/upload"), "put_url": '"http://@HOST@/upload"'}
    return f"  mod_http_upload: {{{', '.join(f'{name}: {value}' for name, value in {**given, **options}.items())}}}\n"


def put(server: Server, slot: Slot, content: bytes) -> int:
    """Upload to a slot; the status of the answer.  The address names the virtual host."""
    _, _, host, path = slot.put.split("/", 3)
    address = f"http://{LOOPBACK}:{server.parameters.http}/{path}"
    sent = urllib.request.Request(address, content, {"Host": host, "Content-Type": "text/plain"}, method="PUT")
    try:
        with urllib.request.urlopen(sent) as answer:  # noqa: S310 -- loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@asynccontextmanager
async def connected_to(server: Server, *hosts: str) -> AsyncIterator[list[Companion]]:
    """Several virtual hosts, asked over one connection."""
    connection = Connection(server.component, server.secret, LOOPBACK, server.component_port)
    requests = [Requests(connection, server.component, host) for host in hosts]

    def on_answer(stanza: Element) -> None:
        for each in requests:
            each.on_answer(stanza)

    connection.handle({"iq": on_answer})
    running = asyncio.create_task(connection.run())
    try:
        async with asyncio.timeout(30):
            while not connection.is_open:  # noqa: ASYNC110 -- the connection tells nobody
                await asyncio.sleep(0.01)
        yield [Companion(host, each.ask) for host, each in zip(hosts, requests, strict=True)]
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@every_version
async def test_hosts_have_accounts_and_slots_of_their_own(version: str, tmp_path: Path) -> None:
    hosts = ("localhost", "other.localhost", "little.localhost")
    little = "{mod_register: {}, mod_privacy_bot: {component: privacy.localhost}}"
    extra = Extra(
        settings=f"hosts: {json.dumps(hosts)}\nhost_config: {{little.localhost: {{modules: {little}}}}}\n",
        modules=uploads(tmp_path, docroot=json.dumps(f"{tmp_path}/upload/@HOST@")),
    )
    with running(find("ejabberd", version), tmp_path, extra=extra) as server:
        for host in hosts:
            register(server.c2s, host, "romeo", PASSWORD)
        async with connected_to(server, *hosts) as (here, there, little_one):
            ids = {(await each.identify("romeo")).id for each in (here, there, little_one)}
            assert len(ids) == len(hosts)
            with pytest.raises(Changed):
                await there.erase("romeo", Category.ACCOUNT, identity=(await here.identify("romeo")).id)
            slots = [await each.slot("romeo", "letter.txt", 5, "text/plain") for each in (here, there)]
            assert (await little_one.hello()).dated == frozenset()
            for impossible in (
                little_one.slot("romeo", "letter.txt", 5, "text/plain"),
                little_one.erase("romeo", Category.UPLOADS, datetime.now(UTC)),
            ):
                with pytest.raises(Unsupported):
                    await impossible
            await here.erase("romeo", Category.ACCOUNT)
            assert [put(server, slot, b"hello") for slot in slots] == [403, 201]
            assert {(await each.identify("romeo")).id for each in (there, little_one)} < ids
            with pytest.raises(NoSuchAccount):
                await here.identify("romeo")


@every_version
async def test_slots_follow_the_access_rule_and_the_quota_of_the_account(version: str, tmp_path: Path) -> None:
    extra = Extra(
        settings=(
            "acl: {tybalt: {user: tybalt@localhost}}\naccess_rules: {most: [{deny: tybalt}, {allow: all}]}\n"
            "shaper_rules: {one: 1}\n"
        ),
        modules=uploads(tmp_path, access="most", max_size="3000000")
        + "  mod_http_upload_quota: {access_soft_quota: one, access_hard_quota: one, max_days: 3}\n",
    )
    with running(find("ejabberd", version), tmp_path, extra=extra) as server:
        for name in ("romeo", "tybalt"):
            server.add_account(name, PASSWORD)
        async with connected(server) as line:
            ask = line.companion.slot
            assert (await ask("tybalt", "a.txt", 5, "text/plain")).refused == "other"
            first = await ask("romeo", "a.txt", 600_000, "text/plain")
            assert (first.refused, first.retention) == (None, 3 * 86_400)
            assert put(server, first, b"x" * 600_000) == 201
            # mod_http_upload_quota would remove the older file for that.
            assert (await ask("romeo", "b.txt", 600_000, "text/plain")).refused == "quota"
            refused = await ask("romeo", "b.txt", 3_000_001, "text/plain")
            assert (refused.refused, refused.limit) == ("too_large", 3_000_000)
            assert (await ask("romeo", "b.txt", 400_000, "text/plain")).refused is None
            [own] = (await line.companion.inventory("romeo", [Category.UPLOADS])).holdings
            assert own.count == 1


@every_version
async def test_late_files_of_a_web_server_outside_are_swept_after_a_restart(version: str, tmp_path: Path) -> None:
    """With a secret shared with that server, ejabberd itself does not know its slots."""
    extra = Extra(modules=uploads(tmp_path, external_secret="shared"))
    with running(find("ejabberd", version), tmp_path, extra=extra) as server:
        for name in ("romeo", "juliet", "benvolio"):
            server.add_account(name, PASSWORD)
        async with connected(server) as line:
            late, late_too, theirs = [
                await line.companion.slot(name, "letter.txt", 5, "text/plain")
                for name in ("romeo", "juliet", "benvolio")
            ]
            assert "?v=" in late.put
            await line.companion.erase("romeo", Category.ACCOUNT)
            assert (await line.companion.erase("juliet", Category.UPLOADS)).erased == 0
            wanted = await line.companion.slot("juliet", "another.txt", 9, "text/plain")
        for slot, size in ((late, 5), (late_too, 5), (theirs, 5), (wanted, 9)):
            _store(tmp_path, slot, size)
        server.restart()
        async with asyncio.timeout(20):
            while any(_file(tmp_path, slot).exists() for slot in (late, late_too)):  # noqa: ASYNC110 -- nobody tells
                await asyncio.sleep(0.1)
        assert all(_file(tmp_path, slot).exists() for slot in (theirs, wanted))
        async with connected(server) as line:
            found = await line.companion.inventory("juliet", [Category.UPLOADS, Category.BOT_RECORDS])
            assert [one.count for one in found.holdings] == [1, 1]


def _file(directory: Path, slot: Slot) -> Path:
    return directory / "upload" / slot.get.partition("/upload/")[2]


def _store(directory: Path, slot: Slot, size: int) -> None:
    """Do what the web server outside does when a file is uploaded to it."""
    _file(directory, slot).parent.mkdir(parents=True)
    _file(directory, slot).write_bytes(b"x" * size)


@every_version
@pytest.mark.parametrize("sql", [False, True], ids=["mnesia", "sql"])
async def test_there_is_room_for_messages_again_where_older_ones_were_erased(
    version: str, tmp_path: Path, *, sql: bool
) -> None:
    """mod_offline counts in memory what waits."""
    extra = Extra(
        sql=sql, settings="shaper_rules: {one: 1}\n", modules="  mod_offline: {access_max_user_messages: one}\n"
    )
    with running(find("ejabberd", version), tmp_path, extra=extra) as server:
        server.add_account("juliet", PASSWORD)
        async with connected(server) as line, client(server, "romeo") as romeo:

            async def waiting() -> int | None:
                await _processed(romeo)
                [found] = (await line.companion.inventory("juliet", [Category.OFFLINE_MESSAGES])).holdings
                return found.count

            for _ in range(2):
                romeo.chat.xmpp.send_message(JID(f"juliet@{server.domain}"), "Are you there?", mtype="chat")
            assert await waiting() == 1
            tomorrow = datetime.now(UTC) + timedelta(days=1)
            assert (await line.companion.erase("juliet", Category.OFFLINE_MESSAGES, tomorrow)).erased == 1
            romeo.chat.xmpp.send_message(JID(f"juliet@{server.domain}"), "Now?", mtype="chat")
            assert await waiting() == 1


async def _processed(person: Client) -> None:
    await person.iq(XML("<ping xmlns='urn:xmpp:ping'/>"), to=person.server.domain, kind="get")


@every_version
@pytest.mark.parametrize("multihost", [None, False, True], ids=["mnesia", "sql", "sql of many hosts"])
async def test_only_ones_own_older_messages_in_rooms_are_erased(
    version: str, tmp_path: Path, *, multihost: bool | None
) -> None:
    installation = find("ejabberd", version)
    if multihost:
        with closing(sqlite3.connect(tmp_path / "ejabberd.sqlite")) as database, database:
            database.executescript((installation.root / "usr/share/ejabberd/sql/lite.new.sql").read_text())
    extra = Extra(
        sql=multihost is not None, modules=ROOM_ARCHIVES, settings="new_sql_schema: true\n" if multihost else ""
    )
    with running(installation, tmp_path, extra=extra) as server:
        async with connected(server) as line, client(server, "romeo") as romeo, client(server, "juliet") as juliet:
            for person in (romeo, juliet):
                nick = f"lake@conference.{server.domain}/{person.jid.local}"
                person.send_raw(f"<presence to='{nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
                await _said(person, "")
            for person in (romeo, juliet):
                await _said(person, "older")
            before = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
            await asyncio.sleep(1.1)
            for person in (romeo, juliet):
                await _said(person, "newer")

            async def count(name: str, until: datetime | None = None) -> int | None:
                [found] = (await line.companion.inventory(name, [Category.ROOM_ARCHIVE], before=until)).holdings
                return found.count

            assert [await count("romeo"), await count("romeo", before)] == [2, 1]
            erased = await line.companion.erase("romeo", Category.ROOM_ARCHIVE, before)
            assert (erased.erased, erased.left[0].count) == (1, 1)
            assert [await count("romeo", before), await count("juliet", before)] == [0, 1]
            [record] = (await line.companion.records("romeo", Category.ROOM_ARCHIVE)).items
            assert "newer" in record["xml"]


async def _said(person: Client, text: str) -> None:
    """Say something in the room, and wait until it has been heard there; with no text, enter it."""
    room = f"lake@conference.{person.server.domain}"
    if text:
        person.chat.xmpp.send_message(JID(room), text, mtype="groupchat")
        async with asyncio.timeout(10):
            while (message := await person.chat.messages.get())["body"] != text or (
                message["from"].resource != person.jid.local
            ):
                pass
    else:
        await person.iq(XML("<query xmlns='http://jabber.org/protocol/disco#info'/>"), to=room, kind="get")


@every_version
async def test_identities_of_accounts_that_went_while_the_module_was_away_are_forgotten(
    version: str, tmp_path: Path
) -> None:
    installation = find("ejabberd", version)
    with running(installation, tmp_path) as server:
        for name in ("romeo", "juliet"):
            server.add_account(name, PASSWORD)
        async with connected(server) as line:
            was = {name: (await line.companion.identify(name)).id for name in ("romeo", "juliet")}
    with running(installation, tmp_path, extra=Extra(companion=False)) as server:
        async with client(server, "romeo") as romeo:
            gone = romeo.chat.xmpp.disconnected
            romeo.send_raw("<iq type='set' id='leave'><query xmlns='jabber:iq:register'><remove/></query></iq>")
            async with asyncio.timeout(10):
                await gone
    with running(installation, tmp_path) as server:
        async with connected(server) as line:
            server.add_account("romeo", PASSWORD)
            with pytest.raises(Changed):
                await line.companion.erase("romeo", Category.ACCOUNT, identity=was["romeo"])
            assert (await line.companion.identify("romeo")).id != was["romeo"]
            assert (await line.companion.identify("juliet")).id == was["juliet"]
