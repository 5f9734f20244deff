"""Versions of the policy in the database: one is in force at a time, and what was in force stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.claims.version import KeptVersion, first_day, in_force, to_come
from bot.store import Store

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def version(name: str, effective: date, seen: datetime = NOW) -> KeptVersion:
    return KeptVersion(name, name.encode().ljust(32, b"."), effective, f"version: {name}\n", seen)


FIRST = replace(version("1", date(2026, 1, 1), NOW - 9 * DAY), since=NOW - 9 * DAY)
SECOND = version("2", date(2026, 12, 1))


async def test_they_come_back_as_they_were(store: Store) -> None:
    await store.versions.keep(SECOND)
    await store.versions.keep(FIRST)
    assert await store.versions.all() == (FIRST, SECOND)


async def test_one_takes_the_place_of_the_other(store: Store) -> None:
    await store.versions.keep(FIRST)
    await store.versions.keep(SECOND)
    for later in (10 * DAY, 12 * DAY):
        await store.versions.put_in_force("2", NOW + later)
    first, second = await store.versions.all()
    assert (first.since, first.until) == (FIRST.since, NOW + 10 * DAY)
    assert (second.since, second.until) == (NOW + 10 * DAY, None)


async def test_what_was_in_force_is_neither_replaced_nor_withdrawn(store: Store) -> None:
    await store.versions.keep(FIRST)
    await store.versions.keep(replace(FIRST, text="other", digest=b"o" * 32))
    await store.versions.withdraw("1")
    assert await store.versions.all() == (FIRST,)


async def test_what_was_not_can_be(store: Store) -> None:
    await store.versions.keep(SECOND)
    changed = replace(SECOND, text="other", digest=b"o" * 32, effective=date(2026, 12, 2), seen_at=NOW + DAY)
    await store.versions.keep(changed)
    assert await store.versions.all() == (changed,)
    await store.versions.withdraw("2")
    assert await store.versions.all() == ()


def test_what_is_in_force_and_what_is_to_come() -> None:
    third = version("3", date(2027, 1, 1), NOW + DAY)
    assert in_force(()) is None
    assert to_come(()) == ()
    assert in_force((FIRST, SECOND, third)) is FIRST
    assert to_come((FIRST, SECOND, third)) == (SECOND, third)
    early = replace(third, effective=date(2026, 11, 25))
    assert to_come((FIRST, SECOND, early)) == (early,)
    over = replace(FIRST, until=NOW)
    assert to_come((over, replace(SECOND, since=NOW), third)) == (third,)


def test_the_first_day_is_the_stated_one_unless_it_was_in_force_before() -> None:
    assert first_day(SECOND) == date(2026, 12, 1)
    assert first_day(replace(SECOND, since=NOW + 30 * DAY)) == date(2026, 12, 1)
    assert first_day(replace(SECOND, since=NOW)) == NOW.date()
