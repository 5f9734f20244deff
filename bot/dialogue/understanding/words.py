"""From a text to words: one spelling for each word, however it was written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"(?<=\w)['`\u2018\u2019\u00b4\u02bc](?=\w)")
_ELIDED = re.compile(
    r"\b([cdjlmnstv]|(?:jus|lors|puis|quel)?qu|un|(?:a|da|de|ne|su|que)ll|quest)['`\u2018\u2019\u00b4\u02bc]"
    r"(?=[aeiouyhàâèéêìîïòôùœ])"
)
"""A small word that lost its vowel before that of the next one, which counts as a word: "l'archive", "dell'account"."""
_ADDRESS = re.compile(r"(?<![^\s@,;:\"'])[^\s@,;:\"']++@[^\s@,;:\"'`\u2019\u00b4]+(?:['`\u2019\u00b4]s\b)?")
_SENTENCE_END = re.compile(r"[.!?;\n]+(?:\s|$)|[?!\n]+")
_CLAUSE_END = re.compile(r"[,:()\u2013\u2014]+(?!\d)|\s-+\s")
_OWNER = re.compile(r"\b(\w++)['`\u2019\u00b4](s)\b")
_QUOTED = re.compile(
    r'"[^"]+"|“[^”“]+[”“]|„[^“”„]+[“”]|«[^»]+»|»[^«]+«'
    r"|(?<!\w)['\u2018\u201a][^'\u2018\u2019]+['\u2018\u2019](?!\w)"
)
_LONGEST_TEXT = 2000
_LONGEST_WORD = 40
_KEPT = 1024
"""Words whose stems are remembered."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its words (case folded, apostrophes gone), and whether a question mark ends it.

    `clauses` are the numbers of the words before which it is parted by a comma, a colon, a dash or a bracket.
    """

    words: tuple[str, ...]
    asked: bool
    clauses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """What was written, in sentences."""

    sentences: tuple[Sentence, ...]
    quoted: bool
    address: bool
    owners: tuple[str, ...]
    """Words that end in an apostrophe and s, as the other words: "bobs" for "Bob's"."""


def split(text: str) -> Text:
    """Return the sentences of *text*; what lies beyond 2000 characters is not looked at."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT])
    quoted = _QUOTED.search(plain) is not None
    owners = tuple("".join(found) for found in _OWNER.findall(plain.casefold()))  # also "bob@example.org's"
    plain, addresses = _ADDRESS.subn(" ", plain)
    plain = plain.casefold()
    plain = _APOSTROPHES.sub("", _ELIDED.sub(r"\1 ", plain))
    sentences = []
    start = 0
    for end in (*_SENTENCE_END.finditer(plain), None):
        words: tuple[str, ...] = ()
        clauses = []
        for clause in _CLAUSE_END.split(plain[start : end.start() if end else None]):
            clauses.append(len(words))
            words += words_of(clause)
        if words:
            inner = tuple(dict.fromkeys(at for at in clauses if 0 < at < len(words)))
            sentences.append(Sentence(words, end is not None and "?" in end.group(), inner))
        start = end.end() if end else start
    return Text(tuple(sentences), quoted, addresses > 0, owners)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a *text* that is already in lower case."""
    return tuple(word[:_LONGEST_WORD] for word in _WORD.findall(text))


def unaccented(word: str) -> str:
    """Return *word* without the marks on its letters."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


class Spelling:
    """How one language writes its words: its stemmer, and letters that are written in two ways."""

    def __init__(self, stemmer: str | None, letters: Mapping[str, str]) -> None:
        self._letters = str.maketrans(dict(letters))
        self._algorithm: Callable[[str], str] | None = None
        if stemmer is not None:
            self._algorithm = Stemmer.Stemmer(stemmer, 0).stemWord  # 0: it remembers nothing, we do
        self.stem = lru_cache(_KEPT)(self._stem)

    def plain(self, word: str) -> str:
        """Return *word* in the one spelling that entries and texts are compared in."""
        return unaccented(word.translate(self._letters))

    def _stem(self, word: str) -> str:
        """Return the stem of *word*, which is in lower case."""
        spelt = word.translate(self._letters)
        return unaccented(self._algorithm(spelt) if self._algorithm else spelt)
