"""Tells the language of a text from its words."""

from __future__ import annotations

from collections.abc import Iterable
from sys import intern

from bot.dialogue.understanding.everywhere import EVERYWHERE
from bot.dialogue.understanding.phrases import Phrases
from bot.dialogue.understanding.words import Text, unaccented, words_of

_COMMON, _CONTENT, _LETTER = 3, 2, 9
"""Points of a word: the first has all the bits of the second, so that it counts when a word is both."""
_BITS = 2
_FEW = 3
"""Words that may well be of another language than they seem."""


class Tongues:
    """The words that tell languages apart."""

    def __init__(self, languages: Iterable[Phrases]) -> None:
        """Take the phrases of every language, one after the other."""
        self._languages: list[str] = []
        self._letters: list[frozenset[str]] = []
        points: dict[str, int] = {}
        for number, phrases in enumerate(languages):
            self._languages.append(phrases.language)
            self._letters.append(frozenset(phrases.letters))
            content = {word for entries in phrases.concepts.values() for word in words_of(" ".join(entries))}
            for words, worth in ((content, _CONTENT), ({*phrases.common, *phrases.slang}, _COMMON)):
                for word in map(unaccented, words):
                    points[word] = points.get(word, 0) | worth << _BITS * number
        everywhere = {word for entries in EVERYWHERE.values() for entry in entries for word in entry.split()}
        alike = {
            packed: bytes(packed >> _BITS * n & _COMMON for n in range(len(self._languages)))
            for packed in set(points.values())
        }
        self._points = {intern(word): alike[packed] for word, packed in points.items() if word not in everywhere}
        """Word → its points in each language."""

    def of(self, text: Text, hint: str | None = None) -> tuple[str, ...]:
        """Return the language that most words of *text* belong to; several that tell alike, or none.

        *hint*, the language that is expected, is among them when it has every word of a short text that
        others have: "thanks, bye" is chatty Italian too, but not in an English conversation.
        """
        words = [word for sentence in text.sentences for word in sentence.words]
        letters = set("".join(words))
        found = [bytes(_LETTER * bool(letters & own) for own in self._letters)]
        found += [points for word in words if (points := self._points.get(unaccented(word))) is not None]
        scores = [sum(points) for points in zip(*found, strict=True)]
        most = max(scores, default=0)
        best = [language for language, score in zip(self._languages, scores, strict=True) if score == most > 0]
        if hint in self._languages and hint not in best and len(found) > 1 and len(words) <= _FEW:
            expected = self._languages.index(hint)
            if all(points[expected] for points in found[1:]) and not any(found[0]):
                best.append(hint)
        return tuple(best)
