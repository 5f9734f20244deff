"""The words of one language, made ready for looking up, and how they are found in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from sys import intern

from bot.dialogue.understanding.compounds import Splitter
from bot.dialogue.understanding.phrases import Phrases
from bot.dialogue.understanding.typos import Typos
from bot.dialogue.understanding.words import Spelling, unaccented, words_of

_GAP = 4
"""Words that may stand where an entry has ``*``."""
_LONG = 8
"""Letters of a word that is rather a misspelt one than a name."""
_LONG_STEM = 7
_DRAWN = re.compile(r"(.)\1{2,}")
"""A letter that is drawn out: "heyyy", "pleaseee"."""
_KEPT = 1024
"""Words of texts that are remembered as they were read."""


@dataclass(slots=True)
class _Node:
    """What may follow the words read so far, and what those stand for.

    There are some hundred thousand: most are ends of entries, and those are no nodes but the concepts alone; of the
    others, most have one word only that may follow, which needs no table.
    """

    concepts: tuple[str, ...] = ()
    only: str = ""
    behind: _Node | tuple[str, ...] = ()
    more: dict[str, _Node | tuple[str, ...]] | None = None

    def get(self, key: str) -> _Node | tuple[str, ...] | None:
        """Return what stands behind *key*; None when nothing does."""
        if self.more is not None:
            return self.more.get(key)
        return self.behind if self.only == key else None

    def then(self, key: str) -> _Node:
        """Return the node behind *key*, a new one if there is none yet."""
        behind = self.get(key)
        if not isinstance(behind, _Node):
            behind = _Node(behind or ())
            self._put(key, behind)
        return behind

    def end(self, key: str, concept: str) -> None:
        """Let an entry of *concept* end with *key*."""
        behind = self.get(key)
        if isinstance(behind, _Node):
            behind.concepts = _with(behind.concepts, concept)
        else:
            self._put(key, _with(behind or (), concept))

    def _put(self, key: str, behind: _Node | tuple[str, ...]) -> None:
        if self.more is not None:
            self.more[intern(key)] = behind
        elif self.only in {"", key}:
            self.only, self.behind = intern(key), behind
        else:
            self.more = {self.only: self.behind, intern(key): behind}
            self.only, self.behind = "", ()


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: its exact form, its stem, whether it is known, and that only as a guessed slip."""

    exact: str
    stem: str
    known: bool
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that was found: its concept, and the numbers of its words in the text."""

    concept: str
    at: tuple[int, ...]


class Lexicon:
    """Everything that is looked up in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self._spelling = Spelling(phrases.stemmer, phrases.spelling)
        self._slang = {self._spelling.plain(word): words_of(to) for word, to in phrases.slang.items()}
        self.of = frozenset(phrases.of)
        self.joining = frozenset(
            words_of(entry)[0] for entry in phrases.concepts["continuing"] if len(words_of(entry)) == 1
        )
        self._root = _Node()
        self._words: set[str] = set()
        self._bare: dict[str, str] = {}
        self._common = frozenset(self._known(word) for word in phrases.common)
        self._stems: set[str] = set()
        self._exactly: dict[str, tuple[str, ...]] = {}
        self._by_word: dict[str, tuple[str, ...]] = {}
        self._by_stem: dict[str, tuple[str, ...]] = {}
        for concept, entries in phrases.concepts.items():
            for entry in entries:
                self._add(concept, entry)
        for code, names in phrases.languages.items():
            for name in names:
                self._add(f"language:{code}", name)
        self._own = frozenset(self._words)
        for concept, entries in phrases.everywhere.items():
            for entry in entries:
                self._add(concept, " ".join(f"={word}" for word in entry.split()))
        self._splitter = Splitter(phrases.compounds, self._is_word) if phrases.compounds else None
        self._spelling.stem.cache_clear()  # of what was built, nothing is asked again
        self.tokens = lru_cache(_KEPT)(self._tokens)

    def _known(self, word: str) -> str:
        """Take *word* among the known ones and return it in the one spelling; without its marks it is nearly right."""
        plain, bare = intern(self._spelling.plain(word)), unaccented(word)
        self._words.add(plain)
        if bare != plain:
            self._bare[bare] = plain
        return plain

    def _add(self, concept: str, entry: str) -> None:
        if " " not in entry and len(words_of(entry)) == 1:
            self._add_word(concept, words_of(entry)[0], exact=entry.startswith("="))
            return
        keys: list[str] = []
        for part in entry.split():
            if part == "*":
                keys.append("*")
                continue
            for word in words_of(part):
                for meant in self._slang.get(self._spelling.plain(word), (word,)):
                    plain = self._known(meant)
                    if part.startswith("="):
                        key = "=" + plain
                    else:
                        key = self._spelling.stem(meant)
                        self._stems.add(key)
                    keys.append(key)
        node = self._root
        for key in keys[:-1]:
            node = node.then(key)
        node.end(keys[-1], concept)

    def _add_word(self, concept: str, word: str, *, exact: bool) -> None:
        plain = self._known(word)
        if exact:
            self._exactly[plain] = _with(self._exactly.get(plain, ()), concept)
        else:
            self._by_word[plain] = _with(self._by_word.get(plain, ()), concept)
            stem = intern(self._spelling.stem(word))
            self._stems.add(stem)
            self._by_stem[stem] = _with(self._by_stem.get(stem, ()), concept)

    @cached_property
    def _typos(self) -> Typos:
        stems = {stem for stem in self._stems if len(stem) >= _LONG_STEM}
        return Typos(self._bare | {word: word for word in self._own | stems})

    def is_slang(self, word: str) -> bool:
        """Return whether *word* is short for something: "whats"."""
        return self._spelling.plain(word) in self._slang

    def read(self, words: Sequence[str]) -> list[Token]:
        """Return the tokens of *words*: slang written out, compounds apart, slips corrected."""
        return [token for word in words for token in self.tokens(word)]

    def _tokens(self, word: str) -> tuple[Token, ...]:
        plain = self._spelling.plain(word)
        slang = self._slang.get(plain)
        if slang is not None:
            return tuple(self._token(meant) for meant in slang)
        token = self._token(word)
        if token.known:
            return (token,)
        return self._drawn(word) or self._put_together(word, plain) or (token,)

    def _drawn(self, word: str) -> tuple[Token, ...]:
        """Return the tokens of a *word* whose letters are drawn out: "heyyy", "pleaseee"."""
        for fewer in (r"\1", r"\1\1"):
            tokens = self._tokens(short) if (short := _DRAWN.sub(fewer, word)) != word else ()
            if tokens and all(token.known for token in tokens):
                return tokens
        return ()

    def _put_together(self, word: str, plain: str) -> tuple[Token, ...]:
        """Return the parts of a compound, or the word that *word* is a misspelling of; none when there is neither."""
        splitter = self._splitter
        meant = self._meant(plain) or self._meant(unaccented(word)) or self._meant(self._spelling.stem(word))
        maybe_name = len(plain) < _LONG
        if meant and not maybe_name:
            return (self._guess(meant, maybe_name=False),)
        if splitter and (parts := splitter.parts(plain)):
            return tuple(self._token(part) for part in parts)
        if meant:
            return (self._guess(meant, maybe_name=True),)
        if splitter and (parts := splitter.nearly(plain, self._meant)):
            return tuple(replace(self._token(part), guessed=maybe_name) for part in parts)
        head = splitter.head(plain) if splitter else ""
        return (self._token(head),) if head else ()

    def _guess(self, meant: str, *, maybe_name: bool) -> Token:
        return Token("=" + meant, self._stem_of(meant), known=True, guessed=maybe_name)

    def _meant(self, word: str) -> str | None:
        return self._typos.meant(word)

    def _stem_of(self, word: str) -> str:
        return word if word in self._stems else self._spelling.stem(word)

    def _token(self, word: str) -> Token:
        plain, stem = self._spelling.plain(word), self._spelling.stem(word)
        known = plain in self._words or stem in self._stems or plain.isdecimal()
        return Token("=" + plain, stem, known)

    def _is_word(self, word: str) -> bool:
        return word in self._by_word or (word not in self._common and self._spelling.stem(word) in self._by_stem)

    def find(self, tokens: Sequence[Token]) -> list[Match]:
        """Return every entry that stands in *tokens*."""
        found: list[Match] = []
        for start, token in enumerate(tokens):
            found.extend(Match(concept, (start,)) for concept in self._meanings(token))
            for key in (token.exact, token.stem):
                if (node := self._root.get(key)) is not None:
                    _follow(node, tokens, start + 1, (start,), found, set())
        return found

    def _meanings(self, token: Token) -> tuple[str, ...]:
        """Return what one word stands for: an entry in its very form rules out those of its stem."""
        word = token.exact[1:]
        exactly = self._exactly.get(word, ())
        if word in self._by_word:
            return (*exactly, *self._by_word[word])
        return exactly if word in self._common else (*exactly, *self._by_stem.get(token.stem, ()))


def _follow(
    node: _Node | tuple[str, ...],
    tokens: Sequence[Token],
    at: int,
    read: tuple[int, ...],
    found: list[Match],
    tried: set[tuple[object, ...]],
) -> None:
    """Add to *found* what ends at *node*, behind the words in *read*, and what goes on from it with the one at *at*."""
    if isinstance(node, tuple):
        found.extend(Match(concept, read) for concept in node)
        return
    found.extend(Match(concept, read) for concept in node.concepts)
    if at >= len(tokens):
        return
    token = tokens[at]
    for key in (token.exact, token.stem):
        if (after := node.get(key)) is not None:
            _follow(after, tokens, at + 1, (*read, at), found, tried)
    if (gap := node.get("*")) is not None:
        for later in range(at, min(at + _GAP + 1, len(tokens))):
            # two gaps in a row meet at the same word in many ways
            if (id(gap), later, read) not in tried:
                tried.add((id(gap), later, read))
                _follow(gap, tokens, later, read, found, tried)


@cache
def _with(concepts: tuple[str, ...], concept: str) -> tuple[str, ...]:
    """Return *concepts* and *concept*; the same ones are kept once, since thousands of words share them."""
    return concepts if concept in concepts else (*concepts, concept)
