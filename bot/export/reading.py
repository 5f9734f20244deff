"""Reading what the server holds into the spool."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.export.manifest import Reason
from bot.export.spool import Spool
from bot.export.threads import in_thread
from bot.policy.observed import Inventory, RecordsPage
from bot.servers import NoSuchAccount, Refused, ServerBackend, ServerError, Unreachable, Unsupported

PAGE = 200
"""Records in a page; the most that the protocol allows."""

PAUSES = (1.0, 5.0)
"""Seconds before the server is asked again that did not answer."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How it went with a category: completely, or for what *reason* not."""

    category: str
    reason: Reason | None = None


async def read_category(
    server: ServerBackend, account: str, category: str, spool: Spool, report: Callable[[int], Awaitable[None]]
) -> Reading:
    """Read every record of a category.  What was read before something failed stays in the spool.

    Raises:
        NoSuchAccount: there is none, or no longer.
        OSError: the spool cannot be written.
    """
    after: str | None = None
    try:
        while True:
            page = await _page(server, account, category, after)
            await in_thread(spool.append, category, page.items)
            await report(len(page.items))
            if page.next is None:
                return Reading(category)
            if page.next == after:  # it would never end
                return Reading(category, Reason.FAILED)
            after = page.next
    except NoSuchAccount:
        raise
    except Unsupported:
        return Reading(category, Reason.ABSENT if spool.count(category) == 0 else Reason.FAILED)
    except ServerError:
        return Reading(category, Reason.FAILED)


async def _page(server: ServerBackend, account: str, category: str, after: str | None) -> RecordsPage:
    for pause in PAUSES:
        try:
            return await server.records(account, category, after, PAGE)
        except Unreachable:
            await asyncio.sleep(pause)
    return await server.records(account, category, after, PAGE)


async def read_inventory(server: ServerBackend, account: str) -> Inventory:
    """Return what the server counts; nothing if it cannot tell, since the records tell it themselves.

    Raises:
        NoSuchAccount: there is none.
    """
    try:
        return await server.inventory(account)
    except (Unreachable, Refused, Unsupported):
        return Inventory(account=account)


async def read_server(server: ServerBackend) -> str:
    """Return the name and version of the server's software, as far as it tells."""
    try:
        hello = await server.hello()
    except ServerError:
        return ""
    return f"{hello.server} {hello.version}"
