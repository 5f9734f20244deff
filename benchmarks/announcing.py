"""How long it takes to tell many accounts that are offline, and how long somebody else's ping waits meanwhile.

Side by side, each on a fresh server with the same accounts: a component that is nothing but a socket, which writes
all messages and then waits until the server has processed them; the server's own way to tell everybody, where it has
one; and the bot, which waits for the server and records whom it told.
"""

from __future__ import annotations

import asyncio
import signal
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.my_data import pinging
from benchmarks.raw import RawComponent
from bot.control import ask
from demo.bot import answers, bot
from demo.servers import Server, find
from demo.servers.find import Kind
from tests.support.announcements import policy_text
from tests.support.client import Client, client
from tests.support.crowd import PLUGINS, crowded
from tests.support.versions import VERSIONS

GOAL_RAW = 0.9
GOAL_OWN = {"ejabberd": 1.1, "prosody": 1.0}
GOAL_MEDIAN, GOAL_WORST = 100.0, 1000.0

_HERE = Path(__file__).parent
_OWN = {
    "ejabberd": "  mod_adhoc: {}\n  mod_announce: {access: all}\n",
    "prosody": 'modules_enabled = { "bench_announce" }\n',
}
"""What has the server tell everybody by itself."""
_BODY = 600
"""Characters of a message: as many as the difference between the two versions of the policy here has."""
_RESPONSE = "<response xmlns='urn:xmpp:tmp:quick-response' value='erase account' label='The account with everything'/>"
_CONTENT = f"<body>{'x' * _BODY}</body>{_RESPONSE * 5}"
"""What the bot's letters hold, too, beside their id."""
_PAUSE = 0.01
"""Seconds between two pings: without, those of a server that answers at once are its heaviest load."""

Tell = Callable[[Server, Path, Client, int], Awaitable[float]]
"""Tells everybody, and returns the seconds that it took."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Accounts in a second; the median and the worst ping of somebody else meanwhile, in milliseconds."""

    per_second: float
    median: float
    worst: float


def has_own(version: tuple[Kind, str]) -> bool:
    """Return whether the server itself can tell everybody, also those offline."""
    return version[0] == "ejabberd" or not version[1].startswith("0.")


async def measure(version: tuple[Kind, str], accounts: int, tell: Tell) -> Measured:
    """Start a server, have everybody told, and stop it."""
    with tempfile.TemporaryDirectory(prefix="pb") as directory:
        home = Path(directory) / "bot"
        home.mkdir()
        kind, own = version[0], tell is by_the_server
        modules = _OWN[kind] if own else ""
        plugins = _HERE / "prosody" if kind == "prosody" else PLUGINS
        with crowded(find(*version), Path(directory), accounts, plugins=plugins, modules=modules) as server:
            async with client(server, "watcher") as watcher, client(server, "boss") as boss:
                async with pinging(watcher, _PAUSE) as pings:
                    seconds = await tell(server, home, boss, accounts)
                return Measured(accounts / seconds, statistics.median(pings), max(pings))


async def raw(server: Server, _home: Path, _boss: Client, accounts: int) -> float:
    """Tell everybody by a component that writes as fast as it can."""
    async with RawComponent.connected(server.component_port, server.component, server.secret) as component:
        began = time.perf_counter()
        for number in range(accounts):
            component.send(
                f"<message from='{server.component}' to='crowd{number:05}@{server.domain}' type='chat' xml:lang='en' "
                f"id='raw-{number}'>{_CONTENT}<origin-id xmlns='urn:xmpp:sid:0' id='raw-{number}'/></message>"
            )
        await component.barrier(server.domain)
        return time.perf_counter() - began


async def by_the_server(server: Server, _home: Path, boss: Client, accounts: int) -> float:
    """Have the server tell everybody by its own module."""
    began = time.perf_counter()
    resource = "announce/all" if server.name == "ejabberd" else "bench"
    boss.send_raw(f"<message to='{server.domain}/{resource}' type='chat'>{_CONTENT}</message>")
    if server.name == "prosody":
        await boss.message(seconds=300)
    else:
        await asyncio.to_thread(_until_waiting, server, accounts)
    return time.perf_counter() - began


def _until_waiting(server: Server, number: int) -> None:
    """Return when so many messages wait: ejabberd's module says nothing when it is done."""
    for attempt in range(6_000):
        server.add_account(f"counter{attempt}", "secret")
        if int((server.directory / "waiting").read_text()) >= number:
            return
        time.sleep(0.02)
    raise TimeoutError("the announcement did not reach everybody")


async def by_the_bot(server: Server, home: Path, boss: Client, _accounts: int) -> float:
    """Announce another version of the policy."""
    policy = home / "policy.yaml"
    policy.write_text(policy_text("1", "2020-01-01").replace("memory.example", server.domain))
    with bot(server, policy, home, admin="boss") as program:
        await answers(boss.chat, server.component, program, home)
        policy.write_text(policy_text("2", "2099-01-01", days=30).replace("memory.example", server.domain))
        program.send_signal(signal.SIGHUP)
        while "to tell everybody" not in (home / "bot.log").read_text():  # noqa: ASYNC110 -- it is another program
            await asyncio.sleep(0.02)
        began = time.perf_counter()
        await _step(home, "start")
        while (await _step(home, "status"))["announcement"]["stage"] != "done":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return time.perf_counter() - began


async def _step(home: Path, step: str) -> dict[str, dict[str, str]]:
    found = await ask(home / "privacy-bot.sock", {"do": "announce", "step": step}, lambda *_: None)
    return dict(found)


def run(*, quick: bool) -> None:
    """Measure and show."""
    versions = list({kind: (kind, version) for kind, version in VERSIONS}.values()) if quick else VERSIONS
    sizes = (300,) if quick else (2_000, 10_000)
    table = Table(title="Telling accounts that are offline")
    for column in ("server", "accounts", "who", "accounts/s", "÷ raw", "others' median ping", "worst ping (ms)"):
        table.add_column(column, justify="left" if column in ("server", "who") else "right")
    goals: list[tuple[str, bool]] = []
    for version in versions:
        for accounts in sizes:
            name = f"{version[0]} {version[1]}, {accounts:,}"
            found = _compared(version, accounts)
            for who, one in found.items():
                cells = (f"{one.per_second:,.0f}", f"{one.per_second / found['raw'].per_second:.2f}")
                table.add_row(*version_cells(version, accounts, who), *cells, f"{one.median:.0f}", f"{one.worst:.0f}")
            table.add_section()
            goals += [(f"{name}: {goal}", met) for goal, met in _goals(version[0], found)]
    console = Console()
    Console(width=console.width if console.is_terminal else 120).print(table)
    for goal, met in goals:
        print(f"goal: {goal}: {'reached' if met else 'MISSED'}")


def version_cells(version: tuple[Kind, str], accounts: int, who: str) -> tuple[str, str, str]:
    """Return the first cells of a row: only the first row of a server names it."""
    return (f"{version[0]} {version[1]}", f"{accounts:,}", who) if who == "raw" else ("", "", who)


def _compared(version: tuple[Kind, str], accounts: int) -> dict[str, Measured]:
    ways: dict[str, Tell] = {"raw": raw, "bot": by_the_bot}
    if has_own(version):
        ways["server itself"] = by_the_server
    return {who: asyncio.run(measure(version, accounts, tell)) for who, tell in ways.items()}


def _goals(kind: Kind, found: dict[str, Measured]) -> list[tuple[str, bool]]:
    ours = found["bot"]
    goals = [(f">= {GOAL_RAW} of the raw component", ours.per_second >= GOAL_RAW * found["raw"].per_second)]
    if "server itself" in found:
        times = found["server itself"].per_second / ours.per_second
        goals.append((f"<= {GOAL_OWN[kind]} times as long as the server itself", times <= GOAL_OWN[kind]))
    goals.append((f"median ping <= {GOAL_MEDIAN:.0f} ms", ours.median <= GOAL_MEDIAN))
    goals.append((f"worst ping <= {GOAL_WORST:.0f} ms", ours.worst <= GOAL_WORST))
    return goals
