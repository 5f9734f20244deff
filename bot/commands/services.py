"""What handlers work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

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


BotCommand: TypeAlias = Command[Services]
