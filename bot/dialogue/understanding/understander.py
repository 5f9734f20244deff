"""From a text to what is asked: labels in the order of their likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.dialogue.understanding.phrases import PhraseError, phrases_of
from bot.dialogue.understanding.reading import Reader, Reading
from bot.dialogue.understanding.requests import erasure
from bot.dialogue.understanding.rules import scores
from bot.dialogue.understanding.tongues import language_named
from bot.policy.vocabulary import Aspect, Intent, Label

_SURE = 2.0
"""Points below which an answer is only offered."""

_MARGIN = 0.35
"""How much better than the next one the best must be, to be answered without asking back."""

_MOST = 3


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of a text.

    *language* is the one that the text was read in; *recognised* says whether its words told.
    *ranked* holds at most three labels, best first, and is never empty.  *certain* is False when
    they should be offered instead of answered.  *argument* is a language code for `set_language`.
    """

    language: str
    recognised: bool
    ranked: tuple[Label, ...]
    aspect: Aspect | None
    certain: bool
    argument: str | None = None


class Understander:
    """Understands the languages whose phrases it was given."""

    def __init__(self, phrases: Mapping[str, Mapping[str, Any]]) -> None:
        """Take the phrase data by language code; raises `PhraseError`."""
        if not phrases:
            raise PhraseError("there are no phrases: data/phrases/en.yaml is missing")
        self._readers = {
            language: Reader(phrases_of(language, data)) for language, data in sorted(phrases.items())
        }
        self.read = lru_cache(maxsize=2048)(self._uncached)

    def _uncached(self, text: str, hint: str | None = None) -> Understanding:
        """Return what *text* asks; *hint* is the language expected.  Never raises."""
        readings = {language: reader.read(text) for language, reader in self._readers.items()}
        language, recognised = _language(readings, hint)
        reading = readings[language]
        points = scores(reading)
        _correct(points, reading)
        request = erasure(reading)
        ranked = sorted(points, key=lambda label: -points[label])
        if request is not None:
            ranked = [request, *(label for label in ranked if label is not request)]
        if not ranked:
            ranked = [Intent.OUT_OF_SCOPE]
        best = points.get(ranked[0], _SURE)
        second = points.get(ranked[1], 0.0) if len(ranked) > 1 else 0.0
        certain = request is not None or (best >= _SURE and best - second >= _MARGIN)
        return Understanding(
            language,
            recognised,
            tuple(ranked[:_MOST]),
            _aspect(reading),
            certain,
            language_named(reading) if ranked[0] is Intent.SET_LANGUAGE else None,
        )


def _language(readings: Mapping[str, Reading], hint: str | None) -> tuple[str, bool]:
    """Return the language whose words are known best, and whether that tells anything."""
    wanted = (hint or "").partition("-")[0].partition("_")[0]
    first = wanted if wanted in readings else min(readings, key=lambda code: (code != "en", code))
    best = max(readings, key=lambda code: (readings[code].known_words, code == first))
    others = [readings[code].known_words for code in readings if code != best]
    told = readings[best].known_words > max(others, default=0)
    return (best, True) if told else (first, False)


def _correct(points: dict[Label, float], reading: Reading) -> None:
    """Let a greeting or thanks give way to a question, and what is about others fall out of scope."""
    others = [label for label in points if label not in (Intent.GREETING, Intent.THANKS)]
    if others:
        for label in (Intent.GREETING, Intent.THANKS):
            if label in points:
                points[label] = 0.1
    about_others = reading.has("others") and reading.has("erase") and "other_server" not in reading.concepts
    if reading.names_address or reading.has("pretending") or about_others:
        points[Intent.OUT_OF_SCOPE] = max(points.values(), default=0.0) + 1.0


def _aspect(reading: Reading) -> Aspect | None:
    """Return the side that is asked: of several, the one that is mentioned first counts."""
    order = (
        "legal_basis",
        "how_long",
        "erase",
        "switch_off",
        "get",
        "who",
        "where",
        "why",
        "encrypted",
        "contact",
    )
    return next((Aspect(name) for name in order if name in reading.aspects), None)
