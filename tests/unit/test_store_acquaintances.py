"""What is noted about who was told what: merged, cleared, forgotten, and never an empty note."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import func, select

from bot.claims.announcement import STRANGER, Acquaintance
from bot.store import Store
from bot.store.schema import ACQUAINTANCES

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LOGIN = NOW - timedelta(seconds=3)
ALICE, BOB = "alice@example.org", "bob@example.org"


async def rows(store: Store) -> int:
    async with store._database.transaction() as connection:
        return int((await connection.execute(select(func.count()).select_from(ACQUAINTANCES))).scalar_one())


async def test_nothing_is_known_about_strangers(store: Store) -> None:
    assert await store.acquaintances.of([ALICE, BOB]) == {ALICE: STRANGER, BOB: STRANGER}
    assert await store.acquaintances.of([]) == {}
    assert await store.acquaintances.kept(ALICE) is None
    assert not await store.acquaintances.forget(ALICE)


async def test_one_note_does_not_undo_another(store: Store) -> None:
    await store.acquaintances.hear({ALICE: "de", BOB: None})
    east = timezone(timedelta(hours=5))
    await store.acquaintances.welcomed({ALICE: LOGIN.astimezone(east)}, "2.1", NOW.astimezone(east))
    await store.acquaintances.take_news("Alice@example.org", NOW, wanted=False)
    known = Acquaintance("de", "2.1", NOW, LOGIN, no_news=True)
    assert await store.acquaintances.of([ALICE, BOB]) == {ALICE: known, BOB: STRANGER}
    await store.acquaintances.hear({ALICE: "fr"})
    await store.acquaintances.take_news(ALICE, NOW, wanted=True)
    assert await store.acquaintances.kept(ALICE) == Acquaintance("fr", "2.1", NOW, LOGIN)
    assert await store.acquaintances.forget("ALICE@example.org")
    assert await store.acquaintances.of([ALICE]) == {ALICE: STRANGER}


async def test_a_language_that_was_chosen_counts_more_than_one_that_was_heard(store: Store) -> None:
    await store.choose_language(ALICE, "en", NOW)
    await store.choose_language(BOB, "en", NOW)
    await store.acquaintances.hear({ALICE: "de"})
    known = await store.acquaintances.of([ALICE, BOB])
    assert {account: one.language for account, one in known.items()} == {ALICE: "en", BOB: "en"}
    heard = await store.acquaintances.kept(ALICE)
    assert heard is not None
    assert heard.language == "de"


async def test_a_note_that_says_nothing_any_more_is_gone(store: Store) -> None:
    await store.acquaintances.hear({ALICE: "de", BOB: "de"})
    await store.acquaintances.welcomed({BOB: LOGIN}, "2.1", NOW)
    await store.acquaintances.hear({ALICE: None, BOB: None})
    assert await store.acquaintances.kept(ALICE) is None
    assert await store.acquaintances.kept(BOB) == Acquaintance(None, "2.1", NOW, LOGIN)
    await store.acquaintances.take_news(ALICE, NOW, wanted=True)
    assert await rows(store) == 1


async def test_a_thousand_at_once(store: Store) -> None:
    names = [f"user{number}@example.org" for number in range(1_000)]
    await store.acquaintances.hear({name: "de" if number % 2 else None for number, name in enumerate(names)})
    assert await rows(store) == 500
    known = await store.acquaintances.of(names)
    assert [known[name].language for name in names[:4]] == [None, "de", None, "de"]


async def test_ids_of_letters_say_nothing_and_stay(store: Store) -> None:
    one = store.letter_id(ALICE, "welcome 1")
    assert one == store.letter_id(ALICE, "welcome 1")
    assert len({one, store.letter_id(ALICE, "welcome 2"), store.letter_id(BOB, "welcome 1")}) == 3
    assert "alice" not in one
