"""Finds the known word that a misspelt one stands for."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping

_SHORTEST = 5
"""Letters of a word that is corrected: in shorter ones a slip makes another word too easily."""


class Typos:
    """Known words that are one slip away: a letter left out, added, changed, or two swapped.

    Two words are one slip apart when taking away at most one letter from each makes them alike.  Of the
    shortened words only numbers are kept, in order: the words themselves would take ten times the memory.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        """Take the known words as they may be written, and what each stands for: "loschen" for "loeschen"."""
        self._words = tuple(sorted(word for word in known if len(word) >= _SHORTEST))
        self._meant = {word: known[word] for word in self._words if known[word] != word}
        entries = sorted(
            {(hash(form), number) for number, word in enumerate(self._words) for form in (word, *_shorter(word))}
        )
        self._forms = array("q", (form for form, _number in entries))
        self._numbers = array("I", (number for _form, number in entries))

    def meant(self, word: str) -> str | None:
        """Return the known word that *word* is a misspelling of; None when there is none."""
        if len(word) < _SHORTEST:
            return None
        # people rarely mistype the first letter; in short words it would find too much
        is_long = len(word) > _SHORTEST + 2
        alike = (one for form in (word, *_shorter(word)) for one in self._of(hash(form)))
        found = next((one for one in alike if (is_long or one[0] == word[0]) and _one_slip(word, one)), None)
        return None if found is None else self._meant.get(found, found)

    def _of(self, form: int) -> Iterator[str]:
        """Yield the words that may have a form, in order; a few have another one of the same number."""
        for at in range(bisect_left(self._forms, form), len(self._forms)):
            if self._forms[at] != form:
                return
            yield self._words[self._numbers[at]]


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
