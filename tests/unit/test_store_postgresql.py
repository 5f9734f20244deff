"""PostgreSQL: every way in which it cannot be used is told with the remedy, and what passes by needs no restart."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.claims.announcement import Announcement, Cause, Stage
from bot.store import Store, StoreError, open_store
from bot.store import engine as module
from bot.store.engine import engine_of
from tests.support.kept import execute
from tests.support.postgresql import GUARDED, PASSWORD, Postgresql, owner

KEY = b"k" * 32
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ALICE = "alice@example.org"
BACK = "when it is back, the bot goes on by itself"


async def refusal(place: str) -> str:
    """Return why the database cannot be opened."""
    with pytest.raises(StoreError) as refused:
        async with open_store(place, KEY):
            pass
    said = str(refused.value)
    for secret in ("hidden", PASSWORD, PASSWORD.replace(" ", "%20")):
        assert secret not in said
    return said


async def test_with_the_right_password_it_opens(postgresql: Postgresql) -> None:
    async with open_store(postgresql.url(GUARDED, password=PASSWORD), KEY) as store:
        await store.choose_language(ALICE, "de", NOW)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_the_url_may_be_that_of_other_programs(postgresql: Postgresql, scheme: str) -> None:
    place = postgresql.place().replace("postgresql+asyncpg", scheme)
    async with open_store(place, KEY) as store:
        await store.choose_language(ALICE, "de", NOW)
        assert await store.language(ALICE) == "de"


async def test_a_password_or_a_user_that_is_wrong(postgresql: Postgresql) -> None:
    assert "refuses user or password" in await refusal(postgresql.url(GUARDED, password="hidden"))
    assert "refuses user or password" in await refusal(postgresql.url("nobody", password="hidden"))


async def test_a_database_that_there_is_not(postgresql: Postgresql) -> None:
    assert "make it: createdb --owner=USER NAME" in await refusal(postgresql.url(GUARDED, "none", PASSWORD))


async def test_a_server_that_cannot_be_reached(postgresql: Postgresql) -> None:
    place = postgresql.place()
    assert BACK in await refusal(place.replace(f":{postgresql.port}", ":9"))
    assert BACK in await refusal(place.replace("127.0.0.1", "nowhere.invalid"))


async def test_an_option_that_there_is_not(postgresql: Postgresql) -> None:
    assert "option after the '?'" in await refusal(f"{postgresql.place()}&nonsense=1")


async def test_the_driver_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    said = await refusal("postgresql://bot:hidden@host/bot")
    assert "pip install 'xmpp-privacy-bot[postgresql]'" in said


async def test_a_user_who_may_not_make_tables(postgresql: Postgresql) -> None:
    postgresql.run("CREATE ROLE guest LOGIN")
    assert "make the bot's user the owner" in await refusal(postgresql.url("guest"))


async def test_a_server_that_is_full_of_others(postgresql: Postgresql) -> None:
    place = postgresql.place()
    postgresql.run(f"ALTER ROLE {owner(place)} CONNECTION LIMIT 0")
    assert "no room for more" in await refusal(place)


async def test_a_database_that_is_read_only(postgresql: Postgresql) -> None:
    place = postgresql.place()
    async with open_store(place, KEY):
        pass
    postgresql.run(f"ALTER ROLE {owner(place)} SET default_transaction_read_only = on")
    async with open_store(place, KEY) as store:
        with pytest.raises(StoreError, match="read-only; name the server that takes changes"):
            await store.choose_language(ALICE, "de", NOW)
        assert await store.language(ALICE) is None


async def test_a_full_disk_loses_nothing(postgresql: Postgresql) -> None:
    place = postgresql.place()
    async with open_store(place, KEY) as store:
        await store.choose_language(ALICE, "de", NOW)
        await execute(
            place,
            "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$",
            "CREATE TRIGGER no_space BEFORE INSERT OR UPDATE ON accounts EXECUTE FUNCTION no_space()",
        )
        with pytest.raises(StoreError, match=r"disk of the database server is full.*nothing that was stored is lost"):
            await store.choose_language(ALICE, "en", NOW)
        assert await store.language(ALICE) == "de"


async def test_an_outage_is_told_and_needs_no_restart(postgresql: Postgresql) -> None:
    async with open_store(postgresql.place(), KEY) as store:
        await store.choose_language(ALICE, "de", NOW)
        for how in (signal.SIGINT, signal.SIGQUIT):
            postgresql.stop(how)
            try:
                for _time in range(2):
                    with pytest.raises(StoreError, match=BACK):
                        await store.kept(ALICE)
            finally:
                postgresql.start()
            assert await store.kept(ALICE) is not None
            await store.choose_language(ALICE, "en", NOW)


async def test_a_connection_that_is_cut_while_it_waits_is_not_noticed(postgresql: Postgresql) -> None:
    place = postgresql.place()
    async with open_store(place, KEY) as store:
        await asyncio.gather(*(store.kept(ALICE) for _time in range(4)))
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{}'"
        postgresql.run(cut.format(owner(place)))
        await store.choose_language(ALICE, "de", NOW)
        assert await asyncio.gather(*(store.language(ALICE) for _time in range(4))) == ["de"] * 4


async def test_a_table_that_another_program_locks(postgresql: Postgresql, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = module._POSTGRESQL
    hasty = {**patient, "connect_args": {**patient["connect_args"], "command_timeout": 0.3}}
    monkeypatch.setattr(module, "_POSTGRESQL", hasty)
    place = postgresql.place()
    async with open_store(place, KEY) as store:
        other = engine_of(place)
        async with other.begin() as connection:
            await connection.execute(text("LOCK TABLE accounts"))
            with pytest.raises(StoreError, match="does not answer in time"):
                await store.choose_language(ALICE, "de", NOW)
        await other.dispose()
        await store.choose_language(ALICE, "de", NOW)


async def test_moments_are_the_same_in_every_time_zone(postgresql: Postgresql) -> None:
    place = postgresql.place()
    postgresql.run(f"ALTER ROLE {owner(place)} SET timezone = 'Asia/Kolkata'")
    async with open_store(place, KEY) as store:
        await store.choose_language(ALICE, "de", NOW)
        kept = await store.kept(ALICE)
    assert kept is not None
    assert (kept.chosen_at, kept.chosen_at.tzinfo) == (NOW, UTC)


async def test_of_several_announcements_at_once_one_is_made(store: Store) -> None:
    texts = {"text": {"en": "x"}}
    one = Announcement(0, Cause.NEWS, Stage.SCHEDULED, None, texts, mandatory=True, made_at=NOW, starts_at=NOW)
    numbers = await asyncio.gather(*(store.announcements.add(one) for _time in range(5)))
    assert len([number for number in numbers if number is not None]) == 1


async def test_who_writes_about_the_same_people_at_once_never_waits_for_each_other(store: Store) -> None:
    people = [f"user{number}@example.org" for number in range(40)]

    async def hear(number: int) -> None:
        turned = people[number:] + people[:number]
        await store.acquaintances.hear(
            {one: "de" if (number + place) % 2 else None for place, one in enumerate(turned)}
        )
        await store.acquaintances.welcomed(dict.fromkeys(reversed(turned), NOW), "1.0", NOW)

    await asyncio.gather(*(hear(number) for number in range(10)))
    known = await store.acquaintances.of(people)
    assert {one.version for one in known.values()} == {"1.0"}
