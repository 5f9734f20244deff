"""Reads a text in one language: the concepts that it holds, and what the program sees beside them."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from bot.dialogue.understanding.clauses import order_among_reasons
from bot.dialogue.understanding.concepts import ACTIONS, COURTESY, GENERAL, GROUPS, MOODS, SUBJECTS
from bot.dialogue.understanding.learned import Weights, of_words, spelt
from bot.dialogue.understanding.lexicon import Lexicon, Match, Token
from bot.dialogue.understanding.mood import (
    OBJECTS,
    QUESTIONS,
    Span,
    courteous,
    doubtful,
    names_somebody,
    orders_to_erase,
)
from bot.dialogue.understanding.phrases import Phrases
from bot.dialogue.understanding.ranking import bits
from bot.dialogue.understanding.words import Sentence, Text

_LANGUAGE = "language:"
_ACTION, _COURTESY, _MOOD, _SUBJECT = (GROUPS[next(iter(names))] for names in (ACTIONS, COURTESY, MOODS, SUBJECTS))
_UNGROUPED = -1
"""The group of the names of languages."""
_HIDDEN_BY: Mapping[int | str, tuple[int | str, ...]] = {
    _ACTION: (_SUBJECT, _COURTESY),
    _MOOD: (_COURTESY,),
    _SUBJECT: (_COURTESY,),
    _UNGROUPED: (_SUBJECT,),
    "ask_how_long": ("erase_now", "please"),
    "negation": ("polite", "please"),
}
"""Groups, or single concepts, and whose longer entries hide those of them that lie inside."""
_SPECIFIC = SUBJECTS.keys() - GENERAL
_TOPICAL = SUBJECTS.keys() - {"copy", "data", "leaving", "metadata", "negation"}
_OPEN = frozenset({"ask_contact", "ask_how_long", "ask_where", "ask_why", "negation", "question", "what"})
"""What asks for more than a yes or a no, or makes it unclear to what."""
_SELF = frozenset({"mine", "own"})
_WAYS = 4
"""Places where a sentence is taken apart: each costs reading it again, and a hostile one has hundreds."""
_FEW = 2
"""Words beside courtesy that still ask nothing ("thanks, that was it"); unknown ones count twice."""
_BARE = 4
"""Words of a message that is a keyword or a command rather than a question."""


class Reading(NamedTuple):
    """What was read in a text: its concepts as one number, and the language that it names.

    `stems` are those of each sentence, without courtesy; in an `unopposed` text nothing makes an order something else.
    """

    found: int
    named: str | None
    stems: tuple[tuple[str, ...], ...]
    unopposed: bool


class Reader:
    """Reads one language; made ready when the first text in it comes."""

    def __init__(self, phrases: Phrases, learned: bytes = b"") -> None:
        """Take the *phrases* of the language and the file of what was *learned* about its words."""
        # Of most languages nobody ever writes a word: packed, their phrases take little memory.
        self._packed = zlib.compress(pickle.dumps((phrases, learned)))

    @cached_property
    def _ready(self) -> tuple[Lexicon, Weights]:
        phrases, learned = pickle.loads(zlib.decompress(self._packed))  # noqa: S301 -- they were packed here
        return Lexicon(phrases), Weights(learned, spelt)

    @property
    def _lexicon(self) -> Lexicon:
        return self._ready[0]

    def learned(self, reading: Reading) -> list[int]:
        """Return the rows of its words, see `bot.dialogue.understanding.learned`."""
        return self._ready[1].rows(map(spelt, of_words(reading.stems)))

    def pieces(self, text: Text) -> list[tuple[Text, ...]]:
        """Return the ways in which *text* can be taken apart into several questions, the likeliest first."""
        if len(text.sentences) > 1:
            return [tuple(replace(text, sentences=(sentence,)) for sentence in text.sentences)]
        ways: list[tuple[Text, ...]] = []
        for words, asked in ((one.words, one.asked) for one in text.sentences):
            for at in range(1, len(words) - 1):
                if words[at] in self._lexicon.joining and len(ways) < _WAYS:
                    halves = (Sentence(words[:at], asked), Sentence(words[at:], asked))
                    ways.append(tuple(replace(text, sentences=(half,)) for half in halves))
        return ways

    def read(self, text: Text) -> Reading:
        """Return what stands in *text*."""
        tokens: list[Token] = []
        spans: list[Span] = []
        for sentence in text.sentences:
            starts = []
            for start, end in pairwise((0, *sentence.clauses, len(sentence.words))):
                starts.append(len(tokens))
                tokens.extend(self._lexicon.read(sentence.words[start:end]))
            spans.append(Span(starts[0], len(tokens), sentence.asked, tuple(starts[1:])))
        found = self._lexicon.find(tokens)
        matches = _outermost(found)
        named = [match.concept.removeprefix(_LANGUAGE) for match in matches if match.concept.startswith(_LANGUAGE)]
        concepts = {match.concept for match in matches if match.concept in GROUPS}
        opening = {match.concept for match in matches if match.at[0] == 0}
        courtesy = courteous(matches)
        order = orders_to_erase(tokens, spans, matches)
        plain = order and not doubtful(tokens, matches)
        unknown = sum(not token.known for token in tokens)
        closed = any(span.asked for span in spans) or "opener" in opening
        closed = closed and not unknown and concepts.isdisjoint(_OPEN) and len(concepts & _SPECIFIC) <= 1
        of = self._lexicon.of
        owner = any(not self._lexicon.is_slang(word) for word in text.owners)
        may_order = not (text.quoted or text.address or owner) and not names_somebody(
            tokens, spans, matches, of, guessed=True
        )
        ordered = order_among_reasons(tokens, spans, matches, self._lexicon.joining) if may_order else None
        if ordered is not None and ordered & OBJECTS and (not plain or "leaving" in concepts):
            concepts -= OBJECTS - ordered
        derived = {
            "address": text.address,
            "about_others": owner or text.address or not concepts.isdisjoint(("everybody", "other_person")),
            "bare": len(tokens) <= _BARE and not any(span.asked for span in spans),
            "closed": closed,
            "continues": "continuing" in opening,
            "courteous": len(tokens) - len(courtesy) + unknown <= _FEW,
            "erase_order": order and not text.quoted,
            "erase_request": may_order and (plain or ordered is not None),
            "language_name": bool(named),
            "self": any(match.concept in _SELF for match in found),
            "somebody": owner or names_somebody(tokens, spans, matches, of, guessed=False),
            "specific": not concepts.isdisjoint(_SPECIFIC),
            "topical": not concepts.isdisjoint(_TOPICAL),
            "unknown": unknown > 0,
        }
        return Reading(
            found=bits(concepts | {name for name, holds in derived.items() if holds}),
            named=next(iter(named), None),
            stems=tuple(_without(courtesy, tokens, span) for span in spans),
            unopposed=may_order
            and not doubtful(tokens, matches)
            and concepts.isdisjoint(QUESTIONS)
            and not any(span.asked for span in spans),
        )


def _without(courtesy: Collection[int], tokens: Sequence[Token], span: Span) -> tuple[str, ...]:
    return tuple(tokens[at].stem for at in range(span.start, span.end) if at not in courtesy)


def _outermost(matches: Sequence[Match]) -> list[Match]:
    """Return *matches* without those that lie inside a longer one of the same group.

    Actions are hidden by subjects too ("contact list" lists nothing), and so are languages ("German law"); the
    groups by courtesy ("thanks for the help"), but a negation only by politeness ("couldn't you"); a time by an
    order ("dass mein Archiv verschwindet").
    """
    longer: dict[tuple[int | str, int], list[frozenset[int]]] = {}
    for match in matches:
        if len(match.at) > 1:
            outer = frozenset(match.at)
            for kind in (_group(match.concept), match.concept):
                for at in match.at:
                    longer.setdefault((kind, at), []).append(outer)
    return [match for match in matches if not _is_hidden(match, longer)]


def _is_hidden(match: Match, longer: Mapping[tuple[int | str, int], Sequence[frozenset[int]]]) -> bool:
    group, length = _group(match.concept), len(match.at)
    hiding = (group, *_HIDDEN_BY.get(match.concept, _HIDDEN_BY.get(group, ())))
    return any(
        length < len(outer) and outer.issuperset(match.at)
        for kind in hiding
        for outer in longer.get((kind, match.at[0]), ())
    )


def _group(concept: str) -> int:
    return GROUPS.get(concept, _UNGROUPED)
