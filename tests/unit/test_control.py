"""The socket by which the command line asks the running bot."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.control import Action, ControlError, Progress, ask, listening


async def count(request: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    for done in range(request["to"]):
        progress(done, request["to"])
    return {"counted": request["to"]}


async def fail(_request: Mapping[str, Any], _progress: Progress) -> Mapping[str, Any]:
    raise ValueError("romeo@example.org")


def endless() -> tuple[Action, asyncio.Event]:
    """Return something that takes for ever, and what is set when it is given up."""
    given_up = asyncio.Event()

    async def wait(_request: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        try:
            progress(0, None)
            await asyncio.sleep(60)
        finally:
            given_up.set()
        return {}

    return wait, given_up


def nothing(_done: int, _total: int | None) -> None:
    """Hear of no progress."""


async def test_progress_and_result_come_back(tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    async with listening(tmp_path / "s", {"count": count}):
        result = await ask(tmp_path / "s", {"do": "count", "to": 3}, lambda done, total: seen.append((done, total)))
    assert result == {"counted": 3}
    assert seen == [(0, 3), (1, 3), (2, 3)]


async def test_the_name_of_the_directory_may_be_long(tmp_path: Path) -> None:
    directory = tmp_path / ("long" * 40)
    directory.mkdir()
    async with listening(directory / "s", {"count": count}):
        assert await ask(directory / "s", {"do": "count", "to": 1}, nothing) == {"counted": 1}
        with pytest.raises(ControlError, match="another bot is running"):
            async with listening(directory / "s", {}):
                pass
    assert not (directory / "s").exists()


async def test_only_the_own_user_can_open_the_socket_and_it_goes_with_the_bot(tmp_path: Path) -> None:
    async with listening(tmp_path / "s", {}):
        assert (tmp_path / "s").stat().st_mode & 0o077 == 0
    assert not (tmp_path / "s").exists()


async def test_without_a_bot_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="privacy-bot run"):
        await ask(tmp_path / "s", {"do": "count"}, nothing)


async def test_a_second_bot_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async with listening(tmp_path / "s", {"count": count}):
        with pytest.raises(ControlError, match="another bot is running"):
            async with listening(tmp_path / "s", {}):
                pass
        assert await ask(tmp_path / "s", {"do": "count", "to": 1}, nothing) == {"counted": 1}


async def test_the_socket_of_a_killed_bot_is_taken_over(tmp_path: Path) -> None:
    server = await asyncio.start_unix_server(lambda _r, _w: None, tmp_path / "s")
    server.close()
    assert (tmp_path / "s").exists()
    async with listening(tmp_path / "s", {"count": count}):
        assert await ask(tmp_path / "s", {"do": "count", "to": 1}, nothing) == {"counted": 1}


@pytest.mark.parametrize("request_", [{"do": "juggle"}, {}])
async def test_an_unknown_request_is_refused(request_: dict[str, str], tmp_path: Path) -> None:
    async with listening(tmp_path / "s", {"count": count}):
        with pytest.raises(ControlError, match="another version"):
            await ask(tmp_path / "s", request_, nothing)


async def test_a_failure_is_told_by_its_number_only(tmp_path: Path) -> None:
    async with listening(tmp_path / "s", {"fail": fail}):
        with pytest.raises(ControlError, match="incident") as told:
            await ask(tmp_path / "s", {"do": "fail"}, nothing)
    assert "romeo" not in str(told.value)


async def test_work_is_given_up_when_the_asker_goes(tmp_path: Path) -> None:
    (wait, given_up), begun = endless(), asyncio.Event()
    async with listening(tmp_path / "s", {"wait": wait}):
        asking = asyncio.create_task(ask(tmp_path / "s", {"do": "wait"}, lambda *_: begun.set()))
        await asyncio.wait_for(begun.wait(), 5)
        asking.cancel()
        await asyncio.wait_for(given_up.wait(), 5)


async def test_who_waits_for_work_is_told_when_the_bot_stops(tmp_path: Path) -> None:
    (wait, given_up), begun = endless(), asyncio.Event()
    async with listening(tmp_path / "s", {"wait": wait}):
        asking = asyncio.create_task(ask(tmp_path / "s", {"do": "wait"}, lambda *_: begun.set()))
        await asyncio.wait_for(begun.wait(), 5)
    assert given_up.is_set()
    with pytest.raises(ControlError, match="stopped before it was done"):
        await asking


async def test_a_file_that_is_there_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("precious")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("policy.yaml", "link", "."):
        with pytest.raises(ControlError, match="already in use; set 'control' to another"):
            async with listening(tmp_path / name, {}):
                pass
    assert (tmp_path / "policy.yaml").read_text() == "precious"


async def test_a_name_that_no_socket_can_have(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="shorter"):
        async with listening(tmp_path / ("s" * 120), {}):
            pass
