"""The desk: numbers, follow-ups, the language, and that no text is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.commands.build import services, understander
from bot.commands.desk import Desk
from bot.i18n import Address
from bot.policy.model import read_policy
from tests.conftest import shipped


async def body(desk: Desk, text: str, now: datetime, who: str = "alice@example.org", language: str = "en") -> str:
    said = await desk.chat(text, sender=who, conversation=who, language=language, now=now)
    return said.message.body


async def test_a_number_takes_the_choice_of_this_conversation_only(desk: Desk, now: datetime) -> None:
    first = await body(desk, "how long do you keep my photos?", now)
    assert "1. Who can see it?" in first
    assert "Everybody who has the link" in await body(desk, "1", now)
    assert "I cannot help with that." in await body(desk, "1", now, who="bob@example.org")
    assert "I cannot help with that." in await body(desk, "99", now)


async def test_a_number_is_forgotten_after_a_while(desk: Desk, now: datetime) -> None:
    await body(desk, "how long do you keep my photos?", now)
    assert "I cannot help with that." in await body(desk, "1", now + timedelta(hours=1))


async def test_why_without_a_question_says_how_it_works(desk: Desk, now: datetime) -> None:
    assert "Ask me something first" in await body(desk, "why?", now)


async def test_a_missing_argument_is_asked_for_and_can_be_given_by_number(desk: Desk, now: datetime) -> None:
    asked = await body(desk, "language", now)
    assert "In which language shall I answer?" in asked
    number = next(line.split(".")[0] for line in asked.splitlines() if line.endswith("German"))
    assert "Ab jetzt antworte ich dir auf Deutsch." in await body(desk, number, now)
    assert "Wir bewahren" in await body(desk, "how long do you keep my photos?", now)


async def test_the_first_language_of_the_policy_when_nothing_tells(desk: Desk, now: datetime) -> None:
    said = await desk.chat("xyzzy", sender="a@b", conversation="a@b", language=None, now=now)
    assert said.language == "de"


async def test_a_replaced_policy_answers_at_once(desk: Desk, now: datetime) -> None:
    question = "how often did authorities ask for data of users?"
    before = await body(desk, question, now)
    desk.replace(services(read_policy(shipped("mail-and-chat"))), understander())
    assert await body(desk, question, now) != before


async def test_people_are_addressed_as_the_policy_says(desk: Desk, now: datetime) -> None:
    assert "Frag einfach" in await body(desk, "hilfe", now, language="de")
    policy = desk.services.policy.model_copy(update={"form_of_address": Address.FORMAL})
    desk.replace(replace(desk.services, policy=policy), desk.understander)
    assert "Fragen Sie einfach" in await body(desk, "hilfe", now, language="de")
    assert "antworte ich Ihnen auf Deutsch" in await body(desk, "language de", now)
    command = desk.services.registry.get("rights")
    assert command is not None
    filled = await desk.form(command, {}, sender="alice@example.org/phone", language="de", now=now)
    assert "Sie dürfen" in str(filled.form)


async def test_no_text_stays_in_memory(desk: Desk, now: datetime) -> None:
    secret = "do you sell my zanzibar data?"
    await body(desk, secret, now)
    kept = repr(vars(desk)) + repr(vars(desk.services.memory))
    assert "zanzibar" not in kept


async def test_offline_nothing_is_remembered(desk: Desk, now: datetime) -> None:
    said = await desk.chat("language de", sender=None, conversation="", language="en", now=now)
    assert "only for somebody who writes to me" in said.message.body


async def test_a_number_and_a_tap_go_on_in_the_language_of_the_conversation(desk: Desk, now: datetime) -> None:
    async def said(text: str) -> str:
        spoken = await desk.chat(text, sender="a@b", conversation="a@b", language=None, hint="en", now=now)
        return spoken.language

    assert await said("wie lange speichert ihr bilder?") == "de"
    assert await said("1") == "de"
    assert await said("topics uploads who") == "de"
    assert await said("why?") == "de"
    assert await said("how long do you keep my photos?") == "en"
    assert await said("1") == "en"


async def test_questions_are_answered_while_the_database_is_away(
    desk: Desk, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    store = desk.services.store
    assert store is not None
    await store._database._engine.dispose()  # what was in memory is gone with its only connection
    assert "for 7 days" in await body(desk, "how long do you keep my photos?", now)
    assert "languages chosen cannot be read" in caplog.text
    assert "alice" not in caplog.text


async def test_a_side_of_something_named_is_answered_for_that(desk: Desk, now: datetime) -> None:
    assert (
        "time of your last login" in (await body(desk, "why do you need to know my last login?", now)).splitlines()[0]
    )
    assert "website" not in await body(desk, "what is the legal basis for the message archive?", now)


async def test_no_data_protection_officer_is_an_answer(desk: Desk, now: datetime) -> None:
    assert "names no data protection officer" in await body(desk, "do you have a data protection officer?", now)
