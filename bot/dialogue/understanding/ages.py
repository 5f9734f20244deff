"""How old something has to be: "older than 30 days", "älter als ein Monat"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

UNITS: Mapping[str, int] = {"day": 1, "week": 7, "month": 30, "year": 365}
"""Units of ages, in days."""


_END = re.compile(r"[.!?;\n]")
"""Where a sentence ends."""


@dataclass(frozen=True, slots=True)
class AgePhrases:
    """How one language states ages: sentences with {n} and {unit}, words for 1, words for each unit."""

    patterns: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    units: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Age:
    """What a text says of ages: the text without it, and the number of days; None when that is not to be read."""

    rest: str
    days: int | None


class Ages:
    """Finds ages in texts of every language that it was given phrases of."""

    def __init__(self, phrases: Iterable[AgePhrases]) -> None:
        self._exact: list[tuple[re.Pattern[str], frozenset[str], Mapping[str, int]]] = []
        self._vague: list[re.Pattern[str]] = []
        for one in phrases:
            units = {word: UNITS[unit] for unit, words in (one.units or {}).items() for word in words}
            for pattern in sorted(one.patterns, key=len, reverse=True):
                exact = _pattern(pattern, rf"(?P<n>[0-9]{{1,4}}|{_any(one.one)})", f"(?P<unit>{_any(units)})")
                self._exact.append((exact, frozenset(one.one), units))
                self._vague.append(_pattern(pattern.partition("{n}")[0], "", ""))

    def find(self, text: str) -> Age | None:
        """Return the age that *text* states; None when it speaks of none."""
        for pattern, ones, units in self._exact:
            found = pattern.search(text)
            if found is not None:
                said = found["n"].casefold()
                number = 1 if said in ones else int(said)
                rest = text[: found.start()] + " " + text[found.end() :]
                return Age(rest.strip(), number * units[found["unit"].casefold()])
        vague = next((found for pattern in self._vague if (found := pattern.search(text))), None)
        if vague is None:
            return None
        end = _END.search(text, vague.end())  # "than my dog": nothing of it says what is wanted
        return Age(text[: vague.start()] + (text[end.start() :] if end else ""), None)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def _word(word: str) -> str:
    """Return what finds *word*, with its apostrophe of either kind: "plus d'{n} {unit}"."""
    return re.sub(r"[^{}]+", lambda plain: re.escape(plain[0]), word).replace("'", "['\u2019]")


def _pattern(phrase: str, number: str, unit: str) -> re.Pattern[str]:
    words = [_word(word).replace("{n}", number).replace("{unit}", unit) for word in phrase.split()]
    between = r"[\s,]+"
    return re.compile(rf"\b{between.join(words)}\b", re.IGNORECASE)
