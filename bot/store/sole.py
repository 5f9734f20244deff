"""One bot at a time: with PostgreSQL a second one stands by, and takes over when the first is gone.

Two live connections of a component lose stanzas, so who leads must know at once that it does not any
more, and who takes over must not be too early.  The lock belongs to a connection of its own:

* the leader asks something on it every `_BEAT` seconds, and gives up after `_ANSWER` without an answer;
* the database takes a connection for dead after `_DEAD` without a sign of life, which is later;
* who takes over waits for as long as the other may need to notice, and to leave the XMPP server.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import NullPool

from bot.store.engine import engine_of, examine, place_of, url_of
from bot.store.errors import StoreError, explained
from bot.store.lock import take_lead
from bot.store.pseudonym import Pseudonymiser

_LOG = logging.getLogger("privacy-bot")

_TRY = 1.0
"""Seconds between two attempts to get the lock: a query that waits would keep the database from cleaning up."""

_BEAT, _ANSWER, _DEAD = 1.0, 2.0, 10
"""Seconds; see above."""

_TURNS = 3
"""Turns of the event loop after which whoever waits for what lies there has it: to look, to read, to wake up."""

_LEAVING = 1.0
"""Seconds that a leader may need to leave the XMPP server once it knows."""

_DISTURBED = _BEAT + _ANSWER + _LEAVING
"""Seconds that it may need when the database was away too, and has forgotten who had the lock."""

_CONNECT = {
    "timeout": 5,
    "command_timeout": _ANSWER,
    "server_settings": {
        "application_name": "privacy-bot lock",
        "tcp_keepalives_idle": "4",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": f"{_DEAD}s",
    },
}


@dataclass(slots=True)
class Sole:
    """The right to be the only bot.

    Attributes:
        waited: whether another one had it before.
        lost: set when it is lost.
    """

    waited: bool = False
    lost: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def sole_use(place: str, key: bytes, *, patient: bool) -> AsyncIterator[Sole]:
    """Wait until no other bot uses the database at *place*, and keep others away until the block ends.

    SQLite's file is of this machine, where the control socket keeps others away.  Raises `StoreError`
    when the database cannot be used; when *patient*, which is after it could be used, that is waited for.
    """
    if url_of(place).get_backend_name() != "postgresql":
        yield Sole()
        return
    engine = engine_of(place, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=_CONNECT)
    try:
        candidate = _Candidate(engine, Pseudonymiser(key).check(), patient=patient)
        async with candidate.lead() as connection, _watched(connection) as lost:
            if candidate.grace:
                await asyncio.sleep(candidate.grace)
                _LOG.warning("taking over")
            yield Sole(candidate.grace > 0, lost)
    finally:
        await engine.dispose()


class _Candidate:
    """Wants to lead.

    Attributes:
        grace: seconds to wait once it leads; zero when nobody has led before.
    """

    def __init__(self, engine: AsyncEngine, key_check: bytes, *, patient: bool) -> None:
        self._engine, self._key_check, self._is_patient = engine, key_check, patient
        self._said = ""
        self.grace = _DISTURBED if patient else 0.0

    @asynccontextmanager
    async def lead(self) -> AsyncIterator[AsyncConnection]:
        """Wait for the lead; return the connection that has it until the block ends."""
        while True:
            try:
                with explained(place_of(self._engine.url)):
                    connection = await self._taken()
                break
            except StoreError as error:
                if not self._is_patient:
                    raise
                self.grace = _DISTURBED
                self._say(str(error))
            await asyncio.sleep(_TRY)
        try:
            yield connection
        finally:
            await _close(connection)

    async def _taken(self) -> AsyncConnection:
        connection = await self._engine.connect()
        try:
            while not await take_lead(connection):
                if not self._is_patient:  # what is wrong shall not turn out when it is needed
                    await examine(connection, self._key_check)
                self._is_patient, self.grace = True, max(self.grace, _LEAVING)
                self._say("standing by: another bot leads; when it is gone, this one takes over")
                await asyncio.sleep(_TRY)
        except BaseException:
            await _close(connection)
            raise
        return connection

    def _say(self, what: str) -> None:
        """Log something once, and not every second."""
        if what != self._said:
            _LOG.warning("%s", what)
        self._said = what


@asynccontextmanager
async def _watched(connection: AsyncConnection) -> AsyncIterator[asyncio.Event]:
    """Look after a connection until the block ends; the event is set as soon as it does not live any more."""
    lost = asyncio.Event()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None  # noqa: S101 -- it is connected
    driver.add_termination_listener(lambda _connection: lost.set())
    beating = asyncio.create_task(_beat(connection, lost))
    try:
        yield lost
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


async def _beat(connection: AsyncConnection, lost: asyncio.Event) -> None:
    clock, pause = asyncio.get_running_loop().time, _BEAT
    try:
        while True:
            await asyncio.sleep(pause)
            asked = clock()
            # A query that is given up takes a while to clean up, and that is too long.
            late = asyncio.create_task(_too_late(lost))
            try:
                await connection.execute(text("SELECT 1"))
            finally:
                late.cancel()
            # What was not read in time, since we were busy or stopped, does not tell how it is now.
            pause = _BEAT if clock() - asked < _ANSWER else 0
    finally:
        lost.set()  # whatever it was


async def _too_late(lost: asyncio.Event) -> None:
    """Set the event when there is no answer in time, unless it is there and we did not come to read it."""
    await asyncio.sleep(_ANSWER)
    for _turn in range(_TURNS):
        await asyncio.sleep(0)
    lost.set()


async def _close(connection: AsyncConnection) -> None:
    """Close a connection, and with it the lock; when nobody answers, within two seconds."""
    await connection.invalidate()
    await connection.close()
