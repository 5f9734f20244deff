"""Where copies are made, and why there may be none: known also where none is made."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from bot.answers.copying import Failure


@dataclass(frozen=True, slots=True)
class Places:
    """Where and how copies are made.

    Attributes:
        scratch: a directory for temporary files, of which nothing stays; that of the system if None.
        at_once: so many are made at the same time.
        tls: how certificates of the upload service are checked; as the system does it if None.
    """

    scratch: Path | None = None
    at_once: int = 2
    tls: ssl.SSLContext | None = None


class CopyFailed(Exception):  # noqa: N818 -- named after what is wrong
    """There is no copy, and trying again would not help."""

    def __init__(self, why: Failure) -> None:
        super().__init__(why.value)
        self.why = why
