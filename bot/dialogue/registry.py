"""The commands by name and by the words of every language, and the calls that lines write out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic

from bot.dialogue.command import CONFIRM, Call, Command, S
from bot.dialogue.parameter import BETWEEN_TEXTS, Kind
from bot.dialogue.understanding.words import unaccented
from bot.i18n import translator

_MARKS = ",.:;!?¡¿/"
"""What may stand around the words of a command."""

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a line without the marks around it, small; and the line from there on, as it was written."""

    said: str
    rest: str


class Registry(Generic[S]):
    """The commands, by name and in the order of the help."""

    def __init__(self, commands: Sequence[Command[S]], languages: Iterable[str] = ()) -> None:
        self._by_name = {command.name: command for command in commands}
        if len(self._by_name) != len(commands):
            raise ValueError("two commands have the same name")
        self._by_word = self._by_name | {command.spoken: command for command in commands}
        names = frozenset(self._by_word)
        self._tongues: dict[str, set[str]] = {}
        for tr in map(translator, languages):
            for command in commands:
                for word in command.words:
                    said = unaccented(tr(word).casefold())
                    self._by_word.setdefault(said, command)
                    if said not in names:
                        self._tongues.setdefault(said, set()).add(tr.language)
        self._longest = max((len(word.split()) for word in self._by_word), default=1)
        self._heads = frozenset(word.split()[0] for word in self._by_word)

    def __iter__(self) -> Iterator[Command[S]]:
        return iter(self._by_name.values())

    def get(self, name: str) -> Command[S] | None:
        """Return the command called *name*."""
        return self._by_name.get(name)

    def parse(self, line: str) -> Call[S] | None:
        """Return the call that *line* writes out; None when it is anything else than exactly that.

        ``topics uploads`` is a call.  ``help me with uploads`` is none: what is left over is for
        the understanding of free text.
        """
        for command, _said, rest in self._beginnings(line):
            call = _with(command, rest)
            if call is not None:
                return call
        return None

    def begun(self, line: str) -> Command[S] | None:
        """Return the command with which *line* begins, whatever comes after it."""
        return next((command for command, _said, _rest in self._beginnings(line)), None)

    def tongue(self, line: str) -> str | None:
        """Return the language of the words that call a command in *line*; names of commands have none."""
        for command, said, rest in self._beginnings(line):
            tongues = self._tongues.get(said, set())
            if _with(command, rest) is not None and len(tongues) == 1:
                return next(iter(tongues))
        return None

    def _beginnings(self, line: str) -> Iterator[tuple[Command[S], str, list[_Word]]]:
        """Return the commands with which *line* begins, its words for them, and the words after; the longest first."""
        head = _WORD.search(line)
        if head is None or unaccented(head[0].casefold().strip(_MARKS)) not in self._heads:  # as most messages begin
            return
        words = [_Word(found[0].casefold().strip(_MARKS), line[found.start() :]) for found in _WORD.finditer(line)]
        for length in range(min(self._longest, len(words)), 0, -1):
            said = unaccented(" ".join(word.said for word in words[:length]))
            command = self._by_word.get(said)
            if command is not None:
                yield command, said, words[length:]


def _with(command: Command[S], words: Sequence[_Word]) -> Call[S] | None:
    """Return the call of *command* with the values that *words* give its parameters, all of them.

    A parameter with a default may be passed over: ``export plain`` is about all data.
    """
    arguments: dict[str, str] = {}
    rest = list(words)
    texts = [parameter for parameter in command.parameters if parameter.kind is Kind.TEXT]
    for parameter in command.parameters:
        if parameter.kind is Kind.TEXT and rest:
            written = rest[0].rest.split(BETWEEN_TEXTS, len(texts) - 1)
            arguments |= {one.name: text.strip() for one, text in zip(texts, written, strict=False) if text.strip()}
            return Call(command, arguments)
        if rest and parameter.allows(rest[0].said):
            arguments[parameter.name] = rest.pop(0).said
        elif parameter.default is None:
            break
    if command.confirm is not None and len(rest) == 1 and not _missing(command, arguments):
        arguments[CONFIRM] = rest.pop().said
    return None if rest else Call(command, arguments)


def _missing(command: Command[S], arguments: dict[str, str]) -> bool:
    return any(one.default is None and one.name not in arguments for one in command.parameters)
