"""A line typed at a terminal, which can be interrupted and gone on with."""

import signal
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from types import FrameType
from typing import Self

from demo.conversation import Answer

try:
    import readline  # input() gets line editing and history by it
except ImportError:
    HAS_READLINE = False  # the terminal keeps what was typed then, but does not show it again
else:
    HAS_READLINE = True

LISTENS = 0.2
"""Seconds between looks whether the conversation has ended."""


class Interrupted(Exception):  # noqa: N818 - not an error
    """Something came while a line was typed.

    Attributes:
        typed: what there was of the line.
    """

    def __init__(self, typed: str) -> None:
        super().__init__(typed)
        self.typed = typed


class Prompt:
    """Reads lines in the main thread, and listens in another.

    Only the thread that reads may touch readline and the screen.  So the other one interrupts it by
    a signal, the only thing that `input` lets through.
    """

    def __init__(self, text: str, unasked: Callable[[float], Answer | None]) -> None:
        self._text, self._unasked = text, unasked
        self._came: SimpleQueue[Answer] = SimpleQueue()
        self._is_reading = False
        self._ended = threading.Event()
        self._reader = threading.get_ident()
        self._listener = threading.Thread(target=self._listen, name="listener", daemon=True)

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGUSR1, self._interrupt)
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._listener.join()
        signal.signal(signal.SIGUSR1, self._before)

    def came(self) -> Iterator[Answer]:
        """What has come and was not taken yet."""
        while not self._came.empty():
            yield self._came.get()

    def read(self, typed: str = "") -> str:
        """Read a line that begins with *typed*.

        Raises:
            Interrupted: something has come.
            EOFError: the input has ended.
        """

        def begin() -> None:
            if typed:
                readline.insert_text(typed)
                readline.redisplay()
            # last of all: an exception in here would be lost, and before readline has the line of before
            self._is_reading = True

        if HAS_READLINE:
            readline.set_pre_input_hook(begin)
        else:
            self._is_reading = True
        try:
            return input(self._text)
        finally:
            self._is_reading = False

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        if self._is_reading and not self._came.empty():
            self._is_reading = False
            raise Interrupted(readline.get_line_buffer() if HAS_READLINE else "")

    def _listen(self) -> None:
        while not self._ended.is_set():
            told = self._unasked(LISTENS)
            if told is not None:
                self._came.put(told)
            if not self._came.empty():  # again and again: the reader may have been elsewhere
                signal.pthread_kill(self._reader, signal.SIGUSR1)
