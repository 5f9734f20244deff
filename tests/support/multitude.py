"""An announcement to as many accounts as one wants, on a server that makes them up, and what it took: a program."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence

from bot.announcements.courier import Letter
from bot.commands.build import understander
from bot.policy.observed import AccountsPage
from bot.store import open_store
from tests.support.announcements import FIRST, LONGER, Post, Town
from tests.support.apart import peak
from tests.support.backend import MemoryServer


class Multitude(MemoryServer):
    """A server with so many accounts, none of which it keeps."""

    def __init__(self, number: int) -> None:
        super().__init__({"boss": {}})
        self._number = number

    async def accounts(self, after: str | None = None, limit: int = 500) -> AccountsPage:
        """Return a page of the accounts, by name."""
        start = 0 if after is None else int(after.removeprefix("person")) + 1
        end = min(start + limit, self._number)
        names = tuple(f"person{index:07}" for index in range(start, end))
        return AccountsPage(accounts=names, next=names[-1] if end < self._number else None, total=self._number)


class Pit(Post):
    """Takes every letter, and keeps how many there were."""

    size = 0

    async def deliver(self, letters: Sequence[Letter]) -> float:
        self.size += len(letters)
        await asyncio.sleep(0)
        return 0.001


async def _announce(number: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory:
        async with open_store(f"{directory}/state.db", b"k" * 32) as store:
            pit = Pit()
            town = await Town.of(understander(), store, (), FIRST, LONGER, post=pit, server=Multitude(number))
            await town.ask("boss", "announce policy")
            began = time.monotonic()
            await town.begin()
            known = await town.announcer.status()
            assert known is not None
            return {
                "told": sum(known.announcement.counts.told.values()),
                "letters": pit.size,
                "seconds": time.monotonic() - began,
                "peak": peak(),
            }


if __name__ == "__main__":
    json.dump(asyncio.run(_announce(int(sys.argv[1]))), sys.stdout)
