"""Makes copies of people's data: one at a time for each account, a few in all, begun anew after a restart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import count

from bot.answers import copying as words
from bot.answers.copying import Failure
from bot.claims.export import Export, ExportState
from bot.claims.whose import Whose
from bot.dialogue.reply import Reply
from bot.rights.places import CopyFailed, Places
from bot.rights.world import World, reference
from bot.servers import NoSuchAccount, ServerError
from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")

_MOST_ATTEMPTS = 4
_PAUSE = 20.0
"""Seconds before something that failed is tried again; twice as many after each further failure."""

_LONGEST_PAUSE = 900.0
"""Seconds between two attempts to tell how it ended; nobody is left without an answer."""

_TELL_EVERY = 5.0
"""Seconds between two words about how far it is."""


@dataclass(slots=True)
class Job:
    """An export under way.

    *message* is the one that says how far it is, *told* when it last did (seconds of the loop's
    clock).  *delivered* is whether the link is on its way: then it is too late to cancel it.
    """

    export: Export
    task: asyncio.Task[None]
    done: int = 0
    total: int | None = None
    message: str | None = None
    told: float = 0.0
    delivered: bool = False


class Exporter:
    """Takes wishes for copies and sees to them.

    *report* notes what nobody expected, and returns a number for it.
    """

    def __init__(self, world: World, places: Places, report: Callable[[Exception], str]) -> None:
        self._world, self._places, self._report = world, places, report
        self._limit = asyncio.Semaphore(places.at_once)
        self._jobs: dict[str, Job] = {}
        self._beginning: set[str] = set()
        self._is_resumed = False
        self._resuming = asyncio.Lock()

    def under_way(self, account: str) -> Job | None:
        """Return the export of *account* (a bare JID), if there is one."""
        return next((job for job in self.jobs() if job.export.whose and job.export.whose.account == account), None)

    def jobs(self) -> tuple[Job, ...]:
        """Return all that are under way, the oldest first."""
        return tuple(self._jobs.values())

    async def begin(self, whose: Whose, what: str, form: str, language: str) -> Reply:
        """Begin a copy; raises `ServerError` and `StoreError`, and then there is none."""
        await self.resume()  # what was left is under way too, and there is one at a time
        running = self.under_way(whose.account)
        if running is not None:
            return words.already(running.done, running.total)
        if whose.account in self._beginning:
            return words.already(0, None)
        self._beginning.add(whose.account)
        try:
            return await self._begin(whose, what, form, language)
        finally:
            self._beginning.discard(whose.account)

    async def _begin(self, whose: Whose, what: str, form: str, language: str) -> Reply:
        uploads = (await self._world.server.settings()).of("uploads")
        if not any(setting.value for setting in uploads):
            return words.no_service(self._world.policy)
        identity = (await self._world.server.identify(whose.name)).id
        export = Export(reference("C"), what, form, language, replace(whose, identity=identity), self._world.clock())
        await self._world.store.exports.add(export)
        ahead = max(0, len(self._jobs) + 1 - self._places.at_once)
        self._start(export)
        return words.begun(export.reference, ahead)

    async def cancel(self, account: str) -> str | None:
        """Stop the export of *account*, and return its reference; None when there is none any more.

        Raises `StoreError`.
        """
        await self.resume()
        job = self.under_way(account)
        if job is None or job.delivered:
            return None
        job.task.cancel()
        await asyncio.gather(job.task, return_exceptions=True)
        return job.export.reference if await self._over(job.export, ExportState.CANCELLED) else None

    async def resume(self) -> None:
        """Begin anew, once, what an earlier run of the program left; raises `StoreError`."""
        async with self._resuming:
            if self._is_resumed:
                return
            for export in await self._world.store.exports.unfinished():
                if export.reference not in self._jobs and export.whose is not None:
                    again = replace(export, attempts=export.attempts + 1)
                    await self._world.store.exports.save(again)
                    self._start(again)
            self._is_resumed = True  # when something fails, the next one to ask goes on with the rest

    async def stop(self) -> None:
        """Give up what is under way; it is begun anew at the next start."""
        tasks = [job.task for job in self._jobs.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def idle(self) -> None:
        """Return when nothing is under way."""
        while self._jobs:
            await asyncio.gather(*(job.task for job in self._jobs.values()), return_exceptions=True)

    def _start(self, export: Export) -> None:
        task = asyncio.create_task(self._see_to(export))
        self._jobs[export.reference] = Job(export, task)
        task.add_done_callback(partial(self._ended, export.reference))

    def _ended(self, reference: str, _task: asyncio.Task[None]) -> None:
        self._jobs.pop(reference, None)

    async def _see_to(self, export: Export) -> None:
        """Make a copy, or tell once why there is none, and note how it ended; who is gone is told nothing."""
        job = self._jobs[export.reference]
        async with self._limit:
            state, why = await self._outcome(job)
        for attempt in count():
            try:
                if why is not None and export.whose is not None and await self._world.is_still_there(export.whose):
                    reply = words.failed(self._world.policy, why, export.reference)
                    await self._world.messenger.tell(export.whose.device, reply, export.language)
                    why = None
                await self._over(export, state)
            except (ServerError, StoreError) as problem:
                _LOG.warning("%s is over, and that could not be told or noted: %s", export.reference, problem)
                await asyncio.sleep(min(_PAUSE * 2**attempt, _LONGEST_PAUSE))
            else:
                return

    async def _outcome(self, job: Job) -> tuple[ExportState, Failure | None]:
        """Make the copy, and return how that ended; with a failure that has to be told, if there is one."""
        try:
            return await self._make(job), None
        except NoSuchAccount:
            return ExportState.FAILED, None
        except CopyFailed as problem:
            return ExportState.FAILED, problem.why
        except (ServerError, StoreError) as problem:
            _LOG.warning("%s failed: %s", job.export.reference, problem)
        except Exception as problem:  # noqa: BLE001 -- the person is told, and the log says why
            self._report(problem)
        return ExportState.FAILED, Failure.SERVER

    async def _make(self, job: Job) -> ExportState:
        from bot.rights.copy import made  # noqa: PLC0415 -- HTTP and ciphers take 20 MB, and few ask for copies

        export, world = job.export, self._world
        whose = export.whose
        assert whose is not None  # noqa: S101 -- it is under way
        for attempt in range(export.attempts, _MOST_ATTEMPTS):
            try:
                if attempt:
                    await world.messenger.tell(whose.device, words.again(export.reference), export.language)
                async with world.turn(whose.account):
                    copy = await made(world, self._places, export, partial(self._progress, job))
                if copy is None:  # another account of the same name
                    return ExportState.CANCELLED
                await world.messenger.tell(whose.device, words.ready(copy), export.language)
                job.delivered = True
                await world.messenger.tell(whose.device, words.link(copy), export.language)
            except NoSuchAccount:
                raise
            except ServerError as problem:
                job.delivered = False
                _LOG.warning("%s failed for now: %s", export.reference, problem)
                if attempt + 1 < _MOST_ATTEMPTS:
                    await asyncio.sleep(_PAUSE * 2**attempt)
            else:
                return ExportState.DONE
        raise CopyFailed(Failure.SERVER)

    async def _progress(self, job: Job, done: int, total: int | None) -> None:
        """Say how far it is, in one message that is corrected again and again (XEP-0308)."""
        job.done, job.total = done, total
        now = asyncio.get_running_loop().time()
        if not job.told:
            job.told = now
        if now - job.told < _TELL_EVERY or job.export.whose is None:
            return
        job.told = now
        reply = words.progress(done, total)
        try:
            told = await self._world.messenger.tell(
                job.export.whose.device, reply, job.export.language, replacing=job.message
            )
        except ServerError:
            return  # it is only a word on the way
        job.message = job.message or told

    async def _over(self, export: Export, state: ExportState) -> bool:
        ended: datetime = self._world.clock()
        saved = await self._world.store.exports.save(replace(export, state=state, ended_at=ended))
        if saved:
            self._world.measures.exported(state)
        return saved
