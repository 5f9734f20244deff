"""Addresses that have to be known again later: unreadable without the key, which is not in the database."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING

from bot.claims.whose import Whose

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
"""Bytes, as NIST SP 800-38D §8.2 wants it for random ones."""


class Sealer:
    """Seals and opens with AES-256-GCM, under a key that is made from the key of the pseudonyms.

    The ciphers are loaded when the first seal is made or opened: they take 6 MB, and on a small server days
    may pass until somebody has something erased.
    """

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"seal\0", hashlib.sha256)

    @cached_property
    def _cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 -- see the class

        return AESGCM(self._key)

    def seal(self, whose: Whose) -> bytes:
        """Return *whose* as only the holder of the key can read it."""
        return self.seal_text(json.dumps(asdict(whose)))

    def open(self, sealed: bytes | None) -> Whose | None:
        """Return what was sealed; None when there is nothing, or it was damaged."""
        text = self.open_text(sealed)
        return None if text is None else Whose(**json.loads(text))

    def seal_text(self, text: str) -> bytes:
        """Return *text* as only the holder of the key can read it."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), None)

    def open_text(self, sealed: bytes | None) -> str | None:
        """Return the text that was sealed; None when there is nothing, or it was damaged."""
        if sealed is None:
            return None
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 -- see the class

        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode()
        except InvalidTag:
            return None
