"""What most tests work with: the shipped policies, a desk, a fixed day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import hypothesis
import pytest

from bot import files
from bot.commands.build import services, understander
from bot.commands.desk import Desk
from bot.dialogue.understanding import Understander, Understanding
from bot.metrics.prometheus import PrometheusMeasures
from bot.policy.model import Policy, read_policy
from bot.store import Store, open_store
from tests.support.postgresql import MissingPostgresql, Postgresql, postgresql

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")  # how long something takes is for benchmarks

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def shipped(name: str) -> Path:
    return files.directory("data") / "policies" / f"{name}.yaml"


@pytest.fixture(scope="session")
def policy_of() -> Callable[[str], Policy]:
    """Reads a shipped policy by name."""
    return lambda name: read_policy(shipped(name))


@pytest.fixture(scope="session")
def understanding() -> Understander:
    """The understanding of all languages, built once: it keeps nothing of what it reads."""
    return understander()


@pytest.fixture(scope="session")
def meant(understanding: Understander) -> Callable[[str], Understanding]:
    """Read a text as in a conversation in English; each only once, since many tests look at the same thousands."""
    return cache(lambda text: understanding.read(text, "en"))


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen."""
    return NOW


@pytest.fixture(scope="session", name="postgresql")
def running_postgresql() -> Iterator[Postgresql]:
    """PostgreSQL, started by the first test of the process that wants it.

    Without it the tests fail and say what to install: nothing is skipped.
    """
    try:
        with postgresql() as server:
            yield server
    except MissingPostgresql as missing:
        pytest.fail(str(missing))


ENGINES = ("sqlite", "postgresql")
"""What looks at what is kept runs on both: whatever uses the fixtures `place` and `store`."""


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    name: str = request.param
    return name


@pytest.fixture
def place(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where there is no database yet: a file, or a schema in PostgreSQL."""
    if engine == "sqlite":
        return str(tmp_path / "state.db")
    server: Postgresql = request.getfixturevalue("postgresql")
    return server.place()


@pytest.fixture
async def store(engine: str, place: str) -> AsyncIterator[Store]:
    """A real store; SQLite's is in memory."""
    async with open_store("sqlite+aiosqlite://" if engine == "sqlite" else place, b"k" * 32) as opened:
        yield opened
        # Whoever still writes when the store is closed would open a connection that nobody closes.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture
def measures() -> PrometheusMeasures:
    """Counts what a test has happen."""
    return PrometheusMeasures()


@pytest.fixture
async def desk(policy_of: Callable[[str], Policy], understanding: Understander) -> AsyncIterator[Desk]:
    """A desk that answers from the search-and-chat policy, with a store in memory: most that is said keeps nothing."""
    async with open_store("sqlite+aiosqlite://", b"k" * 32) as opened:
        yield Desk(services(policy_of("searx-chat"), opened), understanding)
