"""Whether a text asks to erase something of one's own: the one thing that must not be misunderstood.

An erasure is only understood from a plain request of one sentence.  Whatever makes it a question,
a condition, a report, a quotation, an order about others, or takes it back, makes it a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.understanding.concepts import COURTESY
from bot.dialogue.understanding.lexicon import Match, Token

DOUBTS = frozenset(
    {
        *("backup", "everybody", "harass", "hypothetical", "illegal", "impersonation", "injection", "negation"),
        *("other_person", "other_server", "police", "provider_app", "reported"),
    }
)
"""What, anywhere in the text, makes a request to erase something else."""
OBJECTS = frozenset(
    {
        *("account", "bookmarks", "contacts", "data", "history", "ip", "logs", "message", "offline"),
        *("password", "presence", "profile", "uploads", "username"),
    }
)
"""What may belong to somebody."""
QUESTIONS = frozenset({"asking", "permission", "ask_why", "ask_how_long"})
"""What makes a question of a sentence, wherever it stands."""
_SMALL = 2
"""Letters of a word that only joins two verbs: to, de, zu."""
_KEYWORDS = 4
"""Words of a message that is no whole sentence."""
VERBS = frozenset({"erase_now", "leave_now"})
"""What an order to erase needs."""


@dataclass(frozen=True, slots=True)
class Span:
    """One sentence: its words are those from *start* to *end* in the whole text; `clauses` begin inside it."""

    start: int
    end: int
    asked: bool
    clauses: tuple[int, ...] = ()


def courteous(matches: Sequence[Match]) -> set[int]:
    """Return the numbers of the words that are courtesy."""
    return {at for match in matches if match.concept in COURTESY for at in match.at}


def doubtful(tokens: Sequence[Token], matches: Sequence[Match]) -> bool:
    """Return whether anything in the text makes an order to erase something else than that.

    More than one unknown word does, too: it may be a condition in another language.
    """
    unknown = sum(not token.known for token in tokens)
    return unknown > 1 or any(match.concept in DOUBTS for match in matches)


def orders_to_erase(tokens: Sequence[Token], spans: Sequence[Span], matches: Sequence[Match]) -> bool:
    """Return whether one sentence has the form of an order, or of a polite request, to erase something."""
    return any(is_request(tokens, span, matches) for span in spans)


def is_request(tokens: Sequence[Token], span: Span, matches: Sequence[Match]) -> bool:
    """Return whether a sentence, or a part of one, has the form of an order or of a polite request."""
    within = [match for match in matches if span.start <= match.at[0] < span.end]
    concepts = {match.concept for match in within}
    verbs = [match.at[0] for match in within if match.concept in VERBS]
    if not verbs or concepts & QUESTIONS or _not_wanted(tokens, within, verbs):
        return False
    first, last = _meant(span, within)
    starts = {match.concept for match in within if match.at[0] == first}
    polite = [match.at[0] for match in within if match.concept == "polite"]
    if polite:
        # of somebody else, the same words tell or ask what that one does: "o aplicativo pode apagar minhas fotos"
        to_the_bot = min(polite) == first or bool(concepts & {"please", "leaving"})
        softened = to_the_bot and (bool(concepts & {"please", "own"}) or not span.asked)
        return softened and min(polite) <= max(verbs) and not _wondered(within, min(polite))
    # "löschen Sie mein Profil" may be a question without its mark, but not with a please
    opens = "opener" in starts and not (starts & VERBS and "please" in concepts)
    if span.asked or opens or _wondered(within, min(verbs)):
        return False
    if (
        "please" in concepts
        or ("wish" in concepts and not _tagged(span, within))
        or ("leaving" in concepts and not _opened(within, max(verbs)))
    ):
        return True
    # one word only: "gelöscht wird" and "be deleted" tell what is done; so does a verb like "is" before it
    ends = {match.at[-1] for match in within if match.concept in VERBS and len(match.at) == 1}
    return bool(starts & VERBS) or (last in ends and "opener" not in concepts)


def _tagged(span: Span, within: Sequence[Match]) -> bool:
    """Return whether a question follows a comma: "you can erase it anyway, can't you"."""
    last = max(span.clauses, default=span.start)
    asks = any(match.concept == "opener" and match.at[0] == last > span.start for match in within)
    return asks and not any(match.concept in VERBS and match.at[-1] >= last for match in within)


def _meant(span: Span, within: Sequence[Match]) -> tuple[int, int]:
    """Return the first and the last word of a sentence that are more than courtesy."""
    courtesy = courteous(within)
    verbs = {at for match in within if match.concept in VERBS for at in match.at}
    rest = [at for at in range(span.start, span.end) if at not in courtesy or at in verbs] or [span.start]
    return rest[0], rest[-1]


def _not_wanted(tokens: Sequence[Token], within: Sequence[Match], verbs: Sequence[int]) -> bool:
    """Return whether a reason to leave turns out to be one not to erase: "I no longer want *to* delete it"."""
    reasons = {match.at[-1] for match in within if match.concept == "leaving"}
    courtesy = courteous(within)
    joining = [at for at in verbs if at - 2 in reasons and at - 1 not in courtesy]
    return any(len(tokens[at - 1].exact.lstrip("=")) <= _SMALL for at in joining)


def _wondered(within: Sequence[Match], before: int) -> bool:
    """Return whether a word that opens a question stands before the word *before*."""
    return any(match.concept == "question" and match.at[0] < before for match in within)


def _opened(within: Sequence[Match], before: int) -> bool:
    """Return whether, behind a reason to leave and up to *before*, a question begins: "I'm leaving, do you delete"."""
    reasons = {at for match in within if match.concept == "leaving" for at in match.at}
    openers = [match.at[0] for match in within if match.concept == "opener" and match.at[0] not in reasons]
    return any(min(reasons) < at <= before for at in openers)


def names_somebody(
    tokens: Sequence[Token], spans: Sequence[Span], matches: Sequence[Match], of: frozenset[str], *, guessed: bool
) -> bool:
    """Return whether an unknown word may be the name of somebody: "the files of Bob", "Bob's account".

    With *guessed*, a word that was taken for a misspelt one counts as unknown, and any beside what may belong to
    somebody as a name; otherwise only behind a word like *of*, in a keyword ("files bob"), or with an s ("bobs files").
    """
    objects = {at for match in matches if match.concept in OBJECTS for at in match.at}
    owned = {match.at[-1] for match in matches if match.concept == "own"}
    verbs = {at for match in matches if match.concept in VERBS for at in match.at}
    starts = {span.start for span in spans}
    for at, token in enumerate(tokens):
        if (token.known and not (guessed and token.guessed)) or at in objects | verbs:
            continue
        before = None if at in starts else at - 1
        owner = at + 1 in objects - starts and before not in owned and (guessed or token.exact.endswith("s"))
        behind = before in objects and (guessed or len(tokens) <= _KEYWORDS)
        if owner or behind or (before is not None and tokens[before].exact[1:] in of):
            return True
    return False
