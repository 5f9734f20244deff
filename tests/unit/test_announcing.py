"""`privacy-bot announce`, by way of the socket of a bot that runs."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import announcing
from bot.__main__ import main
from bot.announce_report import Order, ask
from bot.control import ControlError, listening
from bot.dialogue.understanding import Understander
from bot.files import BadFile
from bot.store import Store
from tests.support.announcements import FIRST, LONGER, REWORDED, Town, people, written


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
async def town(understanding: Understander, store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    """A bot that runs and can be asked."""
    one = await Town.of(understanding, store, people(20), FIRST, LONGER)

    async def perform(request: Any, progress: Any) -> Any:
        return await announcing.perform(one.desk.services, request, progress)

    async with listening(tmp_path / "s", {"announce": perform}):
        working = asyncio.create_task(one.announcer.run())
        try:
            yield one
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def said(tmp_path: Path, step: str, answer: str = "", **more: Any) -> str:
    """Do a step; return what was printed."""
    output = io.StringIO()
    answers = Terminal(answer) if answer else io.StringIO()
    await ask(tmp_path / "s", Order(step, **more), output=output, answers=answers)
    return output.getvalue()


async def test_a_policy_from_the_first_look_to_the_report(town: Town, tmp_path: Path) -> None:
    preview = await said(tmp_path, "preview")
    assert "for 30 days instead of 7 days" in preview
    assert "30 Tage lang" in preview
    counted = await said(tmp_path, "count", language="de")
    assert "Sie würde 21 Konten erreichen" in counted
    assert "boss@memory.example" in await said(tmp_path, "test")
    (told,) = town.messenger.told
    assert "30 days" in told.words
    assert not town.post.sent
    declined = await said(tmp_path, "start", answer="n\n")
    assert "30 days" in declined
    assert "nothing was done" in declined
    assert not town.post.sent
    found = json.loads((await said(tmp_path, "start", answer="y\n", follow=True, as_json=True)).partition("[y/N] ")[2])
    assert found["stage"] == "done"
    assert found["told"] == {"en": 21}
    assert (found["done"], found["pending"], found["failed"]) == (21, 0, {})
    assert len(town.post.to("person00003")) == 1
    assert "over" in await said(tmp_path, "status")
    with pytest.raises(ControlError, match="Everybody was told of this version"):
        await said(tmp_path, "preview")


async def test_news_from_a_file(town: Town, tmp_path: Path) -> None:
    file = written(tmp_path / "news.yaml", "about: news\ntext: {en: The server moves., de: Der Server zieht um.}\n")
    assert "Der Server zieht um." in await said(tmp_path, "preview", file=file)
    assert "I am telling everybody now" in await said(tmp_path, "start", file=file, yes=True)
    with pytest.raises(ControlError, match="not over"):
        await said(tmp_path, "start", file=file, yes=True)
    await said(tmp_path, "status", follow=True)
    assert "The server moves." in town.post.to("person00003")[0]


@pytest.mark.usefixtures("town")
async def test_a_file_without_the_policy_s_first_language(tmp_path: Path) -> None:
    file = written(tmp_path / "news.yaml", "about: news\ntext: {de: Der Server zieht um.}\n")
    with pytest.raises(BadFile, match=r"news\.yaml:2:1: the text in 'en' is missing"):
        await said(tmp_path, "preview", file=file)


@pytest.mark.usefixtures("town")
async def test_later_and_cancelled(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="is past"):
        await said(tmp_path, "schedule", at="2020-01-01 09:00", yes=True)
    with pytest.raises(ControlError, match="no time"):
        await said(tmp_path, "schedule", at="tomorrow", yes=True)
    with pytest.raises(ControlError, match=r"in force already at that time(.|\n)*--anyway"):
        await said(tmp_path, "schedule", at="2027-01-01 09:00", yes=True)
    assert "begins on November 25, 2026" in await said(tmp_path, "schedule", at="2026-11-25 09:00", yes=True)
    assert "begins on November 26, 2026" in await said(tmp_path, "schedule", at="2026-11-26 09:00", yes=True)
    assert "paused" in await said(tmp_path, "pause")
    assert "goes on" in await said(tmp_path, "resume")
    assert "cancelled" in await said(tmp_path, "cancel")
    with pytest.raises(ControlError, match="no announcement under way"):
        await said(tmp_path, "cancel")


async def test_a_draft_made_in_a_chat_is_begun_here(town: Town, tmp_path: Path) -> None:
    await town.ask("boss", "announce news The server moves.")
    assert "The server moves." in await said(tmp_path, "preview")
    await said(tmp_path, "start", yes=True)
    await said(tmp_path, "status", follow=True)
    assert "The server moves." in town.post.to("person00003")[0]


async def test_what_need_not_be_told_has_to_be_wanted(town: Town, tmp_path: Path) -> None:
    await town.take(REWORDED)
    with pytest.raises(ControlError, match=r"Only the wording changed(.|\n)*--anyway"):
        await said(tmp_path, "start", yes=True)
    assert "telling everybody" in await said(tmp_path, "start", yes=True, anyway=True)


@pytest.mark.usefixtures("town")
async def test_nobody_there_to_confirm(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="--yes"):
        await said(tmp_path, "start")


async def test_without_administrators_there_is_nobody_to_test_on(town: Town, tmp_path: Path) -> None:
    town.world.admins = frozenset()
    with pytest.raises(ControlError, match="'admins'"):
        await said(tmp_path, "test")


async def test_what_the_server_or_the_database_says_is_told(town: Town, tmp_path: Path) -> None:
    town.messenger.down = True
    with pytest.raises(ControlError, match="not done: down"):
        await said(tmp_path, "test")


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "bot.yaml"
    config.write_text("component: privacy.example.org\npolicy: policy.yaml\n")
    assert main(["announce", "status", "--config", str(config)]) == 2
    assert "the bot is not running" in capsys.readouterr().err
    for wrong in (["announce"], ["announce", "schedule", "--config", str(config)], ["announce", "shout"]):
        with pytest.raises(SystemExit) as refused:
            main(wrong)
        assert refused.value.code == 2
