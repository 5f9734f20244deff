"""Opening the database: half-done starts, files of others, places that do not work, crashes."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from bot.store import StoreError, open_store
from bot.store import engine as module
from bot.store.engine import bring_up_to_date, engine_of
from bot.store.schema import METADATA, STEPS
from tests.support.kept import content, execute, tables
from tests.support.postgresql import Postgresql

KEY = b"k" * 32


async def test_a_step_that_fails_leaves_nothing_behind(place: str) -> None:
    async with open_store(place, KEY):
        pass
    before = await tables(place)
    opened = engine_of(place)
    ((check,),) = await execute(place, "SELECT value FROM privacy_bot_meta WHERE name = 'key_check'")
    with pytest.raises(DBAPIError):
        async with opened.begin() as transaction:
            await bring_up_to_date(transaction, check, (*STEPS, ("CREATE TABLE later (name VARCHAR(9))", "nonsense")))
    await opened.dispose()
    assert await tables(place) == before
    async with open_store(place, KEY) as store:
        assert await store.kept("nobody@example.org") is None


async def test_a_first_start_that_is_stopped_half_way_can_be_repeated(place: str) -> None:
    async def stopped() -> None:
        opened = engine_of(place)
        try:
            async with opened.begin() as transaction:
                await bring_up_to_date(transaction, b"check")
                raise asyncio.CancelledError
        finally:
            await opened.dispose()

    with pytest.raises(asyncio.CancelledError):
        await stopped()
    assert await tables(place) == set()
    async with open_store(place, KEY) as store:
        assert await store.kept("nobody@example.org") is None


async def test_many_that_start_at_once_make_one_database(postgresql: Postgresql) -> None:
    place = postgresql.place()

    async def start(number: int) -> None:
        async with open_store(place, KEY) as store:
            await store.choose_language(f"user{number}@example.org", "de", datetime.now(UTC))

    await asyncio.gather(*(start(number) for number in range(6)))
    async with open_store(place, KEY) as store:
        assert [await store.language(f"user{number}@example.org") for number in range(6)] == ["de"] * 6


async def test_the_steps_lead_to_the_tables_that_the_queries_use(place: str) -> None:
    def columns(connection: Connection) -> dict[str, dict[str, bool]]:
        found = inspect(connection)
        return {
            table: {column["name"]: column["nullable"] for column in found.get_columns(table)}
            for table in found.get_table_names()
        }

    async with open_store(place, KEY) as store, store._database._engine.connect() as connection:
        found = await connection.run_sync(columns)
    assert found == {
        name: {column.name: bool(column.nullable) for column in table.columns}
        for name, table in METADATA.tables.items()
    }


async def test_settings_of_each_connection(tmp_path: Path) -> None:
    async with open_store(str(tmp_path / "state.db"), KEY) as store, store._database._engine.connect() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 5000}


async def test_the_database_of_another_program_is_left_as_it_is(place: str) -> None:
    await execute(place, "CREATE TABLE prosody (host TEXT)")
    before = await content(place)
    with pytest.raises(StoreError, match="another program; name another one"):
        async with open_store(place, KEY):
            pass
    assert await content(place) == before
    assert await tables(place) == {"prosody"}


async def test_another_program_holds_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PRAGMAS", ("busy_timeout = 50",))
    path = tmp_path / "state.db"
    async with open_store(str(path), KEY):
        pass
    with closing(sqlite3.connect(path)) as other:
        async with open_store(str(path), KEY) as store:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match=r"state\.db: another program holds"):
                await store.forget("alice@example.org")
            other.rollback()
            assert not await store.forget("alice@example.org")
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"state\.db: another program holds"):
            async with open_store(str(path), KEY):
                pass


@pytest.mark.parametrize("url", ["sqlite:///{}", "sqlite+nothing:///{}", "postgresql+nothing://bot:hidden@host/bot"])
async def test_a_driver_that_cannot_be_used(tmp_path: Path, url: str) -> None:
    path = tmp_path / "state.db"
    with pytest.raises(StoreError, match=r"begin the URL with sqlite\+aiosqlite") as refused:
        async with open_store(url.format(path), KEY):
            pass
    assert "hidden" not in str(refused.value)
    assert not path.exists()


async def test_a_url_that_cannot_be_read() -> None:
    with pytest.raises(StoreError, match=r"cannot be read; write it like sqlite\+aiosqlite"):
        async with open_store("://bot:hidden@host", KEY):
            pass


@pytest.mark.usefixtures("store")  # the driver is loaded then, which nobody might not be able to read
@pytest.mark.parametrize("exists", [True, False])
async def test_a_directory_where_the_bot_may_not_write(tmp_path: Path, exists: bool) -> None:  # noqa: FBT001
    path = tmp_path / "closed" / "state.db"
    path.parent.mkdir()
    if exists:
        path.touch(0o400)
    path.parent.chmod(0o555)
    user = os.geteuid()
    os.seteuid(user or 65534)  # root may write everywhere; nobody may not
    try:
        with pytest.raises(StoreError, match=r"state\.db: .*allowed to write"):
            async with open_store(str(path), KEY):
                pass
    finally:
        os.seteuid(user)


OPEN = """
import asyncio, os, sys
from bot.store import open_store
async def main():
    async with open_store(sys.argv[1], b"k" * 32):
        print("open", flush=True)
        await asyncio.sleep(60)
{before}
asyncio.run(main())
"""


def ran(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", OPEN.format(before=""), str(path)],
        timeout=20,
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_failed_opening_never_hangs(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("hello " * 1000)
    done = ran(path)
    assert done.returncode == 1
    assert "no database" in done.stderr


CANCELLING = """
import signal
opened = main
async def main():
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    await opened()
"""


@pytest.mark.parametrize("before", ["", CANCELLING])
def test_sigterm_ends_the_process(place: str, before: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN.format(before=before), place],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"open\n"
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(20) != 0
    assert "accounts" in asyncio.run(tables(place))
