"""What most tests work with: the shipped policies, a desk, a fixed day."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from bot import files
from bot.commands.build import services, understander
from bot.commands.desk import Desk
from bot.dialogue.understanding import Understander
from bot.metrics.prometheus import PrometheusMeasures
from bot.policy.model import Policy, read_policy
from bot.store import Store, open_store

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


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen."""
    return NOW


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """A real store, in memory."""
    async with open_store("sqlite+aiosqlite://", b"k" * 32) as opened:
        yield opened


@pytest.fixture
def measures() -> PrometheusMeasures:
    """Counts what a test has happen."""
    return PrometheusMeasures()


@pytest.fixture
def desk(policy_of: Callable[[str], Policy], understanding: Understander, store: Store) -> Desk:
    """A desk that answers from the search-and-chat policy, with a store."""
    return Desk(services(policy_of("searx-chat"), store), understanding)
