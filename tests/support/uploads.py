"""An upload service on loopback: it takes what is put, and gives it back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web

LARGEST = 1 << 26


@dataclass
class UploadService:
    """What was put there, by path; *status* is what it answers."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.CREATED

    async def put(self, request: web.Request) -> web.Response:
        """Take a file."""
        content = await request.read()
        if self.status is HTTPStatus.CREATED:
            self.files[request.path] = content
        return web.Response(status=self.status)

    async def get(self, request: web.Request) -> web.Response:
        """Give a file."""
        content = self.files.get(request.path)
        return web.Response(status=HTTPStatus.NOT_FOUND) if content is None else web.Response(body=content)

    def file(self, link: str) -> bytes:
        """Return what lies behind a link."""
        address = self.address.partition(":")[2]
        return self.files[link.partition("#")[0].partition(":")[2].removeprefix(address)]


@asynccontextmanager
async def upload_service() -> AsyncIterator[UploadService]:
    """A service that listens until the block ends."""
    service = UploadService()
    app = web.Application(client_max_size=LARGEST)
    app.router.add_put("/{path:.*}", service.put)
    app.router.add_get("/{path:.*}", service.get)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        service.address = f"http://{host}:{port}"
        yield service
    finally:
        await runner.cleanup()
