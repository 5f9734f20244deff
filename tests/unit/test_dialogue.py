"""Commands, memory and rendering: small rules that conversations rest on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.catalogue import COMMANDS, registry
from bot.dialogue.command import Call, Missing, Ready, Refused, prepare
from bot.dialogue.memory import Memory, Remembered
from bot.dialogue.parameter import Kind, Option, Parameter
from bot.dialogue.registry import Registry
from bot.dialogue.rendering import chat_reply, form_reply
from bot.dialogue.reply import Choice, Fact, Heading, Items, Lead, Paragraph, Question, Reply
from bot.i18n import translator
from bot.policy.vocabulary import Topic

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ALL = registry()
NUMBERS = (Option("7", ""), Option("30", ""))
WRITTEN = {Kind.DAY: (Option("2030-12-31", ""),), Kind.CLOCK: (Option("09:30", ""),)}
"""Values for parameters that have no options; `NUMBERS` for all others: numbers are texts too."""


def values(parameter: Parameter) -> list[str]:
    """Return what can be written for *parameter*."""
    return [option.value for option in parameter.options or WRITTEN.get(parameter.kind, NUMBERS)]


@given(st.data())
def test_a_written_out_call_is_parsed_back(data: st.DataObject) -> None:
    command = data.draw(st.sampled_from(COMMANDS))
    arguments = {parameter.name: data.draw(st.sampled_from(values(parameter))) for parameter in command.parameters}
    call = Call(command, arguments)
    parsed = ALL.parse(call.line())
    assert parsed is not None
    assert parsed.command is command
    assert prepare(command, parsed.arguments) == prepare(command, arguments) == Ready(arguments)


@pytest.mark.parametrize("line", ["olvídame", "olvidame", "¡Olvídame!", "OLVI\u0301DAME"])
def test_marks_on_letters_and_around_words_do_not_matter(line: str) -> None:
    call = ALL.parse(line)
    assert call is not None
    assert call.command.name == "forget-me"


@given(st.text(), st.sampled_from(COMMANDS), st.text())
def test_prepare_is_ready_only_for_what_is_allowed(value: str, command: object, other: str) -> None:
    assert command in COMMANDS
    for one in COMMANDS:
        prepared = prepare(one, {parameter.name: value for parameter in one.parameters} | {other: value})
        if isinstance(prepared, Ready):
            assert all(parameter.allows(prepared.arguments[parameter.name]) for parameter in one.parameters)


@given(st.text())
def test_no_text_makes_parsing_fail(text: str) -> None:
    call = ALL.parse(text)
    assert call is None or call.command in COMMANDS


@pytest.mark.parametrize(
    "line",
    ["help me delete my uploads", "policy on photos", "topics weather", "language klingon", "contact list"],
)
def test_more_words_than_a_command_has_are_no_command(line: str) -> None:
    assert ALL.parse(line) is None


@pytest.mark.parametrize("line", ["Help", " help! ", "/help", "HILFE", "hilfe?"])
def test_a_command_is_found_however_it_is_written(line: str) -> None:
    call = ALL.parse(line)
    assert call is not None
    assert call.command.name == "help"


def test_what_is_missing_or_wrong_is_named() -> None:
    topics = ALL.get("topics")
    assert topics is not None
    assert isinstance(prepare(topics, {}), Missing)
    assert isinstance(prepare(topics, {"topic": "nonsense"}), Refused)


def test_two_commands_with_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="same name"):
        Registry([COMMANDS[0], COMMANDS[0]])


def test_memory_forgets_after_a_while_and_is_limited() -> None:
    memory = Memory(keep=timedelta(minutes=15), at_most=3)
    said = Remembered(Question(Topic.UPLOADS), ("topics uploads who",))
    memory.remember("alice", said, NOW)
    assert memory.recall("alice", NOW + timedelta(minutes=15)) == said
    assert memory.recall("alice", NOW + timedelta(minutes=16)) == Remembered()
    assert memory.recall("bob", NOW) == Remembered()
    for number in range(10):
        memory.remember(f"user{number}", said, NOW)
    assert len(memory) == 3
    memory.remember("late", said, NOW + timedelta(hours=1))
    assert len(memory) == 1


def test_choices_that_look_or_act_alike_are_shown_once() -> None:
    reply = Reply("t", (Lead("x"),), (Choice("A", "a"), Choice("A", "b"), Choice("B", "a"), Choice("C", "c")))
    assert chat_reply(reply, translator("en")).responses == (("a", "A"), ("c", "C"))


def test_a_form_keeps_every_block_and_puts_headings_on_the_next() -> None:
    blocks = (Lead("l"), Heading("h"), Items(("i", "j")), Paragraph("p"), Fact("name", "value"))
    form = form_reply(Reply("t", blocks), translator("en"))
    assert [(field.label, field.values) for field in form.fields] == [
        ("", ("l",)),
        ("h", ("i", "j")),
        ("", ("p",)),
        ("name", ("value",)),
    ]
    assert len({field.name for field in form.fields}) == len(form.fields)
