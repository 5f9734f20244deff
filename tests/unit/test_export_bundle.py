"""A copy as a whole: what is in it, what is not and why, and that nothing is left of one that failed."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import XML

import pytest

from bot.export import NoSpace, NotDecrypted, Order, aesgcm_link, decrypt, reading, write_bundle
from bot.export.manifest import Reason
from bot.export.order import CATEGORIES
from bot.i18n import translator
from bot.policy.observed import Hello, Inventory, RecordsPage
from bot.policy.terms import Category
from bot.servers import NoSuchAccount, Refused, Unreachable, Unsupported
from tests.support.backend import MemoryServer
from tests.support.exports import NOW, PHOTO, FakeFetch, copy_of, everything, fetch, message, romeo, write_encrypted

PIE = "{urn:xmpp:pie:0}"


class Moody(MemoryServer):
    """A server that fails as it is told."""

    mood: Callable[[str, str | None], None] = staticmethod(lambda _category, _after: None)

    async def records(self, account: str, category: str, after: str | None = None, limit: int = 50) -> RecordsPage:
        self.mood(category, after)
        return await super().records(account, category, after, limit)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAUSES", (0.0, 0.0))


def names(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


def moody(mood: Callable[[str, str | None], None], held: int = 450) -> Moody:
    server = Moody({"romeo": everything() | {Category.ARCHIVE: [message(number, "x") for number in range(held)]}})
    server.mood = mood
    return server


async def test_everything_is_in_it_once() -> None:
    copy = await copy_of(romeo())
    data = json.loads(copy.text("data.json"))
    assert (data["account"], data["host"]) == ("romeo", "memory.example")
    for category, records in everything().items():
        assert data["categories"][category]["records"] == records
        assert data["categories"][category]["count"] == len(records)
    assert copy.manifest.records == sum(map(len, everything().values()))
    assert copy.manifest.complete


async def test_the_manifest_is_the_last_member_and_adds_up() -> None:
    copy = await copy_of(romeo(), Order(include_files=True, fetch=fetch()))
    assert copy.zip.namelist()[-1] == "manifest.json"
    told = json.loads(copy.text("manifest.json"))
    assert told == json.loads(json.dumps(copy.manifest.as_json()))
    assert [one["name"] for one in told["members"]] == copy.zip.namelist()[:-1]
    for member in told["members"]:
        content = copy.zip.read(member["name"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (member["size"], member["sha256"])
    for category, part in told["categories"].items():
        assert part["records"] == len(everything().get(category, []))
        assert part["counted"] in (part["records"], None)
    assert told["categories"]["archive"]["damaged"] == 1
    assert {"what": "password", "reason": "secret", "name": ""} in told["missing"]


def test_the_zip_is_good_for_other_programs(tmp_path: Path) -> None:
    path = tmp_path / "copy.zip"
    path.write_bytes(asyncio.run(copy_of(romeo(), Order(include_files=True, fetch=fetch()))).data)
    done = subprocess.run(
        [sys.executable, "-m", "zipfile", "-t", str(path)], check=True, capture_output=True, text=True
    )
    assert "Done" in done.stdout
    assert zipfile.ZipFile(path).testzip() is None


async def test_only_what_was_ordered() -> None:
    copy = await copy_of(romeo(), Order(categories=("roster", "archive")))
    assert [part.category for part in copy.manifest.parts] == ["archive", "roster"]
    assert {"contacts.html", "messages.html", "index.html"} < set(copy.zip.namelist())
    assert "profile.html" not in copy.zip.namelist()
    left_out = {one.what for one in copy.manifest.missing if one.reason is Reason.NOT_ORDERED}
    assert left_out == {*CATEGORIES, "files"} - {"archive", "roster"}


async def test_an_account_that_has_nothing() -> None:
    copy = await copy_of(MemoryServer({"romeo": {}}))
    assert copy.manifest.records == 0
    assert copy.manifest.complete
    user = XML(copy.text("account.xml")).find(f"{PIE}host/{PIE}user")
    assert user is not None
    assert len(user) == 0
    assert json.loads(copy.text("data.json"))["categories"]["archive"]["records"] == []


async def test_no_such_account() -> None:
    with pytest.raises(NoSuchAccount):
        await copy_of(MemoryServer({}))


async def test_an_account_that_goes_meanwhile() -> None:
    def gone(category: str, _after: str | None) -> None:
        if category == Category.ROSTER:
            raise NoSuchAccount

    with pytest.raises(NoSuchAccount):
        await copy_of(moody(gone))


async def test_a_server_that_stumbles_is_asked_again() -> None:
    calls: list[tuple[str, str | None]] = []

    def stumble(category: str, after: str | None) -> None:
        calls.append((category, after))
        if calls.count((category, after)) < 3 and after is not None:
            raise Unreachable

    copy = await copy_of(moody(stumble))
    [archive] = [part for part in copy.manifest.parts if part.category == "archive"]
    assert (archive.records, archive.complete) == (450, True)
    assert calls.count(("archive", "200")) == 3


async def test_what_fails_is_noted_and_the_rest_goes_on() -> None:
    def fail(category: str, after: str | None) -> None:
        if category == Category.ARCHIVE and after == "200":
            raise Unreachable
        if category == Category.ROSTER:
            raise Refused
        if category == Category.SESSIONS:
            raise Unsupported

    copy = await copy_of(moody(fail))
    parts = {part.category: part for part in copy.manifest.parts}
    archive = parts["archive"]
    assert (archive.records, archive.complete, archive.reason) == (200, False, Reason.FAILED)
    assert parts["roster"].reason is Reason.FAILED
    assert (parts["sessions"].reason, parts["sessions"].complete) == (Reason.ABSENT, True)
    assert parts["profile"].complete
    assert not copy.manifest.complete
    assert "sessions" not in json.loads(copy.text("data.json"))["categories"]
    assert "the server did not answer" in copy.text("index.html")


async def test_a_cursor_that_leads_nowhere_ends() -> None:
    class Circle(MemoryServer):
        async def records(self, account: str, category: str, after: str | None = None, limit: int = 50) -> RecordsPage:
            page = await super().records(account, category, after, limit)
            return page.model_copy(update={"next": "1"}) if category == Category.ARCHIVE else page

    copy = await copy_of(Circle({"romeo": everything()}))
    assert copy.manifest.parts[0].reason is Reason.FAILED


async def test_less_than_was_counted_is_said() -> None:
    class Forgetful(MemoryServer):
        async def records(self, account: str, category: str, after: str | None = None, limit: int = 50) -> RecordsPage:
            page = await super().records(account, category, after, limit)
            return page.model_copy(update={"items": page.items[1:]})

    copy = await copy_of(Forgetful({"romeo": everything()}))
    parts = {part.category: part for part in copy.manifest.parts}
    assert (parts["archive"].reason, parts["archive"].complete) == (Reason.FEWER, False)
    assert parts["profile"].complete  # an inventory counts parts of it, not records


async def test_a_server_that_cannot_count_is_read_all_the_same() -> None:
    class Uncounting(MemoryServer):
        async def inventory(self, *_args: object, **_named: object) -> Inventory:
            raise Unreachable

        async def hello(self) -> Hello:
            raise Unreachable

    told: list[tuple[int, int | None]] = []
    target = io.BytesIO()
    server = Uncounting({"romeo": everything()})
    manifest = await write_bundle(
        server, "romeo", Order(), target, translator("en"), NOW, lambda done, total: told.append((done, total))
    )
    assert manifest.complete
    assert manifest.server == ""
    assert told[0][1] is None
    assert told[-1][0] == told[-1][1]


async def test_progress_grows_and_ends_with_everything() -> None:
    told: list[tuple[int, int | None]] = []

    async def progress(done: int, total: int | None) -> None:
        await asyncio.sleep(0)
        told.append((done, total))

    await write_bundle(moody(lambda _c, _a: None), "romeo", Order(), io.BytesIO(), translator("en"), NOW, progress)
    done = [one for one, _total in told]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1]
    assert all(total is not None and one <= total for one, total in told)


async def test_files_are_in_it_and_the_gone_ones_are_named() -> None:
    copy = await copy_of(romeo(), Order(include_files=True, fetch=fetch()))
    names = [name for name in copy.zip.namelist() if name.startswith("files/")]
    assert names == ["files/lake.png", "files/_.._etc_passwd", "files/_CON.html"]
    assert all(copy.zip.read(name) == PHOTO for name in names)
    assert [file.original for file in copy.manifest.files] == ["lake.png", "../../etc/passwd", "CON.html"]
    assert [(one.name, one.reason) for one in copy.manifest.missing if one.what == "files"] == [
        ("lake.png", Reason.GONE)
    ]
    assert 'src="files/lake.png"' in copy.text("messages-0001.html")


async def test_files_that_are_too_much_stay_out() -> None:
    order = Order(include_files=True, fetch=fetch(), most_bytes_of_files=len(PHOTO) + 10)
    copy = await copy_of(romeo(), order)
    assert len(copy.manifest.files) == 1
    reasons = [one.reason for one in copy.manifest.missing if one.what == "files"]
    assert reasons == [Reason.TOO_LARGE, Reason.TOO_LARGE, Reason.GONE]


async def test_what_was_encrypted_can_be_decrypted(tmp_path: Path) -> None:
    path, plain = tmp_path / "copy", tmp_path / "copy.zip"
    target = await write_encrypted(romeo(), path)
    assert target.size == path.stat().st_size
    assert b"lake" not in path.read_bytes()
    link = aesgcm_link("https://upload.example.org/copy", target.iv, target.key)
    assert link.startswith("aesgcm://upload.example.org/copy#")
    decrypt(link, path, plain)
    assert zipfile.ZipFile(plain).testzip() is None
    decrypt(link.partition("#")[2], path, plain)


@pytest.mark.parametrize("place", [0, 500, -1, -16])
async def test_what_was_changed_is_not_decrypted(tmp_path: Path, place: int) -> None:
    path, plain = tmp_path / "copy", tmp_path / "copy.zip"
    target = await write_encrypted(romeo(), path)
    changed = bytearray(path.read_bytes())
    changed[place] ^= 1
    path.write_bytes(changed)
    with pytest.raises(NotDecrypted):
        decrypt(aesgcm_link("https://x/", target.iv, target.key), path, plain)
    assert names(tmp_path) == ["copy"]


@pytest.mark.parametrize("link", ["", "https://x/#12", "#" + "g" * 88, "#" + "0" * 90])
def test_what_is_no_key(tmp_path: Path, link: str) -> None:
    path = tmp_path / "copy"
    path.write_bytes(b"0" * 100)
    with pytest.raises(NotDecrypted):
        decrypt(link, path, tmp_path / "copy.zip")


def test_a_file_that_is_too_short(tmp_path: Path) -> None:
    path = tmp_path / "copy"
    path.write_bytes(b"0")
    with pytest.raises(NotDecrypted):
        decrypt("0" * 88, path, tmp_path / "copy.zip")
    assert names(tmp_path) == ["copy"]


class Full(io.BytesIO):
    """A disk that has room for so many bytes."""

    def __init__(self, room: int, number: int = errno.ENOSPC) -> None:
        super().__init__()
        self._room, self._number = room, number

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        if self.tell() + len(data) > self._room:
            raise OSError(self._number, "no")
        return super().write(data)


@pytest.mark.parametrize("room", [0, 100, 1000, 5000])
async def test_a_full_disk(room: int, tmp_path: Path) -> None:
    with pytest.raises(NoSpace):
        await write_bundle(
            romeo(), "romeo", Order(scratch=tmp_path), Full(room), translator("en"), NOW, lambda _d, _t: None
        )
    assert not names(tmp_path)


async def test_other_faults_of_the_disk_are_told_apart() -> None:
    with pytest.raises(OSError, match="no"):
        await write_bundle(romeo(), "romeo", Order(), Full(0, errno.EIO), translator("en"), NOW, lambda _d, _t: None)


async def test_a_cancelled_copy_leaves_nothing(tmp_path: Path) -> None:
    """At whatever await it is cancelled."""
    for after in range(1, 60):
        steps = 0
        reached = asyncio.Event()

        async def progress(_done: int, _total: int | None) -> None:
            nonlocal steps
            steps += 1
            assert not names(tmp_path)  # so nothing is left after kill -9 either
            if steps == after:  # noqa: B023 -- it is awaited within this turn
                reached.set()  # noqa: B023
                await asyncio.sleep(60)

        order = Order(include_files=True, fetch=FakeFetch({}), scratch=tmp_path)
        target = io.BytesIO()
        task = asyncio.create_task(write_bundle(romeo(), "romeo", order, target, translator("en"), NOW, progress))
        waiting = asyncio.create_task(reached.wait())
        # Waiting in a loop would keep the threads that do the writing from getting their turn.
        await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
        for one in (task, waiting):
            one.cancel()
        finished = (await asyncio.gather(task, waiting, return_exceptions=True))[0]
        assert not names(tmp_path)
        if not isinstance(finished, asyncio.CancelledError):
            break
    assert after > 20


async def test_plain_text_never_reaches_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []

    class Watched(io.BytesIO):
        def write(self, data: bytes, /) -> int:  # type: ignore[override]
            written.append(bytes(data))
            return super().write(data)

    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_named: Watched())
    await copy_of(romeo(), Order(include_files=True, fetch=fetch(), scratch=tmp_path))
    assert written
    everything_written = b"".join(written)
    assert b"juliet" not in everything_written
    assert b"PNG" not in everything_written
