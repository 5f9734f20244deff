"""What people are told of a new version, and what they can do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.answers.changed import changed
from bot.commands.catalogue import registry
from bot.dialogue.rendering import chat_reply
from bot.dialogue.reply import Heading, Lead, Paragraph
from bot.i18n import languages, translator
from bot.policy.changes import Severity, diff
from bot.policy.model import Policy
from tests.support.policies import SHIPPED, policy_from

BEFORE, AFTER = date(2026, 11, 20), date(2027, 2, 1)
SOURCE = (SHIPPED / "searx-chat.yaml").read_text("utf-8")
NEXT = {'version: "2.1"': 'version: "2.2"', "effective: 2024-05-01": "effective: 2027-01-01"}
LONGER = {"    retention: 7 days\n    form: mixed": "    retention: 30 days\n    form: mixed"}
SHORTER = {"after: 2 years, source": "after: 2 years, warning: 30 days, source"}
WORDS = {"en: They go when the account goes.": "en: They end with the account."}


def version(*replacements: dict[str, str]) -> Policy:
    text = SOURCE
    for old, new in (pair for each in replacements for pair in each.items()):
        assert old in text
        text = text.replace(old, new)
    return policy_from(text)


OLD = version()


def said(policy: Policy, day: date, language: str = "en") -> str:
    return chat_reply(changed(OLD, policy, day), translator(language)).body


def test_what_matters_comes_first_with_what_one_can_do() -> None:
    reply = changed(OLD, version(NEXT, LONGER, SHORTER, WORDS), BEFORE)
    tr = translator("en")
    assert [type(block) for block in reply.blocks[:2]] == [Lead, Heading]
    body = chat_reply(reply, tr).body
    assert body.startswith(
        "From January 1, 2027 on, version 2.2 of the privacy policy is in force instead of version 2.1. "
        "1 change matters. 1 change is small or for the better."
    )
    assert body.index("for 30 days instead of 7 days") < body.index("You are warned before")
    assert "Beside that, 1 thing is only worded differently" in body
    assert "They end with the account" not in body
    assert "before January 1, 2027" in body
    lines = [choice.line for choice in reply.choices]
    assert lines == ["export", "erase uploads", "erase account", "request objection", "policy"]


def test_in_german() -> None:
    body = said(version(NEXT, LONGER, SHORTER, WORDS), BEFORE, "de")
    assert body.startswith("Ab dem 1. Januar 2027 gilt Fassung 2.2 der Datenschutzerklärung statt Fassung 2.1.")
    assert "1 Änderung ist wichtig. 1 Änderung ist klein oder zu deinem Vorteil." in body
    assert "30 Tage lang auf statt 7 Tage." in body
    assert "Außerdem ist 1 Stelle nur anders geschrieben" in body


def test_when_it_is_in_force() -> None:
    body = said(version(NEXT, LONGER), AFTER)
    assert body.startswith("Since January 1, 2027, version 2.2")
    assert "If you do not agree, you can get a copy" in body


def test_good_news_ask_for_nothing() -> None:
    reply = changed(OLD, version(NEXT, SHORTER), BEFORE)
    assert [choice.line for choice in reply.choices] == ["policy"]
    assert "If you do not agree" not in said(version(NEXT, SHORTER), BEFORE)


def test_only_words_changed() -> None:
    body = said(version(NEXT, WORDS), BEFORE)
    assert "What is done with your data stays the same." in body
    assert "WHAT MATTERS" not in body


def test_a_new_number_alone() -> None:
    reply = changed(OLD, version(NEXT), BEFORE)
    assert not any(isinstance(block, Paragraph) for block in reply.blocks)


def test_nothing_changed() -> None:
    assert said(OLD, BEFORE) == "Both versions of the policy state the same."


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("first", "second"), [("searx-chat", "mail-and-chat"), ("mail-and-chat", "starter")])
def test_two_different_policies_have_words(
    first: str, second: str, language: str, policy_of: Callable[[str], Policy]
) -> None:
    old, new = policy_of(first), policy_of(second)
    shown = chat_reply(changed(old, new, BEFORE), translator(language))
    assert "%(" not in shown.body
    assert diff(old, new).severity is Severity.MATERIAL


def test_every_choice_is_a_command() -> None:
    commands = registry()
    for choice in changed(OLD, version(NEXT, LONGER), BEFORE).choices:
        assert commands.parse(choice.line) is not None, choice.line
