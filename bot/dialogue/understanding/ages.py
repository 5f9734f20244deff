"""How old something has to be: "older than 30 days", "älter als ein Monat"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

UNITS: Mapping[str, int] = {"day": 1, "week": 7, "month": 30, "year": 365}
"""Units of ages, in days."""
_END = re.compile(r"[.!?;\n]")
"""Where a sentence ends."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class AgePhrases:
    """How one language states ages: sentences with {n} and {unit}, words for 1, words for each unit.

    A unit without a number is one of it: "starsze niż rok", "старше месяца".
    """

    patterns: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    units: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Age:
    """What a text says of ages: the text without it, and the number of days; None when that is not to be read."""

    rest: str
    days: int | None


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One sentence: the words that must be there at all, the age that can be read, and one that cannot."""

    needed: frozenset[str]
    exact: re.Pattern[str]
    vague: re.Pattern[str]
    units: Mapping[str, int]


class Ages:
    """Finds ages in texts of every language that it was given phrases of."""

    def __init__(self, phrases: Iterable[AgePhrases]) -> None:
        self._patterns: list[_Pattern] = []
        for one in phrases:
            units = {word: UNITS[unit] for unit, words in (one.units or {}).items() for word in words}
            number, unit = rf"(?P<n>[0-9]{{1,4}})|{_any(one.one)}", f"(?P<unit>{_any(units)})"
            for pattern in sorted(one.patterns, key=len, reverse=True):
                start = pattern.partition("{n}")[0]
                needed = frozenset(_WORD.findall(start.casefold()))
                self._patterns.append(_Pattern(needed, _regex(pattern, number, unit), _regex(start, "", ""), units))

    def find(self, text: str) -> Age | None:
        """Return the age that *text* states; None when it speaks of none."""
        words = frozenset(_WORD.findall(text.casefold()))
        likely = [pattern for pattern in self._patterns if pattern.needed <= words]
        for pattern in likely:
            found = pattern.exact.search(text)
            if found is not None:
                number = int(found["n"] or 1)
                rest = text[: found.start()] + " " + text[found.end() :]
                return Age(rest.strip(), number * pattern.units[found["unit"].casefold()])
        vague = next((found for pattern in likely if (found := pattern.vague.search(text))), None)
        if vague is None:
            return None
        end = _END.search(text, vague.end())  # "than my dog": nothing of it says what is wanted
        return Age(text[: vague.start()] + (text[end.start() :] if end else ""), None)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def _word(word: str) -> str:
    """Return what finds *word*, with its apostrophe of either kind: "plus d'{n} {unit}"."""
    return re.sub(r"[^{}]+", lambda plain: re.escape(plain[0]), word).replace("'", "['\u2019]")


def _regex(phrase: str, number: str, unit: str) -> re.Pattern[str]:
    between = r"[\s,]+"
    words = between.join(_word(word) for word in phrase.split())
    words = words.replace(between + "{n}", f"(?:{between}(?:{number}))?")  # a number of its own can be missing
    words = words.replace("{n}", f"(?:{number})").replace("{unit}", unit)
    return re.compile(rf"\b{words}\b", re.IGNORECASE)
