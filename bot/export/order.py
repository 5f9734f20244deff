"""What is to be exported, and what can go wrong with all of it."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.policy.terms import Category

OTHER = "other"
"""Stores of the server that its companion module does not know (docs/companion-protocol.md)."""

CATEGORIES: tuple[str, ...] = (
    Category.ARCHIVE,
    Category.OFFLINE_MESSAGES,
    Category.ROOM_ARCHIVE,
    Category.ROSTER,
    Category.PROFILE,
    Category.CLIENT_DATA,
    Category.BLOCKLIST,
    Category.ROOM_MEMBERSHIPS,
    Category.UPLOADS,
    Category.ACCOUNT,
    Category.LAST_ACTIVITY,
    Category.SESSIONS,
    Category.PUSH_REGISTRATIONS,
    Category.ACCESS_TOKENS,
    Category.IP_ADDRESSES,
    Category.PRESENCE,
    Category.BOT_RECORDS,
    OTHER,
)
"""Everything that can be exported, in the order of the copy."""


class FetchReason(StrEnum):
    """Why a file could not be fetched."""

    GONE = "gone"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class FetchFailed(Exception):  # noqa: N818 -- named after what is wrong
    """A file could not be fetched."""

    def __init__(self, reason: FetchReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Fetch(Protocol):
    """Fetches a file that was uploaded."""

    def __call__(self, url: str) -> AsyncIterator[bytes]:
        """Return its bytes in pieces; raises `FetchFailed`, also in the middle."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants a copy of.

    Attributes:
        categories: as they are called in the companion protocol; none means all.
        include_files: uploaded files themselves, beside the list of them.
        fetch: how these are fetched; without it, none are.
        most_bytes_of_files: files that would make it more stay out, and are listed as too large.
        scratch: a directory for temporary files, of which nothing stays; that of the system if None.
    """

    categories: tuple[str, ...] = ()
    include_files: bool = False
    fetch: Fetch | None = None
    most_bytes_of_files: int | None = None
    scratch: Path | None = None

    def wanted(self) -> tuple[str, ...]:
        """Return what was ordered, in the order of the copy."""
        return tuple(name for name in CATEGORIES if not self.categories or name in self.categories)


class NoSpace(Exception):  # noqa: N818
    """The disk is full."""


@contextmanager
def noticing_a_full_disk() -> Iterator[None]:
    """Turn the error of a full disk, or of a quota that is used up, into `NoSpace`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace from error
        raise
