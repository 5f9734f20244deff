"""The conversation for pipes and files: a question a line, the answers as plain text."""

import re
import time
from collections.abc import Callable, Iterable
from typing import TextIO

from demo.conversation import Answer

CODE = "{code}"
"""A line that stands for the code in the answer before: nobody can know that one beforehand."""

QUIET_SECONDS, PROMISED_SECONDS, LONGEST_SECONDS = 2.0, 10.0, 30.0
"""At the end the bot is heard until it says nothing for so long; when it has promised something; at most."""

REFERENCE = re.compile(r"\b[CE]-[A-Z0-9]{8}\b")
"""What an answer has in it when a copy (C) or the receipt of an erasure (E) is to follow."""


class Promises:
    """What the bot said that it would tell later."""

    def __init__(self) -> None:
        self._made: set[str] = set()
        self._kept: set[str] = set()

    def answered(self, text: str) -> None:
        """Take note of an answer."""
        self._made.update(REFERENCE.findall(text))

    def told(self, told: Answer) -> None:
        """Take note of what came unasked; the link of a copy, its end, has no reference."""
        self._kept.update(REFERENCE.findall(told.text))
        if told.is_link:
            self._kept.update(made for made in self._made if made.startswith("C"))

    def patience(self) -> float:
        """How many seconds without a word are the end."""
        return PROMISED_SECONDS if self._made - self._kept else QUIET_SECONDS


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
    between, said, promises = "", Answer(""), Promises()

    def write(text: str) -> None:
        nonlocal between
        print(f"{between}{text}", file=out, flush=True)
        between = "\n"

    def listen(patience: Callable[[], float]) -> None:
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end and (told := unasked(patience())) is not None:
            promises.told(told)
            write("\n".join(f"< {line}".rstrip() for line in told.text.strip().split("\n")))

    for line in questions:
        question = line.strip()
        if question:
            listen(lambda: 0)
            if question == CODE and said.code:
                question = said.code
            write(f"> {question}")
            said = ask(question)
            promises.answered(said.text)
            print(said.text.strip(), file=out, flush=True)
    listen(promises.patience)
