"""Understands free text: which language, what it is about, which side of it, question or request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from bot.dialogue.understanding.ages import Age, AgePhrases, Ages
from bot.dialogue.understanding.concepts import SUBJECTS
from bot.dialogue.understanding.learned import Weights, named, of_concepts, scores_of
from bot.dialogue.understanding.phrases import PhraseError, Phrases, phrases_of
from bot.dialogue.understanding.ranking import aspect_of, bits, polar_of, rank
from bot.dialogue.understanding.reader import Reader, Reading
from bot.dialogue.understanding.tongue import Tongues
from bot.dialogue.understanding.words import Text, split
from bot.policy.vocabulary import ERASURES, Aspect, Intent, Label, Polar, Topic

UNREADABLE = -1
"""Days that were stated, but not so that they could be read."""

CONCEPTS = "concepts"
"""The name of what was learned about concepts, beside those of languages."""
_ERASING = bits({"erase_request"})
_CONTINUES = bits({"continues"})
_TOPICAL = bits({"topical"})
_UNKNOWN = bits({"unknown"})
_NEGATION = bits({"negation"})
_ABOUT = bits(SUBJECTS.keys() - {"data", "leaving", "negation", "retained"})
"""What is no mere refusal: "stop, and the backups?"."""
_OTHERS = bits({"about_others", "somebody"})


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text was understood to mean.

    `certain` is False when `ranked` (at most three labels, best first, never empty) is better
    offered as a choice than answered; `argument` is the language that `set_language` asks for.
    `continues` tells that it goes on from what was said before ("and the backups?"), `others` that
    it may be about somebody else, `polar` what a yes or a no is wanted to.  `parts` are the questions
    of a text that asks several things; there are none in a text that asks one.  In a `familiar` text
    every word is known; one that `refuses` says no, and nothing that it would be about; one that is not `topical`
    names nothing that could be asked about.  `by_rules` are the labels that its words name, by rules alone; what was
    learned ranks others beside them, too.
    """

    language: str
    recognised: bool
    ranked: tuple[Label, ...]
    aspect: Aspect | None
    certain: bool
    argument: str | None = None
    erasing: bool = False
    older_than: int | None = None
    continues: bool = False
    others: bool = False
    polar: Polar | None = None
    familiar: bool = True
    refuses: bool = False
    topical: bool = True
    by_rules: tuple[Label, ...] = ()
    parts: tuple[Understanding, ...] = ()


_MOST_PARTS = 3
"""Questions of one message that are answered."""


class Understander:
    """Understands texts in every language that it was given phrases of; `readers` has one for each.

    `weights` are what was learned about concepts.
    """

    def __init__(
        self,
        phrases: Iterable[tuple[str, Mapping[str, Any]]],
        known: Understander | None = None,
        learned: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        """Take each language and its parsed ``data/phrases/<language>.yaml``, one after the other.

        Languages that are *known* to another one are taken over from it, since making them ready takes time.
        What was *learned* from questions is the content of ``data/learned/<language>.tsv`` and of ``concepts.tsv``;
        where there is nothing, rules decide alone.

        Raises:
            PhraseError: the data of a language cannot be used; names the language and the key.
        """
        try:
            self.weights: Weights = known.weights if known is not None else Weights(learned.get(CONCEPTS, b""), named)
        except ValueError as error:
            raise PhraseError(f"{CONCEPTS}.tsv: {error}") from error
        self.readers: dict[str, Reader] = {}
        readers = known.readers if known is not None else {}
        ages: list[AgePhrases] = []

        def checked() -> Iterator[Phrases]:
            for language, data in phrases:
                each = phrases_of(language, data)
                self.readers[language] = readers.get(language) or Reader(each, learned.get(language, b""))
                ages.append(each.ages)
                yield each

        self._tongues = Tongues(checked())
        self._ages = Ages(ages)

    def read(self, text: str, hint: str | None = None) -> Understanding:
        """Return what *text* means; *hint* is the language to read it in when its words do not tell."""
        age = self._ages.find(text)
        written = split(age.rest if age is not None else text)
        likely = self._tongues.of(written, hint)
        told = likely[0] if len(likely) == 1 else None
        possible = likely or tuple(self.readers)
        language = hint if hint is not None and told is None and hint in possible else possible[0]
        whole = self._meant(written, language, told, age)
        if age is not None and not whole.erasing:
            asked = self._meant(split(text), language, told, age)  # the age belongs to what is asked
            whole = whole if asked.erasing else asked
        return replace(whole, parts=self._parts(written, language, whole))

    def _parts(self, text: Text, language: str, whole: Understanding) -> tuple[Understanding, ...]:
        """Return the questions that *text* asks, if there is more than one and nothing else in it."""
        if whole.erasing or whole.others or not (isinstance(whole.ranked[0], Topic) or not whole.certain):
            return ()
        for pieces in self.readers[language].pieces(text):
            asked = list(_of_the_same([self._meant(piece, language, language, None) for piece in pieces]))
            questions = [one for one, piece in zip(asked, pieces, strict=True) if _is_question(one, piece)]
            different = {(one.ranked[0], one.aspect) for one in questions}
            if 1 < len(different) == len(questions) <= _MOST_PARTS and not any(one.others for one in asked):
                return tuple(_going_on(questions))
        return ()

    def _meant(self, written: Text, language: str, told: str | None, age: Age | None) -> Understanding:
        reading = self.readers[language].read(written)
        found = reading.found
        ranked, certain, by_rules = rank(found, self._scores(language, reading), is_unopposed=reading.unopposed)
        return Understanding(
            language=language,
            recognised=told is not None,
            ranked=ranked,
            by_rules=by_rules,
            aspect=aspect_of(found),
            certain=certain,
            argument=reading.named if ranked[0] is Intent.SET_LANGUAGE else None,
            erasing=bool(found & _ERASING) or ranked[0] in ERASURES,
            continues=bool(found & _CONTINUES),
            others=bool(found & _OTHERS),
            polar=polar_of(found),
            familiar=not found & _UNKNOWN,
            refuses=bool(found & _NEGATION) and not found & _ABOUT,
            topical=bool(found & _TOPICAL),
            older_than=None if age is None else UNREADABLE if age.days is None else age.days,
        )

    def _scores(self, language: str, reading: Reading) -> Sequence[int] | None:
        """Return what was learned about the text, a score for each of `LABELS`; None when nothing was."""
        if not self.weights:
            return None
        of_all = self.weights.rows(of_concepts(reading.found))
        return scores_of([*of_all, *self.readers[language].learned(reading)])


def _is_question(read: Understanding, text: Text) -> bool:
    """Return whether a part of a message asks about the policy, rather than telling something."""
    asked = any(sentence.asked for sentence in text.sentences)
    return isinstance(read.ranked[0], Topic) and read.certain and (asked or read.aspect is not None or read.continues)


def _of_the_same(asked: Sequence[Understanding]) -> Iterator[Understanding]:
    """Return the parts of a message, a mere side as one of what was asked before: "… and who sees them?".

    How long something is kept is said with what is kept, so that is one answer.
    """
    before: Understanding | None = None
    for one in asked:
        is_side = one.familiar and not one.topical
        if before is not None and is_side and one.aspect not in (None, Aspect.WHAT):
            is_told = one.aspect is Aspect.HOW_LONG and before.aspect in (None, Aspect.WHAT)
            yield one if is_told else replace(one, ranked=before.ranked, certain=True)
        else:
            yield one
            before = one if isinstance(one.ranked[0], Topic) and one.certain else None


def _going_on(questions: list[Understanding]) -> Iterator[Understanding]:
    """Return *questions*, each with the side that was asked before it where it names none itself."""
    aspect = None
    for one in questions:
        aspect = one.aspect or aspect
        yield replace(one, aspect=aspect)
