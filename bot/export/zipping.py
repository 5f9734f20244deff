"""The ZIP file, written from the beginning to the end without going back."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO, cast

from bot.export.encryption import Target

_LEVEL = 2  # texts shrink nearly as well as with 6, in a third of the time
_LARGE = 1 << 30
"""Members that may become larger than that get the form for more than 4 GB, which old programs cannot read."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the ZIP."""

    name: str
    size: int
    sha256: str


class Entry:
    """A member that is being written."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self._name, self._file, self._hash, self._size = name, file, hashlib.sha256(), 0

    def write(self, data: str | bytes) -> None:
        """Add *data*; of a text, what is no Unicode scalar value (JSON can have halves of them) becomes '?'."""
        encoded = data if isinstance(data, bytes) else data.encode("utf-8", "replace")
        self._file.write(encoded)
        self._hash.update(encoded)
        self._size += len(encoded)

    def member(self) -> Member:
        """Return what was written."""
        return Member(self._name, self._size, self._hash.hexdigest())


class Zip:
    """A ZIP file (APPNOTE 6.3) whose target is only ever written to, never read and never rewound.

    Attributes:
        members: what is in it already.
    """

    def __init__(self, target: Target, now: datetime) -> None:
        self._zip = zipfile.ZipFile(cast("IO[bytes]", _Forward(target)), "w", zipfile.ZIP_DEFLATED)
        self._now = now
        self.members: list[Member] = []

    @contextmanager
    def entry(self, name: str, expected: int = 0) -> Iterator[Entry]:
        """Write a member of about *expected* bytes."""
        info = zipfile.ZipInfo(name, self._now.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info._compresslevel = _LEVEL  # type: ignore[attr-defined]  # noqa: SLF001 -- public only from Python 3.13 on
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=expected > _LARGE) as file:
            entry = Entry(name, file)
            yield entry
        self.members.append(entry.member())

    def finish(self) -> None:
        """Write the directory of the ZIP."""
        self._zip.close()

    def abandon(self) -> None:
        """Stop caring; what was written is of no use."""
        with suppress(OSError, ValueError):  # the disk is full, or a member is still open
            self._zip.close()
        self._zip.fp = None  # or it would be closed once more when it is thrown away, into a target that is gone


class _Forward:
    """A file that can neither seek nor tell, so that zipfile writes sizes behind the data."""

    def __init__(self, target: Target) -> None:
        self.write, self.flush = target.write, target.flush
