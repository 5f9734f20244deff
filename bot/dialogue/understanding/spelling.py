"""Finds the known word that a misspelt one stands for."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 6
"""Letters that a word must have: in shorter ones a slip makes another word too easily."""


class Spelling:
    """Known words that are one slip away: a letter left out, added, changed or swapped.

    Two words are one slip apart when leaving out one letter at most of each makes them alike.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._by_deletion: dict[str, str] = {}
        for word in sorted(self._known):
            if len(word) >= SHORTEST:
                for shorter in _shorter(word):
                    self._by_deletion.setdefault(shorter, word)

    def meant(self, word: str) -> str | None:
        """Return the known word that *word* is a misspelling of; None when there is none."""
        if len(word) < SHORTEST or word in self._known:
            return None
        found = self._by_deletion.get(word)
        if found is not None:
            return found
        for shorter in _shorter(word):
            if shorter in self._known and len(shorter) >= SHORTEST:
                return shorter
            found = self._by_deletion.get(shorter)
            if found is not None and found[0] == word[0] and abs(len(found) - len(word)) <= 1:
                return found
        return None


def _shorter(word: str) -> Iterable[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))
