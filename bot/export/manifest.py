"""What is in the copy, what is not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot import __version__
from bot.export.zipping import Member

FORMAT = "xmpp-privacy-bot:copy"
VERSION = 1
FILES = "files"
"""What is missing when uploaded files are, beside the list of them."""


class Reason(StrEnum):
    """Why something is not in the copy, or not all of it."""

    SECRET = "secret"  # noqa: S105 -- a reason, no secret
    ABSENT = "absent"
    FAILED = "failed"
    FEWER = "fewer_than_counted"
    NOT_ORDERED = "not_ordered"
    GONE = "gone"
    TOO_LARGE = "too_large"
    NO_LINK = "no_link"


@dataclass(frozen=True, slots=True)
class Part:
    """A category in the copy.

    Attributes:
        category: its name.
        records: how many records of it are in the copy.
        counted: how many the server's inventory counted; of some categories it counts other things than
            records: parts of the profile, nodes.
        complete: all that the server had was read.
        reason: why not.
        damaged: records that are no XML, and therefore only in data.json.
    """

    category: str
    records: int
    counted: int | None = None
    complete: bool = True
    reason: Reason | None = None
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file in the copy."""

    name: str
    original: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not in the copy; *name* says which file."""

    what: str
    reason: Reason
    name: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole copy."""

    account: str
    created: datetime
    server: str
    parts: tuple[Part, ...]
    files: tuple[File, ...] = ()
    missing: tuple[Missing, ...] = ()
    members: tuple[Member, ...] = field(default=(), repr=False)

    @property
    def records(self) -> int:
        """How many records there are in all categories together."""
        return sum(part.records for part in self.parts)

    @property
    def complete(self) -> bool:
        """Whether everything that was ordered is there."""
        ordered = (Reason.SECRET, Reason.ABSENT, Reason.NOT_ORDERED)
        return all(part.complete for part in self.parts) and all(one.reason in ordered for one in self.missing)

    def as_json(self) -> dict[str, Any]:
        """Return what manifest.json says."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "created": self.created.isoformat(timespec="seconds"),
            "bot": __version__,
            "account": self.account,
            "server": self.server,
            "complete": self.complete,
            "categories": {part.category: _without_name(part) for part in self.parts},
            "files": [asdict(file) for file in self.files],
            "missing": [asdict(one) for one in self.missing],
            "members": [asdict(member) for member in self.members],
        }


def _without_name(part: Part) -> dict[str, Any]:
    described = asdict(part)
    del described["category"]
    return described


def missing_everywhere(wanted: Sequence[str], known: Sequence[str]) -> tuple[Missing, ...]:
    """Return what no copy has, and what was not ordered."""
    return (
        Missing("password", Reason.SECRET),
        *(Missing(name, Reason.NOT_ORDERED) for name in known if name not in wanted),
    )
