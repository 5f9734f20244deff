"""The conversation for pipes and files: a question a line, the answers as plain text."""

import time
from collections.abc import Callable, Iterable
from typing import TextIO

from demo.conversation import Answer

CODE = "{code}"
"""A line that stands for the code in the answer before: nobody can know that one beforehand."""

QUIET_SECONDS, LONGEST_SECONDS = 2.0, 30.0
"""The bot may have something to add at the end: so long it must say nothing; so long it is heard at most.

When it has promised something, that is waited for, however long it says nothing.
"""


def chat(
    ask: Callable[[str], Answer],
    unasked: Callable[[float], Answer | None],
    questions: Iterable[str],
    out: TextIO,
) -> None:
    """Ask every line that is not empty and write ``> question`` and the answer.

    What the bot says without having been asked is written before the next question, every line of
    it behind ``< ``.
    """
    between, said = "", Answer("")
    kept: dict[str, bool] = {}  # of what was promised

    def write(text: str) -> None:
        nonlocal between
        print(f"{between}{text}", file=out, flush=True)
        between = "\n"

    def show(told: Answer) -> None:
        write("\n".join(f"< {line}".rstrip() for line in told.text.strip().split("\n")))
        _note(told, kept)

    def listen_to_the_end() -> None:
        end = time.monotonic() + LONGEST_SECONDS
        while (left := end - time.monotonic()) > 0:
            told = unasked(QUIET_SECONDS if all(kept.values()) else left)
            if told is None:
                return
            show(told)

    for line in questions:
        question = line.strip()
        if question:
            while (told := unasked(0)) is not None:
                show(told)
            if question == CODE and said.code:
                question = said.code
            write(f"> {question}")
            said = ask(question)
            print(said.text.strip(), file=out, flush=True)
            if said.promise:
                kept.setdefault(said.promise, False)
            else:  # the end of something may be an answer: "cancel export"
                _note(said, kept)
    listen_to_the_end()


def _note(told: Answer, kept: dict[str, bool]) -> None:
    """Note which of the promises is *kept* by what was told."""
    for promise in kept:
        kept[promise] |= told.keeps(promise)
