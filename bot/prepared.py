"""Files as machines read them, beside those that people write: made when the program is built or installed.

Their names have a digest of the source.  So a file that was edited is never mistaken for the one that was prepared:
it is read itself until it is prepared again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

_FORM = b"1"
"""Changes when what is prepared would look different."""


def prepared(path: Path, source: bytes, suffix: str) -> Path:
    """Return where what was prepared from *path*, which holds *source*, lies if it is there."""
    return path.with_suffix(f".{hashlib.sha256(_FORM + source).hexdigest()[:16]}{suffix}")


def prepare(path: Path, suffix: str, make: Callable[[bytes], bytes]) -> None:
    """Prepare the file at *path* if it is not yet; what was prepared from an older one goes."""
    source = path.read_bytes()
    wanted = prepared(path, source, suffix)
    for older in path.parent.glob(f"{path.stem}.*{suffix}"):
        if older != wanted:
            older.unlink()
    if not wanted.is_file():
        begun = wanted.with_suffix(".new")
        begun.write_bytes(make(source))
        begun.replace(wanted)
