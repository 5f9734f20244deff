"""The socket by which other commands of `privacy-bot` ask the bot that runs.

Only one connection of a component may live (two would lose stanzas), so whatever needs the server
asks the running bot.  It is a Unix socket that only the bot's own user can open.  A request is one
line of JSON, ``{"do": NAME, …}``; the answer is lines of JSON: any number of ``{"progress": [done,
total]}``, then one ``{"result": …}`` or ``{"error": "…"}``.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

from bot.xmpp import incidents

_LONGEST_PATH = 100
"""Bytes; the kernel allows few more for the address of a socket."""

_LONGEST_LINE = 16 * 1024 * 1024

Progress: TypeAlias = Callable[[int, int | None], None]
"""Told how many are done, of how many (None when that is not known)."""

Action: TypeAlias = Callable[[Mapping[str, Any], Progress], Awaitable[Mapping[str, Any]]]


class ControlError(Exception):
    """The running bot cannot be asked, or did not do it; the text says why, and what to do."""


@asynccontextmanager
async def listening(path: Path, actions: Mapping[str, Action]) -> AsyncIterator[None]:
    """Do what is asked at *path* until the block ends; raises `ControlError` when that is impossible."""
    sessions = _Sessions(actions)
    with ExitStack() as names:
        try:
            server = await _bound(names.enter_context(_short(path)), path, sessions)
        except OSError as error:
            problem = f"{path}: the socket cannot be made: {error.strerror}; set 'control' to another"
            raise ControlError(problem) from error
        names.callback(path.unlink, missing_ok=True)
        try:
            yield
        finally:
            server.close()
            await sessions.end()


async def _bound(short: Path, path: Path, sessions: _Sessions) -> asyncio.Server:
    if await _is_answered(short):
        raise ControlError(f"{path}: another bot is running with this configuration; stop it first")
    before = os.umask(0o177)
    try:
        # asyncio takes the place of a socket that nobody answers any more, and of nothing else
        return await asyncio.start_unix_server(sessions.serve, short, limit=_LONGEST_LINE)
    finally:
        os.umask(before)


@contextmanager
def _short(path: Path) -> Iterator[Path]:
    """Return a name for *path* that fits into the address of a socket: Linux has one for open directories.

    Raises `ControlError` when the file's own name is too long, `OSError` when its directory cannot be opened.
    """
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield path
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        short = Path(f"/proc/self/fd/{directory}") / path.name
        if len(os.fsencode(short)) > _LONGEST_PATH:
            raise ControlError(f"{path}: the name is too long for a socket; set 'control' to a shorter one")
        yield short
    finally:
        os.close(directory)


async def _is_answered(path: Path) -> bool:
    try:
        _reader, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


class _Sessions:
    def __init__(self, actions: Mapping[str, Action]) -> None:
        self._actions = actions
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def end(self) -> None:
        """Give up what is under way for every client."""
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.sleep(0)  # the loop's next turn closes the connections

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin to do what one client asks."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._open[task] = writer
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._open.pop(task).close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do what one client asks; when it goes away, what is under way is given up."""
        try:
            line = await reader.readline()
            if line:
                work = asyncio.create_task(self._do(line, lambda said: _say(writer, said)))
                gone = asyncio.create_task(reader.read())
                try:
                    await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in (work, gone):
                        task.cancel()
                    await asyncio.gather(work, gone, return_exceptions=True)
                await writer.drain()
        except (ConnectionError, ValueError):
            pass  # the other end is gone, or writes something endless: there is nobody to tell

    async def _do(self, line: bytes, say: Callable[[Mapping[str, Any]], None]) -> None:
        try:
            request = json.loads(line)
            action = self._actions[request["do"]]
        except (ValueError, KeyError, TypeError):
            say({"error": "the running bot does not know this request; is it of another version? Restart it"})
            return
        try:
            say({"result": await action(request, lambda done, total: say({"progress": [done, total]}))})
        except ControlError as error:
            say({"error": str(error)})
        except Exception as error:  # noqa: BLE001 -- the bot goes on, whatever a request does to it
            say({"error": f"it failed; the log of the running bot says why (incident {incidents.record(error)})"})


def _say(writer: asyncio.StreamWriter, said: Mapping[str, Any]) -> None:
    if not writer.is_closing():
        writer.write(json.dumps(said).encode() + b"\n")


async def ask(path: Path, request: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Have the running bot do something, and return the result; raises `ControlError`."""
    try:
        with _short(path) as short:
            reader, writer = await asyncio.open_unix_connection(short, limit=_LONGEST_LINE)
    except OSError as error:
        raise ControlError(
            f"{path}: the bot is not running here, or stands by for another; start it: privacy-bot run --config FILE"
        ) from error
    try:
        writer.write(json.dumps(request).encode() + b"\n")
        async for line in reader:
            said = json.loads(line)
            if "progress" in said:
                progress(*said["progress"])
            elif "error" in said:
                raise ControlError(said["error"])
            else:
                result: Mapping[str, Any] = said["result"]
                return result
        raise ControlError("the running bot stopped before it was done")
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
