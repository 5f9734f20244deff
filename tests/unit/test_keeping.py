"""The running bot forgets who is gone, and changes its key so that no moment is without the right one."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import control, keeping, keys, store_command
from bot.claims.announcement import Announcement, Cause, Stage
from bot.config import KEY_VARIABLE, BadSecret, Settings
from bot.dialogue.understanding import Understander
from bot.keeping import Keeper, settled
from bot.policy.model import Policy
from bot.rights.purging import _DAY, _SOON
from bot.servers import Unreachable, Unsupported
from bot.store import Store, StoreError, fits, open_store, problems
from bot.store_command import Order
from tests.support.backend import MemoryServer
from tests.support.rights import HOST, START, House

ROMEO, JULIET = f"romeo@{HOST}", f"juliet@{HOST}"


@pytest.fixture
def house(policy_of: Callable[[str], Policy], understanding: Understander, store: Store) -> House:
    return House(policy_of("mail-and-chat"), understanding, store)


async def has_gone(house: House, name: str) -> None:
    """Have somebody choose a language and ask for something, and then be gone without a word to the bot."""
    await house.ask(name, "language de")
    await house.ask(name, "request human Call me.", lang="en")
    del house.server.accounts_held[name]


async def test_who_is_gone_is_forgotten_with_what_was_under_way(house: House) -> None:
    await house.ask("romeo", "language de")
    await has_gone(house, "juliet")
    purger, store = house.rights.purger, house.world.store
    seen: list[tuple[int, int | None]] = []
    found = await purger.purge(lambda done, total: seen.append((done, total)), is_real=False)
    assert (found.accounts, found.gone.languages, found.claims) == (2, 1, 1)
    assert seen == [(2, 2)]
    assert await store.kept(JULIET) is not None, "they were only counted"
    assert await purger.round() == _DAY
    assert await store.kept(JULIET) is None
    assert await store.language(JULIET) is None
    assert await store.tickets.unfinished() == ()
    assert await store.language(ROMEO) == "de"


async def test_many_are_not_forgotten_unasked(house: House, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(20):
        house.server.accounts_held[f"user{number}"] = {}
        await house.world.store.choose_language(f"user{number}@{HOST}", "de", START)
    house.server.accounts_held = {"boss": {}}
    await house.rights.purger.round()
    assert "20 of 20 accounts" in caplog.text
    assert "privacy-bot store purge" in caplog.text
    assert await house.world.store.kept(f"user7@{HOST}") is not None
    await house.rights.purger.purge()
    assert await house.world.store.kept(f"user7@{HOST}") is None


async def test_a_server_that_names_nobody_is_not_believed(house: House) -> None:
    await has_gone(house, "romeo")
    house.server.accounts_held.clear()
    with pytest.raises(Unsupported, match="no accounts at all"):
        await house.rights.purger.purge()
    assert await house.rights.purger.round() == _SOON
    assert await house.world.store.kept(ROMEO) is not None


async def test_a_server_that_goes_away_in_the_middle_forgets_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(600):
        house.server.accounts_held[f"user{number}"] = {}
    await has_gone(house, "romeo")
    pages = house.server.accounts

    async def once(after: str | None = None, limit: int = 500) -> Any:
        if after is not None:
            raise Unreachable("gone")
        return await pages(after, limit)

    monkeypatch.setattr(MemoryServer, "accounts", lambda _server, after=None, limit=500: once(after, limit))
    assert await house.rights.purger.round() == _SOON
    assert await house.world.store.kept(ROMEO) is not None


@pytest.fixture
def settings(tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    made = Settings(component=f"privacy.{HOST}", policy=tmp_path / "policy.yaml", key_file=tmp_path / "key")
    return made.model_copy(update={"store": place, "control": tmp_path / "sock"})


class Bot:
    """What the bot does with its key, without the rest: it leads, stops for the change, and leads again."""

    def __init__(self, settings: Settings, policy: Policy, understanding: Understander) -> None:
        self.settings, self.keeper = settings, Keeper(settings)
        self._policy, self._understanding = policy, understanding
        self.server = MemoryServer({"romeo": {}, "boss": {}})
        self.key = keys.pseudonym_key(settings)

    async def lead(self) -> None:
        """Listen to the command line until the key has to be changed."""
        async with open_store(self.settings.store, self.key) as store:
            house = House(self._policy, self._understanding, store, server=self.server)
            perform = self.keeper.perform
            actions = {"store": lambda request, progress: perform(house.desk.services, request, progress)}
            async with control.listening(self.settings.control, actions):
                await self.keeper.wanted.wait()

    async def run(self) -> None:
        """Lead for ever."""
        while True:
            await self.lead()
            self.key = await self.keeper.change_key(self.key)


@pytest.fixture
def bot(settings: Settings, policy_of: Callable[[str], Policy], understanding: Understander) -> Bot:
    return Bot(settings, policy_of("mail-and-chat"), understanding)


async def rotate(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Have the command line change the key; return status and output.  Raises what ends the bot."""
    monkeypatch.setattr(store_command, "_ASK_AGAIN", 0.02)
    running = asyncio.create_task(bot.run())
    while not bot.settings.control.exists():  # noqa: ASYNC110 -- a file tells nobody
        await asyncio.sleep(0.01)
    output = io.StringIO()
    asking = asyncio.create_task(store_command.run(bot.settings, Order("rotate-key", yes=True, output=output)))
    try:
        await asyncio.wait((asking, running), return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        return await asking, output.getvalue()
    finally:
        for task in (asking, running):
            task.cancel()
        await asyncio.gather(asking, running, return_exceptions=True)


async def remember(bot: Bot) -> None:
    async with open_store(bot.settings.store, bot.key) as store:
        await store.choose_language(ROMEO, "de", START)
        await store.choose_language(JULIET, "de", START)


async def test_the_key_is_changed_and_the_bot_goes_on(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    await remember(bot)
    old = bot.key
    status, said = await rotate(bot, monkeypatch)
    assert status == 0
    assert "Forgotten: 1 languages" in said
    new = keys.pseudonym_key(bot.settings, is_made=False)
    assert new == bot.key != old
    assert bot.settings.key_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in bot.settings.key_file.parent.glob("key*")] == ["key"]
    async with open_store(bot.settings.store, new) as store:
        assert await store.language(ROMEO) == "de"
        assert await store.language(JULIET) is None


class Killed(BaseException):
    """SIGKILL."""


@pytest.mark.parametrize(("where", "is_done"), [("rekey", False), ("keys.take_next_key", True)])
async def test_a_bot_that_is_killed_has_the_old_key_or_the_new_one(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, where: str, *, is_done: bool
) -> None:
    await remember(bot)
    old = bot.key

    def killed(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(f"bot.keeping.{where}", killed)
        with pytest.raises(Killed):
            await rotate(bot, patched)
    key = await settled(bot.settings, keys.pseudonym_key(bot.settings))
    assert (key != old) == is_done
    assert keys.pseudonym_key(bot.settings) == key
    assert await problems(bot.settings.store, key) == ()
    async with open_store(bot.settings.store, key) as store:
        assert await store.language(ROMEO) == "de"


async def test_a_change_that_fails_is_told_and_the_old_key_stays(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    await remember(bot)
    old = bot.key

    async def full(*_given: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(keeping, "rekey", full)
    with pytest.raises(control.ControlError, match="the disk is full"):
        await rotate(bot, monkeypatch)
    assert bot.key == old == keys.pseudonym_key(bot.settings)
    assert await fits(bot.settings.store, old)


async def test_during_an_announcement_the_key_stays(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_store(bot.settings.store, bot.key) as store:
        texts = {"text": {"en": "x"}}
        one = Announcement(0, Cause.NEWS, Stage.RUNNING, None, texts, mandatory=True, made_at=START, starts_at=START)
        await store.announcements.add(one)
    with pytest.raises(control.ControlError, match="privacy-bot announce pause"):
        await rotate(bot, monkeypatch)


async def test_a_key_in_the_environment_is_not_changed(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, bot.key.hex())
    with pytest.raises(control.ControlError, match="key_file"):
        await rotate(bot, monkeypatch)
    with pytest.raises(BadSecret, match="key_file"):
        keys.make_next_key(bot.settings)


@pytest.mark.parametrize("step", ["purge", "rotate-key"])
async def test_without_a_running_bot_the_remedy_is_named(settings: Settings, step: str) -> None:
    with pytest.raises(control.ControlError, match="privacy-bot run"):
        await store_command.run(settings, Order(step, yes=True, output=io.StringIO()))
