"""Looks at the inventories of accounts: a sample, or all of them, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from bot.policy.audit.evidence import Evidence
from bot.policy.audit.result import Audit, audit
from bot.policy.model import Policy
from bot.servers.backend import NoSuchAccount, ServerBackend, ServerError

SAMPLE = 200
"""Accounts that are looked at unless all are wanted."""

_PAGE = 500
_AT_ONCE = 4

Progress = Callable[[int, int | None], None]


async def audit_of(
    policy: Policy,
    server: ServerBackend,
    now: datetime,
    *,
    sample: int | None = SAMPLE,
    progress: Progress = lambda _done, _total: None,
) -> Audit:
    """Audit *server* against *policy*.

    Args:
        policy: the declared facts.
        server: what is asked; its settings first, then the inventories of accounts.
        now: the time of the audit.
        sample: how many accounts are looked at, spread over all of them; None for every account.
        progress: told how many accounts are done, and of how many.

    Raises:
        ServerError: the settings or the list of accounts cannot be had.
    """
    settings = await server.settings()
    evidence = Evidence(policy, now)
    chosen, total = await _choose(server, sample)
    evidence.complete = sample is None or total <= sample
    await _look(server, chosen, evidence, lambda done: progress(done, min(total, sample or total)))
    return audit(policy, settings, evidence)


async def _choose(server: ServerBackend, sample: int | None) -> tuple[AsyncIterator[str], int]:
    """Return the accounts to look at, evenly spread, and how many there are in all."""
    total = (await server.accounts(limit=1)).total
    if total is None:
        total = sum([1 async for _account in _accounts(server)])
    step = 1 if sample is None else max(1, -(-total // sample))

    async def every() -> AsyncIterator[str]:
        number = 0
        async for account in _accounts(server):
            if number % step == 0:
                yield account
            number += 1

    return every(), total


async def _accounts(server: ServerBackend) -> AsyncIterator[str]:
    after: str | None = None
    while True:
        page = await server.accounts(after, _PAGE)
        for account in page.accounts:
            yield account
        if page.next is None:
            return
        after = page.next


async def _look(
    server: ServerBackend, accounts: AsyncIterator[str], evidence: Evidence, progress: Callable[[int], None]
) -> None:
    """Look at every account; one that fails is counted, one that is gone meanwhile is not."""
    done = 0
    lock = asyncio.Lock()

    async def work() -> None:
        nonlocal done
        while True:
            async with lock:
                account = await anext(accounts, None)
            if account is None:
                return
            try:
                evidence.add(await server.inventory(account))
            except NoSuchAccount:
                pass
            except ServerError:
                evidence.failed += 1
            done += 1
            progress(done)

    async with asyncio.TaskGroup() as group:
        for _number in range(_AT_ONCE):
            group.create_task(work())
