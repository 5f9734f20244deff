"""`/metrics` and `/health` over HTTP."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from bot.metrics.health import Health

_GOODBYE_SECONDS = 1.0


@asynccontextmanager
async def serving(listener: socket.socket, registry: CollectorRegistry, health: Health) -> AsyncIterator[None]:
    """Answer on *listener* until the block ends: the metrics in *registry*, and whether all is well."""

    async def metrics(request: web.Request) -> web.Response:
        encode, type_ = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": type_})

    async def healthy(_request: web.Request) -> web.Response:
        problems = await health.problems()
        if problems:
            said = {"status": "failing", "problems": problems}
            return web.json_response(said, status=HTTPStatus.SERVICE_UNAVAILABLE)
        return web.json_response({"status": "ok"})

    application = web.Application()
    application.add_routes([web.get("/metrics", metrics), web.get("/health", healthy)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_GOODBYE_SECONDS)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()
