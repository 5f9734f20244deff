"""Tells the language of a text from its words."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import reduce
from itertools import groupby
from operator import or_

from bot.dialogue.understanding.everywhere import EVERYWHERE
from bot.dialogue.understanding.phrases import Phrases
from bot.dialogue.understanding.words import Text, unaccented, words_of

_COMMON, _CONTENT, _LETTER = 3, 2, 9
"""Points of a word: the first has all the bits of the second, so that it counts when a word is both."""
_BITS, _LOW = 2, 64
"""Bits of the points in one language, and in all of them: enough for 32 languages."""
_FEW = 3
"""Words that may well be of another language than they seem."""


class Tongues:
    """The words that tell languages apart."""

    def __init__(self, languages: Iterable[Phrases]) -> None:
        """Take the phrases of every language, one after the other."""
        self._languages: list[str] = []
        self._letters: list[frozenset[str]] = []
        everywhere = {hash(word) for entries in EVERYWHERE.values() for entry in entries for word in entry.split()}
        counted: list[int] = []  # each word as a number, with its points in one language in the lowest bits
        for number, phrases in enumerate(languages):
            self._languages.append(phrases.language)
            self._letters.append(frozenset(phrases.letters))
            content = {word for entries in phrases.concepts.values() for word in words_of(" ".join(entries))}
            for words, worth in ((content, _CONTENT), ({*phrases.common, *phrases.slang}, _COMMON)):
                counted += (hash(unaccented(word)) << _LOW | worth << _BITS * number for word in words)
        counted.sort()
        self._words = array("q")
        """The words of all languages, as numbers, in order: themselves they would take ten times the memory."""
        self._kinds = array("I")
        kinds: dict[int, int] = {}
        for word, alike in groupby(counted, lambda one: one >> _LOW):
            if word not in everywhere:
                points = reduce(or_, alike) & (1 << _LOW) - 1
                self._words.append(word)
                self._kinds.append(kinds.setdefault(points, len(kinds)))
        self._points = [bytes(packed >> _BITS * n & _COMMON for n in range(len(self._languages))) for packed in kinds]
        """What the words of one kind count in each language."""

    def of(self, text: Text, hint: str | None = None) -> tuple[str, ...]:
        """Return the language that most words of *text* belong to; several that tell alike, or none.

        *hint*, the language that is expected, is among them when it has every word of a short text that
        others have: "thanks, bye" is chatty Italian too, but not in an English conversation.
        """
        words = [word for sentence in text.sentences for word in sentence.words]
        letters = set("".join(words))
        found = [bytes(_LETTER * bool(letters & own) for own in self._letters)]
        found += [points for word in words if (points := self._of_word(unaccented(word))) is not None]
        scores = [sum(points) for points in zip(*found, strict=True)]
        most = max(scores, default=0)
        best = [language for language, score in zip(self._languages, scores, strict=True) if score == most > 0]
        if hint in self._languages and hint not in best and len(found) > 1 and len(words) <= _FEW:
            expected = self._languages.index(hint)
            if all(points[expected] for points in found[1:]) and not any(found[0]):
                best.append(hint)
        return tuple(best)

    def _of_word(self, word: str) -> bytes | None:
        number = hash(word)
        at = bisect_left(self._words, number)
        known = at < len(self._words) and self._words[at] == number
        return self._points[self._kinds[at]] if known else None
