"""What could not be answered is counted by kind, topic and language; nothing of texts or people is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.claims.gap import GapKind
from bot.commands.build import services
from bot.commands.desk import Desk
from bot.dialogue.understanding import Understander
from bot.policy.model import Policy
from bot.store import Store, StoreError

ADMIN, ALICE = "admin@example.org", "alice@example.org"


@pytest.fixture
def front(policy_of: Callable[[str], Policy], understanding: Understander, store: Store) -> Desk:
    return Desk(services(policy_of("searx-chat"), store, admins=frozenset({ADMIN})), understanding)


async def body(desk: Desk, text: str, now: datetime, who: str = ALICE, language: str = "en") -> str:
    said = await desk.chat(text, sender=f"{who}/phone", conversation=who, language=language, now=now)
    return said.message.body


async def test_administrators_see_what_is_missing(front: Desk, now: datetime) -> None:
    for text in ("who can see my IP address?", "who can see my IP?", "what is the weather like?", "do you track me?"):
        await body(front, text, now)
    await body(front, "wer kann meine ip sehen?", now, language="de")
    await body(front, "how long do you keep photos?", now)
    shown = await body(front, "questions we could not answer", now, ADMIN)
    assert "I could not answer 5 questions." in shown
    lines = shown.splitlines()
    assert any("2" in line and "IP addresses: Who can see it?" in line and "English" in line for line in lines)
    assert any("1" in line and "IP addresses: Who can see it?" in line and "German" in line for line in lines)
    assert any("something else" in line for line in lines)
    assert "Uploaded files" not in shown


async def test_nobody_else_sees_it(front: Desk, now: datetime) -> None:
    assert "Only the administrators" in await body(front, "gaps", now)


async def test_one_can_begin_anew(front: Desk, now: datetime) -> None:
    await body(front, "what is the weather like?", now)
    await body(front, "gaps", now, ADMIN)
    assert "begin to count anew" in await body(front, "gaps reset", now, ADMIN)
    assert "So far I could answer everything." in await body(front, "gaps", now, ADMIN)


async def test_counts_survive_a_restart_and_add_up(front: Desk, store: Store, now: datetime) -> None:
    await body(front, "what is the weather like?", now)
    await body(front, "who won the match?", now + timedelta(minutes=2))
    [gap] = await store.gaps.all()
    assert (gap.kind, gap.count, gap.since) == (GapKind.OFF_TOPIC, 2, now)


async def test_a_broken_database_keeps_nobody_from_an_answer(
    front: Desk, store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_given: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(store.gaps, "add", broken)
        assert "I cannot help with that." in await body(front, "what is the weather like?", now)
    await body(front, "what is the weather like?", now + timedelta(minutes=2))
    [gap] = await store.gaps.all()
    assert gap.count == 2  # the one that could not be written was not lost


async def test_who_asks_while_it_is_written_down_is_counted_once(front: Desk, now: datetime) -> None:
    await asyncio.gather(*(body(front, "what is the weather like?", now, f"person{each}@b") for each in range(8)))
    assert "8 questions" in await body(front, "gaps", now, ADMIN)
