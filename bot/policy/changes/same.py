"""What is the same: values without regard to order, and statements that belong together."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from pydantic import BaseModel, RootModel

_ORDERED = frozenset({"languages", "retention"})
"""Lists whose order says something: which language stands in for the others, which limit comes first."""


def canonical(value: Any, *, ordered: bool = False) -> str:
    """Return something that is equal for equal facts, in whatever order they are listed."""
    if isinstance(value, RootModel):  # a text or a name, in several languages
        return repr(sorted(value.root.items()))
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        parts = [canonical(getattr(value, name), ordered=name in _ORDERED) for name in fields]
        return f"{type(value).__name__}({', '.join(parts)})"
    if isinstance(value, tuple):
        parts = [canonical(part) for part in value]
        return f"[{', '.join(parts if ordered else sorted(parts))}]"
    return repr(value)


def same(before: Any, after: Any, field: str = "") -> bool:
    """Return whether two values of *field* state the same."""
    if type(before) is type(after) and before == after:
        return True
    ordered = field in _ORDERED
    return canonical(before, ordered=ordered) == canonical(after, ordered=ordered)


def digest(policy: BaseModel) -> bytes:
    """Return SHA-256 of what a policy states, whatever the layout of its file: 32 bytes.

    What is left out counts as its default, so that keys which a later program knows change nothing.
    """
    stated = json.dumps(policy.model_dump(mode="json", exclude_defaults=True), sort_keys=True)
    return hashlib.sha256(stated.encode()).digest()


Keys = Sequence[tuple[str, ...]]
"""Identities of a statement by its fields, the strictest first."""

Couple = tuple[Any, Any]


def paired(before: Iterable[Any], after: Iterable[Any], keys: Keys) -> list[Couple]:
    """Return which statements belong together: (old, new), with None for one that is alone.

    Equal ones belong together first, then those that are the only ones with the same identity on
    both sides, by each of the *keys*.  So neither the order of the statements nor a new title
    tears one apart; where several are equally near, they count as dropped and added.
    """
    old, new = list(before), list(after)
    couples = _equal(old, new)
    for fields in keys:
        couples += _only_ones(old, new, fields)
    return [*couples, *((one, None) for one in old), *((None, one) for one in new)]


def _equal(old: list[Any], new: list[Any]) -> list[Couple]:
    """Take equal statements out of both lists."""
    waiting = _by(new, canonical)
    couples = [(one, found.pop(0)) for one in old if (found := waiting.get(canonical(one)))]
    _take(old, new, couples)
    return couples


def _only_ones(old: list[Any], new: list[Any], fields: tuple[str, ...]) -> list[Couple]:
    """Take statements out of both lists that no other one there can be mistaken for."""

    def identity(one: Any) -> Hashable:
        return tuple(canonical(getattr(one, field)) for field in fields)

    candidates, others = _by(old, identity), _by(new, identity)
    couples = [
        (mine[0], others[key][0]) for key, mine in candidates.items() if len(mine) == len(others.get(key, ())) == 1
    ]
    _take(old, new, couples)
    return couples


def _by(statements: list[Any], identity: Any) -> dict[Hashable, list[Any]]:
    found: dict[Hashable, list[Any]] = defaultdict(list)
    for one in statements:
        found[identity(one)].append(one)
    return dict(found)


def _take(old: list[Any], new: list[Any], couples: list[Couple]) -> None:
    for one, other in couples:
        for left, wanted in ((old, one), (new, other)):
            del left[next(index for index, each in enumerate(left) if each is wanted)]
