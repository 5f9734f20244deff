"""The memory of an announcement to ever more accounts, on a server in memory: python -m benchmarks.recipients NUMBER.

Each number is a process of its own, which prints its peak (MB).
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.program import ROOT, peak
from bot import files
from bot.announcements.announcer import Announcer
from bot.announcements.courier import Letter
from bot.announcements.versions import History
from bot.claims.announcement import Stage
from bot.policy.model import policy_of
from bot.policy.observed import AccountsPage
from bot.rights.world import World
from bot.store import open_store
from tests.support.announcements import policy_text
from tests.support.backend import MemoryServer

GOAL = 1.1
_START = datetime(2026, 11, 1, tzinfo=UTC)


class Town(MemoryServer):
    """A server with so many accounts, which are made up page by page."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    async def accounts(self, after: str | None = None, limit: int = 500) -> AccountsPage:
        """Return a page."""
        start = int(after[4:]) + 1 if after else 0
        end = min(start + limit, self._number)
        names = tuple(f"user{number:07}" for number in range(start, end))
        return AccountsPage(accounts=names, next=names[-1] if end < self._number else None, total=self._number)


class Nowhere:
    """Takes letters."""

    async def deliver(self, letters: Sequence[Letter]) -> float:
        """Take them, in next to no time."""
        del letters
        return 0.001


async def _announce(number: int, directory: Path) -> None:
    async with open_store(str(directory / "state.db"), b"k" * 32) as store:
        history = History(store)
        for version, effective in (("1", "2020-01-01"), ("2", "2099-01-01")):
            document = files.parse(policy_text(version, effective, days=30 if version == "2" else 7), "policy.yaml")
            await history.take(policy_of(document), document, _START)
        town = Town(number)
        world = World(history.current, town, store, _Nobody(), lambda: _START)
        announcer = Announcer(world, history, Nowhere(), str)
        one = await announcer.planner.of_policy(anyway=True, starts_at=_START)
        assert not isinstance(one, str), one  # noqa: S101 -- a refusal would measure nothing
        await announcer.make(one, Stage.SCHEDULED)
        while (known := await announcer.status()) is None or known.announcement.stage is not Stage.DONE:
            await announcer.runner.round()
        assert known.announcement.counts.done == number  # noqa: S101


class _Nobody:
    """A messenger that nobody needs here."""

    async def tell(self, *_given: object, **_more: object) -> str:
        """Say nothing."""
        return ""


def measured(number: int) -> float:
    """Announce to so many accounts in a process of its own; return its peak in MB."""
    command = [sys.executable, "-m", "benchmarks.recipients", str(number)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def run(*, quick: bool) -> None:
    """Measure and show."""
    sizes = (1_000, 20_000) if quick else (1_000, 100_000, 1_000_000)
    found = {size: measured(size) for size in sizes}
    table = Table(title="Memory of an announcement")
    for column in ("accounts", "peak (MB)", "÷ fewest"):
        table.add_column(column, justify="right")
    base = found[min(sizes)]
    for size, memory in found.items():
        table.add_row(f"{size:,}", f"{memory:.0f}", f"{memory / base:.2f}")
    Console().print(table)
    ratio = max(found.values()) / base
    print(f"goal: memory <= {GOAL} of that of the fewest: {'reached' if ratio <= GOAL else 'MISSED'}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(_announce(int(sys.argv[1]), Path(scratch)))
    print(peak(os.getpid()))
