"""The state store: what is kept, under which name, and what is said when the database is not as it should be."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store import Store, StoreError, StoreTooNew, WrongKey, open_store
from bot.store.engine import bring_up_to_date, engine_of
from bot.store.pseudonym import Pseudonymiser
from bot.store.schema import STEPS
from tests.support.kept import content, execute

KEY = b"k" * 32
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FROZEN = Path(__file__).parent.parent / "data" / "store_v1.sql"


async def test_a_choice_is_remembered_replaced_and_forgotten(store: Store) -> None:
    assert await store.language("alice@example.org") is None
    await store.choose_language("alice@example.org", "de", NOW)
    assert await store.language("alice@example.org") == "de"
    assert await store.language("Alice@Example.ORG") == "de"
    assert await store.language("bob@example.org") is None
    await store.choose_language("alice@example.org", "en", NOW)
    kept = await store.kept("alice@example.org")
    assert kept is not None
    assert (kept.language, kept.chosen_at) == ("en", NOW)
    await store.choose_language("alice@example.org", None, NOW)
    assert await store.language("alice@example.org") is None
    assert not await store.forget("alice@example.org")


async def test_the_database_holds_no_address(place: str) -> None:
    async with open_store(place, KEY) as store:
        await store.choose_language("alice@example.org", "de", NOW)
    kept = await content(place)
    assert b"de" in kept
    assert b"alice" not in kept
    assert b"example.org" not in kept


async def test_the_file_is_for_its_owner_only_and_outlives_the_program(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    async with open_store(str(path), KEY) as store:
        await store.choose_language("alice@example.org", "de", NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    async with open_store(f"sqlite+aiosqlite:///{path}", KEY) as store:
        assert await store.language("alice@example.org") == "de"


async def test_many_at_once(place: str) -> None:
    async with open_store(place, KEY) as store:
        await asyncio.gather(
            *(store.choose_language(f"user{number % 20}@example.org", "de", NOW) for number in range(200))
        )
        assert await store.language("user7@example.org") == "de"


async def test_another_key_is_noticed(place: str) -> None:
    async with open_store(place, KEY):
        pass
    with pytest.raises(WrongKey, match="key file"):
        async with open_store(place, b"x" * 32):
            pass


async def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        async with open_store("sqlite+aiosqlite://", b"short"):
            pass


async def test_a_newer_database_is_refused(place: str) -> None:
    async with open_store(place, KEY):
        pass
    await execute(place, "UPDATE privacy_bot_meta SET value = :new WHERE name = 'schema'", new=b"99")
    with pytest.raises(StoreTooNew, match="upgrade the program") as refused:
        async with open_store(place, KEY):
            pass
    assert (refused.value.found, refused.value.known) == (99, len(STEPS))


async def test_the_first_schema_is_upgraded(tmp_path: Path) -> None:
    """A database as version 1 wrote it is still read by the program of today."""
    path = tmp_path / "state.db"
    connection = sqlite3.connect(path)
    connection.executescript(FROZEN.read_text(encoding="utf-8"))
    connection.close()
    async with open_store(str(path), KEY) as store:
        kept = await store.kept("alice@example.org")
        assert kept is not None
        assert (kept.language, kept.chosen_at) == ("de", NOW)


@pytest.mark.parametrize("schema", range(1, len(STEPS)))
async def test_every_earlier_schema_is_upgraded(place: str, schema: int) -> None:
    engine = engine_of(place)
    async with engine.begin() as connection:
        await bring_up_to_date(connection, Pseudonymiser(KEY).check(), STEPS[:schema])
    await engine.dispose()
    async with open_store(place, KEY) as store:
        assert await store.announcements.pending() is None


async def test_only_the_missing_steps_run(place: str) -> None:
    """The runner, with a step that does not exist yet."""
    engine = engine_of(place)
    steps = (*STEPS, ("CREATE TABLE later (name VARCHAR(9))",))
    for known in (STEPS, steps, steps):
        async with engine.begin() as connection:
            await bring_up_to_date(connection, b"check", known)
    with pytest.raises(StoreTooNew):
        async with engine.begin() as connection:
            await bring_up_to_date(connection, b"check", STEPS)
    await engine.dispose()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing/state.db", "the directory must exist"),
        (".", "the directory must exist"),
        ("mysql://u:secret@host/db", "sqlite or postgresql"),
        ("nonsense://", "sqlite or postgresql"),
    ],
)
async def test_a_place_that_cannot_be_used(tmp_path: Path, name: str, said: str) -> None:
    where = name if "://" in name else str(tmp_path / name)
    with pytest.raises(StoreError, match=said) as refused:
        async with open_store(where, KEY):
            pass
    assert "secret" not in str(refused.value)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("hello " * 1000)
    with pytest.raises(StoreError, match="no database"):
        async with open_store(str(path), KEY):
            pass
    assert path.read_text().startswith("hello")


async def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    async with open_store(str(tmp_path / "state.db"), KEY) as store:
        await store.choose_language("alice@example.org", "de", NOW)
        async with store._database._engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA max_page_count = 1")

        async def fill() -> None:
            for number in range(2_000):
                await store.choose_language(f"user{number}@example.org", "de", NOW)

        with pytest.raises(StoreError, match="full"):
            await fill()
        assert await store.language("alice@example.org") == "de"


CRASH = """
import asyncio, sys
from bot.store import open_store
async def main():
    async with open_store(sys.argv[1], b"k" * 32):
        {body}
asyncio.run(main())
"""


@pytest.mark.parametrize("body", ["raise RuntimeError('boom')", "sys.exit(3)"])
def test_a_crash_never_hangs(place: str, body: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH.format(body=body), place],
        timeout=20,
        check=False,
        capture_output=True,
    )
    assert done.returncode != 0


def test_kill_in_the_middle_of_writing_leaves_a_good_database(engine: str, place: str) -> None:
    program = textwrap.dedent("""
        import asyncio, sys
        from datetime import UTC, datetime
        from bot.store import open_store
        async def main():
            async with open_store(sys.argv[1], b"k" * 32) as store:
                for number in range(1_000_000):
                    await store.choose_language(f"user{number}@example.org", "de", datetime.now(UTC))
                    if number == 50:
                        print("go", flush=True)
        asyncio.run(main())
    """)
    process = subprocess.Popen([sys.executable, "-c", program, place], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"go\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)

    async def reopened() -> str | None:
        async with open_store(place, KEY) as store:
            return await store.language("user7@example.org")

    assert asyncio.run(reopened()) == "de"
    if engine == "sqlite":
        assert asyncio.run(execute(place, "PRAGMA integrity_check")) == [("ok",)]
