"""The conversation for pipes and files: a question a line, the answers as plain text."""

import time
from collections.abc import Callable, Iterable
from typing import TextIO

from demo.conversation import Answer

CODE = "{code}"
"""A line that stands for the code in the answer before: nobody can know that one beforehand."""

QUIET_SECONDS, LONGEST_SECONDS = 2.0, 30.0
"""The bot may have something to add at the end: so long it must say nothing; so long it is heard at most."""


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

    def write(text: str) -> None:
        nonlocal between
        print(f"{between}{text}", file=out, flush=True)
        between = "\n"

    def listen(quiet: float) -> None:
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end and (told := unasked(quiet)) is not None:
            write("\n".join(f"< {line}".rstrip() for line in told.text.strip().split("\n")))

    for line in questions:
        question = line.strip()
        if question:
            listen(0)
            if question == CODE and said.code:
                question = said.code
            write(f"> {question}")
            said = ask(question)
            print(said.text.strip(), file=out, flush=True)
    listen(QUIET_SECONDS)
