"""How long "my data" takes beside an archive that grows, and how long others wait meanwhile.

For each server and storage: somebody with 1,000, 10,000 and 100,000 archived messages asks the running bot
through a client, and another person pings the server without a pause: first while ordinary messages are sent and
archived, then during the questions, which are archived just the same.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from rich.console import Console
from rich.table import Table
from slixmpp import JID

from demo.bot import answers, bot
from demo.servers import find
from demo.servers.find import Kind
from tests.support.client import Client, client
from tests.support.hoarders import HOARDER, hoarding
from tests.support.versions import VERSIONS

POLICY = Path(__file__).resolve().parent.parent / "data" / "policies" / "searx-chat.yaml"
ADDRESS = "privacy@localhost"
SIZES = (1_000, 10_000, 100_000)
GOAL_GROWTH = 2.0
GOAL_PING = 100.0
STORAGES = {"prosody": ("internal", "SQLite"), "ejabberd": ("Mnesia", "SQLite")}


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds: of the first "my data" after a start, of the later ones, and the worst pings of somebody else."""

    first: float
    later: float
    usual: float
    meanwhile: float


async def measure(version: tuple[Kind, str], messages: int, asked: int, *, sql: bool) -> Measured:
    """Start a server and the bot, ask *asked* times."""
    with tempfile.TemporaryDirectory(prefix="pb") as directory:
        home = Path(directory) / "bot"
        home.mkdir()
        with (
            hoarding(find(*version), Path(directory), messages, sql=sql) as server,
            bot(server, POLICY, home) as program,
        ):
            async with client(server, HOARDER) as person, client(server, "watcher") as watcher:
                await answers(person.chat, ADDRESS, program, home)
                await _archive_one(person, watcher)
                async with pinging(watcher) as usual:
                    for _number in range(asked):
                        await _archive_one(person, watcher)
                async with pinging(watcher) as meanwhile:
                    times = [await _my_data(person, messages) for _number in range(asked)]
    return Measured(times[0], statistics.median(times[1:]), max(usual), max(meanwhile))


async def _archive_one(person: Client, other: Client) -> None:
    """Have the server itself add to the archive: what it reads or indexes for that is not because of us."""
    person.chat.xmpp.send_message(JID(other.jid.bare), "hello", mtype="chat")
    await other.message()


async def _my_data(person: Client, messages: int) -> float:
    """Ask, and return how long the answer took; raises ValueError when it does not tell of all messages."""
    began = time.perf_counter()
    answer = await person.ask("my data", to=ADDRESS, seconds=120)
    took = time.perf_counter() - began
    counts = [int(found.replace(",", "")) for found in re.findall(r"(\d[\d,]*) message", str(answer["body"]))]
    if not any(count >= messages for count in counts):
        raise ValueError(f"this is no answer about {messages} messages:\n{answer['body']}")
    return took * 1000


@asynccontextmanager
async def pinging(person: Client, pause: float = 0.0) -> AsyncIterator[list[float]]:
    """The round trips of somebody who pings the server all the time, in milliseconds; *pause* seconds after each."""
    seen: list[float] = []
    ended = asyncio.Event()

    async def ping() -> None:
        while not ended.is_set():
            began = time.perf_counter()
            await person.iq(Element("{urn:xmpp:ping}ping"), to=person.server.domain)
            seen.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(pause)

    task = asyncio.create_task(ping())
    try:
        yield seen
    finally:
        ended.set()
        await task  # the one under way counts: it may be the one that waits


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one server and storage, by the number of messages."""

    name: str
    by_size: dict[int, Measured]

    @property
    def growth(self) -> float:
        """How much longer "my data" takes with the most messages than with the fewest."""
        return self.by_size[max(self.by_size)].later / self.by_size[min(self.by_size)].later

    @property
    def worst(self) -> float:
        """The worst ping of somebody else during any of the questions."""
        return max(one.meanwhile for one in self.by_size.values())


def rows(*, quick: bool) -> Iterator[Row]:
    """Measure everything; *quick* takes one version of each server, and only the ends of the range."""
    versions = list({kind: (kind, version) for kind, version in VERSIONS}.values()) if quick else VERSIONS
    sizes = (min(SIZES), max(SIZES)) if quick else SIZES
    for version in versions:
        for sql in (False, True):
            found = {size: asyncio.run(measure(version, size, 4 if quick else 11, sql=sql)) for size in sizes}
            yield Row(f"{version[0]} {version[1]}, {STORAGES[version[0]][sql]}", found)


def run(*, quick: bool) -> None:
    """Measure and show."""
    table = Table(title="“my data” beside a growing archive (milliseconds)")
    columns = ("server", "messages", "first", "later", "÷ fewest", "others' worst ping", "… by ordinary messages")
    for column in columns:
        table.add_column(column, justify="left" if column == "server" else "right")
    found = []
    for row in rows(quick=quick):
        found.append(row)
        base = row.by_size[min(row.by_size)].later
        for size, one in row.by_size.items():
            cells = (one.first, one.later, one.later / base, one.meanwhile, one.usual)
            formats = ("{:.0f}", "{:.0f}", "{:.2f}", "{:.0f}", "{:.0f}")
            told = [form.format(cell) for form, cell in zip(formats, cells, strict=True)]
            table.add_row(row.name if size == min(row.by_size) else "", f"{size:,}", *told)
        table.add_section()
    console = Console()
    Console(width=console.width if console.is_terminal else 120).print(table)
    for row in found:
        goals = (
            (f"growth <= {GOAL_GROWTH:.0f}", row.growth <= GOAL_GROWTH),
            (f"ping <= {GOAL_PING:.0f} ms", row.worst <= GOAL_PING),
        )
        print(f"goal: {row.name}: " + ", ".join(f"{goal}: {'reached' if met else 'MISSED'}" for goal, met in goals))
