"""Understands free text: which language, what it is about, which side of it, question or request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.dialogue.understanding.concepts import GENERAL, GROUPS, SUBJECTS
from bot.dialogue.understanding.lexicon import Lexicon, Match, Token
from bot.dialogue.understanding.mood import Span, doubtful, names_somebody, orders_to_erase
from bot.dialogue.understanding.phrases import Phrases, phrases_of
from bot.dialogue.understanding.ranking import aspect_of, bits, rank
from bot.dialogue.understanding.tongue import Tongues
from bot.dialogue.understanding.words import Text, split
from bot.policy.vocabulary import Aspect, Intent, Label

_LANGUAGE = "language:"
_COVERING = {GROUPS["show"]: (GROUPS["show"], GROUPS["account"])}
"""Groups whose longer entries hide those of a group, where it is not only the group itself."""
_SPECIFIC = frozenset(SUBJECTS) - frozenset(GENERAL)
_TOPICAL = frozenset(SUBJECTS) - frozenset(("data", "leaving", "negation", "you", "copy", "metadata"))
_BARE = 4
"""Words of a message that is a keyword or a command rather than a question."""


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


class _Reader:
    """Reads one language; made ready when the first text in it comes."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon(self._phrases)

    def read(self, text: Text) -> tuple[int, str | None]:
        """Return the concepts of *text* as one number, and the language that it names."""
        tokens: list[Token] = []
        spans: list[Span] = []
        for sentence in text.sentences:
            start = len(tokens)
            tokens.extend(self._lexicon.read(sentence.words))
            spans.append(Span(start, len(tokens), sentence.asked))
        matches = _outermost(self._lexicon.find(tokens))
        named = next(
            (m.concept.removeprefix(_LANGUAGE) for m in matches if m.concept.startswith(_LANGUAGE)), None
        )
        concepts = {match.concept for match in matches if match.concept in GROUPS}
        order = orders_to_erase(spans, matches)
        somebody = names_somebody(tokens, matches, self._lexicon.of)
        derived = {
            "address": text.address,
            "bare": len(tokens) <= _BARE and not any(span.asked for span in spans),
            "erase_order": order,
            "erase_request": order and not (text.quoted or text.address or somebody or doubtful(matches)),
            "language_name": named is not None,
            "question_mark": any(span.asked for span in spans),
            "quoted": text.quoted,
            "topical": not concepts.isdisjoint(_TOPICAL),
            "unknown": not all(token.known for token in tokens),
            "specific": not concepts.isdisjoint(_SPECIFIC),
            "somebody": somebody,
        }
        return bits(concepts | {name for name, holds in derived.items() if holds}), named


def _outermost(matches: Sequence[Match]) -> list[Match]:
    """Return *matches* without those that lie inside a longer one of the same group."""
    longer: dict[int, list[set[int]]] = {}
    for match in matches:
        if len(match.at) > 1:
            longer.setdefault(GROUPS.get(match.concept, -1), []).append(set(match.at))
    return [
        match
        for match in matches
        if not any(
            len(match.at) < len(outer) and outer.issuperset(match.at)
            for group in _COVERING.get(GROUPS.get(match.concept, -1), (GROUPS.get(match.concept, -1),))
            for outer in longer.get(group, ())
        )
    ]


class Understander:
    """Understands texts in every language that it was given phrases of."""

    def __init__(self, phrases: Mapping[str, Mapping[str, Any]]) -> None:
        """Take the parsed ``data/phrases/<language>.yaml`` of each language.

        Raises:
            PhraseError: the data of a language cannot be used; names the language and the key.
        """
        checked = [phrases_of(language, data) for language, data in phrases.items()]
        self._tongues = Tongues(checked)
        self._readers = {each.language: _Reader(each) for each in checked}

    def read(self, text: str, hint: str | None = None) -> Understanding:
        """Return what *text* means; *hint* is the language to read it in when its words do not tell."""
        written = split(text)
        told = self._tongues.of(written)
        language = told or (hint if hint in self._readers else next(iter(self._readers)))
        assert language is not None
        found, named = self._readers[language].read(written)
        ranked, certain = rank(found)
        return Understanding(
            language=language,
            recognised=told is not None,
            ranked=ranked,
            aspect=aspect_of(found),
            certain=certain,
            argument=named if ranked[0] is Intent.SET_LANGUAGE else None,
        )
