"""What changed in the policy and what will, in words, by whatever name it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import files
from bot.announcements.versions import History
from bot.commands.build import services
from bot.commands.desk import Desk
from bot.dialogue.understanding import Understander
from bot.policy.model import Policy, policy_of
from bot.store import Store
from tests.support.policies import FILE, LEAST

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HISTORY = "history: [{version: '0', effective: 2025-01-01, text: The first one}]\n"


def text(version: str, effective: str, days: int, more: str = "") -> str:
    head = LEAST.replace('"1"', f'"{version}"').replace("2026-01-01", effective)
    return f"{head}data: [{{category: roster, retention: {days} days}}]\n{more}"


FIRST = text("1", "2026-01-01", 7, HISTORY)
SECOND = text("2.0", "2026-06-01", 30, HISTORY)
THIRD = text("3", "2026-07-01", 90, HISTORY)


class Reader:
    """Somebody who asks; the operator has written versions one after the other."""

    def __init__(self, understanding: Understander, store: Store) -> None:
        self.understanding, self.history, self.now = understanding, History(store), NOW
        self.store = store
        self.desk: Desk | None = None

    async def writes(self, content: str, now: datetime = NOW) -> None:
        document = files.parse(content, FILE)
        await self.history.take(policy_of(document), document, now)
        made = replace(services(self.history.current, self.store), history=self.history)
        self.desk = Desk(made, self.understanding)
        self.now = now

    async def ask(self, question: str, language: str = "en") -> str:
        return (await self.said(question, language))[0]

    async def said(self, question: str, language: str = "en") -> tuple[str, list[str]]:
        """The words of the answer, and the lines that can be sent next."""
        assert self.desk is not None
        spoken = await self.desk.chat(question, sender="a@b/c", conversation="", language=language, now=self.now)
        return spoken.message.body, [line for line, _label in spoken.message.responses]


@pytest.fixture
def reader(understanding: Understander, store: Store) -> Reader:
    return Reader(understanding, store)


async def test_one_version_is_all_that_there_is(reader: Reader) -> None:
    await reader.writes(FIRST, NOW - 30 * DAY)
    words, lines = await reader.said("changes")
    assert words.startswith(
        "Version 1 of the policy is in force since January 1, 2026. Nothing has changed since then.\n\n\nVERSIONS\n"
        "• Version 1: in force from January 1, 2026 on\n"
        "• Before: version 0, in force from January 1, 2025. The first one"
    )
    assert not [line for line in lines if line.startswith("changes")]
    assert "is the first that I know" in await reader.ask("changes 1")


async def test_what_changed_last(reader: Reader) -> None:
    await reader.writes(FIRST, NOW - 30 * DAY)
    await reader.writes(SECOND)
    words, lines = await reader.said("changes")
    assert words.startswith(
        "Since June 1, 2026, version 2.0 of the privacy policy is in force instead of version 1. 1 change matters."
    )
    assert "for 30 days" in words
    assert (
        "• Version 2.0: in force from June 1, 2026 on\n• Version 1: in force from January 1, 2026 to May 31, 2026\n"
        in words
    )
    assert {"export", "erase account", "policy", "changes 2.0"} <= set(lines)
    detail = await reader.ask("changes 2.0")
    assert "for 30 days" in detail
    assert "VERSIONS" not in detail


async def test_what_will_change_comes_first(reader: Reader) -> None:
    await reader.writes(FIRST, NOW - 30 * DAY)
    await reader.writes(SECOND)
    await reader.writes(THIRD)
    words, lines = await reader.said("changes")
    assert words.startswith("From July 1, 2026 on, version 3 of the privacy policy is in force instead of version 2.0.")
    assert "you can act before July 1, 2026" in words
    assert "WHAT CHANGED LAST\nSince June 1, 2026, version 2.0" in words
    assert "• Version 3: in force from July 1, 2026 on\n• Version 2.0: in force from June 1, 2026 on\n" in words
    assert lines[-2:] == ["changes 3", "changes 2.0"]
    assert "for 90 days" in await reader.ask("changes 3")


async def test_a_version_that_nobody_knows(reader: Reader) -> None:
    await reader.writes(FIRST)
    assert "I know no version “7”" in await reader.ask("changes 7")
    assert "Fassung „7“" in await reader.ask("änderungen 7", "de")


async def test_a_version_that_cannot_be_read_any_more(reader: Reader) -> None:
    await reader.writes(FIRST, NOW - 30 * DAY)
    await reader.writes(SECOND)
    async with reader.store._database.transaction() as connection:
        await connection.exec_driver_sql("UPDATE policies SET text = 'format: 0' WHERE version = '1'")
    reader.history = History(reader.store)
    await reader.writes(SECOND)
    assert (await reader.ask("changes")).startswith("Version 2.0 of the policy is in force since June 1, 2026.")
    assert "What was new in version 2.0 cannot be told any more" in await reader.ask("changes 2.0")


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("what changed?", "en"),
        ("What's new in the privacy policy?", "en"),
        ("topics policy_changes", "en"),
        ("was hat sich geändert", "de"),
        ("Was ist neu in der Datenschutzerklärung?", "de"),
        ("Änderungen", "de"),
    ],
)
async def test_whatever_people_say_the_real_history_is_shown(reader: Reader, question: str, language: str) -> None:
    await reader.writes(FIRST, NOW - 30 * DAY)
    await reader.writes(SECOND)
    words = await reader.ask(question, language)
    assert ("for 30 days" if language == "en" else "30 Tage") in words
    assert ("VERSIONS" if language == "en" else "FASSUNGEN") in words


async def test_why_still_names_the_clause(reader: Reader) -> None:
    await reader.writes(FIRST)
    await reader.ask("what changed?")
    assert "Policy version: 1" in await reader.ask("why")


async def test_without_a_history_the_policy_is_all_that_is_known(
    desk: Desk, policy_of: Callable[[str], Policy]
) -> None:
    assert policy_of("searx-chat").version == "2.1"
    for question in ("changes", "changes 2.1", "what changed?"):
        spoken = await desk.chat(question, sender=None, conversation="", language="en", now=NOW)
        assert spoken.message.body.startswith("Version 2.1 of the policy is in force since May 1, 2024.")
