"""The phrase data of one language, checked and made ready for looking up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.understanding.concepts import ASPECTS, CONCEPTS, MOODS
from bot.dialogue.understanding.words import Words, stems_of

_MOST_WORDS = 6
"""Words of the longest sequence that is looked for."""


class PhraseError(Exception):
    """Phrase data that cannot be used; the text names the language, the key and the remedy."""


@dataclass(slots=True)
class Phrases:
    """What is looked for in a text: sequences of stems, beginnings of words, words of the language."""

    language: str
    compounds: bool
    words: Words
    sequences: dict[str, dict[tuple[str, ...], frozenset[str]]] = field(default_factory=dict)
    """First stem → sequences that begin with it → the concepts that they stand for."""
    beginnings: dict[str, frozenset[str]] = field(default_factory=dict)
    common: frozenset[str] = frozenset()
    vocabulary: frozenset[str] = frozenset()
    """Single stems that stand for a concept; also what misspelt words are compared with."""

    def longest(self, stems: tuple[str, ...], start: int) -> Iterator[tuple[int, frozenset[str]]]:
        """Return every known sequence that begins at *start*: its length and its concepts."""
        candidates = self.sequences.get(stems[start])
        if candidates is None:
            return
        for length in range(1, min(_MOST_WORDS, len(stems) - start) + 1):
            found = candidates.get(stems[start : start + length])
            if found is not None:
                yield length, found

    def beginning(self, word: str) -> frozenset[str]:
        """Return the concepts of every known beginning of *word*."""
        found: frozenset[str] = frozenset()
        for length in range(3, len(word) + 1):
            found |= self.beginnings.get(word[:length], frozenset())
        return found


def phrases_of(language: str, data: Mapping[str, Any]) -> Phrases:
    """Build the phrases of *language*; raises `PhraseError` naming the key that is wrong."""
    words = Words(_text(language, data, "stemmer"), _table(language, data, "spelling"))
    phrases = Phrases(language, str(data.get("compounds", "false")).casefold() == "true", words)
    beginnings: dict[str, set[str]] = {}
    sequences: dict[str, dict[tuple[str, ...], set[str]]] = {}
    single: set[str] = set()
    for section, known in (("concepts", CONCEPTS), ("aspects", ASPECTS), ("mood", MOODS)):
        for name, entries in _table(language, data, section).items():
            if name not in known:
                raise PhraseError(
                    f"{language}: {section}: '{name}' is not known; allowed: {', '.join(sorted(known))}"
                )
            for entry in _entries(language, section, name, entries):
                key = f"{section}.{name}"
                if entry.endswith("*") and " " not in entry:
                    beginnings.setdefault(words.plain(entry[:-1]), set()).add(key)
                    continue
                stems = stems_of(words, entry)
                if not stems:
                    raise PhraseError(f"{language}: {section}.{name}: '{entry}' has no word in it")
                sequences.setdefault(stems[0], {}).setdefault(stems, set()).add(key)
                if len(stems) == 1:
                    single.add(stems[0])
    phrases.sequences = {
        first: {stems: frozenset(keys) for stems, keys in found.items()} for first, found in sequences.items()
    }
    phrases.beginnings = {word: frozenset(keys) for word, keys in beginnings.items()}
    phrases.common = frozenset(words.plain(word) for word in _text(language, data, "common").split())
    phrases.vocabulary = frozenset(single)
    return phrases


def _text(language: str, data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise PhraseError(f"{language}: '{key}' is missing; it must be a text")
    return value


def _table(language: str, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    if not isinstance(value, Mapping):
        raise PhraseError(f"{language}: '{key}' is missing; it must hold keys and values")
    return value


def _entries(language: str, section: str, name: str, entries: Any) -> Iterable[str]:
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise PhraseError(f"{language}: {section}.{name}: a list of texts is needed")
    return entries
