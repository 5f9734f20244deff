"""Uploading the copy over HTTP (XEP-0363 §5).

Nothing of an exception's text is for users: it may have addresses in it.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import IO

import aiohttp

from bot.export.http import PIECE, SILENCE, is_of_the_web
from bot.export.threads import in_thread
from bot.policy.observed import Slot

_TOO_LARGE = frozenset({HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.INSUFFICIENT_STORAGE})
_HEADERS = frozenset({"authorization", "cookie", "expires"})
"""XEP-0363 §5: all others of a slot are to be ignored."""


class UploadReason(StrEnum):
    """Why something could not be uploaded."""

    FULL = "full"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class UploadFailed(Exception):  # noqa: N818 -- named after what is wrong
    """The copy could not be uploaded."""

    def __init__(self, reason: UploadReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


async def upload(source: Path | IO[bytes], size: int, slot: Slot, tls: ssl.SSLContext | None = None) -> None:
    """Put *size* bytes into a *slot*, from where an open file stands or from the beginning of one that is named.

    Raises:
        UploadFailed: the service did not take it.
        OSError: the file cannot be read.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            await upload(file, size, slot, tls)
        return
    if not is_of_the_web(slot.put):
        raise UploadFailed(UploadReason.REFUSED)
    headers = {
        name: value
        for name, value in slot.headers.items()
        if name.lower() in _HEADERS and not {"\r", "\n"} & {*name, *value}
    }
    headers |= {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
    try:
        async with (
            aiohttp.ClientSession(timeout=SILENCE) as session,
            session.put(
                slot.put, data=_pieces(source, size), headers=headers, allow_redirects=False, ssl=tls or True
            ) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise UploadFailed(UploadReason.UNREACHABLE) from error
    if status in _TOO_LARGE:
        raise UploadFailed(UploadReason.FULL)
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise UploadFailed(
            UploadReason.UNREACHABLE if status >= HTTPStatus.INTERNAL_SERVER_ERROR else UploadReason.REFUSED
        )


async def _pieces(file: IO[bytes], size: int) -> AsyncIterator[bytes]:
    left = size
    while left > 0 and (piece := await in_thread(file.read, min(left, PIECE))):
        left -= len(piece)
        yield piece
