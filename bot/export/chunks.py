"""A temporary file of encrypted pieces: what is written to the disk cannot be read without our memory."""

from __future__ import annotations

import os
import struct
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

_HEAD = struct.Struct(">QI")  # number of the piece, length of what follows
_LEVEL = 1  # zlib's fastest: the file is read a few times and then gone


class Chunks:
    """Pieces of bytes, compressed and encrypted, in an anonymous file: nothing is left after kill -9.

    AES-256 in counter mode (NIST SP 800-38A §6.5) under a key that is in memory only.  The first half
    of a counter block is the number of the piece, which is never used twice, not even after `clear`.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 -- closed by close()
        self._key = AES256(os.urandom(32))
        self._number = 0
        self.end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, data: bytes) -> None:
        """Add a piece."""
        sealed = self._crypt(self._number, zlib.compress(data, _LEVEL))
        self._file.seek(self.end)
        self._file.write(_HEAD.pack(self._number, len(sealed)) + sealed)
        self._number += 1
        self.end = self._file.tell()

    def read(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Return the pieces between two values that `end` had; all without them."""
        position, end = start, self.end if end is None else end
        while position < end:
            self._file.seek(position)
            number, length = _HEAD.unpack(self._file.read(_HEAD.size))
            sealed = self._file.read(length)
            position = self._file.tell()
            yield zlib.decompress(self._crypt(number, sealed))

    def clear(self) -> None:
        """Forget everything, and give the space back."""
        self._file.seek(0)
        self._file.truncate()
        self.end = 0

    def close(self) -> None:
        """Give up the file, which removes it."""
        try:
            self._file.close()
        except OSError:  # on a full disk the last buffer cannot be written; the file is gone all the same
            self._file.close()

    def _crypt(self, number: int, data: bytes) -> bytes:
        counter = number.to_bytes(8, "big") + bytes(8)
        return Cipher(self._key, CTR(counter)).encryptor().update(data)
