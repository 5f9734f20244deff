"""A process that is killed at any of its operations, and what outlives it: a file, the server, what was told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from inspect import iscoroutinefunction
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.servers import Unreachable
from bot.store import Store
from bot.store.database import Database
from bot.store.engine import engine_of, make_ready

KEY = b"k" * 32


class Killed(BaseException):
    """SIGKILL: nothing of the process catches it."""


class Blow(Enum):
    """What happens to an operation, and whether it took effect before."""

    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    LOST_BEFORE = "lost before"
    LOST_AFTER = "lost after"
    """It was done, and the answer was lost: only of the server and of messages."""


@dataclass
class Fuse:
    """Counts the operations of one process, and strikes at one of them; a dead process does nothing any more.

    Attributes:
        at: which operation is struck; None for none.
        blow: how.
        is_dead: whether the process was killed.
    """

    at: int | None = None
    blow: Blow = Blow.KILLED_BEFORE
    is_dead: bool = False
    _count: int = 0

    def next(self) -> Blow | None:
        """Count an operation that begins; return what happens to it."""
        self.check()
        self._count += 1
        return self.blow if self._count - 1 == self.at else None

    def check(self) -> None:
        """Stop whatever a dead process would still do."""
        if self.is_dead:
            raise Killed

    def kill(self) -> None:
        """End the process here."""
        self.is_dead = True
        raise Killed


class Fragile:
    """Stands before a server or a messenger; each call of it is an operation."""

    def __init__(self, behind: object, fuse: Fuse) -> None:
        self._behind, self._fuse = behind, fuse

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._behind, name)
        return self._call(value) if iscoroutinefunction(value) else value

    def _call(self, function: Callable[..., Any]) -> Callable[..., Any]:
        async def called(*arguments: object, **named: object) -> object:
            blow = self._fuse.next()
            if blow is Blow.KILLED_BEFORE:
                self._fuse.kill()
            if blow is Blow.LOST_BEFORE:
                raise Unreachable("lost on the way")
            result = await function(*arguments, **named)
            if blow is Blow.KILLED_AFTER:
                self._fuse.kill()
            self._fuse.check()
            if blow is Blow.LOST_AFTER:
                raise Unreachable("the answer was lost")
            return result

        return called


class FragileDatabase(Database):
    """Each transaction is an operation: all of it or nothing."""

    fuse: Fuse

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        blow = self.fuse.next()
        async with super().transaction() as connection:
            yield connection
            if blow is Blow.KILLED_BEFORE:
                self.fuse.kill()
            self.fuse.check()
        if blow is Blow.KILLED_AFTER:
            self.fuse.kill()


@asynccontextmanager
async def fragile_store(place: str, fuse: Fuse) -> AsyncIterator[Store]:
    """The database at *place*, as long as the process lives."""
    engine = engine_of(place)
    try:
        database = FragileDatabase(engine, KEY)
        database.fuse = fuse
        await make_ready(engine, database.pseudonyms.check())
        yield Store(database)
    finally:
        await engine.dispose()
