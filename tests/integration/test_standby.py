"""Two bots on one database, as on two machines: one answers, the other takes over, and never both at once."""

from __future__ import annotations

import asyncio
import io
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import announce_report
from bot.announce_report import Order
from demo.bot import Reached, answers, bot, log
from demo.life import live
from demo.servers import Server, process
from demo.servers.find import Kind
from tests.conftest import shipped
from tests.integration.conftest import installed
from tests.integration.test_announcements import UNDER_WAY, over, reached, status
from tests.integration.test_rights_crash import RECEIPT, send, told
from tests.support.client import PASSWORD, Client, client
from tests.support.crowd import crowded, waiting
from tests.support.postgresql import Postgresql, owner
from tests.support.rights import code_in
from tests.support.server import SECRET, fake_server
from tests.support.versions import VERSIONS, versions_of

SECONDS = 10.0
"""A leader that is gone has a successor by then."""

BACK_SECONDS = 30.0
"""A bot that left because of the database is there again by then: both have to start, on a busy machine too."""

KEY = "6b" * 32
STANDING_BY, LEADING, LOST = "standing by", "connected to", "has left the server"
"""What bots log."""


class Machine:
    """One of those that have a bot with the same settings."""

    def __init__(
        self,
        directory: Path,
        server: Reached,
        place: str,
        stack: ExitStack,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        directory.mkdir()
        (directory / "key.txt").write_text(KEY)
        self.directory, self._server, self._stack = directory, server, stack
        self._settings = {"store": place, **(settings or {})}
        self._bot: subprocess.Popen[bytes] | None = None

    @property
    def bot(self) -> subprocess.Popen[bytes]:
        """The process, also when it has ended."""
        assert self._bot is not None
        return self._bot

    async def start(self, what: str) -> None:
        """Start the bot; returns when it has logged something."""
        running = bot(self._server, shipped("searx-chat"), self.directory, settings=self._settings)
        times = self._times(what) if self._bot is not None else 0
        self._bot = self._stack.enter_context(running)
        await self.logged(what, times + 1)

    def _times(self, what: str) -> int:
        return log(self.directory).read_text().count(what)

    async def logged(self, what: str, times: int = 1) -> None:
        """Return when the bot has logged something so many times."""
        async with asyncio.timeout(60):
            while self._times(what) < times:
                assert self.bot.poll() is None, process.tail(log(self.directory))
                await asyncio.sleep(0.05)

    async def answers(self, person: Client) -> None:
        """Return when the bot answers somebody."""
        await answers(person.chat, self._server.component, self.bot, self.directory)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is stopped at the end."""
    with ExitStack() as opened:
        yield opened


async def test_whoever_is_left_answers_and_goes_on_with_what_was_begun(
    server: Server, postgresql: Postgresql, tmp_path: Path, stack: ExitStack
) -> None:
    place = postgresql.place()
    first, second = (Machine(tmp_path / name, server, place, stack) for name in ("first", "second"))
    await first.start(LEADING)
    await second.start(STANDING_BY)
    async with client(server, "standby") as person:
        await first.answers(person)
        await live(server, person.chat, PASSWORD, "f-standby")
        code = code_in((await person.ask("erase everything"))["body"])
        send(person, f"erase everything {code}")

        # killed in the middle of it
        process.kill(first.bot)
        since = time.monotonic()
        await second.answers(person)
        assert time.monotonic() - since < SECONDS
        send(person, f"erase everything {code}")  # whoever got no answer says it again: it is done once
        await told(person, RECEIPT)

        # stopped as one should
        assert "Deutsch" in str((await person.ask("language de"))["body"])
        await first.start(STANDING_BY)
        since = time.monotonic()
        process.stop(second.bot)
        await first.answers(person)
        assert time.monotonic() - since < SECONDS
        assert "7 Tage" in str((await person.ask("how long are photos kept?", lang="en"))["body"])

        # without a database it leaves, and need not be started again when the database is back
        postgresql.stop(signal.SIGQUIT)
        try:
            await first.logged(LOST)
        finally:
            postgresql.start()
        since = time.monotonic()
        await first.answers(person)
        assert time.monotonic() - since < BACK_SECONDS
        assert "7 Tage" in str((await person.ask("how long are photos kept?", lang="en"))["body"])


CROWD, PER_SECOND = 200, 40
"""So many accounts, and so slowly that there is a middle."""


@pytest.mark.parametrize("kind", sorted({kind for kind, _version in VERSIONS}))
async def test_an_announcement_is_brought_to_its_end_by_the_other(
    kind: Kind, postgresql: Postgresql, tmp_path: Path, stack: ExitStack
) -> None:
    server = stack.enter_context(crowded(installed(kind, versions_of(kind)[0]), tmp_path, CROWD))
    place, limit = postgresql.place(), {"announcements": {"per_second": PER_SECOND}}
    first, second = (Machine(tmp_path / name, server, place, stack, limit) for name in ("first", "second"))
    news = tmp_path / "news.yaml"
    news.write_text("about: news\ntext: {de: Der Server zieht um., en: The server moves.}\n")
    await first.start(LEADING)
    await second.start(STANDING_BY)
    order = Order("start", news, yes=True)
    assert await announce_report.ask(first.directory / "privacy-bot.sock", order, output=io.StringIO()) == 0
    await reached(first.directory, CROWD // 4)
    process.kill(first.bot)
    known = await reached(second.directory, 0)
    assert CROWD // 4 <= known["done"] < CROWD, "it is taken over in the middle"
    await over(second.directory)
    told = await status(second.directory)
    letters = {name: ids for name, ids in waiting(server).items() if name.startswith("crowd")}
    assert len(letters) == CROWD
    assert {len(ids) for ids in letters.values()} == {1}
    assert sum(sum(ids.values()) - 1 for ids in letters.values()) <= UNDER_WAY
    assert sum(told["told"].values()) == told["total"] >= CROWD


@dataclass
class Listener:
    """Where a component connects to."""

    component_port: int
    component: str = "privacy.example.org"
    domain: str = "example.org"
    secret: str = SECRET


CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND usename = '{}'
"""


async def test_there_are_never_two_connections(postgresql: Postgresql, tmp_path: Path, stack: ExitStack) -> None:
    place = postgresql.place()
    async with fake_server() as server:
        listener = Listener(server.port)
        first, second = (Machine(tmp_path / name, listener, place, stack) for name in ("first", "second"))
        await first.start(LEADING)
        await server.connected()
        await second.start(STANDING_BY)

        # Whoever is stopped and not ended keeps the lock, as its connection to the server stays too.
        first.bot.send_signal(signal.SIGSTOP)
        await asyncio.sleep(2.5)
        assert LEADING not in log(second.directory).read_text()
        first.bot.send_signal(signal.SIGCONT)

        for _time in range(3):
            await asyncio.to_thread(postgresql.run, CUT.format(owner(place)))
            await asyncio.wait_for(server.connected(), SECONDS)
        postgresql.stop()
        postgresql.start()
        await asyncio.wait_for(server.connected(), SECONDS)
        assert server.most == 1
        assert server.attempts == 5
