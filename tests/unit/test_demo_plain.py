"""The demo in a pipe: questions in, plain answers out."""

import io

import pytest

from demo import plain
from demo.client import NoAnswerError
from demo.conversation import Answer


def test_questions_and_answers_alternate() -> None:
    out = io.StringIO()
    plain.chat(lambda text: Answer(f"{text}? Yes.\n1. More", ("More",)), ["logs\n", "backups\n"], out)
    assert out.getvalue() == "> logs\nlogs? Yes.\n1. More\n\n> backups\nbackups? Yes.\n1. More\n"


def test_empty_lines_are_not_sent() -> None:
    sent = []

    def ask(text: str) -> Answer:
        sent.append(text)
        return Answer("fine")

    plain.chat(ask, ["\n", "  \n", "  logs \n"], io.StringIO())
    assert sent == ["logs"]


def test_what_was_answered_is_written_before_the_next_question_is_asked() -> None:
    out = io.StringIO()

    def ask(text: str) -> Answer:
        if text == "second":
            raise NoAnswerError
        return Answer("first answer")

    with pytest.raises(NoAnswerError):
        plain.chat(ask, ["first", "second"], out)
    assert "first answer\n" in out.getvalue()
