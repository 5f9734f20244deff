"""Start and reload: all that is wrong is told at once, and what is broken never replaces what works."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot import app, config, files, i18n, loading
from bot.announcements.versions import History
from bot.commands import desk
from bot.commands.build import services, understander
from bot.commands.desk import Desk
from bot.config import Settings
from bot.files import BadFile
from bot.loading import Attempts, Unusable, load, reload, take_or_stay, watching
from bot.policy.model import policy_of
from bot.store import open_store
from tests.conftest import NOW, shipped
from tests.support.server import SECRET, fake_server


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Path]:
    """A copy of what is shipped, to break it."""
    for name in ("locales", "data"):
        shutil.copytree(files.directory(name), tmp_path / name)
    with pytest.MonkeyPatch.context() as patched:
        for module in ("bot.files", "bot.i18n"):
            patched.setattr(f"{module}.directory", lambda name: tmp_path / name)
        _forget()
        yield tmp_path
    _forget()


def _forget() -> None:
    i18n.reload()
    desk._translator.cache_clear()


@pytest.fixture
def settings(shelf: Path) -> Settings:
    policy = shelf / "policy.yaml"
    policy.write_text(shipped("searx-chat").read_text())
    return Settings(component="privacy.example.org", policy=policy, key_file=shelf / "key")


@pytest.fixture
async def history(settings: Settings) -> AsyncIterator[History]:
    """What the file says, taken a week ago; which database it is makes no difference here."""
    async with open_store("sqlite+aiosqlite://", b"k" * 32) as store:
        one, document = History(store), files.read(settings.policy)
        await one.take(policy_of(document), document, loading.now() - timedelta(days=7))
        yield one


@pytest.fixture
def front(history: History) -> Desk:
    return Desk(services(history.current), understander())


def changed(text: str, day: date | None = None) -> str:
    """The next version of the policy, in force today or on *day*: files are kept two days longer."""
    assert 'version: "2.1"' in text
    assert "retention: 7 days" in text
    effective = (day or loading.now().date()).isoformat()
    text = re.sub(r"^effective: .*$", f"effective: {effective}", text, flags=re.MULTILINE)
    return text.replace('version: "2.1"', 'version: "2.2"', 1).replace("retention: 7 days", "retention: 9 days")


async def says(front: Desk, language: str) -> str:
    spoken = await front.chat(
        "how long do you keep my photos?", sender=None, conversation="", language=language, now=NOW
    )
    return spoken.message.body


@pytest.mark.parametrize(
    ("name", "broken", "said"),
    [
        ("policy.yaml", "version: 3\n", "policy.yaml:1:1: the key 'controller' is missing"),
        ("policy.yaml", "version: [\n", "this is not YAML"),
        ("data/phrases/en.yaml", "a: [b\n", "en.yaml:2:1: this is not YAML"),
        ("data/phrases/en.yaml", "- a\n", "en: the file: must be a table"),
        ("data/phrases/en.yaml", "nonsense: {x: 1}\n", "en: the file: unknown: nonsense"),
        ("locales/de/LC_MESSAGES/bot.po", 'msgid ""\nmsgstr ""\n\nmsgid "a"\nnonsense\n', "bot.po:5:1: this is no"),
        (
            "locales/de/LC_MESSAGES/bot.po",
            'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n;"\n',
            "bot.po:1:1:",
        ),
    ],
)
async def test_what_is_broken_leaves_the_old_in_force(
    front: Desk,
    history: History,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    name: str,
    broken: str,
    said: str,
) -> None:
    before = [await says(front, language) for language in ("en", "de")]
    (settings.policy.parent / name).write_text(broken)
    await reload(front, history, settings)
    assert said in caplog.text
    assert "stays in force" in caplog.text
    assert [await says(front, language) for language in ("en", "de")] == before


async def test_what_is_good_takes_effect(front: Desk, history: History, settings: Settings, shelf: Path) -> None:
    assert "for 7 days" in await says(front, "en")
    settings.policy.write_text(changed(settings.policy.read_text()))
    catalogue = shelf / "locales" / "de" / "LC_MESSAGES" / "bot.po"
    catalogue.write_text(catalogue.read_text().replace("Tage", "Täglein"))
    await reload(front, history, settings)
    assert "for 9 days" in await says(front, "en")


async def test_a_policy_that_changes_under_its_old_name_is_refused(
    front: Desk, history: History, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.policy.write_text(settings.policy.read_text().replace("retention: 7 days", "retention: 9 days"))
    await reload(front, history, settings)
    assert re.search(r"policy\.yaml:\d+:1: there was another version '2\.1' already", caplog.text)
    assert "version 2.1 of the policy stays in force" in caplog.text
    assert "nothing was reloaded" in caplog.text
    assert "for 7 days" in await says(front, "en")


async def test_a_version_waits_for_its_day(
    front: Desk, history: History, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_LOOK_EVERY", 0.01)
    now = loading.now()
    settings.policy.write_text(changed(settings.policy.read_text(), now.date() + timedelta(days=1)))
    await reload(front, history, settings)
    assert "for 7 days" in await says(front, "en")
    monkeypatch.setattr(loading, "now", lambda: now + timedelta(days=1))
    hangup = asyncio.Event()
    running = asyncio.create_task(watching(hangup, front, history, settings))
    while front.services.policy.version != "2.2":  # noqa: ASYNC110 -- whoever asks is told nothing else either
        await asyncio.sleep(0.01)
    assert "for 9 days" in await says(front, "en")
    running.cancel()


async def test_a_start_with_a_policy_that_cannot_follow_is_refused(
    settings: Settings, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(config.SECRET_VARIABLE, SECRET)
    monkeypatch.setenv(config.KEY_VARIABLE, "ab" * 32)
    place = str(shelf / "state.db")
    async with open_store(place, bytes.fromhex("ab" * 32)) as store:
        document = files.read(settings.policy)
        await History(store).take(policy_of(document), document, loading.now())
    settings.policy.write_text(settings.policy.read_text().replace("retention: 7 days", "retention: 9 days"))
    with pytest.raises(BadFile, match=r"policy\.yaml:\d+:1: there was another version '2\.1' already"):
        await app.run(settings.model_copy(update={"store": place}))


async def test_who_takes_over_with_an_old_file_answers_from_the_version_in_force(
    history: History, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """A second machine whose file was forgotten, or a file that was read before a later one."""
    old = load(settings, Attempts())
    document = files.parse(changed(settings.policy.read_text()), "policy.yaml")
    await history.take(policy_of(document), document, loading.now())
    later = History(history._store)
    assert not await take_or_stay(later, old)
    assert later.current.version == "2.2"
    assert "version 2.2 of the policy stays in force" in caplog.text


async def test_a_day_that_comes_while_a_broken_file_is_read(
    front: Desk, history: History, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now, old = loading.now(), settings.policy.read_text()
    settings.policy.write_text(changed(old, now.date() + timedelta(days=1)))
    await reload(front, history, settings)
    monkeypatch.setattr(loading, "now", lambda: now + timedelta(days=1))
    settings.policy.write_text(old)
    await reload(front, history, settings)
    assert "version 2.2 of the policy stays in force" in caplog.text
    assert "for 9 days" in await says(front, "en")


async def test_languages_come_and_go(front: Desk, history: History, settings: Settings, shelf: Path) -> None:
    shutil.copytree(shelf / "locales" / "de", shelf / "locales" / "nds")
    await reload(front, history, settings)
    assert {"de", "en", "nds"} <= set(front.services.languages)
    assert "7" in await says(front, "nds")
    shutil.rmtree(shelf / "locales" / "nds")
    shutil.rmtree(shelf / "locales" / "de")
    await reload(front, history, settings)
    assert "for 7 days" in await says(front, "de")


async def test_everything_that_is_wrong_is_told_at_once(
    settings: Settings, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(config.SECRET_VARIABLE, raising=False)
    monkeypatch.delenv(config.KEY_VARIABLE, raising=False)
    settings.policy.write_text("version: 3\n")
    settings.key_file.write_text("garbled")
    (shelf / "data" / "phrases" / "de.yaml").write_text("a: [\n")
    (shelf / "locales" / "en" / "LC_MESSAGES" / "bot.po").write_text("nonsense\n")
    with pytest.raises(Unusable) as refused:
        await app.run(settings)
    lines = str(refused.value).splitlines()
    for said in ("secret is missing", "hexadecimal", "'controller' is missing", "de.yaml:2:1:", "bot.po:1:1:"):
        assert any(said in line for line in lines), said
    assert not (shelf / settings.store).exists()


async def test_from_start_to_stop(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(config.SECRET_VARIABLE, SECRET)
    caplog.set_level("INFO", "privacy-bot")
    question = (
        "<message from='a@b/c' to='{}' type='chat' xml:lang='en'><body>how long are photos kept?</body></message>"
    )
    async with fake_server() as server:
        given = {"server": config.Server(port=server.port), "store": "sqlite+aiosqlite://"}
        running = asyncio.create_task(app.run(settings.model_copy(update=given)))
        await server.connected()
        server.send(question.format(settings.component))
        assert "for 7 days" in await server.received("</message>")
        for text, logged in (
            (changed(settings.policy.read_text()), "reloaded with"),
            ("broken", "nothing was reloaded"),
        ):
            settings.policy.write_text(text)
            os.kill(os.getpid(), signal.SIGHUP)
            while logged not in caplog.text:  # noqa: ASYNC110 -- the log is all that tells
                await asyncio.sleep(0.01)
            server.send(question.format(settings.component))
            assert "for 9 days" in await server.received("</message>")
        os.kill(os.getpid(), signal.SIGTERM)
        await server.received("</stream:stream>")
        await running
    said = [record.getMessage() for record in caplog.records]
    assert said[0].startswith("starting with policy version 2.1")
    assert said[-1] == "stopped"
    assert "a@b" not in caplog.text
    assert "photos" not in caplog.text


async def test_languages_that_the_policy_does_not_need_are_learnt_after_the_start(
    settings: Settings, shelf: Path, history: History
) -> None:
    shutil.copytree(shelf / "locales" / "de", shelf / "locales" / "nds")
    loaded = load(settings, Attempts(), is_hurried=True)
    desk = Desk(services(history.current, spoken=loaded.spoken), loaded.understanding)
    assert set(desk.services.languages) == {"de", "en"}
    await loading.learn(desk)
    assert {"de", "en", "nds"} <= set(desk.services.languages)


@pytest.mark.parametrize("what", ["learn", "reload"])
async def test_whoever_is_stopped_meanwhile_need_not_know_all_languages(
    front: Desk, history: History, settings: Settings, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    read, stopped, original = [], threading.Event(), files.data_of

    def data_of(path: Path) -> object:
        read.append(path)
        loop.call_soon_threadsafe(begun.set)
        assert stopped.wait(10)
        return original(path)

    loop, begun = asyncio.get_running_loop(), asyncio.Event()
    monkeypatch.setattr(files, "data_of", data_of)
    running = asyncio.create_task(loading.learn(front) if what == "learn" else reload(front, history, settings))
    await begun.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    stopped.set()
    await loop.shutdown_default_executor()  # as `asyncio.run` does
    assert running.cancelled()
    assert len(read) == 1


async def test_a_language_that_is_broken_keeps_the_others_working(
    settings: Settings, shelf: Path, history: History, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(shelf / "locales" / "de", shelf / "locales" / "nds")
    (shelf / "locales" / "nds" / "LC_MESSAGES" / "bot.po").write_text("nonsense\n")
    loaded = load(settings, Attempts(), is_hurried=True)
    desk = Desk(services(history.current, spoken=loaded.spoken), loaded.understanding)
    await loading.learn(desk)
    assert "bot.po:1:1:" in caplog.text
    assert "the bot speaks only de, en" in caplog.text
    assert "7 Tage" in await says(desk, "de")
