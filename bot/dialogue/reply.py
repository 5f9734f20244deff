"""What the bot says, before it is put into the words of a language or into a stanza."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from bot.i18n import Phrase
from bot.measures import Unanswered
from bot.policy.vocabulary import Aspect, Topic


class Outcome(Enum):
    """How it went: the severities of an ad-hoc note (XEP-0050 §4.3)."""

    INFO = "info"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: a topic of the policy, and which side of it."""

    topic: Topic
    aspect: Aspect = Aspect.WHAT


@dataclass(frozen=True, slots=True)
class Lead:
    """The answer itself: one sentence with the exact fact."""

    text: Phrase


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two of context."""

    text: Phrase


@dataclass(frozen=True, slots=True)
class Heading:
    """What the blocks below are about."""

    text: Phrase


@dataclass(frozen=True, slots=True)
class Items:
    """Things of one kind, one below the other."""

    items: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and a value."""

    label: Phrase
    value: Phrase


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.  Only *brief* ones are shown where there is no room for a table."""

    label: Phrase
    brief: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Things of one kind with the same facts about each; the first column names the thing.

    A cell that is None has nothing to say.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Phrase | None, ...], ...]


Block: TypeAlias = Lead | Paragraph | Heading | Items | Fact | Table


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to say next: what is shown, and the complete line that is sent (XEP-0439 §3)."""

    label: Phrase
    line: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: blocks in their order, and what can be said next.

    The *title* heads a form; a chat shows it only when there is no lead.  *question* is what the
    reply answers, so that "why?" can be asked afterwards.  *language* overrides the language in
    which the reply is shown, when the reply is about a change of language.  A *personal* reply is
    about one account: it goes only to the device that asked, and nobody is asked to keep it.
    *unanswered* says why it is no answer to what was asked, if it is none.
    """

    title: Phrase
    blocks: tuple[Block, ...] = ()
    choices: tuple[Choice, ...] = ()
    outcome: Outcome = Outcome.INFO
    question: Question | None = None
    language: str | None = None
    personal: bool = False
    unanswered: Unanswered | None = None
