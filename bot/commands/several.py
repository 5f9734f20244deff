"""Several answers in one message, for those who ask several things at once."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answers.answer import line
from bot.dialogue.reply import Choice, Heading, Question, Reply
from bot.policy.wording.topics import TOPICS

_BLOCKS = 4
"""Of each answer: so that all of them fit on the screen of a phone."""


def joined(replies: Sequence[Reply]) -> Reply:
    """Return one reply with the gist of all *replies*, each under its own heading."""
    blocks = tuple(block for one in replies for block in (Heading(one.title), *one.blocks[:_BLOCKS]))
    topics = dict.fromkeys(one.question.topic for one in replies if one.question is not None)
    choices = tuple(Choice(TOPICS[topic], line(Question(topic))) for topic in topics)
    return Reply(replies[0].title, blocks, choices, question=replies[-1].question)
