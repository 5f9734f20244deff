"""The uploaded files themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.export.chunks import Chunks
from bot.export.manifest import FILES, File, Missing, Reason
from bot.export.names import Names
from bot.export.order import Fetch, FetchFailed, FetchReason, Order
from bot.export.pages.site import LocalFile, type_of
from bot.export.spool import Spool
from bot.export.threads import in_thread
from bot.export.zipping import Zip
from bot.policy.terms import Category

DIRECTORY = "files"

_REASONS = {
    FetchReason.GONE: Reason.GONE,
    FetchReason.TOO_LARGE: Reason.TOO_LARGE,
    FetchReason.REFUSED: Reason.FAILED,
    FetchReason.UNREACHABLE: Reason.FAILED,
}

_BEGINNING = 16
"""Bytes that tell what kind of file it is."""


class Files:
    """Fetches the files of an order, one after the other.

    Attributes:
        included: those that are in the ZIP.
        missing: those that are not, and why.
        local: those that are, by the address that they were fetched from.
    """

    def __init__(self, order: Order) -> None:
        self._fetch = order.fetch if order.include_files else None
        self._left, self._scratch = order.most_bytes_of_files, order.scratch
        self._names = Names()
        self.included: list[File] = []
        self.missing: list[Missing] = []
        self.local: dict[str, LocalFile] = {}

    def count(self, spool: Spool) -> int:
        """Return how many there are to be fetched."""
        return spool.count(Category.UPLOADS) if self._fetch else 0

    async def write(self, archive: Zip, spool: Spool, report: Callable[[int], Awaitable[None]]) -> None:
        """Fetch the files into the ZIP."""
        if self._fetch is None:
            self.missing.append(Missing(FILES, Reason.NOT_ORDERED))
            return
        with Chunks(self._scratch) as chunks:
            for page in spool.records(Category.UPLOADS):
                for record in page:
                    await self._one(self._fetch, record, archive, chunks)
                    await report(1)

    async def _one(self, fetch: Fetch, record: dict[str, Any], archive: Zip, chunks: Chunks) -> None:
        original, url = str(record.get("name") or record.get("id") or ""), record.get("url")
        if not isinstance(url, str) or not url:
            self.missing.append(Missing(FILES, Reason.NO_LINK, original))
            return
        try:
            await self._fetched(fetch, url, chunks)
        except FetchFailed as failure:
            self.missing.append(Missing(FILES, _REASONS[failure.reason], original))
        else:
            await in_thread(self._add, archive, chunks, url, original)
        await in_thread(chunks.clear)

    async def _fetched(self, fetch: Fetch, url: str, chunks: Chunks) -> None:
        """Fetch a file to the disk: only a whole one goes into the ZIP, from which nothing can be taken back."""
        size = 0
        async for piece in fetch(url):
            size += len(piece)
            if self._left is not None and size > self._left:
                raise FetchFailed(FetchReason.TOO_LARGE)
            await in_thread(chunks.append, piece)
        if self._left is not None:
            self._left -= size

    def _add(self, archive: Zip, chunks: Chunks, url: str, original: str) -> None:
        name = f"{DIRECTORY}/{self._names.name(original)}"
        beginning = b""
        with archive.entry(name, chunks.end) as entry:
            for piece in chunks.read():
                beginning = beginning or piece[:_BEGINNING]
                entry.write(piece)
        member = archive.members[-1]
        self.included.append(File(member.name, original, member.size, member.sha256))
        self.local[url] = LocalFile(name, type_of(beginning))
