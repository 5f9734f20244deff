"""Answers requests one after the other, a few at a time.

A task for each message would cost a good part of the answer, and a flood would make thousands of
them; a few workers on a queue of limited length do neither.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.measures import NOTHING, Measures, Unanswered
from bot.xmpp import incidents

_LOG = logging.getLogger("privacy-bot")

_WORKERS = 16
"""Requests that may wait for the database at the same time."""

_LONGEST_QUEUE = 2_000


@dataclass(frozen=True, slots=True)
class Job:
    """What to do, and what to say when it fails: it is given the number under which the log tells why."""

    work: Callable[[], Awaitable[None]]
    on_failure: Callable[[str], None]


class Workers:
    """A queue of jobs and those who do them; *measures* is told of what is dropped."""

    def __init__(self, measures: Measures = NOTHING) -> None:
        self._measures = measures
        self._queue: asyncio.Queue[Job] = asyncio.Queue(_LONGEST_QUEUE)
        self._is_flooded = False

    def add(self, job: Job) -> None:
        """Have *job* done; when too many wait already, it is dropped as the flood that it is."""
        if not self._queue.full():
            self._queue.put_nowait(job)
            return
        self._measures.unanswered(Unanswered.OVERLOADED)
        if not self._is_flooded:
            self._is_flooded = True
            _LOG.warning("more is asked than can be answered; what comes now is dropped")

    async def run(self) -> None:
        """Do the jobs until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _number in range(_WORKERS):
                group.create_task(self._work())

    async def idle(self) -> None:
        """Return when every job that was added is done."""
        await self._queue.join()

    async def _work(self) -> None:
        while True:
            job = await self._queue.get()
            if self._is_flooded and self._queue.qsize() < _LONGEST_QUEUE / 2:
                self._is_flooded = False
                _LOG.warning("the flood is over; everything is answered again")
            try:
                await _do(job)
            finally:
                self._queue.task_done()


async def _do(job: Job) -> None:
    """Do *job*; whatever fails, the person gets an answer and the bot goes on."""
    try:
        await job.work()
    except Exception as error:  # noqa: BLE001 -- see above
        incident = incidents.record(error)
        try:
            job.on_failure(incident)
        except Exception as another:  # noqa: BLE001 -- see above
            incidents.record(another)
