"""The copy itself: reads the server once, and writes the ZIP from the beginning to the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from inspect import isawaitable

from bot.export.as_json import write_json
from bot.export.encryption import Target
from bot.export.files import Files
from bot.export.manifest import Manifest, Part, Reason, missing_everywhere
from bot.export.order import CATEGORIES, OTHER, Order, noticing_a_full_disk
from bot.export.pages import Site, write_pages
from bot.export.reading import Reading, read_category, read_inventory, read_server
from bot.export.spool import Spool
from bot.export.threads import in_thread, sliced
from bot.export.xep0227 import AccountWriter
from bot.export.zipping import Zip
from bot.i18n import Translator
from bot.policy.observed import Inventory
from bot.policy.terms import Category
from bot.servers import ServerBackend

Progress = Callable[[int, int | None], Awaitable[None] | None]

_PASSES = 4
"""How often a record is dealt with: read, and written in three forms."""

_COUNTED_ALIKE = frozenset(
    {
        Category.ARCHIVE,
        Category.OFFLINE_MESSAGES,
        Category.ROOM_ARCHIVE,
        Category.ROSTER,
        Category.BLOCKLIST,
        Category.UPLOADS,
    }
)
"""Of these an inventory counts what records are."""


async def write_bundle(  # noqa: PLR0913, PLR0917 -- seven things, none of which belongs to another
    server: ServerBackend,
    account: str,
    order: Order,
    target: Target,
    tr: Translator,
    now: datetime,
    progress: Progress,
) -> Manifest:
    """Write a copy of what *server* holds for *account* (its local part) to *target*, and say what is in it.

    *progress* is told of units of work: how many are done, and of how many; None while that is not known.
    Nothing but *target* is left when it fails or is cancelled, and that is of no use then.

    Raises:
        NoSuchAccount: there is none, or no longer.
        NoSpace: the disk is full.
        OSError: something else is wrong with the disk, or with the target.
    """
    with noticing_a_full_disk(), Spool(order.scratch) as spool:
        work = _Work(progress)
        inventory = await read_inventory(server, account)
        software = await read_server(server)
        work.expect(_expected(inventory, order))
        readings = [await read_category(server, account, name, spool, work.report) for name in order.wanted()]
        files = Files(order)
        await work.settle(sum(spool.count(name) for name in order.wanted()), files.count(spool))
        archive = Zip(target, now)
        try:
            await files.write(archive, spool, work.report)
            copy = _Copy(f"{account}@{server.host}", software, tr, now, inventory, order)
            async for done in sliced(copy.write(archive, spool, readings, files)):
                await work.report(done)
            await in_thread(archive.finish)
            await work.finish()
        except BaseException:
            archive.abandon()
            raise
    assert copy.manifest is not None, "written last"  # noqa: S101
    return copy.manifest


def _expected(inventory: Inventory, order: Order) -> int | None:
    counts = [one.count for one in inventory.holdings if one.category in order.wanted()]
    known = [count for count in counts if count is not None]
    return sum(known) if counts and len(known) == len(counts) else None


class _Work:
    """How much is done, of how much."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._done, self._total = progress, 0, 0
        self._known = False

    def expect(self, records: int | None) -> None:
        """Expect that many records, or nobody knows how many."""
        self._total, self._known = (records or 0) * _PASSES, records is not None

    async def settle(self, records: int, files: int) -> None:
        """All records are read: now it is known how many there are."""
        self._done, self._total, self._known = records, records * _PASSES + files, True
        await self.report(0)

    async def finish(self) -> None:
        """Everything is done; account.xml has no room for some of the records, which are not waited for."""
        await self.report(self._total - self._done)

    async def report(self, done: int) -> None:
        """That much more is done."""
        self._done += done
        self._total = max(self._total, self._done)
        told = self._progress(self._done, self._total if self._known else None)
        if isawaitable(told):
            await told


class _Copy:
    """Writes everything but the uploaded files; the manifest is there at the end."""

    def __init__(
        self, account: str, server: str, tr: Translator, now: datetime, inventory: Inventory, order: Order
    ) -> None:
        self._account, self._server, self._tr, self._now = account, server, tr, now
        self._inventory, self._order = inventory, order
        self.manifest: Manifest | None = None

    def write(self, archive: Zip, spool: Spool, readings: list[Reading], files: Files) -> Iterator[int]:
        """Write the members in their order; yields how many records were dealt with."""
        names = [reading.category for reading in readings if reading.reason is not Reason.ABSENT]
        size = sum(map(spool.size, names))
        with archive.entry("account.xml", size * 2) as entry:
            account = AccountWriter(entry, spool, self._account)
            yield from account.write()
        with archive.entry("data.json", size * 2) as entry:
            yield from write_json(entry, spool, names, self._inventory, self._account, self._now)
        parts = tuple(self._part(reading, spool, account.damaged) for reading in readings)
        missing = (*missing_everywhere(self._order.wanted(), CATEGORIES), *files.missing)
        site = Site(self._tr, self._account, self._now, files.local)
        manifest = Manifest(self._account, self._now, self._server, parts, tuple(files.included), missing)
        yield from write_pages(site, archive, spool, manifest, self._inventory)
        manifest = replace(manifest, members=tuple(archive.members))
        with archive.entry("manifest.json") as entry:
            entry.write(json.dumps(manifest.as_json(), indent=1) + "\n")
        self.manifest = manifest

    def _part(self, reading: Reading, spool: Spool, damaged: Mapping[str, int] | Counter[str]) -> Part:
        category, records = reading.category, spool.count(reading.category)
        counted = self._counted(category)
        reason = reading.reason
        if reason is None and category in _COUNTED_ALIKE and counted is not None and records < counted:
            reason = Reason.FEWER
        return Part(category, records, counted, reason in (None, Reason.ABSENT), reason, damaged.get(category, 0))

    def _counted(self, category: str) -> int | None:
        counts = [one.count for one in self._inventory.holdings if one.category == category]
        if not counts or None in counts:
            return None
        return sum(count or 0 for count in counts) if category == OTHER else counts[0]
