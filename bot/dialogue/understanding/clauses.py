"""Orders to erase that have a reason in front of them or behind: "lösch meine Fotos, ich will sie da nicht mehr".

`bot.dialogue.understanding.mood` judges a sentence as a whole, in which any doubt is one too many.  Here a sentence
is taken apart: one part must have the form of an order without any doubt of its own, and all the others must be
harmless.  What they are about is not what is to be erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.dialogue.understanding.concepts import COURTESY
from bot.dialogue.understanding.lexicon import Match, Token
from bot.dialogue.understanding.mood import DOUBTS, OBJECTS, QUESTIONS, VERBS, Span, courteous, is_request

_EXCUSED = frozenset({"harass", "negation", "other_person", "other_server", "reported"})
"""Doubts that may be a reason: I do not need it, my girlfriend left, I moved to another server, it was a mistake."""
_HARMFUL = DOUBTS - _EXCUSED | QUESTIONS - {"ask_how_long"}
_ERASING = VERBS | {"erase"}
_ASKING = frozenset({"please", "polite", "wish"})
_MINE = frozenset({"mine", "own"})
_WANTING = frozenset({"stop", "wish"})
_REFUSALS = frozenset({"leaving", "negation", "stop"})
_ELSEWHERE = frozenset({"other_person", "other_server"})
_OTHERS = frozenset({"admin", "other_person", "you"})
_EMPTY = (
    _MINE
    | frozenset({"continuing", "negation", "opener", "plain_not", "question", "stop", "subscribe", "what", "wish"})
    | frozenset({"you", *COURTESY})
)
"""What a part may hold without saying anything: "I do not want that" is about what stands beside it."""
_UNKNOWN, _UNKNOWN_BEHIND = 1, 2
"""Words that may be unknown up to an order, where they may be a condition in another language, and behind it."""
_SHORT = 3
"""Words of a part in which the verb may stand at the end: "konto löschen"."""


class _Part(NamedTuple):
    """A part of a sentence, with what was found in it."""

    span: Span
    matches: tuple[Match, ...]
    concepts: frozenset[str]

    def opening(self) -> int:
        """Return the number of its first word that is more than courtesy."""
        courtesy = courteous(self.matches)
        return next((at for at in range(self.span.start, self.span.end) if at not in courtesy), self.span.start)


def order_among_reasons(
    tokens: Sequence[Token], spans: Sequence[Span], matches: Sequence[Match], joining: frozenset[str]
) -> frozenset[str] | None:
    """Return the concepts of the parts that order an erasure, the others being reasons; None when there is no such.

    Parts end where sentences do and at commas; if that does not help, also before a word of *joining*: "and".
    """
    if not any(match.concept in VERBS for match in matches):
        return None
    for words in (frozenset[str](), joining):
        parts = [_part(span, matches) for whole in spans for span in _apart(whole, tokens, words)]
        orders = [part for part in parts if _orders(tokens, part)]
        others = [part for part in parts if part not in orders]
        if orders and others and _is_known(tokens, orders) and all(_is_harmless(part, orders) for part in others):
            return frozenset().union(*(part.concepts for part in orders))
    return None


def _apart(span: Span, tokens: Sequence[Token], joining: frozenset[str]) -> Iterable[Span]:
    joints = (at for at in range(span.start + 1, span.end) if tokens[at].exact[1:] in joining)
    marks = sorted({span.start, *span.clauses, *joints, span.end})
    return (Span(start, end, span.asked) for start, end in pairwise(marks))


def _part(span: Span, matches: Sequence[Match]) -> _Part:
    within = tuple(match for match in matches if span.start <= match.at[0] < span.end)
    return _Part(span, within, frozenset(match.concept for match in within))


def _orders(tokens: Sequence[Token], part: _Part) -> bool:
    span, concepts = part.span, part.concepts
    if concepts & DOUBTS or not is_request(tokens, span, part.matches):
        return False
    first = {match.concept for match in part.matches if match.at[0] == part.opening()}
    if first & VERBS or concepts & _ASKING:
        return True
    # a verb at the end is no order where a part goes on from the one before it: "dass man meine Fotos löscht"
    return span.end - part.opening() <= _SHORT and bool(concepts & OBJECTS) and "you" not in concepts


def _is_known(tokens: Sequence[Token], orders: Sequence[_Part]) -> bool:
    end = max(order.span.end for order in orders)
    upto, behind = (sum(not token.known for token in some) for some in (tokens[:end], tokens[end:]))
    return upto <= _UNKNOWN and behind <= _UNKNOWN_BEHIND


def _is_harmless(part: _Part, orders: Sequence[_Part]) -> bool:
    """Return whether a part beside *orders* asks nothing, and takes nothing of them back."""
    concepts = part.concepts
    ordered = frozenset[str]().union(*(order.concepts for order in orders))
    if part.span.asked or concepts & _HARMFUL or _asks(part):
        return False
    if concepts & _ERASING and not concepts & _ASKING:
        return False
    if concepts & _ELSEWHERE and (concepts & OBJECTS or not ordered & _MINE):
        return False
    if "reported" in concepts and (concepts & _OTHERS or not concepts & _MINE):
        return False
    if "negation" not in concepts:
        return True
    # in front it may be meant for what follows: "don't, I beg you, delete it"; reasons there are `leaving`
    is_behind = all(order.span.start < part.span.start for order in orders)
    return is_behind and not concepts & _ERASING and (_says_why(part, ordered) or _spares(part, ordered))


def _says_why(part: _Part, ordered: frozenset[str]) -> bool:
    """Return whether a negated part is the reason for what was *ordered*: "I do not want them on your disk"."""
    concepts = part.concepts
    taken_back = {match.at for match in part.matches if match.concept == "negation"}
    taken_back -= {match.at for match in part.matches if match.concept == "plain_not"}
    says = concepts - _EMPTY
    is_whose = concepts & _WANTING or (concepts & _MINE and not says <= OBJECTS)
    return bool(says and is_whose) and not taken_back and (concepts & OBJECTS <= ordered or not ordered & OBJECTS)


def _spares(part: _Part, ordered: frozenset[str]) -> bool:
    """Return whether a negated part names something else than what was *ordered*: "but keep the account"."""
    spared, erased = part.concepts & OBJECTS, ordered & OBJECTS
    return bool(spared and erased) and not spared & erased


def _asks(part: _Part) -> bool:
    """Return whether a part begins like a question; "do not" does not."""
    opening = part.opening()
    first = [match for match in part.matches if match.at[0] == opening]
    refuses = any(match.concept in _REFUSALS and len(match.at) > 1 for match in first)
    return not refuses and any(match.concept in {"opener", "permission", "question"} for match in first)
