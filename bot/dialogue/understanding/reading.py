"""Finds in a text what its words stand for."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from bot.dialogue.understanding.phrases import Phrases
from bot.dialogue.understanding.spelling import Spelling
from bot.dialogue.understanding.words import split

_QUOTED = re.compile(r'"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»')
_ADDRESS = re.compile(r"[\w.-]+@[\w-]+(\.[\w-]+)*")
_LONGEST = 400
"""Words that are looked at; a question is shorter."""

_SHORTEST_PART = 4
"""Letters of the shortest part of a compound."""

_LINKS = ("", "s", "n", "en", "es", "e")
"""What German puts between the parts of a compound."""


@dataclass(slots=True)
class Reading:
    """What was found: how often each concept, in which order, and what stood around it."""

    stems: tuple[str, ...] = ()
    concepts: Counter[str] = field(default_factory=Counter)
    aspects: list[str] = field(default_factory=list)
    moods: dict[str, list[int]] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)
    is_question: bool = False
    is_quoted: bool = False
    names_address: bool = False
    known_words: int = 0

    def has(self, *moods: str) -> bool:
        """Return whether one of *moods* was found."""
        return any(mood in self.moods for mood in moods)


class Reader:
    """Reads texts of one language."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._spelling = Spelling(phrases.vocabulary)
        self._compounds: dict[str, tuple[str, ...]] = {}

    def read(self, text: str) -> Reading:
        """Return what the words of *text* stand for."""
        phrases = self._phrases
        written = split(text)[:_LONGEST]
        stems = tuple(phrases.words.stem(word) for word in written)
        found = Reading(stems)
        found.is_question = text.rstrip().endswith("?") or "?" in text
        found.is_quoted = _QUOTED.search(text) is not None
        found.names_address = _ADDRESS.search(text) is not None
        covered = 0
        for at, stem in enumerate(stems):
            plain = phrases.words.plain(written[at])
            keys = phrases.beginning(plain)
            longest = 0
            for length, more in phrases.longest(stems, at):
                self._note(found, more, at, length, inside=at + length <= covered)
                longest = max(longest, length)
            if keys:
                self._note(found, keys, at, 1, inside=False)
                longest = max(longest, 1)
            if longest > 1:
                covered = max(covered, at + longest)
            if longest or plain in phrases.common:
                found.known_words += 1
            elif stem not in phrases.vocabulary:
                self._guess(found, stem, at)
        return found

    def _guess(self, found: Reading, stem: str, at: int) -> None:
        """Look for the parts of a compound, then for the word that was misspelt."""
        parts = self._parts(stem) if self._phrases.compounds else ()
        meant = self._spelling.meant(stem) if not parts else None
        for part in parts or ((meant,) if meant else ()):
            for _length, keys in self._phrases.longest((part,), 0):
                self._note(found, keys, at, 1, inside=False)
                found.known_words += 1

    def _parts(self, stem: str) -> tuple[str, ...]:
        known = self._phrases.vocabulary
        for at in range(_SHORTEST_PART, len(stem) - _SHORTEST_PART + 1):
            left, right = stem[:at], self._phrases.words.stem(stem[at:])
            if right in known:
                for link in _LINKS:
                    base = (
                        self._phrases.words.stem(left.removesuffix(link))
                        if link
                        else self._phrases.words.stem(left)
                    )
                    if left.endswith(link) and base in known:
                        return base, right
        # what determines a compound stands last
        tails = (
            self._phrases.words.stem(stem[at:]) for at in range(_SHORTEST_PART, len(stem) - _SHORTEST_PART)
        )
        return next(((tail,) for tail in tails if tail in known and len(tail) > _SHORTEST_PART), ())

    @staticmethod
    def _note(found: Reading, keys: frozenset[str], at: int, length: int, *, inside: bool) -> None:
        for key in keys:
            section, _dot, name = key.partition(".")
            if section == "concepts":
                if not inside:
                    # a sequence says more than a single word does
                    found.concepts[name] += 1 + (length > 1)
                found.first.setdefault(name, at)
            elif section == "aspects":
                if name not in found.aspects:
                    found.aspects.append(name)
            else:
                found.moods.setdefault(name, []).append(at)
