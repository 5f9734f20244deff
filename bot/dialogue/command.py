"""Commands: declared once, offered as chat text, quick responses and ad-hoc forms.

A handler never asks.  `prepare` checks a call and says what is missing; each surface asks in
its own way and calls the handler when everything is there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from bot.dialogue.reply import Question, Reply
from bot.i18n import Message, Phrase, translator

S = TypeVar("S")

CONFIRM = "confirm"
"""The parameter that confirms a command which has to be confirmed."""

DECLINED = "no"
"""The value of it that says no."""

_MARKS = ",.:;!?/"
"""What may stand around the words of a command."""


class Access(Enum):
    """Who may use a command."""

    EVERYBODY = "everybody"
    ADMIN = "admin"


class Origin(Enum):
    """The surface that a request came by."""

    CHAT = "chat"
    FORM = "form"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a parameter can have: one word without spaces, and its label."""

    value: str
    label: Phrase


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a command needs.  With a *default* nobody is asked for it."""

    name: str
    prompt: Phrase
    options: tuple[Option, ...]
    default: str | None = None

    def allows(self, value: str) -> bool:
        """Return whether *value* is one of the options, or the default."""
        return value == self.default or any(option.value == value for option in self.options)


@dataclass(frozen=True, slots=True)
class Request:
    """A complete call of a command.

    *sender* is the bare JID that the server stamped; None offline.  *now* is timezone-aware.
    *last* is what the conversation was about before.
    """

    sender: str | None
    language: str
    arguments: Mapping[str, str]
    origin: Origin
    now: datetime
    last: Question | None = None


Handler: TypeAlias = Callable[[Request, S], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Command(Generic[S]):
    """A command; ``S`` is what the handler works with: the services of the application."""

    name: str
    title: Phrase
    summary: Phrase
    handler: Handler[S]
    parameters: tuple[Parameter, ...] = ()
    words: tuple[Message, ...] = ()
    """What people may write instead of the name, in every language."""
    access: Access = Access.EVERYBODY
    confirm: Phrase | None = None
    """What to ask before it is done; None when there is nothing to fear."""

    @property
    def spoken(self) -> str:
        """The name as it is written in a chat: `my data` for `my-data`."""
        return self.name.replace("-", " ")


@dataclass(frozen=True, slots=True)
class Missing:
    """A parameter has no value yet."""

    parameter: Parameter


@dataclass(frozen=True, slots=True)
class Refused:
    """A value is none of the options."""

    parameter: Parameter


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything is there: the arguments with their defaults."""

    arguments: Mapping[str, str]


Preparation: TypeAlias = Missing | Refused | Ready


def prepare(command: Command[S], arguments: Mapping[str, str]) -> Preparation:
    """Check a call; never does anything and never asks."""
    complete: dict[str, str] = {}
    for parameter in command.parameters:
        value = arguments.get(parameter.name, parameter.default)
        if value is None:
            return Missing(parameter)
        if not parameter.allows(value):
            return Refused(parameter)
        complete[parameter.name] = value
    return Ready(complete)


@dataclass(frozen=True, slots=True)
class Call(Generic[S]):
    """A command and the arguments that were given for it, not yet checked."""

    command: Command[S]
    arguments: Mapping[str, str] = field(default_factory=dict)

    def line(self) -> str:
        """Return the line of chat that says the same; parsing it gives this call again."""
        words = [self.command.spoken]
        for parameter in self.command.parameters:
            value = self.arguments.get(parameter.name)
            if value is None:
                break
            words.append(value)
        return " ".join(words)


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
                    said = tr(word).casefold()
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
        for command, rest in self._beginnings(line):
            call = _with(command, rest)
            if call is not None:
                return call
        return None

    def begun(self, line: str) -> Command[S] | None:
        """Return the command with which *line* begins, whatever comes after it."""
        return next((command for command, _rest in self._beginnings(line)), None)

    def tongue(self, line: str) -> str | None:
        """Return the language of the words that call a command in *line*; names of commands have none."""
        for command, rest in self._beginnings(line):
            words = line.casefold().split()
            said = " ".join(word.strip(_MARKS) for word in words[: len(words) - len(rest)])
            tongues = self._tongues.get(said, set())
            if _with(command, rest) is not None and len(tongues) == 1:
                return next(iter(tongues))
        return None

    def _beginnings(self, line: str) -> Iterator[tuple[Command[S], list[str]]]:
        """Return the commands with which *line* begins and what comes after them, the longest first."""
        words = line.casefold().split()
        if not words or words[0].strip(_MARKS) not in self._heads:  # as most messages begin
            return
        words = [word.strip(_MARKS) for word in words]
        for length in range(min(self._longest, len(words)), 0, -1):
            command = self._by_word.get(" ".join(words[:length]))
            if command is not None:
                yield command, words[length:]


def _with(command: Command[S], words: Sequence[str]) -> Call[S] | None:
    """Return the call of *command* with the values that *words* give its parameters, all of them."""
    arguments: dict[str, str] = {}
    rest = list(words)
    for parameter in command.parameters:
        if rest and parameter.allows(rest[0]):
            arguments[parameter.name] = rest.pop(0)
        else:
            break
    if command.confirm is not None and len(rest) == 1 and len(arguments) == len(command.parameters):
        arguments[CONFIRM] = rest.pop()
    return None if rest else Call(command, arguments)
