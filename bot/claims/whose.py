"""Whom a claim is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Whose:
    """A bare JID, the full JID that asked, and the account's random name on the server (if it was asked for)."""

    account: str
    device: str
    identity: str = ""

    @property
    def name(self) -> str:
        """The local part of the account."""
        return self.account.partition("@")[0]
