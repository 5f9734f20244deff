"""Names of accounts that only the holder of the key can make."""

from __future__ import annotations

import hmac

SHORTEST_KEY = 32
"""Bytes that a key must have at least."""


class Pseudonymiser:
    """Turns bare JIDs into pseudonyms: HMAC-SHA-256 under a key that is not in the database.

    Attributes:
        met: takes the bare JIDs that it turned, while the key is being changed.
    """

    def __init__(self, key: bytes) -> None:
        """Take the key; raises `ValueError` when it is shorter than 32 bytes."""
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"the key has {len(key)} bytes; {SHORTEST_KEY} are needed")
        self._key = key
        self.met: set[str] | None = None

    def account(self, bare_jid: str) -> bytes:
        """Return the pseudonym of an account: 32 bytes.

        The server has already prepared the address (RFC 7622); case is folded all the same, so
        that one account never has two pseudonyms.
        """
        if self.met is not None:
            self.met.add(bare_jid)
        return self.of(bare_jid)

    def of(self, bare_jid: str) -> bytes:
        """Return the same without a note that the account was met."""
        return hmac.digest(self._key, b"account\0" + bare_jid.casefold().encode(), "sha256")

    def digest(self, purpose: str, text: str) -> bytes:
        """Return 32 bytes that stand for *text* and tell it to nobody; other purposes have others."""
        return hmac.digest(self._key, f"{purpose}\0{text}".encode(), "sha256")

    def check(self) -> bytes:
        """Return a value that only the same key gives: 32 bytes."""
        return hmac.digest(self._key, b"check\0", "sha256")
