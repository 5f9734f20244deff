"""Every catalogue is current and complete, and every text can be shown in every language."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.answers.answer import reply
from bot.answers.document import document
from bot.answers.source import why
from bot.commands.catalogue import COMMANDS, registry
from bot.dialogue.command import Call
from bot.dialogue.rendering import chat_question, chat_reply, form_question
from bot.dialogue.reply import Question
from bot.i18n import languages, translator
from bot.policy.model import Policy
from bot.policy.vocabulary import Aspect, Topic

ROOT = Path(__file__).parent.parent
UNFILLED = re.compile(r"%\(\w+\)s")
DAY = date(2026, 11, 20)
POLICIES = ("searx-chat", "mail-and-chat", "starter")


def test_catalogues_are_current_and_complete() -> None:
    done = subprocess.run(
        [sys.executable, "tools/catalogues.py", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


SPOKEN = [
    (name, language) for name in POLICIES for language in languages() if name == POLICIES[0] or language in ("en", "de")
]
"""Every language with one policy, the first two with all: what is said is the same in all languages."""


def test_english_and_german_are_there() -> None:
    assert {"en", "de"} <= set(languages())


@pytest.mark.parametrize(("name", "language"), SPOKEN)
def test_every_answer_has_words(name: str, language: str, policy_of: Callable[[str], Policy]) -> None:
    policy, tr = policy_of(name), translator(language)
    for topic in Topic:
        for aspect in Aspect:
            question = Question(topic, aspect)
            for answer in (reply(policy, question, DAY), why(policy, question, DAY)):
                said = chat_reply(answer, tr)
                assert said.body.strip()
                assert not UNFILLED.search(said.body)
                values = [value for value, _label in said.responses]
                labels = [label for _value, label in said.responses]
                assert len(set(values)) == len(values)
                assert len(set(labels)) == len(labels)
                for number, label in enumerate(labels, 1):
                    assert f"{number}. {label}" in said.body  # the text stands alone without buttons


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", POLICIES)
def test_whole_policy_has_words(name: str, language: str, policy_of: Callable[[str], Policy]) -> None:
    tr = translator(language)
    for section in document(policy_of(name), DAY):
        for line in section.lines:
            assert tr(line).strip()
            assert not UNFILLED.search(tr(line))
            assert ",." not in tr(line)


@pytest.mark.parametrize("language", languages())
def test_every_offered_line_is_understood(language: str, policy_of: Callable[[str], Policy]) -> None:
    """What a quick response sends is always a command line, in every language."""
    commands, tr, policy = registry(), translator(language), policy_of("searx-chat")
    for topic in Topic:
        for aspect in Aspect:
            for choice in reply(policy, Question(topic, aspect), DAY).choices:
                assert commands.parse(choice.line) is not None, choice.line
    for command in COMMANDS:
        for parameter in command.parameters[:1]:
            for value, _label in chat_question(Call(command), parameter, tr).responses:
                assert commands.parse(value) is not None, value


@pytest.mark.parametrize("language", languages())
def test_forms_have_distinct_labels(language: str) -> None:
    for command in COMMANDS:
        for field in form_question(command, command.parameters, translator(language)).fields:
            labels = [label for _value, label in field.options]
            assert len(set(labels)) == len(labels), (command.name, field.name)


def test_words_for_commands_do_not_collide() -> None:
    commands = registry()
    for language in languages():
        tr = translator(language)
        for command in COMMANDS:
            for word in command.words:
                call = commands.parse(tr(word))
                assert call is not None
                assert call.command is command, (language, tr(word))
