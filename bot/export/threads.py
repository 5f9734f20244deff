"""Work that takes its time, off the event loop, so that the bot goes on answering."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SLICE_SECONDS = 0.05


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run *function* in a thread; when cancelled, return only after it has ended.

    Otherwise files would be closed, and a key forgotten, below a thread that still works with them.
    """
    working = asyncio.ensure_future(asyncio.to_thread(partial(function, *args, **kwargs)))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        while not working.done():
            try:
                await asyncio.wait({working})
            except asyncio.CancelledError:  # cancelled twice: it still has to end first
                continue
        if not working.cancelled():
            working.exception()  # taken note of: what is wrong is that we were cancelled
        raise


async def sliced(steps: Iterator[int]) -> AsyncIterator[int]:
    """Run *steps* in a thread, some at a time; return how much was done after each time."""
    try:
        while True:
            done, finished = await in_thread(_some, steps)
            yield done
            if finished:
                return
    finally:
        close = getattr(steps, "close", None)
        if close is not None:
            await in_thread(close)


def _some(steps: Iterator[int]) -> tuple[int, bool]:
    done, until = 0, time.monotonic() + SLICE_SECONDS
    for number in steps:
        done += number
        if time.monotonic() >= until:
            return done, False
    return done, True
