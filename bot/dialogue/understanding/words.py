"""From a text to words and stems: one spelling for each word, however it was written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W_]+(?:[-.@+][^\W_]+)*", re.UNICODE)
_APOSTROPHES = str.maketrans("", "", "'\u2019\u2018`\u00b4")
_LATIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})
_REPEATED = re.compile(r"(\w)\1{2,}")


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """Return *word* without case and accents; ä, ae and a become one, as people write them all."""
    decomposed = unicodedata.normalize("NFKD", word.casefold().translate(_LATIN))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _REPEATED.sub(r"\1\1", plain)


def split(text: str) -> list[str]:
    """Return the words of *text*, in their order, as they were written but for apostrophes and case."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold())


class Words:
    """How one language writes its words: its stemmer and the spellings that people use."""

    def __init__(self, stemmer: str, spelling: Mapping[str, str]) -> None:
        self._stem = snowballstemmer.stemmer(stemmer).stemWord
        self._spelling = {folded(word): folded(meant) for word, meant in spelling.items()}
        self.stem = lru_cache(maxsize=8192)(self._uncached)

    def plain(self, word: str) -> str:
        """Return the word that is meant, without case and accents."""
        plain = folded(word)
        return self._spelling.get(plain, plain)

    def _uncached(self, word: str) -> str:
        plain = self.plain(word)
        # umlauts are also written ae, oe, ue; both spellings meet here
        for written, short in (("ae", "a"), ("oe", "o"), ("ue", "u")):
            plain = plain.replace(written, short)
        return str(self._stem(plain))


def stems_of(words: Words, text: str) -> tuple[str, ...]:
    """Return the stems of the words of *text*."""
    return tuple(words.stem(word) for word in split(text))
