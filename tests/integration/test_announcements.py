"""A changed policy reaches everybody exactly once, although the bot is killed and the server restarted meanwhile."""

from __future__ import annotations

import asyncio
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.control import ControlError, ask
from demo.bot import answers, bot, log
from demo.servers import Server, process
from tests.integration.conftest import installed
from tests.support.announcements import policy_text
from tests.support.client import Client, client
from tests.support.crowd import crowded, waiting
from tests.support.rights import code_in
from tests.support.versions import VERSIONS, versions_of

MANY, FEWER = 2_000, 200
"""Accounts that nobody uses: on the first version of each server, and on the others."""

UNDER_WAY = 100
"""Letters that an interruption can repeat at most."""

SECONDS = 100.0

ONLINE = {"romeo": "en", "julia": "de", "boss": "en"}


@pytest.fixture(params=VERSIONS, ids="-".join)
def server_and_number(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, int]]:
    """A running server with many accounts, and how many."""
    kind, version = request.param
    number = MANY if version == versions_of(kind)[0] else FEWER
    with crowded(installed(kind, version), tmp_path_factory.mktemp(kind), number) as server:
        yield server, number


class Ears:
    """Hears on every device what the bot tells, by account."""

    def __init__(self) -> None:
        self.heard: dict[str, list[tuple[str, str]]] = {name: [] for name in ONLINE}

    def take(self, person: Client) -> None:
        """Note what came in so far."""
        queue = person.chat.messages
        for _number in range(queue.qsize()):
            message = queue.get_nowait()
            self.heard[person.jid.user].append((str(message["id"]), str(message["body"])))


@asynccontextmanager
async def there(server: Server) -> AsyncIterator[dict[str, Client]]:
    """Everybody who is online."""
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(client(server, name, lang=lang)) for name, lang in ONLINE.items()}


async def status(directory: Path) -> Mapping[str, Any]:
    """Return how far it is, as soon as the bot tells."""
    while True:
        try:
            known = await ask(directory / "privacy-bot.sock", {"do": "announce", "step": "status"}, lambda *_: None)
        except ControlError:
            await asyncio.sleep(0.05)
        else:
            found: Mapping[str, Any] = known["announcement"]
            return found


async def reached(directory: Path, number: int) -> Mapping[str, Any]:
    """Return how far it is, when so many accounts are done."""
    async with asyncio.timeout(SECONDS):
        while True:
            known = await status(directory)
            if known["done"] >= number or known["stage"] == "done":
                return known
            await asyncio.sleep(0.01)


async def over(directory: Path) -> None:
    """Return when it is over."""
    async with asyncio.timeout(SECONDS):
        while (await status(directory))["stage"] != "done":  # noqa: ASYNC110 -- it is another program
            await asyncio.sleep(0.05)


async def test_exactly_once_across_a_killed_bot_and_a_restarted_server(
    server_and_number: tuple[Server, int], tmp_path: Path
) -> None:
    server, number = server_and_number
    policy, ears = tmp_path / "policy.yaml", Ears()
    policy.write_text(policy_text("1", "2020-01-01").replace("memory.example", server.domain))
    limit = {"announcements": {"per_second": 500 if number == MANY else 50}}
    with ExitStack() as stack:
        started = stack.enter_context(bot(server, policy, tmp_path, admin="boss", settings=limit))
        async with there(server) as online:
            boss = online["boss"]
            await answers(boss.chat, server.component, started, tmp_path)
            policy.write_text(policy_text("2", "2099-01-01", days=30).replace("memory.example", server.domain))
            started.send_signal(signal.SIGHUP)
            async with asyncio.timeout(SECONDS):
                while "to tell everybody" not in log(tmp_path).read_text():  # noqa: ASYNC110 -- it is another program
                    await asyncio.sleep(0.02)
            assert "for 30 days instead of 7 days" in (await boss.ask("announce policy"))["body"]
            code = code_in((await boss.ask("announcement start"))["body"])
            assert "telling everybody now" in (await boss.ask(code))["body"]
            await reached(tmp_path, number // 5)
            process.kill(started)
            started = stack.enter_context(bot(server, policy, tmp_path, admin="boss", settings=limit))
            known = await reached(tmp_path, number // 2)
            assert known["done"] < number, "it has to be interrupted in the middle"
            ended = [one.chat.xmpp.disconnected for one in online.values()]  # there is a new one afterwards
            await asyncio.to_thread(server.stop)
            await asyncio.wait_for(asyncio.gather(*ended), 15)
            for one in online.values():  # all that they will ever hear in these sessions
                ears.take(one)
            server.start()  # in this thread: the server ends with the one that started it
        async with there(server) as online:
            await over(tmp_path)
            for one in online.values():  # what was sent before the answer is there then
                await answers(one.chat, server.component, started, tmp_path)
                ears.take(one)
            known = await status(tmp_path)
    check(known, waiting(server), ears, number)


def check(known: Mapping[str, Any], lying: Mapping[str, Counter[str]], ears: Ears, number: int) -> None:
    """Everybody has one letter, hardly any of them twice, and the report says so."""
    mine = {name: ids for name, ids in lying.items() if name.startswith("crowd")}
    assert len(mine) == number
    assert {len(ids) for ids in mine.values()} == {1}
    assert all(id_.startswith("told-1-") for ids in mine.values() for id_ in ids)
    repeated = sum(sum(ids.values()) - 1 for ids in mine.values())
    assert repeated <= 2 * UNDER_WAY
    for name, lang in ONLINE.items():
        letters = {id_: said for id_, said in ears.heard[name] if id_.startswith("told-")}
        assert len(letters) == 1, name
        (said,) = letters.values()
        assert said.startswith("Ab dem" if lang == "de" else "From January 1, 2099 on")
    assert known["stage"] == "done"
    assert sum(known["told"].values()) == number + len(ONLINE) == known["done"] == known["total"]
    assert known["skipped"] == known["failed"] == {}
    reports = {said for id_, said in ears.heard["boss"] if id_.startswith("report-")}
    (report,) = reports
    assert re.sub(r"\D", "", report.partition("accounts were looked at")[0].rpartition(":")[2]) == str(known["total"])
