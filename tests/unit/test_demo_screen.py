"""The demo at a terminal: what a person sees."""

import io
import time
from queue import Empty, SimpleQueue

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from demo import screen
from demo.conversation import Answer

CHOICES = Answer("Seven days.\n\nGo on with:\n1. Who sees it?\n2. Why?", ("Who sees it?", "Why?"))


def shown(renderable: RenderableType, width: int = 60) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def test_the_answer_is_shown_whole_and_named() -> None:
    text = shown(screen.answer(CHOICES, 60))
    assert "privacy" in text.splitlines()[0]
    for line in CHOICES.text.splitlines():
        assert line in text


def test_a_number_is_shown_with_the_choice_it_takes() -> None:
    assert "2. Why?" in shown(screen.person("2", CHOICES.choices, 60))
    assert "Why?" not in shown(screen.person("3", CHOICES.choices, 60))


@pytest.mark.parametrize("width", [24, 40, 200])
def test_bubbles_fit_the_terminal(width: int) -> None:
    said = Answer("A sentence that is a good deal longer than narrow terminals are wide. " * 3)
    for bubble in (screen.answer(said, width), screen.person(said.text, (), width)):
        assert all(cell_len(line) <= width for line in shown(bubble, width).splitlines())


@pytest.mark.parametrize(("typed", "rows"), [("", 1), ("x" * 7, 1), ("x" * 8, 2), ("写" * 9, 3)])
def test_the_typed_line_is_measured_in_cells(typed: str, rows: int) -> None:
    assert screen.rows(typed, 10) == rows


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_a_conversation_ends_at_the_end_of_the_input(monkeypatch: pytest.MonkeyPatch, end: type[BaseException]) -> None:
    lines = iter(["how long?", "  ", "1"])

    def typed(_prompt: str) -> str:
        for line in lines:
            return line
        raise end

    asked = []

    def ask(text: str) -> Answer:
        asked.append(text)
        return CHOICES

    monkeypatch.setattr("builtins.input", typed)
    console = Console(file=io.StringIO(), width=60, color_system=None)
    screen.chat(ask, time.sleep, Answer("Welcome!"), console, "Prosody 0.12.3", "policy.yaml")
    assert asked == ["how long?", "1"]
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Prosody 0.12.3" in text
    assert "policy.yaml" in text
    assert "Ctrl-D" in text
    assert "1. Who sees it?" in text
    assert text.index("Ctrl-D") < text.index("Welcome!") < text.index("how long?")


def test_what_came_during_an_answer_is_shown_before_the_next_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    came: SimpleQueue[Answer] = SimpleQueue()
    console = Console(file=io.StringIO(), width=60, color_system=None)
    link = f"aesgcm://chat.example/{'x' * 90}"

    def output() -> str:
        return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]

    def typed(_prompt: str) -> str:
        if "At work" in output():
            raise EOFError
        return "export"

    def ask(_text: str) -> Answer:
        came.put(Answer("The link follows."))
        came.put(Answer(link))
        while not came.empty():
            time.sleep(0.01)
        time.sleep(0.05)
        return Answer("At work")

    def unasked(seconds: float) -> Answer | None:
        try:
            return came.get(timeout=seconds)
        except Empty:
            return None

    monkeypatch.setattr("builtins.input", typed)
    screen.chat(ask, unasked, None, console, "Prosody 0.12.3", "policy.yaml")
    assert output().index("At work") < output().index("The link follows.") < output().index(link)
