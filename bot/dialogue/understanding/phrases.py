"""The phrase data of one language: checked at once, made ready for looking up when first needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import Stemmer

from bot.dialogue.understanding.ages import UNITS, AgePhrases
from bot.dialogue.understanding.concepts import GROUPS
from bot.dialogue.understanding.everywhere import EVERYWHERE

_KEYS = frozenset(
    {"stemmer", "of", "compounds", "spelling", "letters", "slang", "common", "concepts", "languages", "ages"}
)


class PhraseError(Exception):
    """Phrase data that cannot be used; the text names the language, the key and what is wrong."""


@dataclass(frozen=True, slots=True)
class Compounds:
    """How words are put together: what may stand between the parts, letters of the shortest part.

    With *heads*, the last part tells enough when the first is not known ("Urlaubsbilder").
    """

    linking: tuple[str, ...]
    shortest: int
    heads: bool


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the file of one language says (see docs/phrases.md).

    `everywhere` are the words of every language, without those that are common here: "mam" is Polish for "I have".
    """

    language: str
    stemmer: str | None
    of: tuple[str, ...]
    compounds: Compounds | None
    spelling: Mapping[str, str]
    letters: str
    slang: Mapping[str, str]
    common: tuple[str, ...]
    concepts: Mapping[str, tuple[str, ...]]
    everywhere: Mapping[str, tuple[str, ...]]
    languages: Mapping[str, tuple[str, ...]]
    ages: AgePhrases


def phrases_of(language: str, data: Any) -> Phrases:
    """Check what the file of *language* holds; raises `PhraseError`."""
    check = _Check(language)
    table = check.table("the file", data)
    check.names("the file", table, _KEYS)
    concepts = check.lists("concepts", table.get("concepts"))
    check.names("concepts", concepts, frozenset(GROUPS))
    if missing := GROUPS.keys() - concepts.keys():
        raise PhraseError(f"{language}: concepts: missing: {', '.join(sorted(missing))}; write [] where nothing fits")
    common = check.texts("common", table.get("common"))
    return Phrases(
        language=language,
        stemmer=check.stemmer(table.get("stemmer")),
        of=check.texts("of", table.get("of", [])),
        compounds=check.compounds(table.get("compounds")),
        spelling=check.letters("spelling", table.get("spelling", {})),
        letters=check.text("letters", table.get("letters", "")),
        slang=check.pairs("slang", table.get("slang", {})),
        common=common,
        concepts=concepts,
        everywhere={name: tuple(word for word in words if word not in common) for name, words in EVERYWHERE.items()},
        languages=check.lists("languages", table.get("languages", {})),
        ages=check.ages(table.get("ages", {})),
    )


class _Check:
    """Takes values out of the file of one language, or says what is wrong with them."""

    def __init__(self, language: str) -> None:
        self._language = language

    def _wrong(self, key: str, expected: str) -> PhraseError:
        return PhraseError(f"{self._language}: {key}: {expected}")

    def table(self, key: str, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise self._wrong(key, "must be a table of names and values (quote yes, no, on, off)")
        return value

    def names(self, key: str, table: Mapping[str, Any], known: frozenset[str]) -> None:
        if unknown := table.keys() - known:
            raise self._wrong(key, f"unknown: {', '.join(sorted(unknown))}")

    def text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong(key, f"must be a text, not {value!r} (quote yes, no, on, off)")
        return value

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._wrong(key, "must be a list of texts")
        return tuple(self.text(key, entry).casefold() for entry in value)

    def lists(self, key: str, value: Any) -> dict[str, tuple[str, ...]]:
        return {name: self.texts(f"{key}.{name}", entries) for name, entries in self.table(key, value).items()}

    def pairs(self, key: str, value: Any) -> dict[str, str]:
        return {
            name.casefold(): self.text(f"{key}.{name}", to).casefold() for name, to in self.table(key, value).items()
        }

    def letters(self, key: str, value: Any) -> dict[str, str]:
        found = self.pairs(key, value)
        if any(len(name) != 1 for name in found):
            raise self._wrong(key, "every name must be one letter (ß counts as ss already)")
        return found

    def stemmer(self, value: Any) -> str | None:
        if value is None:
            return None
        if value not in Stemmer.algorithms():
            raise self._wrong("stemmer", f"must be empty or one of {', '.join(sorted(Stemmer.algorithms()))}")
        return str(value)

    def flag(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._wrong(key, "must be true or false")
        return value

    def ages(self, value: Any) -> AgePhrases:
        table = self.table("ages", value)
        self.names("ages", table, frozenset({"patterns", "one", "units"}))
        units = self.lists("ages.units", table.get("units", {}))
        self.names("ages.units", units, frozenset(UNITS))
        patterns = self.texts("ages.patterns", table.get("patterns", []))
        for pattern in patterns:
            if not re.fullmatch(r"[^{}]+\{n\} \{unit\}[^{}]*", pattern):
                raise self._wrong("ages.patterns", f"'{pattern}' must have words and then {{n}} {{unit}}")
        return AgePhrases(patterns, self.texts("ages.one", table.get("one", [])), units)

    def compounds(self, value: Any) -> Compounds | None:
        if value is None:
            return None
        table = self.table("compounds", value)
        self.names("compounds", table, frozenset({"linking", "shortest", "heads"}))
        shortest = str(table.get("shortest", ""))
        if not shortest.isdecimal():
            raise self._wrong("compounds.shortest", "must be a number of letters")
        return Compounds(
            self.texts("compounds.linking", table.get("linking")),
            int(shortest),
            self.flag("compounds.heads", table.get("heads", False)),
        )
