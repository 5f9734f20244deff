"""What words and concepts speak for which label, as learnt from thousands of questions by ``tools/learn.py``.

The weights are added up: those of every concept and of every two of them, which are the same in all languages, and
those of every word and of every two neighbours, which each language has its own of.  Like the points of rules, they
can be read and looked up: ``data/learned/*.tsv``.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from math import exp
from zlib import crc32

from bot.dialogue.understanding.concepts import BITS, COURTESY
from bot.policy.vocabulary import Intent, Label, Topic

LABELS: tuple[Label, ...] = (*Topic, *Intent)
"""What can be learnt, in the order of scores."""
UNIT = 32
"""Weights are whole numbers: so many of them make one, as the exponents of a chance have it."""
MOST = 127
"""The largest weight."""
ALWAYS = ""
"""The feature that every question has."""
START, END = "^", "$"
"""Stand for the ends of a sentence."""
_NUMBERS = {label.value: number for number, label in enumerate(LABELS)}
_SIGNS = frozenset({"bare", "closed", "continues", "courteous", "erase_order", "erase_request", "specific", "topical"})
"""Concepts that depend on signs and length, or on others; with them, "thanks" behind a question would change it."""
_NAMES = tuple((bit, name) for name, bit in BITS.items() if name not in _SIGNS and name not in COURTESY)


def of_concepts(found: int) -> Iterator[str]:
    """Yield the features that *found*, the concepts of a text as one number, has in every language."""
    yield ALWAYS
    names = [name for bit, name in _NAMES if found & bit]
    yield from names
    for at, name in enumerate(names):
        yield from (f"{name} {other}" for other in names[at + 1 :])


def of_words(sentences: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the features that the stems of *sentences* have in their language."""
    for stems in sentences:
        yield from stems
        before = START
        for stem in (*stems, END):
            yield f"{before} {stem}"
            before = stem


class Weights:
    """What was learnt about some thousand features, in little memory."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Take the *lines* of a file: a feature, a tab, then labels and their weights; those with ``#`` are notes.

        Raises:
            ValueError: a line is not of that form; the text names it.
        """
        read = sorted(_line(number, line) for number, line in enumerate(lines, 1) if line and line[0] != "#")
        self._features = array("I", (feature for feature, _weights in read))
        self._starts = array("I", [0])
        self._weights = bytearray()
        for _feature, weights in read:
            self._weights += weights
            self._starts.append(len(self._weights))

    def __bool__(self) -> bool:
        """Return whether anything was learnt."""
        return bool(self._features)

    def _place(self, feature: str) -> int | None:
        number = crc32(feature.encode())
        at = bisect_left(self._features, number)
        return at if at < len(self._features) and self._features[at] == number else None

    def add(self, features: Iterable[str], scores: list[int]) -> None:
        """Add to *scores*, one for each of `LABELS`, what the *features* speak for."""
        starts, weights = self._starts, self._weights
        for feature in features:
            at = self._place(feature)
            if at is not None:
                for place in range(starts[at], starts[at + 1], 2):
                    scores[weights[place]] += weights[place + 1] - MOST


def _line(number: int, line: str) -> tuple[int, bytes]:
    feature, _tab, told = line.rstrip("\n").partition("\t")
    weights = told.split()
    try:
        pairs = [(_NUMBERS[weights[at]], int(weights[at + 1]) + MOST) for at in range(0, len(weights), 2)]
        return crc32(feature.encode()), bytes(part for pair in pairs for part in pair)
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(f"line {number}: labels and weights must follow a tab: {line.strip()!r}") from error


def chances(scores: Sequence[float]) -> list[float]:
    """Return how likely each label is; together they make one."""
    most = max(scores)
    odds = [exp((score - most) / UNIT) for score in scores]
    whole = sum(odds)
    return [one / whole for one in odds]
