"""Which kinds of data a change concerns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.policy.model import Policy
from bot.policy.terms import Category

_MESSAGES = (Category.OFFLINE_MESSAGES, Category.ARCHIVE, Category.ROOM_ARCHIVE)
"""Where messages lie: what is true of messages is true of these."""


def concerned(old: Policy, new: Policy, before: Any, after: Any) -> tuple[Category | str, ...]:
    """Return the kinds of data that a statement is about, in either version; none: it is about all.

    A statement about data names them.  A statement about one service concerns what that service
    stores.  Everything else, such as who is responsible, concerns everybody.
    """
    found = [*_named(before), *_named(after)] or [*_of_service(old, before), *_of_service(new, after)]
    return tuple(dict.fromkeys(found))


def _named(statement: Any) -> Iterable[Category | str]:
    category = getattr(statement, "category", None)
    if category is not None:
        yield category
    yield from getattr(statement, "data", ())
    if getattr(statement, "messages", False):
        yield from _MESSAGES


def _of_service(policy: Policy, statement: Any) -> Iterable[Category | str]:
    service = getattr(statement, "service", None)
    if service is not None:
        yield from (one.category for one in policy.data if one.service == service)
