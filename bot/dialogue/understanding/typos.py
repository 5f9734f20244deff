"""Finds the known word that a misspelt one stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_SHORTEST = 5
"""Letters of a word that is corrected: in shorter ones a slip makes another word too easily."""


class Typos:
    """Known words that are one slip away: a letter left out, added, changed, or two swapped.

    Two words are one slip apart when taking away at most one letter from each makes them alike.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        """Take the known words as they may be written, and what each stands for: "loschen" for "loeschen"."""
        self._meant = known
        self._known: dict[str, str] = {}
        for word in sorted(known):
            if len(word) >= _SHORTEST:
                self._known.setdefault(word, word)
                for shorter in _shorter(word):
                    self._known.setdefault(shorter, word)

    def meant(self, word: str) -> str | None:
        """Return the known word that *word* is a misspelling of; None when there is none."""
        if len(word) < _SHORTEST:
            return None
        for form in (word, *_shorter(word)):
            found = self._known.get(form)
            # people rarely mistype the first letter; in short words it would find too much
            if found is not None and (found[0] == word[0] or len(word) > _SHORTEST + 2) and _one_slip(word, found):
                return self._meant[found]
        return None


def _one_slip(written: str, meant: str) -> bool:
    """Return whether the words differ, between what they begin and end with, by one slip at most."""
    start = 0
    while start < min(len(written), len(meant)) and written[start] == meant[start]:
        start += 1
    one, other = written[start:], meant[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    swapped = len(one) == 2 and one == other[::-1]  # noqa: PLR2004 -- two letters
    return swapped or max(len(one), len(other)) <= 1


def _shorter(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))
