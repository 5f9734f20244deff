"""Describes the format of a policy in Markdown, from the types that read it."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.i18n import Message, Phrase
from bot.policy.base import Facts, Name, Reads, Statement, Text
from bot.policy.model import Policy
from bot.policy.organisation import RightName
from bot.policy.reference_texts import AFTER, BEFORE, EXAMPLES, HOW_LONG
from bot.policy.retention import Event, Retention, Until
from bot.policy.services import Remains
from bot.policy.terms import Category, Condition, FieldName, LegalBasis, Purpose, Visibility, Way
from bot.policy.vocabulary import Topic
from bot.policy.wording import categories, people, services, terms, time, topics

_BY_HEART = 7
"""A vocabulary of up to so many words is listed where it is used, a longer one once at the end."""

_WORDS: Mapping[type[BaseModel], str] = {
    Text: "[text](#texts-and-names)",
    Name: "[name](#texts-and-names)",
    Retention: "[how long](#how-long)",
}

_MEANINGS: Mapping[type[StrEnum], Callable[[Any], Phrase]] = {
    Category: categories.TITLES.__getitem__,
    Condition: terms.bare_condition,
    Event: lambda event: time.how_long(Until(until=event)),
    FieldName: terms.FIELDS.__getitem__,
    LegalBasis: terms.BASES.__getitem__,
    Purpose: terms.PURPOSES.__getitem__,
    Remains: services.REMAINS.__getitem__,
    RightName: people.RIGHTS.__getitem__,
    Topic: topics.TOPICS.__getitem__,
    Visibility: terms.VISIBILITY.__getitem__,
    Way: lambda way: terms.ways((way,))[0],
}
"""What the bot says for a word, where the word does not explain itself."""


def reference() -> str:
    """Return the reference of the whole format, as the text of a file."""
    return _Reference().text()


class _Reference:
    """Collects the sections while it finds out what links where."""

    def __init__(self) -> None:
        self.sections = {
            key: model for key, field in Policy.model_fields.items() if (model := _model(field.annotation))
        }
        self.anchors: dict[type[BaseModel], str] = {}
        for key, model in self.sections.items():
            self.anchors.setdefault(model, key)
        self.vocabularies: dict[type[StrEnum], None] = {Event: None}  # "how long" names it
        self.blocks: dict[type[BaseModel], None] = {}

    def text(self) -> str:
        top = {key: field for key, field in Policy.model_fields.items() if key not in self.sections}
        parts = [BEFORE, HOW_LONG, "## The top of the file", self._table(top), _example("top")]
        parts += ["## Every statement", AFTER, self._table(Statement.model_fields)]
        for key, model in self.sections.items():
            parts += self._section(key, model)
        done: set[type[BaseModel]] = set()
        parts.append("# Parts of entries")
        while blocks := [block for block in self.blocks if block not in done]:
            for block in blocks:
                done.add(block)
                intro = f"{_summary(block)}{_short_form(block)}"
                parts += [f"## {_spaced(block)}", intro, self._table(block.model_fields)]
        parts.append("# Words")
        for vocabulary in self.vocabularies:
            parts += [f"## Words: {_spaced(vocabulary)}", _summary(vocabulary), *_vocabulary(vocabulary)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _section(self, key: str, model: type[BaseModel]) -> Iterator[str]:
        field = Policy.model_fields[key]
        shape = "A list. " if _is_list(field.annotation) else ""
        needed = "**Required.** " if field.is_required() else ""
        yield f"## `{key}`"
        yield f"{needed}{shape}{_sentence(field)}{_short_form(model)}"
        if self.anchors[model] != key:
            yield f"The keys are those of [`{self.anchors[model]}`](#{self.anchors[model]})."
            return
        own = model.model_fields
        if issubclass(model, Statement):
            own = {name: one for name, one in own.items() if name not in Statement.model_fields}
        yield self._table(own)
        if issubclass(model, Statement):
            yield "Also the keys of [every statement](#every-statement)."
        yield _example(key)

    def _table(self, fields: Mapping[str, FieldInfo]) -> str:
        rows = ["| Key | Value | Meaning |", "|---|---|---|"]
        for key, field in fields.items():
            meaning = "**Required.** " if field.is_required() else ""
            default = field.default
            told = str(default).lower() if isinstance(default, bool) else default
            shown = f" If left out: `{told}`." if default not in (None, ()) and told and not field.is_required() else ""
            rows.append(f"| `{key}` | {self._value(field)} | {meaning}{_sentence(field)}{shown} |")
        return "\n".join(rows)

    def _value(self, field: FieldInfo) -> str:
        reads = next((one.words for one in field.metadata if isinstance(one, Reads)), None)
        return reads or self._words(field.annotation)

    def _words(self, annotation: Any) -> str:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            reads = next((one.words for one in arguments[1:] if isinstance(one, Reads)), None)
            return reads or self._words(arguments[0])
        if origin in (Union, types.UnionType):
            return " or ".join(self._words(part) for part in arguments if part is not type(None))
        if origin is tuple:
            return f"list: {self._words(arguments[0])}"
        if origin is Literal:
            return ", ".join(f"`{word}`" for word in arguments)
        if issubclass(annotation, StrEnum):
            return self._word_of(annotation)
        if issubclass(annotation, BaseModel):
            return self._keys_of(annotation)
        return {bool: "`true` or `false`", int: "number", str: "line of text"}[annotation]

    def _word_of(self, vocabulary: type[StrEnum]) -> str:
        if len(vocabulary) <= _BY_HEART and vocabulary not in _MEANINGS:
            return ", ".join(f"`{word}`" for word in vocabulary)
        self.vocabularies.setdefault(vocabulary)
        return f"[{_spaced(vocabulary)}](#words-{_spaced(vocabulary).replace(' ', '-')})"

    def _keys_of(self, model: type[BaseModel]) -> str:
        if model in _WORDS:
            return _WORDS[model]
        if model in self.anchors:
            return f"keys of [`{self.anchors[model]}`](#{self.anchors[model]})"
        self.blocks.setdefault(model)
        return f"keys of [{_spaced(model)}](#{_spaced(model).replace(' ', '-')})"


def _model(annotation: Any) -> type[BaseModel] | None:
    """Return the model of the entries of a section; None for what is said in one line."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return None if annotation in _WORDS else annotation
    return next((found for part in get_args(annotation) if (found := _model(part))), None)


def _short_form(model: type[BaseModel]) -> str:
    key = model.SHORT if issubclass(model, Facts) else None
    return f" A single word is short for `{key}`." if key else ""


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is tuple


def _vocabulary(vocabulary: type[StrEnum]) -> Iterator[str]:
    meaning = _MEANINGS.get(vocabulary)
    if meaning is None:
        yield ", ".join(f"`{word}`" for word in vocabulary) + "."
        return
    rows = ["| Word | What the bot says for it |", "|---|---|"]
    for word in vocabulary:
        said = "your own words, under `text`" if word == "other" else _english(meaning(word))
        rows.append(f"| `{word}` | {said} |")
    yield "\n".join(rows)


def _english(phrase: Phrase) -> str:
    text = phrase.msgid if isinstance(phrase, Message) else str(phrase)
    return text.replace("%(object)s", "it")


def _spaced(kind: type) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__.strip("_")).lower()


def _summary(kind: type) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


def _sentence(field: FieldInfo) -> str:
    text = field.description or ""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _example(key: str) -> str:
    return f"```yaml\n{EXAMPLES[key]}\n```" if key in EXAMPLES else ""
