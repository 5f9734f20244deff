"""What is worth counting about the bot at work, for those who watch over it.

Whoever does something says so here, without knowing who counts.  `Measures` itself counts nothing;
bot.metrics counts for Prometheus.  Everything that is told is a number or comes from a closed
vocabulary: never an address, never a text.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal, TypeAlias

from bot.claims.erasure import State
from bot.claims.export import ExportState
from bot.claims.ticket import TicketKind
from bot.policy.vocabulary import Topic

Stanza: TypeAlias = Literal["message", "presence", "iq"]


class Unanswered(StrEnum):
    """Why somebody got no answer to what was asked."""

    NOT_UNDERSTOOD = "not_understood"
    UNSURE = "unsure"
    """It was asked back which of a few things was meant."""
    POLICY_SILENT = "policy_silent"
    NOT_ALLOWED = "not_allowed"
    ENCRYPTED = "encrypted"
    TOO_LONG = "too_long"
    OVERLOADED = "overloaded"


class Measures:
    """Is told what happens; does nothing with it.  Counting is for those who inherit."""

    def answered(self, command: str, topic: Topic | None = None) -> None:
        """Somebody got the answer of *command*, about *topic* of the policy if it has one."""

    def unanswered(self, why: Unanswered, topic: Topic | None = None) -> None:
        """Somebody got no answer; *topic* is the one on which the policy is silent."""

    def rate_limited(self, stanza: Stanza) -> None:
        """A stanza came from somebody who sent too many."""

    def failed(self) -> None:
        """Something failed that nobody expected: an incident with a number in the log."""

    def store_failed(self) -> None:
        """The database did not do its part."""

    def connected(self) -> None:
        """A connection to the server was made."""

    def disconnected(self) -> None:
        """There is no connection any more, or an attempt at one failed."""

    def module(self, *, is_there: bool) -> None:
        """The companion module said who it is, or did not."""

    def asked(self, operation: str, seconds: float, error: type[Exception] | None = None) -> None:
        """The companion module was asked: *operation* of the protocol, how long it took, how it failed."""

    def policy(self, version: str, effective: date) -> None:
        """The bot answers from this version of the policy from now on."""

    def erased(self, what: str, outcome: State) -> None:
        """An erasure of *what* (a category, `everything` or `account`) is over."""

    def exported(self, outcome: ExportState) -> None:
        """A copy of somebody's data is over: made, failed or cancelled."""

    def ticket_opened(self, kind: TicketKind) -> None:
        """A request was passed on to the administrators."""

    def welcomed(self, outcome: str) -> None:
        """A newcomer was welcomed, or was not; *outcome* is one of a few words."""

    def announcement(self, state: str, told: int, skipped: int, failed: int, pending: int, pace: float) -> None:
        """How far the announcement is: *state* in a word, accounts, and accounts told a second."""


NOTHING = Measures()
"""Counts nothing."""
