"""The companion module on ejabberd that is set up as few are."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import XML

import pytest
from slixmpp import JID

from bot.policy.observed import Settings
from bot.policy.terms import Category
from bot.xmpp import namespaces as ns
from demo.servers import Extra, Server, find, running
from tests.support.client import PASSWORD, client
from tests.support.companion import connected
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
        _plant_token(server)
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
    with closing(sqlite3.connect(server.directory / "ejabberd.sqlite", timeout=30)) as database, database:
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
