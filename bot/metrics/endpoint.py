"""The place where metrics and health are fetched: taken before anything starts, served later."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from functools import partial
from typing import TypeAlias

from bot.config import MetricsSettings
from bot.measures import NOTHING, Measures
from bot.metrics.health import Health


class NotListening(Exception):  # noqa: N818 -- named after what is wrong
    """Nobody could fetch the metrics; the text names address, setting and remedy."""


Serving: TypeAlias = Callable[[Health], AbstractAsyncContextManager[None]]
"""Answers whoever asks, until the block ends."""


@contextmanager
def prepared(settings: MetricsSettings | None) -> Iterator[tuple[Measures, Serving]]:
    """Return who counts, and what serves the numbers; both do nothing without *settings*.

    The address is taken already.  Raises `NotListening` when that is impossible.
    """
    if settings is None:
        yield NOTHING, lambda _health: nullcontext()
        return
    from bot.metrics.http import serving  # noqa: PLC0415 -- see the package
    from bot.metrics.prometheus import PrometheusMeasures  # noqa: PLC0415 -- see the package

    with _taken(settings) as listener:
        measures = PrometheusMeasures()
        yield measures, partial(serving, listener, measures.registry)


def _taken(settings: MetricsSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise NotListening(
            f"metrics: nothing can listen on port {settings.port} of {settings.host}: {os.strerror(error.errno or 0)}; "
            "set 'metrics: port' to a free port above 1023, or remove the section 'metrics'"
        ) from error
