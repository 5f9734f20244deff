"""A copy of an archive that is made up on the fly, and what it took: run as a program of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime

from bot.export import Encrypted, Order, write_bundle
from bot.i18n import translator
from bot.policy.observed import Hello, Holding, Inventory, RecordsPage
from bot.policy.terms import Category
from tests.support.apart import peak
from tests.support.backend import MemoryServer
from tests.support.exports import NOW

START = 1_600_000_000


class Endless(MemoryServer):
    """A server with an archive of as many messages as one wants, none of which it keeps."""

    def __init__(self, messages: int) -> None:
        super().__init__({"romeo": {}})
        self._messages = messages

    async def hello(self) -> Hello:
        """Return who answers."""
        return Hello(protocol=1, module="0", server="endless", version="1")

    async def inventory(
        self, account: str, categories: Sequence[str] = (), details: int = 0, before: datetime | None = None
    ) -> Inventory:
        """Return how many there are."""
        del categories, details, before
        return Inventory(account=account, holdings=(Holding(category=Category.ARCHIVE, count=self._messages),))

    async def records(self, account: str, category: str, after: str | None = None, limit: int = 50) -> RecordsPage:
        """Return a page of the archive."""
        if category != Category.ARCHIVE:
            return await super().records(account, category, after, limit)
        start = int(after or 0)
        end = min(start + limit, self._messages)
        items = tuple(map(_record, range(start, end)))
        return RecordsPage(items=items, next=str(end) if end < self._messages else None, total=self._messages)


def _record(number: int) -> dict[str, object]:
    me, peer = "romeo@memory.example/phone", f"peer{number % 7}@example.org/balcony"
    sender, receiver = (me, peer) if number % 2 else (peer, me)
    body = f"This is number {number} of a great many, and it has an address: https://example.org/{number}"
    xml = (
        f"<message xmlns='jabber:client' type='chat' id='m{number}' from='{sender}' to='{receiver}'>"
        f"<body>{body}</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>"
    )
    return {"id": f"id{number}", "time": START + 30 * number, "xml": xml}


class Nowhere:
    """Takes everything and keeps nothing."""

    size = 0

    def write(self, data: bytes, /) -> int:
        """Count *data*."""
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing."""


async def _copy(messages: int) -> dict[str, float]:
    sink = Nowhere()
    target = Encrypted(sink)
    began = time.monotonic()
    manifest = await write_bundle(
        Endless(messages), "romeo", Order(), target, translator("en"), NOW, lambda _done, _total: None
    )
    target.finish()
    return {
        "records": manifest.records,
        "seconds": time.monotonic() - began,
        "bytes": sink.size,
        "peak": peak(),
    }


if __name__ == "__main__":
    json.dump(asyncio.run(_copy(int(sys.argv[1]))), sys.stdout)
