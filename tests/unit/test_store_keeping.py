"""What operators do with the database: look, check, copy, forget who is gone, change the key."""

from __future__ import annotations

import asyncio
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.claims.announcement import Announcement, Cause, Skipped, Stage
from bot.claims.erasure import Erasure, State
from bot.claims.ticket import Ticket, TicketKind, TicketState
from bot.claims.whose import Whose
from bot.store import Store, StoreError, WrongKey, back_up, fits, open_store, problems, rekey, status
from bot.store import rekeying as module
from tests.support.kept import content, execute, tables
from tests.support.postgresql import Postgresql

KEY, OTHER = b"k" * 32, b"n" * 32
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOST = "example.org"


def whose(name: str) -> Whose:
    return Whose(f"{name}@{HOST}", f"{name}@{HOST}/phone", "id")


def erasure(name: str, reference: str) -> Erasure:
    return Erasure(reference, "uploads", "en", whose(name), State.RUNNING, (), NOW, NOW)


PAUSED = Announcement(
    number=0,
    cause=Cause.NEWS,
    stage=Stage.PAUSED,
    version=None,
    texts={"text": {"en": "x"}},
    mandatory=True,
    made_at=NOW,
    starts_at=NOW,
    cursor="romeo",
)


async def fill(store: Store) -> int:
    """Something about romeo, about juliet (who will be gone), and about a guest; return the announcement's number."""
    for name in ("romeo", "juliet"):
        await store.choose_language(f"{name}@{HOST}", "de", NOW)
        await store.acquaintances.hear({f"{name}@{HOST}": "de"})
        await store.tickets.add(Ticket(TicketKind.HUMAN, "en", whose(name), NOW, NOW + timedelta(days=30)))
        assert await store.erasures.add(erasure(name, f"E-{name}"), "code")
    await store.choose_language("guest@elsewhere.example", "de", NOW, is_guest=True)
    number = await store.announcements.add(PAUSED)
    assert number is not None
    await store.announcements.miss(number, {f"{name}@{HOST}": "gone-away" for name in ("romeo", "juliet")})
    return number


async def end(store: Store, name: str) -> None:
    """Bring to its end what is under way for somebody, so that nothing says whose it was."""
    for ticket in await store.tickets.of(f"{name}@{HOST}"):
        await store.tickets.save(Ticket(ticket.kind, "en", None, NOW, NOW, TicketState.ANSWERED, number=ticket.number))
    found = await store.erasures.find(f"E-{name}")
    assert found is not None
    over = Erasure(found.reference, "uploads", "en", None, State.DONE, (), NOW, NOW, ended_at=NOW, told_at=NOW)
    assert await store.erasures.save(over)


async def test_everything_in_it_is_counted_and_nothing_of_it_is_shown(place: str, engine: str) -> None:
    async with open_store(place, KEY) as store:
        await fill(store)
    found = await status(place, KEY)
    assert found.schema == found.newest
    assert found.engine.lower() == engine
    assert found.bytes > 10_000
    assert found.rows == {
        "accounts": 3,
        "acquaintances": 2,
        "announcements": 1,
        "erasures": 2,
        "exports": 0,
        "gaps": 0,
        "missed": 2,
        "policies": 0,
        "privacy_bot_meta": 2,
        "tickets": 2,
    }
    assert await problems(place, KEY) == ()


async def test_there_has_to_be_a_database(place: str) -> None:
    for look in (status, problems):
        with pytest.raises(StoreError, match="the bot's first start"):
            await look(place, KEY)
    assert "://" in place or not Path(place).exists()


SPOILED = {
    "UPDATE tickets SET sealed = :bytes WHERE number = 1": "tickets 1: the sealed address cannot be opened",
    "UPDATE tickets SET pseudonym = :bytes WHERE number = 2": "tickets 2: the sealed address is not that",
    "UPDATE announcements SET cursor = :bytes": "announcements 1: the sealed place",
    "UPDATE erasures SET counts = '[' WHERE reference = 'E-romeo'": "erasures E-romeo: 'counts' is no JSON",
    "UPDATE missed SET announcement = 7": "missed: 2 of announcements that there are not",
    "UPDATE tickets SET ended_at = due_at": "tickets: 2 are over and still say whose",
}


@pytest.mark.parametrize("statement", SPOILED)
async def test_what_is_wrong_is_named_without_a_name_of_anybody(place: str, statement: str) -> None:
    async with open_store(place, KEY) as store:
        await fill(store)
    await execute(place, statement, **({"bytes": b"x" * 40} if ":bytes" in statement else {}))
    (found,) = await problems(place, KEY)
    assert SPOILED[statement] in found
    assert HOST not in found


async def test_a_damaged_file_and_another_key_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    async with open_store(str(path), KEY) as store:
        await fill(store)
    with pytest.raises(WrongKey):
        await problems(str(path), OTHER)
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096)
    try:
        found = "\n".join(await problems(str(path), KEY))
    except StoreError as error:
        found = str(error)
    assert "damaged" in found


async def test_a_copy_is_whole_while_the_bot_writes(tmp_path: Path) -> None:
    path, target = tmp_path / "state.db", tmp_path / "copy.db"
    async with open_store(str(path), KEY) as store:
        await fill(store)
        await back_up(str(path), target)
        await store.forget(f"romeo@{HOST}")
    assert target.stat().st_mode & 0o777 == 0o600
    async with open_store(str(target), KEY) as copied:
        assert await copied.language(f"romeo@{HOST}") == "de"
    before = target.read_bytes()
    with pytest.raises(StoreError, match="name a new file"):
        await back_up(str(path), target)
    assert target.read_bytes() == before
    with pytest.raises(StoreError, match="no database yet"):
        await back_up(str(tmp_path / "none.db"), tmp_path / "other.db")
    assert not (tmp_path / "other.db").exists()


async def test_a_copy_that_fails_leaves_no_file(tmp_path: Path) -> None:
    path, target = tmp_path / "state.db", tmp_path / "copy.db"
    path.write_text("hello " * 1000)
    with pytest.raises(StoreError, match="no database"):
        await back_up(str(path), target)
    assert not target.exists()


async def test_the_command_for_postgresql_has_no_password_and_works(postgresql: Postgresql, tmp_path: Path) -> None:
    postgresql.run("CREATE ROLE privacy_bot LOGIN")
    postgresql.run("CREATE DATABASE privacy_bot OWNER privacy_bot")
    place = postgresql.url("privacy_bot", "privacy_bot")
    async with open_store(place, KEY) as store:
        await fill(store)
    with pytest.raises(StoreError, match="pg_dump") as told:
        await back_up(place.replace("@", ":hidden@"), tmp_path / "copy.dump")
    assert "hidden" not in str(told.value)
    command = str(told.value).splitlines()[-1]
    dumped = await asyncio.create_subprocess_exec(postgresql.programs / "pg_dump", *shlex.split(command)[1:])
    assert await dumped.wait() == 0
    assert (tmp_path / "copy.dump").read_bytes().startswith(b"PGDMP")


async def test_who_was_not_met_is_gone(store: Store) -> None:
    number = await fill(store)
    await store.language(f"juliet@{HOST}")  # is in memory
    census = store.census()
    await census.begin()
    await store.acquaintances.hear({f"new@{HOST}": "de"})  # comes after its page was read
    await store.choose_language(f"new@{HOST}", "de", NOW)
    await census.meet([f"romeo@{HOST}"])
    gone = await census.gone()
    assert (gone.languages, gone.acquaintances, gone.missed, gone.remembered) == (1, 1, 1, 2)
    await census.forget()
    for name, language in (("romeo", "de"), ("juliet", None), ("new", "de"), ("guest@elsewhere.example", "de")):
        account = name if "@" in name else f"{name}@{HOST}"
        assert await store.language(account) == language
        assert (await store.acquaintances.kept(account) is not None) == (name in ("romeo", "new"))
    known = await store.announcements.find(number)
    assert known is not None
    assert known.counts.failed == {"gone-away": 1, Skipped.GONE.value: 1}
    assert await store.announcements.missed_by(f"juliet@{HOST}") == ()
    assert len(await store.erasures.of(f"juliet@{HOST}")) == 1, "proofs stay"


async def staged(place: str, *names: str) -> set[str]:
    """Fill a database and prepare another key, with *names* on the server; return who was met meanwhile."""
    async with open_store(place, KEY) as store:
        await fill(store)
        await end(store, "juliet")
        staging = store.staging(OTHER)
        await staging.begin()
        await staging.meet([f"{name}@{HOST}" for name in names])
        return staging.met


async def test_with_another_key_everybody_on_the_server_is_known_as_before(place: str) -> None:
    met = await staged(place, "romeo")
    done = await rekey(place, KEY, OTHER, met)
    assert (done.languages, done.acquaintances) == (2, 1)  # juliet, who is gone, and the guest
    assert done.records == 3  # her erasure, her request, and that she was missed
    assert "rekeying" not in await tables(place)
    assert await problems(place, OTHER) == ()
    async with open_store(place, OTHER) as store:
        romeo = f"romeo@{HOST}"
        assert await store.language(romeo) == "de"
        assert (await store.acquaintances.of([romeo]))[romeo].language == "de"
        assert [one.reference for one in await store.erasures.of(romeo)] == ["E-romeo"]
        assert [one.whose for one in await store.tickets.unfinished()] == [whose("romeo")]
        pending = await store.announcements.pending()
        assert pending is not None
        assert pending.cursor == "romeo"
        assert await store.announcements.missed_by(romeo) == (pending.number,)
        assert await store.language(f"juliet@{HOST}") is None
        assert await store.erasures.of(f"juliet@{HOST}") == ()
        assert await store.erasures.find("E-juliet") is not None, "the proof, by the number on the receipt"
    with pytest.raises(WrongKey):
        async with open_store(place, KEY):
            pass


async def test_nothing_of_the_old_pseudonyms_is_left(place: str) -> None:
    met = await staged(place, "romeo")
    old = {row[0] for row in await execute(place, "SELECT pseudonym FROM erasures")}
    before = await content(place)
    assert all(one in before for one in old)
    await rekey(place, KEY, OTHER, met)
    after = await content(place)
    assert not [one for one in old if one in after]


async def test_who_comes_while_the_key_is_prepared_is_known_too(place: str) -> None:
    async with open_store(place, KEY) as store:
        staging = store.staging(OTHER)
        await staging.begin()
        await store.choose_language(f"new@{HOST}", "de", NOW)
    await rekey(place, KEY, OTHER, staging.met)
    async with open_store(place, OTHER) as store:
        assert await store.language(f"new@{HOST}") == "de"


async def test_a_change_that_fails_changes_nothing(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    met = await staged(place, "romeo")
    before = await dump(place)

    async def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_rename", killed)
    with pytest.raises(KeyboardInterrupt):
        await rekey(place, KEY, OTHER, met)
    assert await dump(place) == before
    assert await fits(place, KEY)
    assert not await fits(place, OTHER)


async def dump(place: str) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows."""
    return {name: sorted(await execute(place, f"SELECT * FROM {name}"), key=repr) for name in await tables(place)}  # noqa: S608


async def test_a_seal_that_is_damaged_is_named_before_anything_is_changed(place: str) -> None:
    met = await staged(place, "romeo")
    await execute(place, "UPDATE tickets SET sealed = :bytes WHERE sealed IS NOT NULL", bytes=b"x" * 40)
    with pytest.raises(StoreError, match="tickets 1 is damaged; see privacy-bot store check"):
        await rekey(place, KEY, OTHER, met)
    assert await fits(place, KEY)
