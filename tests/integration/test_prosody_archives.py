"""The companion module on Prosody with large archives, and with archives that change meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import fromstring

import pytest
from slixmpp import JID

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
