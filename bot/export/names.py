"""Names of files in the ZIP that every system can unpack, and that lead nowhere else."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 100  # bytes; file systems take 255, encrypted ones as few as 143
_LONGEST_SUFFIX = 16
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Devices, on Windows."""


class Names:
    """Gives names that differ also where capitals do not count."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, wanted: str) -> str:
        """Return a name like *wanted*."""
        stem, suffix = _split(_clean(wanted))
        candidate, number = f"{stem}{suffix}", 1
        while _folded(candidate) in self._taken:
            number += 1
            mark = f"-{number}"
            candidate = f"{_cut(stem, _LONGEST - len((mark + suffix).encode()))}{mark}{suffix}"
        self._taken.add(_folded(candidate))
        return candidate


def _clean(text: str) -> str:
    kept = "".join(char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char)[0] != "C")
    cleaned = _FORBIDDEN.sub("_", kept).strip(". \u00a0") or "file"
    return f"_{cleaned}" if _RESERVED.fullmatch(cleaned) else cleaned


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix) > _LONGEST_SUFFIX or not suffix.isalnum() or not suffix.isascii():
        return _cut(name, _LONGEST), ""
    return _cut(stem, _LONGEST - len(suffix) - 1), dot + suffix


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore").rstrip(". ") or "file"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())
