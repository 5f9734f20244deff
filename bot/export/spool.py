"""The records of one account, read from the server once and then from the disk as often as needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.export.chunks import Chunks

Record = dict[str, Any]


@dataclass(slots=True)
class _Extent:
    start: int
    end: int
    records: int = 0
    bytes: int = 0


class Spool:
    """Records by category; of each category everything is added before the next one begins."""

    def __init__(self, directory: Path | None = None) -> None:
        self._chunks = Chunks(directory)
        self._extents: dict[str, _Extent] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._chunks.close()

    def append(self, category: str, records: Sequence[Record]) -> None:
        """Add a page of records."""
        end = self._chunks.end
        extent = self._extents.setdefault(category, _Extent(end, end))
        if not records:
            return
        data = json.dumps(records, separators=(",", ":")).encode()
        self._chunks.append(data)
        extent.end = self._chunks.end
        extent.records += len(records)
        extent.bytes += len(data)

    def count(self, category: str) -> int:
        """Return how many records of *category* there are."""
        return self._extents[category].records if category in self._extents else 0

    def size(self, category: str) -> int:
        """Return how many bytes of JSON they are."""
        return self._extents[category].bytes if category in self._extents else 0

    def pages(self, category: str) -> Iterator[bytes]:
        """Return the records, page by page, each a JSON array in ASCII."""
        if category in self._extents:
            extent = self._extents[category]
            yield from self._chunks.read(extent.start, extent.end)

    def records(self, category: str) -> Iterator[list[Record]]:
        """Return the records, page by page."""
        for page in self.pages(category):
            yield json.loads(page)
