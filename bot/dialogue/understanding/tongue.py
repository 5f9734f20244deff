"""Tells the language of a text from its words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.understanding.everywhere import EVERYWHERE
from bot.dialogue.understanding.phrases import Phrases
from bot.dialogue.understanding.words import Text, unaccented, words_of

_COMMON = 3
_CONTENT = 2
_LETTER = 9


class Tongues:
    """The words that tell languages apart."""

    def __init__(self, languages: Sequence[Phrases]) -> None:
        """Take the phrases of every language."""
        everywhere = {word for entries in EVERYWHERE.values() for entry in entries for word in entry.split()}
        self._points: list[tuple[str, dict[str, int], frozenset[str]]] = []
        for phrases in languages:
            points: dict[str, int] = {}
            for entries in phrases.concepts.values():
                for word in words_of(" ".join(entries)):
                    points[unaccented(word)] = _CONTENT
            for word in (*phrases.common, *phrases.slang):
                points[unaccented(word)] = _COMMON
            for word in everywhere:
                points.pop(word, None)
            self._points.append((phrases.language, points, frozenset(phrases.letters)))

    def of(self, text: Text) -> tuple[str, ...]:
        """Return the language that most words of *text* belong to; several that tell alike, or none."""
        words = [word for sentence in text.sentences for word in sentence.words]
        plain = [unaccented(word) for word in words]
        letters = set("".join(words))
        scores = {
            language: sum(points.get(word, 0) for word in plain) + _LETTER * bool(letters & own)
            for language, points, own in self._points
        }
        most = max(scores.values(), default=0)
        return tuple(language for language, score in scores.items() if score == most > 0)
