"""One bot at a time on a database in PostgreSQL: who leads, who stands by, and when it changes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import Sole, StoreError, WrongKey, open_store, sole_use
from bot.store import sole as module
from tests.support.postgresql import Postgresql, owner

KEY = b"k" * 32
AT_ONCE = 1.9
"""Seconds; less than it would take to notice that nobody answers."""

LOCKS = "FROM pg_stat_activity WHERE application_name = 'privacy-bot lock'"


@pytest.fixture(autouse=True)
def _quickly() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for name, seconds in (("_TRY", 0.05), ("_BEAT", 0.05), ("_LEAVING", 0.1), ("_DISTURBED", 0.3)):
            patched.setattr(module, name, seconds)
        yield


@asynccontextmanager
async def candidate(place: str, *, patient: bool = False) -> AsyncIterator[asyncio.Future[Sole]]:
    """Somebody who wants to lead; the future is done as soon as it does."""
    leads: asyncio.Future[Sole] = asyncio.get_running_loop().create_future()

    async def live() -> None:
        try:
            async with sole_use(place, KEY, patient=patient) as sole:
                leads.set_result(sole)
                await asyncio.Event().wait()
        except StoreError as error:
            leads.set_exception(error)

    task = asyncio.create_task(live())
    try:
        yield leads
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def soon(future: asyncio.Future[Sole]) -> Sole:
    return await asyncio.wait_for(asyncio.shield(future), 10)


async def said(caplog: pytest.LogCaptureFixture, what: str) -> None:
    """Return when something was logged."""
    async with asyncio.timeout(10):
        while what not in caplog.text:  # noqa: ASYNC110 -- a log tells nobody
            await asyncio.sleep(0.01)


async def test_the_second_stands_by_until_the_first_ends(
    postgresql: Postgresql, caplog: pytest.LogCaptureFixture
) -> None:
    place = postgresql.place()
    async with AsyncExitStack() as later:
        async with candidate(place) as first:
            assert not (await soon(first)).waited
            second = await later.enter_async_context(candidate(place))
            await said(caplog, "standing by")
            assert not second.done()
            assert not (await soon(first)).lost.is_set()
        assert (await soon(second)).waited
    assert caplog.text.count("standing by") == 1
    assert "taking over" in caplog.text


async def test_bots_in_other_schemas_do_not_wait_for_each_other(postgresql: Postgresql) -> None:
    async with candidate(postgresql.place()) as one, candidate(postgresql.place()) as other:
        assert not (await soon(one)).waited
        assert not (await soon(other)).waited


async def test_sqlite_waits_for_nobody(tmp_path: Path) -> None:
    async with candidate(str(tmp_path / "state.db")) as one:
        assert not (await soon(one)).waited


async def test_a_leader_whose_connection_is_cut_knows_at_once(
    postgresql: Postgresql, caplog: pytest.LogCaptureFixture
) -> None:
    place = postgresql.place()
    async with candidate(place) as first:
        sole = await soon(first)
        async with candidate(place) as second:
            await said(caplog, "standing by")
            cut(postgresql)
            await asyncio.wait_for(sole.lost.wait(), AT_ONCE)
            assert (await soon(second)).waited


async def test_who_takes_over_gives_the_other_time_to_leave(
    postgresql: Postgresql, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LEAVING", 0.5)
    place = postgresql.place()
    clock = asyncio.get_running_loop().time
    async with candidate(place) as first:
        await soon(first)
        async with candidate(place) as second:
            await said(caplog, "standing by")
            cut(postgresql)
            since = clock()
            await soon(second)
            assert clock() - since >= 0.5


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_a_database_that_stops_ends_the_lead_and_one_that_is_back_gives_it_again(
    postgresql: Postgresql, caplog: pytest.LogCaptureFixture, how: signal.Signals
) -> None:
    place = postgresql.place()
    async with candidate(place) as first:
        sole = await soon(first)
        async with candidate(place) as second:
            await said(caplog, "standing by")
            postgresql.stop(how)
            try:
                await asyncio.wait_for(sole.lost.wait(), AT_ONCE)
                await said(caplog, "when it is back, the bot goes on by itself")
            finally:
                postgresql.start()
            assert (await soon(second)).waited


async def test_a_connection_on_which_nothing_comes_any_more_is_given_up(postgresql: Postgresql) -> None:
    """The leader's own part: packets that are lost on the way do not end a connection."""
    place = postgresql.place()
    async with candidate(place) as first:
        sole = await soon(first)
        backend = int(postgresql.run(f"SELECT pid {LOCKS} AND usename = '{owner(place)}'"))
        os.kill(backend, signal.SIGSTOP)
        try:
            await asyncio.wait_for(sole.lost.wait(), module._BEAT + module._ANSWER + 1)
        finally:
            os.kill(backend, signal.SIGCONT)


class Unread:
    """A connection on which the answer comes while the program does something else, or is stopped."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[None] = asyncio.Queue()

    async def execute(self, _query: object) -> None:
        self.asked.put_nowait(None)
        loop, answered = asyncio.get_running_loop(), asyncio.Event()
        here, there = socket.socketpair()

        def busy() -> None:
            time.sleep(2 * module._ANSWER)
            there.send(b"1")

        with here, there:
            loop.add_reader(here, answered.set)
            loop.call_soon(busy)
            try:
                await answered.wait()
            finally:
                loop.remove_reader(here)


async def test_an_answer_that_was_not_read_in_time_is_one_and_is_asked_for_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_ANSWER", 0.1)
    connection, lost = Unread(), asyncio.Event()
    beating = asyncio.create_task(module._beat(cast("AsyncConnection", connection), lost))
    await connection.asked.get()
    monkeypatch.setattr(module, "_BEAT", 60)
    for _time in range(3):
        await asyncio.wait_for(connection.asked.get(), 10)
        assert not lost.is_set()
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    assert lost.is_set()


async def test_at_the_start_an_outage_is_told_and_not_waited_for(postgresql: Postgresql) -> None:
    place = postgresql.place().replace(str(postgresql.port), "9")
    async with candidate(place) as one:
        with pytest.raises(StoreError, match="cannot be reached"):
            await soon(one)


async def test_who_stands_by_learns_at_once_that_the_key_is_wrong(postgresql: Postgresql) -> None:
    place = postgresql.place()
    async with open_store(place, b"x" * 32):
        pass
    async with candidate(place) as first:
        await soon(first)
        async with candidate(place) as second:
            with pytest.raises(WrongKey):
                await soon(second)


def cut(postgresql: Postgresql) -> None:
    """Cut the connection of whoever leads."""
    leading = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
    postgresql.run(f"SELECT pg_terminate_backend(pid) {LOCKS} AND pid IN ({leading})")
