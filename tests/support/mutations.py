"""Policies that differ from a given one in a single fact: every field of the model, in every way its type allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError

from bot.i18n import Duration
from bot.policy.model import Policy

M = TypeVar("M", bound=BaseModel)
Place = tuple[str, ...]


def mutations(policy: Policy) -> Iterator[tuple[Place, Policy]]:
    """Return each place of *policy* with the policy in which it alone is another one; not all are valid."""
    yield from _of_model(policy)


def is_valid(policy: Policy) -> bool:
    """Return whether the model accepts a policy."""
    return _is_valid(policy, {"categories": ("new", *(one.id for one in policy.categories))})


def _of_model(model: M) -> Iterator[tuple[Place, M]]:
    for name, info in type(model).model_fields.items():
        for place, other in _of_value(getattr(model, name), info.annotation):
            yield (name, *place), model.model_copy(update={name: other})


def _is_valid(value: Any, context: dict[str, Any]) -> bool:
    """Return whether the model accepts this, part by part."""
    if isinstance(value, tuple):
        return all(_is_valid(one, context) for one in value)
    if not isinstance(value, BaseModel) or isinstance(value, RootModel):
        return True
    fields = {name: getattr(value, name) for name in type(value).model_fields}
    if not all(_is_valid(one, context) for one in fields.values()):
        return False
    try:
        type(value).model_validate(fields, context=context)
    except ValidationError:
        return False
    return True


def _of_value(value: Any, type_: Any) -> Iterator[tuple[Place, Any]]:
    """Return other values than *value*, near it."""
    for option in _options(type_):
        if option is NoneType:
            if value is not None:
                yield ("gone",), None
        elif value is None:
            yield ("given",), made(option)
        elif get_origin(option) is Literal:
            yield from (((str(one),), one) for one in get_args(option) if one != value)
    if value is not None and not any(get_origin(option) is Literal for option in _options(type_)):
        yield from _near(value, type_)


def _near(value: Any, type_: Any) -> Iterator[tuple[Place, Any]]:
    match value:
        case bool():
            yield ("not",), not value
        case Enum():
            yield from (((str(one),), one) for one in type(value) if one is not value)
        case RootModel():
            yield ("words",), type(value).model_construct({code: f"{text}!" for code, text in value.root.items()})
        case BaseModel():
            yield from _of_model(value)
        case tuple():
            yield from _of_tuple(value, type_)
        case Duration(count, unit):
            yield ("more",), Duration(count + 1, unit)
        case date():
            yield ("later",), value + timedelta(days=1)
        case int():
            yield ("more",), value + 1
        case str():
            yield ("other",), f"{value}x"


def _of_tuple(value: tuple[Any, ...], type_: Any) -> Iterator[tuple[Place, Any]]:
    [inner] = [one for option in _options(type_) for one in get_args(option) if one is not Ellipsis]
    for index, part in enumerate(value):
        before, after = value[:index], value[index + 1 :]
        yield (str(index), "gone"), (*before, *after)
        for place, other in _of_value(part, inner):
            if other not in value:
                yield (str(index), *place), (*before, other, *after)
    new = made(inner)
    if new not in value:
        yield ("given",), (*value, new)


def made(type_: Any) -> Any:
    """Return some value of a type."""
    option = next(one for one in _options(type_) if one is not NoneType)
    if get_origin(option) is Literal:
        return get_args(option)[0]
    if get_origin(option) is tuple:
        inner = made(get_args(option)[0])
        return (inner, inner)
    if issubclass(option, RootModel):
        return option.model_construct({"en": "New words."})
    if issubclass(option, BaseModel):
        required = {name: made(info.annotation) for name, info in option.model_fields.items() if info.is_required()}
        return option.model_construct(**required)
    if issubclass(option, Enum):
        return list(option)[-1]
    return {bool: True, int: 7, str: "new", date: date(2030, 1, 1), Duration: Duration.parse("9 days")}[option]


def _options(type_: Any) -> tuple[Any, ...]:
    """Return the types of a union, without what is annotated around them."""
    if get_origin(type_) is Annotated:
        return _options(get_args(type_)[0])
    if get_origin(type_) in (Union, UnionType):
        return tuple(found for one in get_args(type_) for found in _options(one))
    return (type_,)
