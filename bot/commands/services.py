"""What handlers work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from bot.answers.answer import Answers
from bot.dialogue.command import Command, Registry
from bot.policy.model import Policy
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """The policy in force, the languages that the bot speaks, and its own state.

    *store* is None offline, where nothing is remembered about anybody.
    """

    policy: Policy
    languages: tuple[str, ...]
    registry: Registry[Services]
    store: Store | None = None
    answers: Answers = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no answers made yet."""
        object.__setattr__(self, "answers", Answers(self.policy))


BotCommand: TypeAlias = Command[Services]
