"""What words and concepts speak for which label, as learned from thousands of questions by ``tools/learn.py``.

The weights are added up: those of every concept and of every two of them, which are the same in all languages, and
those of every word and of every two neighbours, which each language has its own of.  Like the points of rules, they
can be read and looked up: ``data/learned/*.tsv``.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import exp
from sys import byteorder
from zlib import crc32

from bot.dialogue.understanding.concepts import BITS, COURTESY
from bot.policy.vocabulary import Intent, Label, Topic

LABELS: tuple[Label, ...] = (*Topic, *Intent)
"""What can be learned, in the order of scores."""
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
_NAMES = tuple(name for name in BITS if name not in _SIGNS and name not in COURTESY)
_ALL = sum(BITS[name] for name in _NAMES)
_PLACES = {name: BITS[name].bit_length() for name in _NAMES}
_PAIR = 1 << 10
"""More than there are concepts."""
_LANE = 2
"""Bytes of one label's weight in a row, and of its sum: rows are added as whole numbers, all labels at once."""
_ROW = _LANE * len(LABELS)
_MANY = 255
"""Features of a text that are added up: with more of them a sum could run over into its neighbour's lane."""


def of_concepts(found: int) -> Iterator[int]:
    """Yield the features that *found*, the concepts of a text as one number, has in every language."""
    yield 0
    rest = found & _ALL
    before: list[int] = []
    while rest:
        bit = rest & -rest
        rest ^= bit
        place = bit.bit_length()
        yield place
        for other in before:
            yield other * _PAIR + place
        before.append(place)


def named(feature: str) -> int:
    """Return the number of a feature of concepts, as files name it: ``uploads``, ``uploads ask_how_long``."""
    number = 0
    for name in feature.split():
        number = number * _PAIR + _PLACES[name]
    return number


def names_of(found: int) -> Iterator[str]:
    """Yield the names of what `of_concepts` yields."""
    names = [name for name in _NAMES if found & BITS[name]]
    yield ALWAYS
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


def spelt(feature: str) -> int:
    """Return the number of a feature of words."""
    return crc32(feature.encode())


class Weights:
    """What was learned about some thousand features: for each a row, the weights of all labels as one whole number."""

    def __init__(self, file: bytes, number: Callable[[str], int]) -> None:
        """Take a *file* whose lines are a feature, a tab, then labels and their weights; those with ``#`` are notes.

        Args:
            file: its content.
            number: gives every feature its number, `named` or `spelt`.

        Raises:
            ValueError: a line is not of that form; the text names it.
        """
        lines = enumerate(file.decode().splitlines(), 1)
        self._rows = dict(_line(at, line, number) for at, line in lines if not line.startswith("#"))

    def __bool__(self) -> bool:
        """Return whether anything was learned."""
        return bool(self._rows)

    def rows(self, features: Iterable[int]) -> list[int]:
        """Return the rows of those *features* that something was learned about."""
        return [row for row in map(self._rows.get, features) if row]


def scores_of(rows: Sequence[int]) -> Sequence[int]:
    """Return what *rows* speak for, added up: a score for each of `LABELS`; only their differences mean anything."""
    return array("H", sum(rows[:_MANY]).to_bytes(_ROW, byteorder))


def _line(at: int, line: str, number: Callable[[str], int]) -> tuple[int, int]:
    feature, _tab, told = line.partition("\t")
    weights = told.split()
    row = array("H", [MOST]) * len(LABELS)
    try:
        for label, weight in zip(weights[::2], weights[1::2], strict=True):
            row[_NUMBERS[label]] += int(weight)
        return number(feature), int.from_bytes(row.tobytes(), byteorder)
    except (KeyError, ValueError, OverflowError) as error:
        raise ValueError(f"line {at}: labels and weights must follow a tab: {line!r}") from error


def chances(scores: Sequence[float]) -> list[float]:
    """Return how likely each label is; together they make one."""
    most = max(scores)
    odds = [exp((score - most) / UNIT) for score in scores]
    whole = sum(odds)
    return [one / whole for one in odds]
