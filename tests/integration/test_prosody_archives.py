"""The companion module on Prosody with large archives, and with archives that change meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import fromstring

import pytest
from slixmpp import JID

from bot.policy.observed import Holding
from bot.policy.terms import Category
from demo.servers import Extra, Server, find, running
from tests.support.client import PASSWORD, Client, client
from tests.support.companion import Line, connected
from tests.support.prosody import START, is_sql, plant_archive, write_list
from tests.support.versions import named, versions_of, with_storage

LARGE = 100_000
SEVERAL = 3
SETTINGS = (
    'archive_expires_after = "never"\nmuc_log_expires_after = "never"\nstorage_archive_item_limit = 1000000\n'
    "http_file_share_expires_after = 100000000"
)
T = TypeVar("T")


@pytest.fixture(params=with_storage("prosody"), ids=named)
def prosody(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server that removes nothing by itself, with an account."""
    _kind, version, sql = request.param
    with running(find("prosody", version), tmp_path, extra=Extra(sql=sql, settings=SETTINGS)) as server:
        server.add_account("romeo", PASSWORD)
        yield server


@pytest.fixture(params=versions_of("prosody"))
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """The same, with everything in files."""
    with running(find("prosody", request.param), tmp_path, extra=Extra(settings=SETTINGS)) as server:
        server.add_account("romeo", PASSWORD)
        yield server


def plant(server: Server, number: int, **where: str) -> None:
    server.stop()
    plant_archive(server, where.pop("user", "romeo"), number, **where)
    server.start()


async def pings(person: Client, meanwhile: Awaitable[T]) -> tuple[int, T]:
    """Ping the server over and over until something is done; return how many pings were answered before that."""
    task = asyncio.ensure_future(meanwhile)
    answered = 0
    while not task.done():
        await person.chat.xmpp.plugin["xep_0199"].send_ping(JID(person.server.domain), timeout=30)
        answered += 1
    return answered, await task


def planted(index: int) -> datetime:
    """When the message of that index was archived."""
    return datetime.fromtimestamp(START + index, UTC)


async def held(line: Line, category: str, account: str = "romeo", before: datetime | None = None) -> Holding:
    found = await line.companion.inventory(account, [category], details=5, before=before)
    assert found.failed == ()
    [holding] = found.holdings
    return holding


async def all_ids(line: Line, category: str = "archive") -> list[str]:
    ids: list[str] = []
    after: str | None = None
    while True:
        page = await line.companion.records("romeo", category, after, 200)
        ids += [item["id"] for item in page.items]
        after = page.next
        if after is None:
            return ids


async def test_others_are_answered_while_a_large_archive_is_looked_at(files: Server) -> None:
    """How long they wait at worst, and what a database does, is measured in benchmarks/my_data.py."""
    plant(files, LARGE)
    async with connected(files) as line, client(files, "watcher") as watcher:
        answered, found = await pings(watcher, line.companion.inventory("romeo", ["archive"]))
        assert answered > SEVERAL
        archive = found.holding("archive")
        assert archive is not None
        assert archive.count == LARGE
        assert archive.oldest is not None
        assert archive.newest is not None
        assert (archive.oldest.timestamp(), archive.newest.timestamp()) == (START, START + LARGE - 1)


async def test_a_large_archive_is_erased_whole(prosody: Server) -> None:
    plant(prosody, LARGE)
    async with connected(prosody) as line:
        erased = await line.companion.erase("romeo", "archive")
        assert (erased.erased, erased.left[0].count) == (LARGE, 0)


async def test_every_message_is_exported_once_and_in_order(prosody: Server) -> None:
    plant(prosody, 1500)
    async with connected(prosody) as line:
        assert await all_ids(line) == [f"id{index}" for index in range(1500)]


async def test_a_page_far_inside_an_archive_is_the_right_one(prosody: Server) -> None:
    plant(prosody, LARGE)
    async with connected(prosody) as line:
        found = await line.companion.inventory("romeo", ["archive"])
        assert found.holding("archive") is not None
        first = await line.companion.records("romeo", "archive", None, 200)
        assert first.next is not None
        # The place of the last page, found the way a long export would come to it.
        after: str | None = first.next
        pages = 1
        while after is not None and pages < 25:
            page = await line.companion.records("romeo", "archive", after, 200)
            after, pages = page.next, pages + 1
        deep = await line.companion.records("romeo", "archive", after, 200)
        assert deep.items[0]["id"] == f"id{pages * 200}"


async def test_an_export_goes_on_when_the_file_was_written_anew(files: Server) -> None:
    plant(files, 1000)
    async with connected(files) as line:
        first = await line.companion.records("romeo", "archive", None, 100)
        write_list(files, "romeo", range(50, 1000))  # as when the oldest have expired
        second = await line.companion.records("romeo", "archive", first.next, 100)
        write_list(files, "romeo", range(300, 1000))  # the place of the cursor is gone
        third = await line.companion.records("romeo", "archive", second.next, 100)
        ids = [item["id"] for page in (first, second, third) for item in page.items]
        assert ids == [f"id{index}" for index in (*range(200), *range(300, 400))]


async def test_counting_follows_a_file_that_grows_and_one_that_is_written_anew(files: Server) -> None:
    plant(files, 1000)
    async with connected(files) as line, client(files, "romeo") as romeo:

        async def count() -> int | None:
            holding = (await line.companion.inventory("romeo", ["archive"])).holding("archive")
            assert holding is not None
            return holding.count

        assert await count() == 1000
        files.add_account("juliet", PASSWORD)
        romeo.chat.xmpp.send_message(JID("juliet@localhost"), "one more", mtype="chat")
        await romeo.chat.xmpp.plugin["xep_0199"].send_ping(JID("localhost"))
        assert await count() == 1001
        write_list(files, "romeo", range(1, 999))
        assert await count() == 998


async def speak(person: Client, room: str, *texts: str) -> None:
    person.send_raw(f"<presence to='{room}/{person.jid.user}'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    for text in texts:
        person.send_raw(f"<message to='{room}' type='groupchat'><body>{text}</body></message>")
    await person.chat.xmpp.plugin["xep_0199"].send_ping(JID("localhost"))


async def open_room(owner: Client, room: str) -> None:
    """Make a room that others can come into (XEP-0045 §10.1.2)."""
    await speak(owner, room)
    form = fromstring(  # noqa: S314 -- ours
        "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>"
    )
    await owner.iq(form, to=room, kind="set")


async def test_own_messages_in_rooms_are_told_apart_and_erased(prosody: Server) -> None:
    room = "verona@conference.localhost"
    async with connected(prosody) as line, client(prosody, "romeo") as romeo, client(prosody, "juliet") as juliet:
        await open_room(romeo, room)
        await speak(romeo, room, "one", "two")
        await speak(juliet, room, "hers romeo@localhost", "hers again")
        await speak(romeo, room, "three")
        found = (await line.companion.inventory("romeo", ["room_archive"], details=5)).holding("room_archive")
        assert found is not None
        assert (found.count, found.partial) == (3, False)
        assert found.items == ({"room": room, "count": 3},)
        records = (await line.companion.records("romeo", "room_archive")).items
        assert [record["room"] for record in records] == [room] * 3
        assert all(text in record["xml"] for text, record in zip(("one", "two", "three"), records, strict=True))
        assert (await line.companion.erase("romeo", "room_archive")).erased == 3
        assert await all_ids(line, "room_archive") == []
        hers = await line.companion.records("juliet", "room_archive")
        assert len(hers.items) == 2
        await speak(juliet, room, "and one more")
        assert len((await line.companion.records("juliet", "room_archive")).items) == 3


async def test_a_search_in_rooms_is_bounded_and_says_so(prosody: Server) -> None:
    plant(prosody, 30_000, user="verona", store="muc_log", host="conference.localhost")
    async with connected(prosody) as line:
        found = await line.companion.inventory("romeo", ["room_archive"])
        holding = found.holding("room_archive")
        assert holding is not None
        assert (holding.count, holding.partial) == (0, True)


async def test_many_requests_at_once_are_all_answered(prosody: Server) -> None:
    plant(prosody, 5000)
    async with connected(prosody) as line:
        found = await asyncio.gather(*(line.companion.inventory("romeo") for _ in range(40)))
        assert {each.holding("archive").count for each in found} == {5000}  # type: ignore[union-attr]
        assert is_sql(prosody) or all(each.holding("archive").bytes for each in found)  # type: ignore[union-attr]


async def test_others_are_answered_while_the_older_half_is_counted_and_erased(prosody: Server) -> None:
    plant(prosody, LARGE)
    half = LARGE // 2
    async with connected(prosody) as line, client(prosody, "watcher") as watcher:
        answered, older = await pings(watcher, held(line, Category.ARCHIVE, before=planted(half)))
        assert (older.count, older.oldest, older.newest) == (half, planted(0), planted(half - 1))
        assert answered > (0 if is_sql(prosody) else SEVERAL)
        answered, erased = await pings(watcher, line.companion.erase("romeo", Category.ARCHIVE, planted(half)))
        assert (erased.erased, erased.left[0].count) == (half, half)
        assert (erased.left[0].oldest, erased.left[0].newest) == (planted(half), planted(LARGE - 1))
        assert answered > SEVERAL
        first = await line.companion.records("romeo", Category.ARCHIVE, None, 2)
        assert [item["id"] for item in first.items] == [f"id{half}", f"id{half + 1}"]


async def test_what_comes_while_the_older_is_erased_stays(prosody: Server) -> None:
    plant(prosody, 20_000)
    async with connected(prosody) as line, client(prosody, "romeo") as romeo:
        prosody.add_account("juliet", PASSWORD)
        erasing = asyncio.ensure_future(line.companion.erase("romeo", Category.ARCHIVE, planted(19_990)))
        said = 0
        while not erasing.done():
            romeo.chat.xmpp.send_message(JID("juliet@localhost"), f"number {said}", mtype="chat")
            await romeo.chat.xmpp.plugin["xep_0199"].send_ping(JID("localhost"))
            said += 1
        assert (await erasing).erased == 19_990
        assert (await held(line, Category.ARCHIVE)).count == 10 + said


async def test_the_servers_own_count_is_right_after_the_older_is_erased(prosody: Server) -> None:
    """Else the next message would be refused, since the archive is full."""
    limit = 20
    configuration = prosody.directory / "prosody.cfg.lua"
    text = configuration.read_text()
    assert "storage_archive_item_limit = 1000000" in text
    configuration.write_text(
        text.replace("storage_archive_item_limit = 1000000", f"storage_archive_item_limit = {limit}")
    )
    plant(prosody, limit, store="offline")
    async with connected(prosody) as line, client(prosody, "juliet") as juliet:

        async def write() -> int | None:
            juliet.chat.xmpp.send_message(JID("romeo@localhost"), "are you there?", mtype="chat")
            await juliet.chat.xmpp.plugin["xep_0199"].send_ping(JID("localhost"))
            return (await held(line, Category.OFFLINE_MESSAGES)).count

        assert await write() == limit, "it is full"
        erased = await line.companion.erase("romeo", Category.OFFLINE_MESSAGES, planted(limit - 1))
        assert erased.erased == limit - 1
        assert await write() == 2


async def test_only_the_older_of_own_messages_in_rooms_goes(prosody: Server) -> None:
    room = "verona@conference.localhost"
    async with connected(prosody) as line, client(prosody, "romeo") as romeo, client(prosody, "juliet") as juliet:
        await open_room(romeo, room)
        await speak(romeo, room, "one", "two")
        await speak(juliet, room, "hers")
        before = datetime.fromtimestamp(int(time.time()) + 1, UTC)
        await asyncio.sleep(1.1)
        await speak(romeo, room, "three")
        older = await held(line, Category.ROOM_ARCHIVE, before=before)
        assert (older.count, older.items) == (2, ({"room": room, "count": 2},))
        assert older.newest is not None
        assert older.newest < before
        erased = await line.companion.erase("romeo", Category.ROOM_ARCHIVE, before)
        assert (erased.erased, [holding.count for holding in erased.left]) == (2, [1])
        [record] = (await line.companion.records("romeo", Category.ROOM_ARCHIVE)).items
        assert "three" in record["xml"]
        assert (await held(line, Category.ROOM_ARCHIVE, "juliet")).count == 1
        assert (await line.companion.erase("romeo", Category.ROOM_ARCHIVE, before)).erased == 0


async def test_the_older_in_a_room_is_found_behind_much_that_is_newer(prosody: Server) -> None:
    """What is newer does not use up the bounds of the search."""
    plant(prosody, 30_000, user="verona", store="muc_log", host="conference.localhost")
    async with connected(prosody) as line:
        everything = await held(line, Category.ROOM_ARCHIVE)
        older = await held(line, Category.ROOM_ARCHIVE, before=planted(100))
        assert (everything.partial, older.partial) == (True, False)
