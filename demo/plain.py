"""The conversation for pipes and files: a question a line, the answers as plain text."""

from collections.abc import Callable, Iterable
from typing import TextIO

from demo.conversation import Answer


def chat(ask: Callable[[str], Answer], questions: Iterable[str], out: TextIO) -> None:
    """Ask every line that is not empty and write ``> question`` and the answer."""
    between = ""
    for line in questions:
        question = line.strip()
        if question:
            print(f"{between}> {question}", file=out, flush=True)
            print(ask(question).text.strip(), file=out, flush=True)
            between = "\n"
