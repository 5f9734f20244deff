"""What is kept of announcements: one at a time, how far, whom it did not reach, and who that was to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.claims.announcement import BREACH_PARTS, PENDING, Announcement, Cause, Counts, Stage
from bot.store import Store

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ALICE, BOB = "alice@example.org", "bob@example.org"
NEW = Announcement(0, Cause.POLICY, Stage.DRAFT, "2", {}, mandatory=True, made_at=NOW, starts_at=NOW)


async def added(store: Store, new: Announcement = NEW) -> Announcement:
    number = await store.announcements.add(new)
    assert number is not None
    return replace(new, number=number)


async def test_what_is_kept_comes_back(store: Store) -> None:
    texts = {part: {"en": f"the {part}", "de": "ä"} for part in BREACH_PARTS}
    east = timezone(timedelta(hours=5))
    new = replace(NEW, cause=Cause.BREACH, version=None, texts=texts, starts_at=NOW.astimezone(east))
    one = await added(store, new)
    assert await store.announcements.pending() == replace(one, starts_at=NOW)
    counts = Counts({"en": 3}, {"knows": 1}, {"gone": 9}, 12)
    later = replace(one, began_at=NOW, cursor="alice", counts=counts)
    await store.announcements.save(later, (), {}, NOW)
    assert await store.announcements.newest() == replace(later, starts_at=NOW, counts=replace(counts, failed={}))


@pytest.mark.parametrize("stage", PENDING)
async def test_there_is_one_at_a_time(store: Store, stage: Stage) -> None:
    one = await added(store, replace(NEW, stage=stage))
    assert await store.announcements.add(NEW) is None
    assert await store.announcements.move(one.number, Stage.CANCELLED, NOW)
    assert not await store.announcements.move(one.number, Stage.RUNNING, NOW)
    other = await added(store)
    assert other.number > one.number
    assert await store.announcements.pending() == other
    known = await store.announcements.find(one.number)
    assert known is not None
    assert known.ended_at == NOW
    assert await store.announcements.find(99) is None


async def test_saving_how_far_it_is_does_not_undo_a_pause(store: Store) -> None:
    one = await added(store, replace(NEW, stage=Stage.RUNNING))
    await store.announcements.move(one.number, Stage.PAUSED, NOW, starts_at=NOW + timedelta(days=1))
    await store.announcements.save(replace(one, cursor="bob"), (), {}, NOW)
    known = await store.announcements.pending()
    assert known is not None
    assert (known.stage, known.cursor, known.starts_at) == (Stage.PAUSED, "bob", NOW + timedelta(days=1))


async def test_a_version_counts_as_announced_when_somebody_was_told_or_will_be(store: Store) -> None:
    one = await added(store)
    assert await store.announcements.of_version("2") is None
    await store.announcements.move(one.number, Stage.SCHEDULED, NOW)
    assert await store.announcements.of_version("2") is not None
    await store.announcements.move(one.number, Stage.CANCELLED, NOW)
    assert await store.announcements.of_version("2") is None
    other = await added(store, replace(NEW, stage=Stage.RUNNING))
    await store.announcements.save(replace(other, began_at=NOW), (ALICE,), {}, NOW)
    await store.announcements.move(other.number, Stage.CANCELLED, NOW)
    assert await store.announcements.of_version("2") is not None


async def test_who_was_told_knows_the_version_and_who_was_missed_does_not(store: Store) -> None:
    one = await added(store, replace(NEW, stage=Stage.RUNNING))
    await store.announcements.save(one, (ALICE,), {BOB: "service-unavailable"}, NOW)
    known = await store.acquaintances.of([ALICE, BOB])
    assert (known[ALICE].version, known[BOB].version) == ("2", None)
    assert await store.announcements.missed(10) == {store.announcements.pseudonym("Bob@example.org")}
    assert await store.announcements.missed(0) == set()
    assert await store.announcements.missed_by(BOB) == (one.number,)
    assert await store.announcements.missed_by(ALICE) == ()
    await store.announcements.reach(one, BOB, NOW)
    assert (await store.acquaintances.of([BOB]))[BOB].version == "2"
    assert await store.announcements.missed_by(BOB) == ()


async def test_each_account_is_missed_once_whatever_comes_back(store: Store) -> None:
    one = await added(store, replace(NEW, stage=Stage.RUNNING))
    await store.announcements.miss(one.number, {BOB: "resource-constraint" + "x" * 100, ALICE: "gone"})
    await store.announcements.miss(one.number, {BOB: "service-unavailable"})
    await store.announcements.miss(one.number, {})
    known = await store.announcements.find(one.number)
    assert known is not None
    assert sum(known.counts.failed.values()) == 2


async def test_of_what_was_cancelled_nobody_is_owed_anything(store: Store) -> None:
    one = await added(store, replace(NEW, stage=Stage.RUNNING))
    await store.announcements.miss(one.number, {BOB: "service-unavailable"})
    await store.announcements.move(one.number, Stage.CANCELLED, NOW)
    assert await store.announcements.missed(10) == set()
    assert await store.announcements.missed_by(BOB) == ()


async def test_who_is_gone_is_nobody_and_counts_all_the_same(store: Store) -> None:
    one = await added(store, replace(NEW, stage=Stage.RUNNING))
    await store.announcements.miss(one.number, {ALICE: "service-unavailable", BOB: "service-unavailable"})
    await store.announcements.forget(BOB)
    known = await store.announcements.find(one.number)
    assert known is not None
    assert known.counts.failed == {"service-unavailable": 1, "gone": 1}
    assert await store.announcements.missed_by(BOB) == ()


async def test_the_id_of_a_letter_is_the_same_for_ever_and_nobody_else_s(store: Store) -> None:
    letter = store.announcements.letter
    assert letter(1, ALICE) == letter(1, ALICE)
    ids = {letter(number, who, kind) for number in (1, 11) for who in (ALICE, BOB) for kind in ("told", "report")}
    assert len(ids) == 8
    assert "alice" not in "".join(ids)
