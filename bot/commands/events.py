"""What the bot does when the server is there, and when it tells that something happened to an account."""

from __future__ import annotations

import logging

from bot.commands.services import Services
from bot.policy.observed import Event
from bot.servers import ServerError

_LOG = logging.getLogger("privacy-bot")


async def greet(services: Services) -> None:
    """Ask the companion module who it is, and tell the operator."""
    if services.server is None:
        return
    try:
        hello = await services.server.hello()
    except ServerError as error:
        _LOG.warning("no live data: %s", error)
        return
    met = services.server.address or "its component's domain only"
    if services.rights is not None:
        services.rights.work.retry()
    if services.arrivals is not None:
        services.arrivals.look()
    if services.announcer is not None:
        services.announcer.runner.wake()
    _LOG.info("companion module %s on %s %s; people meet the bot as %s", hello.module, hello.server, hello.version, met)
    if "newcomers" not in hello.operations:
        _LOG.warning(
            "companion module %s cannot tell who came while the bot is away; install the one that comes with this bot: "
            "privacy-bot server-module %s",
            hello.module,
            hello.server,
        )


def logged_in(event: Event, services: Services) -> bool:
    """Take a login, for which an entry in memory is enough; return whether *event* was one."""
    if event.event != "login":
        return False
    if services.arrivals is not None:
        services.arrivals.login(event)
    if services.announcer is not None:
        services.announcer.latecomers.come(event.account)
    return True


async def happened(event: Event, services: Services) -> None:
    """Act on *event*: whoever has no account any more is forgotten.  Raises `StoreError`."""
    if event.event == "removed" and services.server is not None:
        account = f"{event.account}@{services.server.host}"
        await forget(account, services)
        if services.rights is not None:
            await services.rights.account_gone(account)
        if services.announcer is not None:
            await services.announcer.gone(account)


async def forget(account: str, services: Services) -> bool:
    """Forget what the bot noted about *account* (a bare JID), but for proofs; return whether there was anything.

    Raises `StoreError`.
    """
    services.memory.forget_account(account)
    had_choice = services.store is not None and await services.store.forget(account)
    had_notes = services.arrivals is not None and await services.arrivals.forget(account)
    return had_choice or had_notes
