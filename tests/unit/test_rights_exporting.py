"""Copies through the desk: one at a time, told truthfully, delivered or honestly not, and nothing left behind."""

from __future__ import annotations

import asyncio
import errno
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from bot.claims.export import Export, ExportState
from bot.commands.events import happened
from bot.dialogue.reply import Reply
from bot.dialogue.understanding import Understander
from bot.export import decrypt, reading
from bot.metrics.prometheus import PrometheusMeasures
from bot.policy.model import Policy
from bot.policy.observed import Event, Settings, Slot
from bot.policy.terms import Category
from bot.rights import exporter
from bot.rights.places import Places
from bot.servers import Unreachable
from bot.store import Store, StoreError
from tests.support.backend import SETTINGS
from tests.support.metrics import counted
from tests.support.rights import HOST, House, code_in
from tests.support.uploads import UploadService, upload_service

ROMEO, JULIET = f"romeo@{HOST}", f"juliet@{HOST}"

Build = Callable[..., House]


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporter, "_PAUSE", 0.0)
    monkeypatch.setattr(reading, "PAUSES", (0.0, 0.0))


@pytest.fixture
async def uploads() -> AsyncIterator[UploadService]:
    async with upload_service() as service:
        yield service


@pytest.fixture
def build(
    policy_of: Callable[[str], Policy],
    understanding: Understander,
    store: Store,
    uploads: UploadService,
    tmp_path: Path,
) -> Build:
    def built(at_once: int = 2, **more: Any) -> House:
        house = House(
            policy_of("mail-and-chat"), understanding, store, places=Places(tmp_path, at_once=at_once), **more
        )
        house.server.place = uploads.address
        return house

    return built


@pytest.fixture
def house(build: Build) -> House:
    return build()


async def finish(house: House) -> None:
    await house.work()
    await house.rights.exporter.idle()


def links(house: House, account: str = ROMEO) -> list[str]:
    return [words for words in house.messenger.to(account) if re.match(r"(aesgcm|http):\S+$", words)]


async def noted(house: House, account: str = ROMEO) -> list[tuple[ExportState, bool]]:
    return [(one.state, one.whose is None) for one in await house.world.store.exports.of(account)]


@asynccontextmanager
async def held_up(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Event]:
    """Until the event is set, or the block ends, the server gives no records."""
    gate, records = asyncio.Event(), house.server.records

    async def slow(*arguments: Any) -> Any:
        await gate.wait()
        return await records(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(house.server, "records", slow)
        yield gate
        gate.set()
        await house.rights.exporter.idle()


async def test_the_link_comes_alone_and_opens_the_copy(house: House, uploads: UploadService, tmp_path: Path) -> None:
    assert "as soon as it is ready" in await house.ask("romeo", "export my data")
    await finish(house)
    ready, link = house.messenger.to(ROMEO)
    assert "Your copy is ready" in ready
    assert links(house) == [link]
    assert all(told.to == f"{ROMEO}/phone" for told in house.messenger.told)
    encrypted, plain = tmp_path / "encrypted", tmp_path / "plain.zip"
    encrypted.write_bytes(uploads.file(link))
    decrypt(link, encrypted, plain)
    with ZipFile(plain) as archive:
        assert b"juliet@elsewhere.example" in archive.read("data.json")
    assert await noted(house) == [(ExportState.DONE, True)]


async def test_nothing_stays_in_the_directory_for_temporary_files(house: House, tmp_path: Path) -> None:
    await house.ask("romeo", "export")
    await finish(house)
    assert links(house)
    assert list(tmp_path.iterdir()) == []


async def test_one_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with held_up(house, monkeypatch):
        await house.ask("romeo", "export")
        assert "One at a time" in await house.ask("romeo", "export")
        assert "One at a time" in await house.ask("romeo", "export roster")
    assert len(links(house)) == 1
    assert "as soon as it is ready" in await house.ask("romeo", "export")
    await finish(house)
    assert len(links(house)) == 2


async def test_two_devices_at_the_same_moment_begin_one(house: House) -> None:
    answers = await asyncio.gather(
        *(house.say("romeo", "export", device=device) for device in ("phone", "tablet", "desk"))
    )
    assert sum("as soon as it is ready" in answer.message.body for answer in answers) == 1
    await finish(house)
    assert len(links(house)) == 1


async def test_a_copy_can_be_cancelled_by_its_owner_only(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with held_up(house, monkeypatch):
        begun = await house.ask("romeo", "export")
        assert "No export of yours" in await house.ask("juliet", "cancel export")
        over = await house.ask("romeo", "cancel export")
        assert "is cancelled" in over
        assert re.findall(r"C-\w+", over) == re.findall(r"C-\w+", begun) != []
        assert "No export of yours" in await house.ask("romeo", "cancel export")
    assert house.messenger.told == []
    assert await noted(house) == [(ExportState.CANCELLED, True)]
    again = House(house.world.policy, house.desk.understander, house.world.store, server=house.server)
    await finish(again)
    assert again.messenger.told == []


async def test_how_copies_end_is_counted(
    build: Build, monkeypatch: pytest.MonkeyPatch, measures: PrometheusMeasures
) -> None:
    house = build(measures=measures)
    await house.ask("romeo", "export")
    await finish(house)
    async with held_up(house, monkeypatch):
        await house.ask("romeo", "export")
        await house.ask("romeo", "cancel export")
    house.server.place = "http://127.0.0.1:9/"
    await house.ask("juliet", "export")
    await finish(house)
    copies = {name: value for name, value in counted(measures).items() if "exports" in name}
    assert copies == {f'exports_total{{outcome="{outcome}"}}': 1 for outcome in ("done", "cancelled", "failed")}


async def test_what_is_on_its_way_cannot_be_cancelled(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tell, said = house.messenger.tell, []

    async def slow(to: str, reply: Reply, language: str, *, replacing: str | None = None) -> str:
        if len(house.messenger.told) == 1:  # the link is next
            said.append(await house.ask("romeo", "cancel export"))
        return await tell(to, reply, language, replacing=replacing)

    monkeypatch.setattr(house.messenger, "tell", slow)
    await house.ask("romeo", "export")
    await finish(house)
    assert len(said) == 1
    assert "No export of yours" in said[0]
    assert len(links(house)) == 1
    assert await noted(house) == [(ExportState.DONE, True)]


async def test_those_who_wait_are_told_how_many_are_before_them(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    house = build(at_once=1)
    async with held_up(house, monkeypatch):
        assert "before yours" not in await house.ask("romeo", "export")
        assert "1 other copy is made before yours" in await house.ask("juliet", "export")
        assert "2 other copies are made before yours" in await house.ask("boss", "export")
        await asyncio.sleep(0)
        assert "is cancelled" in await house.ask("juliet", "cancel export"), "also while it waits"
    assert [len(links(house, f"{who}@{HOST}")) for who in ("romeo", "juliet", "boss")] == [1, 0, 1]


async def test_without_an_upload_service_that_is_said_at_once(house: House) -> None:
    without = tuple(one for one in SETTINGS.settings if one.key != "uploads")
    house.server.settings_told = Settings(settings=without)
    assert "no upload service" in await house.ask("romeo", "export")
    await finish(house)
    assert house.messenger.told == []
    assert await noted(house) == []


async def test_an_upload_service_that_is_not_there_after_all_is_said(house: House) -> None:
    house.server.largest = None
    await house.ask("romeo", "export")
    await finish(house)
    (words,) = house.messenger.to(ROMEO)
    assert "upload service did not take the copy" in words
    assert await noted(house) == [(ExportState.FAILED, True)]


def _with_a_file(house: House, uploads: UploadService, size: int) -> None:
    uploads.files["/photo.png"] = bytes(index * index % 251 for index in range(size))
    record = {"id": "1", "name": "photo.png", "time": 1, "bytes": size, "url": f"{uploads.address}/photo.png"}
    house.server.accounts_held["romeo"][Category.UPLOADS] = [record]


async def test_files_are_in_the_copy(house: House, uploads: UploadService) -> None:
    _with_a_file(house, uploads, 5_000)
    await house.ask("romeo", "export")
    await finish(house)
    assert "Uploaded files in it: 1" in house.messenger.to(ROMEO)[0]


async def test_too_large_with_the_files_it_is_made_without_them(house: House, uploads: UploadService) -> None:
    _with_a_file(house, uploads, 60_000)
    await house.ask("romeo", "export")
    await finish(house)
    largest = max(len(content) for path, content in uploads.files.items() if "data-" in path)
    house.server.largest = largest - 100  # more than all the rest, and less than with it
    await house.ask("romeo", "export")
    await finish(house)
    ready = house.messenger.to(ROMEO)[2]
    assert "Your copy is ready" in ready
    assert "Uploaded files in it" not in ready
    assert "is not in it, but listed with its link" in ready


async def test_too_large_altogether_is_said_with_what_works_instead(house: House) -> None:
    house.server.largest = 100
    await house.ask("romeo", "export")
    await finish(house)
    (words,) = house.messenger.to(ROMEO)
    assert "larger than the server's upload service takes" in words
    assert "a part of it" in words


@pytest.mark.parametrize("refused", ["quota", "whatever"])
async def test_a_slot_that_is_refused_is_said(house: House, monkeypatch: pytest.MonkeyPatch, refused: str) -> None:
    async def slot(*_arguments: object) -> Slot:
        return Slot(refused=refused)

    monkeypatch.setattr(house.server, "slot", slot)
    await house.ask("romeo", "export")
    await finish(house)
    (words,) = house.messenger.to(ROMEO)
    assert ("quota is used up" in words) == (refused == "quota")
    assert ("did not take the copy" in words) == (refused != "quota")


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (HTTPStatus.INSUFFICIENT_STORAGE, "quota is used up"),
        (HTTPStatus.FORBIDDEN, "did not take the copy"),
        (HTTPStatus.BAD_GATEWAY, "has not answered me for too long"),
    ],
)
async def test_what_the_upload_service_answers_is_said(
    house: House, uploads: UploadService, status: HTTPStatus, why: str
) -> None:
    uploads.status = status
    await house.ask("romeo", "export")
    await finish(house)
    assert why in house.messenger.to(ROMEO)[-1]
    assert not links(house)
    assert await noted(house) == [(ExportState.FAILED, True)]


async def test_a_full_disk_is_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(BytesIO):
        def write(self, _data: object, /) -> int:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_more: Full())
    await house.ask("romeo", "export")
    await finish(house)
    (words,) = house.messenger.to(ROMEO)
    assert "no room on my own disk" in words
    assert not house.reported


async def test_without_encryption_only_after_confirmation(house: House, uploads: UploadService) -> None:
    shown = await house.ask("romeo", "export plain")
    assert "whoever gets the link can read your copy" in shown
    await finish(house)
    assert house.messenger.told == []
    for slip in ("1", "yes", "ok"):
        await house.ask("romeo", slip)
    await finish(house)
    assert house.messenger.told == []
    await house.ask("romeo", code_in(await house.ask("romeo", "export plain")))
    await finish(house)
    (link,) = links(house)
    assert link.startswith("http:")
    with ZipFile(BytesIO(uploads.file(link))) as archive:
        assert "index.html" in archive.namelist()


async def test_an_account_that_goes_meanwhile_is_told_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with held_up(house, monkeypatch):
        await house.ask("romeo", "export")
        del house.server.accounts_held["romeo"]
    assert house.messenger.told == []
    assert await noted(house) == [(ExportState.FAILED, True)]


async def test_an_account_that_is_removed_has_no_copy_under_way(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with held_up(house, monkeypatch):
        await house.ask("romeo", "export")
        await happened(Event(event="removed", account="romeo"), house.desk.services)
        assert house.rights.exporter.jobs() == ()
    assert house.messenger.told == []
    assert await noted(house) == [(ExportState.CANCELLED, True)]


async def test_a_stranger_who_gets_the_same_address_gets_no_copy(
    house: House, uploads: UploadService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with held_up(house, monkeypatch):
        await house.ask("romeo", "export")
        house.server.identities.pop("romeo")
    assert house.messenger.told == []
    assert uploads.files == {}
    assert await noted(house) == [(ExportState.CANCELLED, True)]


async def test_a_stranger_who_gets_the_same_address_hears_of_no_failure(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with held_up(house, monkeypatch):
        await house.ask("romeo", "export")
        house.server.identities["romeo"] = "of a stranger"
        house.server.largest = 1
    assert house.messenger.told == []


async def test_progress_is_one_message_that_is_corrected(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporter, "_TELL_EVERY", 0.0)
    await house.ask("romeo", "export")
    await finish(house)
    said = [one for one in house.messenger.told if "% done" in one.words or "is being made" in one.words]
    assert len(said) > 3
    assert said[0].replacing is None
    assert {one.replacing for one in said[1:]} == {"id-1"}
    assert len(links(house)) == 1


async def test_it_is_begun_anew_after_a_restart(house: House, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    async with held_up(house, monkeypatch):
        await house.ask("romeo", "export")
        await house.rights.exporter.stop()
    assert house.messenger.told == []
    again = build(server=house.server)
    await finish(again)
    assert "I begin anew" in again.messenger.to(ROMEO)[0]
    assert len(links(again)) == 1
    assert await noted(again) == [(ExportState.DONE, True)]


async def left_behind(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have copies of two people wait for the next start."""
    async with held_up(house, monkeypatch):
        for who in ("romeo", "juliet"):
            await house.ask(who, "export")
        await house.rights.exporter.stop()


async def test_right_after_a_restart_there_is_one_at_a_time_too(
    house: House, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    await left_behind(house, monkeypatch)
    again = build(server=house.server)
    assert "One at a time" in await again.ask("romeo", "export")
    assert "is cancelled" in await again.ask("juliet", "cancel export")
    await finish(again)
    assert len(links(again)) == 1
    assert links(again, JULIET) == []


async def test_a_database_that_fails_at_the_start_makes_nobody_forgotten(
    house: House, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    await left_behind(house, monkeypatch)
    again = build(server=house.server)
    save, calls = again.world.store.exports.save, 0

    async def once(export: Export) -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise StoreError("busy")
        return await save(export)

    monkeypatch.setattr(again.world.store.exports, "save", once)
    await finish(again)
    await finish(again)
    assert len(links(again)) == len(links(again, JULIET)) == 1


async def test_a_link_that_was_delivered_is_never_taken_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    save = house.world.store.exports.save
    failed: list[Export] = []

    async def once(export: Export) -> bool:
        if export.state is not ExportState.RUNNING and not failed:
            failed.append(export)
            raise StoreError("busy")
        return await save(export)

    monkeypatch.setattr(house.world.store.exports, "save", once)
    await house.ask("romeo", "export")
    await finish(house)
    assert failed
    assert len(links(house)) == 1
    assert "could not" not in "".join(house.messenger.to(ROMEO))
    assert await noted(house) == [(ExportState.DONE, True)]


async def test_a_server_that_is_away_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    slot, calls = house.server.slot, 0

    async def sometimes(*arguments: Any) -> Slot:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise Unreachable("away")
        return await slot(*arguments)

    monkeypatch.setattr(house.server, "slot", sometimes)
    await house.ask("romeo", "export")
    await finish(house)
    assert len([words for words in house.messenger.to(ROMEO) if "I begin anew" in words]) == 2
    assert len(links(house)) == 1


async def test_after_several_failures_it_is_given_up_and_said_as_soon_as_possible(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: object) -> Slot:
        raise Unreachable("away")

    tell, vain = house.messenger.tell, 0

    async def deaf(to: str, reply: Reply, language: str, *, replacing: str | None = None) -> str:
        nonlocal vain
        vain += 1
        if vain < 8:
            raise Unreachable("down")
        return await tell(to, reply, language, replacing=replacing)

    monkeypatch.setattr(house.server, "slot", away)
    monkeypatch.setattr(house.messenger, "tell", deaf)
    await house.ask("romeo", "export")
    await finish(house)
    (words,) = house.messenger.to(ROMEO)
    assert "I could not make your copy" in words
    assert await noted(house) == [(ExportState.FAILED, True)]
    assert "as soon as it is ready" in await house.ask("romeo", "export"), "nothing is in the way of another one"


async def test_what_was_interrupted_too_often_is_given_up_too(
    house: House, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    await left_behind(house, monkeypatch)
    (one,) = await house.world.store.exports.of(ROMEO)
    await house.world.store.exports.save(replace(one, attempts=3))
    again = build(server=house.server)
    await finish(again)
    assert "could not make your copy" in again.messenger.to(ROMEO)[-1]
    assert links(again, JULIET)


async def test_what_is_over_for_years_is_forgotten(house: House) -> None:
    await house.ask("romeo", "export")
    await finish(house)
    await house.work(timedelta(days=4 * 365))
    assert await noted(house) == []


async def test_an_erasure_waits_for_the_copy_of_the_same_account(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with held_up(house, monkeypatch) as gate:
        await house.ask("romeo", "export my data")
        code = await house.code("romeo", "erase roster")
        assert "As soon as it is ready I erase this" in await house.ask("romeo", code)
        await house.rights.work.round()
        await asyncio.sleep(0.01)
        assert house.count("romeo", Category.ROSTER) == 1
        others = await house.code("juliet", "erase roster")
        assert "I am erasing it now" in await house.ask("juliet", others)
        await house.rights.work.round()
        async with asyncio.timeout(5):
            while house.count("juliet", Category.ROSTER):  # noqa: ASYNC110 -- the server in memory tells nobody
                await asyncio.sleep(0.001)
        gate.set()
        await house.rights.exporter.idle()
    await finish(house)
    assert house.count("romeo", Category.ROSTER) == 0
    told = house.messenger.to(ROMEO)
    assert told.index(links(house)[0]) < next(at for at, words in enumerate(told) if "nothing left" in words)
