"""Failures get a number, which the person is told and under which the log says what happened."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")

_told: list[Callable[[], None]] = []
"""Whom every incident is told of."""


@contextmanager
def told_to(somebody: Callable[[], None]) -> Iterator[None]:
    """Call *somebody* at every incident until the block ends; incidents are the program's, like its log."""
    _told.append(somebody)
    try:
        yield
    finally:
        _told.remove(somebody)


def record(error: Exception) -> str:
    """Log *error* in one line and return the number of the incident.

    The texts of exceptions may quote what somebody wrote, so only their types and places are
    logged; the store's own errors are made for operators and name the remedy.  All of it is
    logged at `debug`.
    """
    incident = secrets.token_hex(3)
    for tell in _told:
        tell()
    _LOG.error("incident %s: %s", incident, error if isinstance(error, StoreError) else _places(error))
    _LOG.debug("incident %s in full", incident, exc_info=error)
    return incident


def _places(error: Exception) -> str:
    """Return the type of *error* and the calls that led to it, the innermost last, without texts."""
    frames = traceback.extract_tb(error.__traceback__)
    calls = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {calls}"
