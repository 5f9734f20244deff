"""What the bot does when the server tells that something happened to an account."""

from __future__ import annotations

from bot.commands.services import Services
from bot.policy.observed import Event


async def happened(event: Event, services: Services) -> None:
    """Act on *event*: whoever has no account any more is forgotten.  Raises `StoreError`."""
    if event.event == "removed" and services.server is not None:
        account = f"{event.account}@{services.server.host}"
        services.memory.forget_account(account)
        if services.store is not None:
            await services.store.forget(account)
