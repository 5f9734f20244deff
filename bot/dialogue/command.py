"""Commands: declared once, offered as chat text, quick responses and ad-hoc forms.

A handler never asks.  `prepare` checks a call and says what is missing; each surface asks in
its own way and calls the handler when everything is there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from bot.dialogue.parameter import BETWEEN_TEXTS, Kind, Parameter
from bot.dialogue.reply import Question, Reply
from bot.i18n import Message, Phrase

S = TypeVar("S")

CONFIRM = "confirm"
"""The parameter that confirms a command which has to be confirmed."""

DECLINED = "no"
"""The value of it that says no."""


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
class Request:
    """A complete call of a command.

    *sender* is the bare JID that the server stamped; None offline.  *now* is timezone-aware.
    *device* is the full JID that wrote (None offline), *last* what the conversation was about
    before.  *code* is what confirmed the call, when it had to be confirmed.
    """

    sender: str | None
    language: str
    arguments: Mapping[str, str]
    origin: Origin
    now: datetime
    last: Question | None = None
    device: str | None = None
    code: str | None = None


Handler: TypeAlias = Callable[[Request, S], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Asking:
    """What one should know before saying yes, and what is asked."""

    question: Phrase
    reply: Reply | None = None


Preview: TypeAlias = Callable[[Request, S], Awaitable[Asking | Reply | None]]
"""Looks what a call would do, without doing it: something to confirm, the answer itself, or None for go on."""


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
    confirm: Preview[S] | None = None
    """What is shown and asked before it is done; None when there is nothing to fear."""

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
        line, kept = self.command.spoken, self.command.spoken
        before: Kind | None = None
        for parameter in self.command.parameters:
            value = self.arguments.get(parameter.name, parameter.default)
            if value is None:
                break
            line += f"{_between(before, parameter)}{value}"
            before = parameter.kind
            if value != parameter.default:
                kept = line
        return kept

    def beginning(self, parameter: Parameter) -> str:
        """Return the beginning of the line that a value of *parameter*, which is missing, completes."""
        names = [one.name for one in self.command.parameters]
        given = self.command.parameters[: names.index(parameter.name)]
        before = given[-1].kind if given and given[-1].name in self.arguments else None
        return self.line() + _between(before, parameter)


def _between(before: Kind | None, parameter: Parameter) -> str:
    """Return what stands in a line between a value of the kind *before* and that of *parameter*."""
    return BETWEEN_TEXTS if before is parameter.kind is Kind.TEXT else " "
