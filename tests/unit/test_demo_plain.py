"""The demo in a pipe: questions in, plain answers out."""

import io

import pytest

from demo import plain
from demo.client import NoAnswerError
from demo.conversation import Answer


def nothing(_seconds: float) -> None:
    return None


def test_questions_and_answers_alternate() -> None:
    out = io.StringIO()
    plain.chat(lambda text: Answer(f"{text}? Yes.\n1. More", ("More",)), nothing, ["logs\n", "backups\n"], out)
    assert out.getvalue() == "> logs\nlogs? Yes.\n1. More\n\n> backups\nbackups? Yes.\n1. More\n"


def test_empty_lines_are_not_sent() -> None:
    sent = []

    def ask(text: str) -> Answer:
        sent.append(text)
        return Answer("fine")

    plain.chat(ask, nothing, ["\n", "  \n", "  logs \n"], io.StringIO())
    assert sent == ["logs"]


def test_what_was_answered_is_written_before_the_next_question_is_asked() -> None:
    out = io.StringIO()

    def ask(text: str) -> Answer:
        if text == "second":
            raise NoAnswerError
        return Answer("first answer")

    with pytest.raises(NoAnswerError):
        plain.chat(ask, nothing, ["first", "second"], out)
    assert "first answer\n" in out.getvalue()


def test_what_comes_unasked_is_marked_and_written_before_the_next_question() -> None:
    out, coming = io.StringIO(), []

    def ask(text: str) -> Answer:
        coming.append(Answer(f"Done: {text}.\n\nGone."))
        return Answer("At work.")

    def unasked(_seconds: float) -> Answer | None:
        return coming.pop(0) if coming else None

    plain.chat(ask, unasked, ["one", "two"], out)
    assert out.getvalue() == (
        "> one\nAt work.\n\n< Done: one.\n<\n< Gone.\n\n> two\nAt work.\n\n< Done: two.\n<\n< Gone.\n"
    )


def test_at_the_end_it_listens_until_nothing_comes_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    waited = []

    def unasked(seconds: float) -> Answer | None:
        waited.append(seconds)
        return Answer("still at work")

    monkeypatch.setattr(plain, "LONGEST_SECONDS", 0.01)
    plain.chat(lambda _text: Answer(""), unasked, [], io.StringIO())
    assert set(waited) == {plain.QUIET_SECONDS}
    plain.chat(lambda _text: Answer(""), waited.append, ["logs"], io.StringIO())
    assert waited[-2:] == [0, plain.QUIET_SECONDS]


def test_at_the_end_it_waits_for_what_was_promised() -> None:
    """A slow machine: more than the quiet time passes before each of the bot's words."""
    coming = [Answer("Done. Reference: E-7KX3M2QA"), Answer("Your copy is ready."), Answer("aesgcm://host/copy#abc")]
    out = io.StringIO()

    def ask(text: str) -> Answer:
        return Answer("At work.", promise={"delete": "E-7KX3M2QA", "export": "C-MNP23456"}[text])

    def unasked(seconds: float) -> Answer | None:
        return coming.pop(0) if coming and seconds > plain.QUIET_SECONDS else None

    plain.chat(ask, unasked, ["delete", "export"], out)
    assert not coming
    assert out.getvalue().endswith("< aesgcm://host/copy#abc\n")


def test_what_was_promised_and_came_is_not_waited_for_again() -> None:
    coming: list[Answer] = []
    waited: list[float] = []

    def ask(text: str) -> Answer:
        coming.extend([Answer("Done. Reference: E-7KX3M2QA")] if text == "delete" else [])
        return Answer("E-7KX3M2QA", promise="E-7KX3M2QA")

    def unasked(seconds: float) -> Answer | None:
        waited.append(seconds)
        return coming.pop(0) if coming else None

    plain.chat(ask, unasked, ["delete", "receipts"], io.StringIO())
    assert waited[-1] == plain.QUIET_SECONDS


def test_what_was_cancelled_is_not_waited_for() -> None:
    waited: list[float] = []

    def ask(text: str) -> Answer:
        return Answer("Cancelled: C-MNP23456") if text == "cancel" else Answer("At work.", promise="C-MNP23456")

    plain.chat(ask, waited.append, ["export", "cancel"], io.StringIO())
    assert waited[-1] == plain.QUIET_SECONDS


def test_a_placeholder_stands_for_the_code_in_the_answer_before() -> None:
    asked: list[str] = []

    def ask(text: str) -> Answer:
        asked.append(text)
        return Answer("Really?", ("No", "Yes"), "wnsgvn") if text == "delete uploads" else Answer("fine")

    out = io.StringIO()
    plain.chat(ask, nothing, ["{code}", "delete uploads", "{code}", "{code}"], out)
    assert asked == ["{code}", "delete uploads", "wnsgvn", "{code}"]
    assert "> wnsgvn\nfine\n" in out.getvalue()
