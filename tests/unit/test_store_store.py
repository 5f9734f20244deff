"""The languages in memory never say anything else than the database; portable writing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import Kept, Store, StoreError, open_store
from bot.store import store as module
from tests.support.kept import execute

KEY = b"k" * 32
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


async def test_a_choice_is_seen_under_every_spelling(store: Store) -> None:
    assert await store.language("Alice@example.org") is None
    await store.choose_language("alice@example.org", "de", NOW)
    assert await store.language("Alice@example.org") == "de"
    assert await store.forget("ALICE@example.org")
    assert await store.language("alice@example.org") is None


async def test_a_choice_made_while_the_language_is_read_wins(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read = store.kept

    async def overtaken(account: str) -> Kept | None:
        kept = await read(account)
        await store.choose_language(account, "de", NOW)
        return kept

    monkeypatch.setattr(Store, "kept", lambda _store, account: overtaken(account))
    assert await store.language("alice@example.org") == "de"
    assert await store.language("alice@example.org") == "de"


READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET default_transaction_read_only = on"}


async def test_a_choice_that_could_not_be_stored_is_not_pretended(engine: str, place: str) -> None:
    async with open_store(place, KEY) as store:
        await store.choose_language("alice@example.org", "de", NOW)
        async with store._database._engine.connect() as connection:
            await connection.exec_driver_sql(READ_ONLY[engine])
            await connection.commit()
        with pytest.raises(StoreError, match="read-only"):
            await store.choose_language("alice@example.org", "en", NOW)
        assert await store.language("alice@example.org") == "de"


async def test_what_was_asked_for_last_stays_in_memory(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_IN_MEMORY", 2)
    async with open_store(place, KEY) as store:
        for account in ("alice@x", "bob@x", "alice@x", "carol@x"):
            await store.language(account)
        assert len(store._languages) == 2
        await execute(place, "DROP TABLE accounts")  # who still answers, answers from memory
        assert await store.language("alice@x") is None
        with pytest.raises(StoreError):
            await store.language("bob@x")


async def test_a_choice_that_is_stopped_after_it_was_stored_counts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def stopped() -> AsyncIterator[AsyncConnection]:
        async with transaction() as connection:
            yield connection
        raise asyncio.CancelledError

    transaction = store._database.transaction
    assert await store.language("alice@example.org") is None
    with monkeypatch.context() as patched:
        patched.setattr(store._database, "transaction", stopped)
        with pytest.raises(asyncio.CancelledError):
            await store.choose_language("alice@example.org", "de", NOW)
    assert await store.language("alice@example.org") == "de"


async def test_moments_come_back_in_utc(store: Store) -> None:
    await store.choose_language("alice@example.org", "de", NOW.astimezone(timezone(timedelta(hours=5))))
    kept = await store.kept("alice@example.org")
    assert kept == Kept("de", NOW)
    assert kept.chosen_at.tzinfo is UTC


async def test_nothing_is_kept_about_strangers(store: Store) -> None:
    assert await store.kept("nobody@example.org") is None
