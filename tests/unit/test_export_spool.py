"""What is kept on the disk while a copy is made: readable only by us, and gone afterwards."""

from __future__ import annotations

import asyncio
import errno
import io
import threading
from pathlib import Path

import pytest

from bot.export import NoSpace, Order
from bot.export.chunks import Chunks
from bot.export.spool import Spool
from bot.export.threads import in_thread, sliced
from tests.support.exports import copy_of, fetch, romeo


def test_records_come_back_as_often_as_one_wants(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        first, second = [{"id": "1", "x": "ä\ud800"}], [{"id": "2"}, {"id": "3"}]
        spool.append("archive", first)
        spool.append("archive", [])
        spool.append("archive", second)
        spool.append("roster", first)
        for _time in range(2):
            assert list(spool.records("archive")) == [first, second]
            assert list(spool.records("roster")) == [first]
        assert list(spool.records("profile")) == []
        assert (spool.count("archive"), spool.count("profile"), spool.size("profile")) == (3, 0, 0)
        assert not list(tmp_path.iterdir())  # it has no name, so that nothing is left of it whatever happens


def test_pieces_are_encrypted_each_in_its_own_way() -> None:
    with Chunks() as chunks:
        chunks.append(b"secret" * 10)
        middle = chunks.end
        chunks.append(b"secret" * 10)
        chunks._file.seek(0)
        stored = chunks._file.read()
        assert b"secret" not in stored
        assert stored[12:middle] != stored[middle + 12 :]
        assert list(chunks.read(middle)) == [b"secret" * 10]
        chunks.clear()
        assert (chunks.end, list(chunks.read())) == (0, [])
        chunks.append(b"secret" * 10)
        chunks._file.seek(0)
        assert chunks._file.read()[12:] not in stored  # a number is never used twice
        assert list(chunks.read()) == [b"secret" * 10]


class FullFile(io.BytesIO):
    """A temporary file on a disk without room, which shows when it is written or only when it is closed."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room
        self._closed_once = False

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        if self.tell() + len(data) > self._room:
            raise OSError(errno.ENOSPC, "no")
        return super().write(data)

    def close(self) -> None:
        if not self._closed_once:
            self._closed_once = True
            raise OSError(errno.ENOSPC, "no")
        super().close()


@pytest.mark.parametrize("room", [0, 200, 2000])
async def test_a_full_disk_below_the_spool(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[FullFile] = []

    def temporary(**_named: object) -> FullFile:
        files.append(FullFile(room))
        return files[-1]

    monkeypatch.setattr("tempfile.TemporaryFile", temporary)
    with pytest.raises(NoSpace):
        await copy_of(romeo(), Order(include_files=True, fetch=fetch()))
    assert all(file.closed for file in files)


async def test_a_thread_ends_before_the_cancellation_goes_on() -> None:
    go, ended = threading.Event(), threading.Event()

    def work() -> None:
        go.wait(10)
        ended.set()

    task = asyncio.create_task(in_thread(work))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.sleep(0.05)
    assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_work_goes_in_slices_and_errors_come_through() -> None:
    assert sum([done async for done in sliced(iter([1, 2, 3]))]) == 6
    with pytest.raises(ZeroDivisionError):
        _ = [done async for done in sliced(1 // number for number in (1, 0))]
