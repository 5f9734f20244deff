"""Understands free text: which language, what it is about, which side of it, question or request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogue.understanding.ages import Ages
from bot.dialogue.understanding.phrases import phrases_of
from bot.dialogue.understanding.ranking import aspect_of, bits, rank
from bot.dialogue.understanding.reader import Reader
from bot.dialogue.understanding.tongue import Tongues
from bot.dialogue.understanding.words import split
from bot.policy.vocabulary import Aspect, Intent, Label

UNREADABLE = -1
"""Days that were stated, but not so that they could be read."""

_ERASING = bits({"erase_request"})


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text was understood to mean.

    `certain` is False when `ranked` (at most three labels, best first, never empty) is better
    offered as a choice than answered; `argument` is the language that `set_language` asks for.
    """

    language: str
    recognised: bool
    ranked: tuple[Label, ...]
    aspect: Aspect | None
    certain: bool
    argument: str | None = None
    erasing: bool = False
    older_than: int | None = None


class Understander:
    """Understands texts in every language that it was given phrases of."""

    def __init__(self, phrases: Mapping[str, Mapping[str, Any]]) -> None:
        """Take the parsed ``data/phrases/<language>.yaml`` of each language.

        Raises:
            PhraseError: the data of a language cannot be used; names the language and the key.
        """
        checked = [phrases_of(language, data) for language, data in phrases.items()]
        self._tongues = Tongues(checked)
        self._ages = Ages(each.ages for each in checked)
        self._readers = {each.language: Reader(each) for each in checked}

    def read(self, text: str, hint: str | None = None) -> Understanding:
        """Return what *text* means; *hint* is the language to read it in when its words do not tell."""
        age = self._ages.find(text)
        written = split(age.rest if age is not None else text)
        told = self._tongues.of(written)
        language = told or (hint if hint is not None and hint in self._readers else next(iter(self._readers)))
        found, named = self._readers[language].read(written)
        ranked, certain = rank(found)
        return Understanding(
            language=language,
            recognised=told is not None,
            ranked=ranked,
            aspect=aspect_of(found),
            certain=certain,
            argument=named if ranked[0] is Intent.SET_LANGUAGE else None,
            erasing=bool(found & _ERASING),
            older_than=None if age is None else UNREADABLE if age.days is None else age.days,
        )
