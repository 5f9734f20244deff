"""Metrics and health of the bot as a program of its own, beside real servers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from demo.bot import bot, log
from demo.servers import Server, running
from demo.servers.find import Kind
from demo.servers.process import reserved_ports
from tests.conftest import shipped
from tests.integration.conftest import installed
from tests.support.client import client
from tests.support.metrics import fetched, read


@pytest.fixture(scope="module", params=["prosody", "ejabberd"])
def own_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests only."""
    kind: Kind = request.param
    with running(installed(kind, ""), tmp_path_factory.mktemp(kind)) as server:
        yield server


@dataclass
class Observed:
    """A running bot, and where its metrics are."""

    server: Server
    port: int
    directory: Path

    async def series(self) -> dict[str, float]:
        """Return what /metrics shows of the bot."""
        status, text = await fetched(self.port, "/metrics")
        assert status == 200
        assert "@" not in text
        return {name.removeprefix("privacy_bot_"): value for name, value in read(text).items()}

    async def until(self, status: int) -> str:
        """Return what /health says as soon as it says it with *status*."""
        async with asyncio.timeout(60):
            while True:
                with suppress(aiohttp.ClientConnectorError):  # it has not begun to listen
                    found, said = await fetched(self.port, "/health")
                    if found == status:
                        return said
                await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def observed(own_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observed]:
    """A bot on a server that can be stopped without disturbing others than these tests."""
    directory = tmp_path_factory.mktemp("bot")
    with (
        reserved_ports(1) as [port],
        bot(own_server, shipped("searx-chat"), directory, "boss", settings={"metrics": {"port": port}}),
    ):
        yield Observed(own_server, port, directory)


async def test_what_people_do_is_counted_and_names_nobody(observed: Observed) -> None:
    server = observed.server
    await observed.until(200)
    address = f"privacy@{server.domain}"
    async with client(server, "romeo") as romeo, client(server, "boss"):
        for text in ("how long do you keep my photos?", "topics uploads", "my data", "what is the capital of France?"):
            await romeo.ask(text, to=address)
        assert "has the number 1" in (await romeo.ask("request complaint Too slow.", to=address))["body"]
        assert "only the administrators" in (await romeo.ask("desk", to=address))["body"].lower()
    seen = await observed.series()
    assert seen['answered_total{command="topics",topic="uploads"}'] == 2
    assert seen['answered_total{command="my-data",topic=""}'] == 1
    assert seen['unanswered_total{reason="not_understood",topic=""}'] == 1
    assert seen['unanswered_total{reason="not_allowed",topic=""}'] == 1
    assert seen['tickets_opened_total{kind="complaint"}'] == 1
    assert seen['policy_info{effective="2024-05-01",version="2.1"}'] == 1
    assert (seen["connected"], seen["module_present"], seen["incidents_total"]) == (1, 1, 0)
    assert seen['backend_request_seconds_count{operation="hello"}'] >= 1
    assert seen['backend_request_seconds_count{operation="inventory"}'] >= 1
    assert 0 < seen['backend_request_seconds_sum{operation="inventory"}'] < 30
    assert not any(word in name for name in seen for word in ("romeo", "boss", "localhost", "France"))
    assert "romeo" not in log(observed.directory).read_text()


async def test_health_follows_the_server(observed: Observed) -> None:
    assert await observed.until(200) == '{"status": "ok"}'
    observed.server.stop()
    assert "not connected to the XMPP server" in await observed.until(503)
    seen = await observed.series()
    assert (seen["connected"], seen["module_present"]) == (0, 0)
    reconnects = seen["reconnects_total"]
    observed.server.start()
    await observed.until(200)
    seen = await observed.series()
    assert (seen["connected"], seen["reconnects_total"]) == (1, reconnects + 1)
