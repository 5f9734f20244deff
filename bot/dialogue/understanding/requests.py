"""Tells a request to erase from a question, a story, a quotation or somebody else's wish.

What is returned here only starts a confirmation; all the same, nothing but a plain request about
one's own data counts.  When in doubt it is a question.
"""

from __future__ import annotations

from bot.dialogue.understanding.reading import Reading
from bot.policy.vocabulary import Intent

_OBJECTS: tuple[tuple[str, Intent], ...] = (
    ("offline", Intent.ERASE_OFFLINE),
    ("profile", Intent.ERASE_PROFILE),
    ("upload", Intent.ERASE_UPLOADS),
    ("history", Intent.ERASE_ARCHIVE),
    ("message", Intent.ERASE_ARCHIVE),
    ("account", Intent.ERASE_ACCOUNT),
)
"""What can be erased, the narrower first."""

_AT_THE_START = 3
"""An imperative stands among the first words, or after a request such as "please"."""

_ELSEWHERE = frozenset({"room", "other_server", "bot", "email", "search", "log", "backup"})
"""Things that nobody can have erased by a word."""


def erasure(reading: Reading) -> Intent | None:
    """Return what *reading* asks to erase; None when it is no plain request about one's own data."""
    verbs = reading.moods.get("erase")
    if not verbs or reading.names_address or reading.is_quoted:
        return None
    if reading.has("negation", "hypothetical", "report", "others", "pretending"):
        return None
    if not _ELSEWHERE.isdisjoint(reading.concepts) or not _is_request(reading, verbs[0]):
        return None
    return next((intent for concept, intent in _OBJECTS if concept in reading.concepts), None)


def _is_request(reading: Reading, verb: int) -> bool:
    politely = reading.has("polite_question")
    if reading.has("question") and not politely:
        return False
    if reading.is_question and not politely:
        return False
    if reading.has("please"):
        return True
    short = len(reading.stems) <= 2 * _AT_THE_START
    return verb < _AT_THE_START or (short and not reading.is_question)
