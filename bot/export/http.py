"""Fetching uploaded files over HTTP (XEP-0363 §6)."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

from bot.export.order import FetchFailed, FetchReason

PIECE = 1 << 18
"""Bytes that are read or sent at once."""
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
SILENCE = aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=60)
"""Seconds of silence; in all it may take as long as a large file takes."""


def is_of_the_web(url: str) -> bool:
    """Return whether *url* is one that HTTP can be spoken with."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


@dataclass(frozen=True, slots=True)
class HttpFetch:
    """Fetches files; an `order.Fetch`.  Redirections are not followed: they could lead anywhere.

    Attributes:
        most_bytes: of one file.
        tls: how certificates are checked; as the system does it by default.
    """

    most_bytes: int = 1 << 30
    tls: ssl.SSLContext | None = None

    async def __call__(self, url: str) -> AsyncIterator[bytes]:
        """Return the file at *url* in pieces; raises `FetchFailed`."""
        if not is_of_the_web(url):
            raise FetchFailed(FetchReason.REFUSED)
        try:
            async with (
                aiohttp.ClientSession(timeout=SILENCE, auto_decompress=False) as session,
                session.get(url, allow_redirects=False, ssl=self.tls or True) as answer,
            ):
                self._check(answer)
                size = 0
                async for piece in answer.content.iter_chunked(PIECE):
                    size += len(piece)
                    if size > self.most_bytes:
                        raise FetchFailed(FetchReason.TOO_LARGE)
                    yield piece
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise FetchFailed(FetchReason.UNREACHABLE) from error

    def _check(self, answer: aiohttp.ClientResponse) -> None:
        if answer.status in _GONE:
            raise FetchFailed(FetchReason.GONE)
        if answer.status != HTTPStatus.OK:
            raise FetchFailed(FetchReason.REFUSED)
        if (answer.content_length or 0) > self.most_bytes:
            raise FetchFailed(FetchReason.TOO_LARGE)
