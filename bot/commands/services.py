"""What handlers work with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.announcements.announcer import Announcer
from bot.announcements.arrivals import Arrivals
from bot.announcements.versions import History
from bot.answers.answer import Answers
from bot.commands.gap_log import GapLog
from bot.dialogue.command import Access, Command
from bot.dialogue.confirmation import Confirmations
from bot.dialogue.memory import Memory
from bot.dialogue.registry import Registry
from bot.measures import NOTHING, Measures
from bot.policy.model import Policy
from bot.rights.rights import Rights
from bot.servers import ServerBackend
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """The policy in force, the languages that the bot speaks, its own state, the server.

    *store*, *server*, *rights*, *history*, *arrivals* and *announcer* are None offline, where nothing is
    remembered about anybody, nobody has an account and nobody logs in.  *admins* are bare JIDs.
    *measures* is told what was answered.
    """

    policy: Policy
    languages: tuple[str, ...]
    registry: Registry[Services]
    store: Store | None = None
    server: ServerBackend | None = None
    admins: frozenset[str] = frozenset()
    rights: Rights | None = None
    history: History | None = None
    arrivals: Arrivals | None = None
    announcer: Announcer | None = None
    measures: Measures = NOTHING
    memory: Memory = field(default_factory=Memory)
    gaps: GapLog = field(default_factory=GapLog)
    confirmations: Confirmations = field(default_factory=lambda: Confirmations(secrets.token_bytes(32)))
    answers: Answers = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no answers made yet."""
        object.__setattr__(self, "answers", Answers(self.policy, is_live=self.server is not None))

    def account(self, sender: str | None) -> str | None:
        """Return the local part of *sender* (a bare JID that the server stamped), if it is an account here."""
        local, _at, domain = (sender or "").rpartition("@")
        return local if self.server is not None and local and domain == self.server.host else None

    def offered(self, sender: str | None) -> tuple[BotCommand, ...]:
        """Return the commands that *sender* may use, in the order of the help."""
        return tuple(command for command in self.registry if self.may(sender, command))

    def may(self, sender: str | None, command: BotCommand) -> bool:
        """Return whether *sender* may use *command*."""
        return command.access is Access.EVERYBODY or sender in self.admins


BotCommand: TypeAlias = Command[Services]
