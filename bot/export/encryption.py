"""AES-256-GCM as XEP-0454 §3 has it: what is uploaded can be read only with the link."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import GCM

IV_BYTES, KEY_BYTES, TAG_BYTES = 12, 32, 16
_PIECE = 1 << 20
_FRAGMENT = re.compile(r"[0-9a-fA-F]{88}")


class Target(Protocol):
    """Where bytes are written, one after the other."""

    def write(self, data: bytes, /) -> object:
        """Write *data*."""

    def flush(self) -> object:
        """Hand over what was written."""


class NotDecrypted(Exception):  # noqa: N818 -- named after what is wrong
    """The key is not that of the file, or the file is damaged; the text is for the person who tried."""


class Encrypted:
    """Encrypts what is written, and passes it on; `finish` adds the tag.

    Attributes:
        iv: chosen at random, 12 bytes.
        key: chosen at random, 32 bytes.
        size: bytes that were passed on so far.
    """

    def __init__(self, target: Target) -> None:
        self.iv, self.key = os.urandom(IV_BYTES), os.urandom(KEY_BYTES)
        self.size = 0
        self._target = target
        self._encryptor = Cipher(AES256(self.key), GCM(self.iv)).encryptor()

    def write(self, data: bytes, /) -> int:
        """Encrypt *data* and pass it on."""
        self._target.write(self._encryptor.update(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Hand over what was written."""
        self._target.flush()

    def finish(self) -> None:
        """Write the tag; nothing can be written afterwards."""
        self._target.write(self._encryptor.finalize() + self._encryptor.tag)
        self.size += TAG_BYTES
        self._target.flush()


def aesgcm_link(get_url: str, iv: bytes, key: bytes) -> str:
    """Return the link that fetches and decrypts a file: `https` becomes `aesgcm`, IV and key the fragment.

    XEP-0454 allows only `https`.  A plain `http` address is taken as well, for servers on loopback in
    tests and demos; clients will fetch it by `https`.
    """
    _scheme, _colon, rest = get_url.partition(":")
    return f"aesgcm:{rest.partition('#')[0]}#{iv.hex()}{key.hex()}"


def decrypt(link_or_fragment: str, source: Path, target: Path) -> None:
    """Decrypt the file *source* into *target*, which appears only when all of it is authentic.

    Raises:
        NotDecrypted: the key has another form or is another one, or the file was changed.
        OSError: a file cannot be read or written.
    """
    fragment = link_or_fragment.strip().rpartition("#")[2]
    if not _FRAGMENT.fullmatch(fragment):
        raise NotDecrypted("this is no link of that kind: after '#' it has 88 hexadecimal digits")
    secret = bytes.fromhex(fragment)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".decrypting-")
    try:
        with os.fdopen(handle, "wb") as plain:
            _decrypt(secret[:IV_BYTES], secret[IV_BYTES:], source, plain)
        Path(name).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _decrypt(iv: bytes, key: bytes, source: Path, plain: Target) -> None:
    left = source.stat().st_size - TAG_BYTES
    if left < 0:
        raise NotDecrypted("the file is too short to be one of these")
    decryptor = Cipher(AES256(key), GCM(iv)).decryptor()
    with source.open("rb") as file:
        while left > 0:
            piece = file.read(min(left, _PIECE))
            if not piece:
                raise NotDecrypted("the file became shorter while it was read")
            left -= len(piece)
            plain.write(decryptor.update(piece))
        try:
            plain.write(decryptor.finalize_with_tag(file.read(TAG_BYTES)))
        except InvalidTag as error:
            raise NotDecrypted("the link is not the one of this file, or the file is damaged") from error
