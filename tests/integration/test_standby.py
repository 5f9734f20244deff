"""Two bots on one database, as on two machines: one answers, the other takes over, and never both at once."""

from __future__ import annotations

import asyncio
import io
import signal
import subprocess
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
"""A leader that is gone has a successor by then, one that lost the database too: mostly they wait, for each other."""

BACK_SECONDS = 30.0
"""By then it answers: what it does to begin with takes long on a busy machine."""

KEY = "6b" * 32
STANDING_BY, TAKING_OVER, LEADING, LOST = "standing by", "taking over", "connected to", "has left the server"
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
        times = self.times(what) if self._bot is not None else 0
        self._bot = self._stack.enter_context(running)
        await self.logged(what, times + 1)

    def times(self, what: str) -> int:
        """Return how often its bots have logged something."""
        return log(self.directory).read_text().count(what)

    async def logged(self, what: str, times: int = 1) -> None:
        """Return when the bot has logged something so many times."""
        async with asyncio.timeout(60):
            while self.times(what) < times:
                assert self.bot.poll() is None, process.tail(log(self.directory))
                await asyncio.sleep(0.05)

    async def answers(self, person: Client) -> None:
        """Return when the bot answers somebody."""
        async with asyncio.timeout(BACK_SECONDS):
            await answers(person.chat, self._server.component, self.bot, self.directory)


async def taken_over(*machines: Machine, times: int = 1) -> None:
    """Return when they have taken over so many times, all together; the last time must not have taken long."""
    async with asyncio.timeout(SECONDS):
        while sum(one.times(TAKING_OVER) for one in machines) < times:  # noqa: ASYNC110 -- they are other programs
            await asyncio.sleep(0.05)


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
        await first.answers(person)  # so it has heard that too

        # killed in the middle of it
        process.kill(first.bot)
        await taken_over(second)
        await second.answers(person)
        send(person, f"erase everything {code}")  # whoever got no answer says it again: it is done once
        await told(person, RECEIPT)

        # stopped as one should
        assert "Deutsch" in await words(person, "language de")
        await first.start(STANDING_BY)
        process.stop(second.bot)
        await taken_over(first)
        await first.answers(person)
        assert "7 Tage" in await words(person, "how long are photos kept?")

        # without a database it leaves, and need not be started again when the database is back
        postgresql.stop(signal.SIGQUIT)
        try:
            await first.logged(LOST)
        finally:
            postgresql.start()
        await taken_over(first, times=2)
        await first.answers(person)
        assert "7 Tage" in await words(person, "how long are photos kept?")


async def words(person: Client, question: str) -> str:
    """Return the answer to a question in English; what else comes in, such as an answer to something earlier, waits."""
    return str((await person.ask(question, lang="en", thread=question))["body"])


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

        for time in range(3):
            await asyncio.to_thread(postgresql.run, CUT.format(owner(place)))
            await taken_over(first, second, times=time + 1)
            await server.connected(BACK_SECONDS)
        postgresql.stop()
        postgresql.start()
        await taken_over(first, second, times=4)
        await server.connected(BACK_SECONDS)
        assert server.most == 1
        assert server.attempts == 5
