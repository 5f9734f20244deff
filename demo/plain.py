"""The conversation for pipes and files: a question a line, the answers as plain text."""

from collections.abc import Iterable
from typing import TextIO

from demo.conversation import Conversation


def chat(conversation: Conversation, questions: Iterable[str], out: TextIO) -> None:
    """Send every line that is not empty and write ``> question`` and the answer.

    Raises:
        NoAnswerError: an answer did not come in time.
        UnreachableError: the bot is not there.
    """
    between = ""
    for line in questions:
        question = line.strip()
        if question:
            print(f"{between}> {question}", file=out, flush=True)
            print(conversation.ask(question).text.strip(), file=out, flush=True)
            between = "\n"
