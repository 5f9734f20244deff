"""Takes compounds apart: "Nachrichtenarchiv" is Nachrichten + Archiv."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from bot.dialogue.understanding.phrases import Compounds


class Splitter:
    """Finds the known words that one word is put together of."""

    def __init__(self, rule: Compounds, is_word: Callable[[str], bool]) -> None:
        self._rule = rule
        self._is_word = is_word

    def parts(self, word: str) -> tuple[str, ...]:
        """Return the parts of a compound; none when not all of them are known."""
        firsts = list(self._firsts(word))
        for at, first in firsts:
            if self._is_word(word[at:]):
                return (first, word[at:])
        for at, first in firsts:
            if rest := self.parts(word[at:]):
                return (first, *rest)
        return ()

    def nearly(self, word: str, meant: Callable[[str], str | None]) -> tuple[str, ...]:
        """Return the two parts of a compound of which one is misspelt; *meant* corrects a word."""
        for at, first in self._firsts(word):
            if (last := meant(word[at:])) and self._is_word(last):
                return (first, last)
        for at in self._cuts(word):
            if self._is_word(word[at:]):
                for start in self._unlinked(word[:at]):
                    if (first := meant(start) or "") and self._is_word(first):
                        return (first, word[at:])
        return ()

    def head(self, word: str) -> str:
        """Return the one part that is known, the last rather than the first, where that tells enough."""
        if not self._rule.heads:
            return ""
        shortest = self._rule.shortest
        heads = (word[at:] for at in self._cuts(word) if len(word) - at > shortest and self._is_word(word[at:]))
        firsts = (first for _at, first in self._firsts(word) if len(first) > shortest)
        return next(chain(heads, firsts), "")

    def _cuts(self, word: str) -> range:
        return range(self._rule.shortest, len(word) - self._rule.shortest + 1)

    def _firsts(self, word: str) -> Iterator[tuple[int, str]]:
        """Yield where a known first part ends, and that part, the longest first."""
        for at in reversed(self._cuts(word)):
            first = next((start for start in self._unlinked(word[:at]) if self._is_word(start)), "")
            if first:
                yield at, first

    def _unlinked(self, written: str) -> Iterator[str]:
        """Yield what *written* is without what may link it to the next part."""
        for link in self._rule.linking:
            start = written.removesuffix(link)
            if written.endswith(link) and len(start) > 1:
                yield start
