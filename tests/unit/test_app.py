"""Start and reload: all that is wrong is told at once, and what is broken never replaces what works."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import app, config, files, i18n
from bot.app import Unusable, reload
from bot.commands import desk
from bot.commands.build import services, understander
from bot.commands.desk import Desk
from bot.config import Settings
from bot.policy.model import read_policy
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
def front(settings: Settings) -> Desk:
    return Desk(services(read_policy(settings.policy)), understander())


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
    settings: Settings, caplog: pytest.LogCaptureFixture, name: str, broken: str, said: str
) -> None:
    front = Desk(services(read_policy(settings.policy)), understander())
    before = [await says(front, language) for language in ("en", "de")]
    (settings.policy.parent / name).write_text(broken)
    reload(front, settings)
    assert said in caplog.text
    assert "stays in force" in caplog.text
    assert [await says(front, language) for language in ("en", "de")] == before


async def test_what_is_good_takes_effect(front: Desk, settings: Settings, shelf: Path) -> None:
    assert "for 7 days" in await says(front, "en")
    policy = settings.policy.read_text()
    assert "retention: 7 days" in policy
    settings.policy.write_text(policy.replace("retention: 7 days", "retention: 9 days"))
    catalogue = shelf / "locales" / "de" / "LC_MESSAGES" / "bot.po"
    catalogue.write_text(catalogue.read_text().replace("Tage", "Täglein"))
    reload(front, settings)
    assert "for 9 days" in await says(front, "en")


async def test_languages_come_and_go(front: Desk, settings: Settings, shelf: Path) -> None:
    shipped = set(front.services.languages)
    shutil.copytree(shelf / "locales" / "de", shelf / "locales" / "nds")
    reload(front, settings)
    assert set(front.services.languages) == {*shipped, "nds"}
    assert "7" in await says(front, "nds")
    shutil.rmtree(shelf / "locales" / "nds")
    shutil.rmtree(shelf / "locales" / "de")
    reload(front, settings)
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
        policy = settings.policy.read_text()
        for days, text in ((9, policy.replace("retention: 7 days", "retention: 9 days")), (9, "broken")):
            settings.policy.write_text(text)
            os.kill(os.getpid(), signal.SIGHUP)
            await asyncio.sleep(0.1)
            server.send(question.format(settings.component))
            assert f"for {days} days" in await server.received("</message>")
        os.kill(os.getpid(), signal.SIGTERM)
        await server.received("</stream:stream>")
        await running
    said = [record.getMessage() for record in caplog.records]
    assert said[0].startswith("starting with policy version 2.1")
    assert said[-1] == "stopped"
    assert "a@b" not in caplog.text
    assert "photos" not in caplog.text
