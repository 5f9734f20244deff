"""Puts data that was read from a file into a typed model, and says in plain words what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from bot.files import BadFile, Document, Place, Problem

M = TypeVar("M", bound=BaseModel)


def validate(model: type[M], document: Document, context: Mapping[str, Any] | None = None) -> M:
    """Return the document as a *model*; raises `BadFile` with every mistake at once."""
    try:
        return model.model_validate(document.data, context=context)
    except ValidationError as error:
        raise BadFile(problems(model, document, error)) from error


def problems(model: type[BaseModel], document: Document, error: ValidationError) -> list[Problem]:
    """Return what pydantic found as problems with places, in the order of the file, each once."""
    details = error.errors()
    found = {
        document.problem(*_explain(model, detail)) for detail in details if not _follows_from_another(detail, details)
    }
    return sorted(found)


def _follows_from_another(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Return whether a mistake is there only because of another one, which says it better."""
    place = detail["loc"]
    match detail["type"]:
        case "too_short":  # bad entries are not counted
            return any(len(one["loc"]) > len(place) and one["loc"][: len(place)] == place for one in details)
        case "missing":  # it is there, but misspelt
            return any(
                one["type"] == "extra_forbidden"
                and one["loc"][:-1] == place[:-1]
                and _nearest(str(one["loc"][-1]), [str(place[-1])])
                for one in details
            )
        case _:
            return False


def _nearest(word: str, known: list[str]) -> str | None:
    return next(iter(get_close_matches(word.replace("-", "_").casefold(), known, 1, 0.6)), None)


def did_you_mean(word: str, known: list[str]) -> str:
    """Return a suggestion and the list of what is allowed, for the end of a message."""
    close = _nearest(word, known)
    suggestion = f"; did you mean '{close}'?" if close else ";"
    return f"{suggestion} allowed: {', '.join(known)}"


def _explain(model: type[BaseModel], detail: ErrorDetails) -> tuple[Place, str]:
    place: Place = tuple(part for part in detail["loc"] if part != "[key]")
    match detail["type"]:
        case "extra_forbidden":
            known = sorted(_keys(model, place[:-1]))
            return place, f"unknown key '{place[-1]}'{did_you_mean(str(place[-1]), known)}"
        case "missing":
            return place[:-1], f"the key '{place[-1]}' is missing here"
        case "model_type" | "dict_type" | "model_attributes_type":
            known = sorted(_keys(model, place))
            allowed = f"keys and values are needed here, not {_shown(detail['input'])}"
            text = f"{allowed}; allowed: {', '.join(known)}" if known else _NO_TEXT % _shown(detail["input"])
            return place, text
        case _:
            return place, _misfit(detail)


_NO_TEXT = "a text is needed here, not %s; write it plainly, or once for each language: {en: …, de: …}"


def _misfit(detail: ErrorDetails) -> str:
    given = _shown(detail["input"])
    limits = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(limits["error"])
        case "enum" | "literal_error":
            return f"{given} is not known here{did_you_mean(str(detail['input']), _expected(detail))}"
        case "tuple_type" | "list_type":
            return f"a list is needed here, not {given}; begin each entry with '- '"
        case "too_short":
            least = limits["min_length"]
            return f"at least {least} {'entry is' if least == 1 else 'entries are'} needed here"
        case "string_type" | "path_type":
            return f"a text is needed here, not {given}"
        case "string_too_short":
            return "a text is needed here, not an empty one"
        case "string_too_long":
            return f"this text is too long; at most {limits['max_length']} characters fit"
        case "bool_type" | "bool_parsing":
            return f"{given} is neither true nor false; write one of them"
        case "int_type" | "int_parsing" | "int_from_float":
            return f"{given} is not a whole number"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return f"{given} is out of range; it {detail['msg'].removeprefix('Input ')}"
        case _:
            return f"{given} does not fit: {detail['msg']}"


def _shown(given: object) -> str:
    """Return what stands in the file, for a message: quoted, or named when it is no single word."""
    if given is None:
        return "nothing"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, Mapping):
        return "keys and values"
    if isinstance(given, list | tuple):
        return "a list"
    text = given.value if isinstance(given, Enum) else str(given)
    longest = 40
    return f"'{text}'" if len(text) <= longest else f"'{text[:longest]}…'"


def _expected(detail: ErrorDetails) -> list[str]:
    listed = detail.get("ctx", {}).get("expected", "")
    return [part.strip(" '") for part in listed.replace(" or ", ", ").split(",")]


def _keys(model: type[BaseModel], place: Place) -> set[str]:
    """Return the keys that may stand at *place*."""
    here = {model}
    for part in place:
        names = {candidate for candidate in here if candidate.__name__ == part}
        if names:  # pydantic names the branch of a union that it took
            here = names
            continue
        inner = {
            found
            for candidate in here
            if isinstance(part, str) and part in candidate.model_fields
            for found in _models(candidate.model_fields[part].annotation)
        }
        here = inner or here
    return {name for candidate in here if not issubclass(candidate, RootModel) for name in candidate.model_fields}


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
