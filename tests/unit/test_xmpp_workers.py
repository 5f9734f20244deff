"""Jobs are done one after the other; failures and floods do not stop them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.xmpp.workers import Job, Workers


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    one = Workers()
    running = asyncio.create_task(one.run())
    yield one
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def _fail(*_number: str) -> None:
    raise RuntimeError


def _fail_too(_number: str) -> None:
    raise ValueError


async def test_a_failure_is_told_with_its_number_and_others_go_on(
    workers: Workers, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    for job in (Job(_fail, told.append), Job(_fail, _fail_too), Job(work, told.append)):
        workers.add(job)
    await workers.idle()
    assert done.is_set()
    assert len(told) == 1
    assert told[0] in caplog.text
    assert "ValueError" in caplog.text


async def test_a_flood_is_dropped_with_one_line_until_it_is_over(
    workers: Workers, caplog: pytest.LogCaptureFixture
) -> None:
    count = 0

    async def work() -> None:
        nonlocal count
        count += 1

    for _flood in range(2):
        for _number in range(10_000):
            workers.add(Job(work, _fail_too))
        await workers.idle()
    assert 0 < count < 20_000
    assert [record.getMessage().partition(";")[0] for record in caplog.records] == [
        "more is asked than can be answered",
        "the flood is over",
    ] * 2
    before = count
    workers.add(Job(work, _fail_too))
    await workers.idle()
    assert count == before + 1
