"""Who is a newcomer on real servers: whatever devices do at once, whatever happens while the bot is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.policy.observed import Event, Newcomer
from bot.policy.terms import Category
from demo.servers import Extra, Server, find, running
from demo.servers.find import Kind
from tests.support.administrators import ADMINISTRATOR, administered, log_in_silently, make_account
from tests.support.client import PASSWORD, client
from tests.support.companion import Line, connected
from tests.support.newcomers import make_older
from tests.support.versions import named, with_storage

Installed = tuple[Kind, str, bool]


@pytest.fixture(params=with_storage(), ids=named)
def installed(request: pytest.FixtureRequest) -> Installed:
    """A server that there is: kind, version, and whether it stores by SQL."""
    found: Installed = request.param
    return found


async def waiting(line: Line) -> dict[str, Newcomer]:
    page = await line.companion.newcomers()
    assert page.next is None
    return {one.account: one for one in page.newcomers}


async def logins(line: Line) -> list[Event]:
    """Return what was told of logins so far."""
    await line.companion.hello()  # what was told before the answer has come with it
    events = [line.events.get_nowait() for _ in range(line.events.qsize())]
    return [event for event in events if event.event == "login"]


async def come_and_go(server: Server, account: str, lang: str = "en") -> None:
    async with client(server, account, lang=lang):
        pass


async def leave(server: Server, account: str) -> None:
    """Have somebody remove their account (XEP-0077 §3.2)."""
    async with client(server, account) as person:
        gone = person.chat.xmpp.disconnected
        person.send_raw("<iq type='set' id='leave'><query xmlns='jabber:iq:register'><remove/></query></iq>")
        async with asyncio.timeout(10):
            await gone


@asynccontextmanager
async def devices(server: Server, account: str, number: int) -> AsyncIterator[None]:
    """Log in with all of them at the same time."""
    async with AsyncExitStack() as stack:
        clients = (client(server, account, resource=f"device{index}") for index in range(number))
        await asyncio.gather(*map(stack.enter_async_context, clients))
        yield


async def test_of_devices_that_log_in_at_once_one_is_the_first(installed: Installed, tmp_path: Path) -> None:
    kind, version, sql = installed
    with running(find(kind, version), tmp_path, extra=Extra(sql=sql, companion=False)) as before:
        before.add_account("early", PASSWORD)
    with running(find(kind, version), tmp_path, extra=Extra(sql=sql)) as server:
        server.add_account("late", PASSWORD)
        async with connected(server) as line:
            for account in ("early", "late"):
                async with devices(server, account, 5):
                    told = await logins(line)
                    came = (await waiting(line))[account]
                    assert sorted(event.first is True for event in told) == [False] * 4 + [True]
                    assert {event.first for event in told} == {True, False}
                    assert [event.time for event in told if event.first] == [came.time]
                    assert (await line.companion.welcomed([came])).forgotten == 1
                    async with client(server, account, resource="one more"):
                        assert [event.first for event in await logins(line)] == [False]
            assert await waiting(line) == {}


async def test_who_came_while_the_bot_was_away_is_told_when_it_is_back(installed: Installed, tmp_path: Path) -> None:
    kind, version, sql = installed
    odd_language, stored = ("a language", None) if kind == "prosody" else ("x-odd", "x-odd")  # ejabberd checks it
    with running(find(kind, version), tmp_path, extra=administered(kind, sql=sql)) as server:
        for account in ("romeo", "mute", "guest", "again", "never"):
            server.add_account(account, PASSWORD)
        await make_account(server, "juliet")
        await come_and_go(server, "romeo", "de-AT")
        await come_and_go(server, "juliet", odd_language)
        await asyncio.to_thread(log_in_silently, server, "mute")
        for account in ("guest", "again"):
            await leave(server, account)
        await come_and_go(server, "again")
        server.kill()
        server.start()
        await asyncio.to_thread(log_in_silently, server, "mute")
        await come_and_go(server, "romeo", "fr")
        async with connected(server) as line:
            found = await waiting(line)
            found.pop(ADMINISTRATOR, None)  # who makes accounts on ejabberd
            assert {account: one.language for account, one in found.items()} == {
                "romeo": "de-AT", "juliet": stored, "again": "en",
            }  # fmt: skip
            async with client(server, "mute", lang="en"):
                [told] = await logins(line)
                assert (told.account, told.first) == ("mute", True)
                assert (await waiting(line))["mute"].time == told.time
            everybody = (await waiting(line)).values()
            assert (await line.companion.welcomed(everybody)).forgotten == len(everybody)
        server.restart()
        async with connected(server) as line:
            assert await waiting(line) == {}
            for account in ("romeo", "juliet", "mute", "again"):
                await come_and_go(server, account)
            assert [event.first for event in await logins(line)] == [False] * 4


@pytest.mark.parametrize(
    "installed", [each for each in with_storage() if each[0] == "prosody" or not each[2]], ids=named
)  # of ejabberd, the module has a table of its own whatever the storage
async def test_what_nobody_asks_for_goes_after_sixty_days(installed: Installed, tmp_path: Path) -> None:
    kind, version, sql = installed
    with running(find(kind, version), tmp_path, extra=Extra(sql=sql)) as server:
        for account in ("romeo", "juliet"):
            await come_and_go(server, account)
        server.stop()
        make_older(server, "romeo", timedelta(days=60, minutes=1))
        make_older(server, "juliet", timedelta(days=59))
        server.start()
        async with connected(server) as line:
            assert set(await waiting(line)) == {"juliet"}
            async with asyncio.timeout(20):
                while "privacy_bot_newcomers" in await records_of(line, "romeo"):  # noqa: ASYNC110 -- nothing tells
                    await asyncio.sleep(0.1)
            assert "privacy_bot_newcomers" in await records_of(line, "juliet")


async def records_of(line: Line, account: str) -> set[str]:
    holding = (await line.companion.inventory(account, [Category.BOT_RECORDS], details=9)).holding(Category.BOT_RECORDS)
    assert holding is not None
    return {item["store"] for item in holding.items}
