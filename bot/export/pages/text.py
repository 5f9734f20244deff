"""Texts of strangers in HTML: escaped, with what could deceive the eye made visible."""

from __future__ import annotations

import re

_SPECIAL = re.compile("[&<>\"'\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What HTML needs escaped, control characters, and those that turn the direction of what follows (UAX #9).

File names hide behind the last.
"""
_LINK = re.compile(r"https?://[^\s<>\"'`\\^{}|]+", re.IGNORECASE)
_AFTER = ".,;:!?)]}'*_~"
"""What stands behind an address in a sentence more often than it belongs to it."""


def shown(text: object) -> str:
    """Return *text* so that it can stand between tags and in quoted attributes."""
    return _SPECIAL.sub(_written, str(text))


def linked(text: str) -> str:
    """Return *text* with links where addresses of the web are in it; nothing else becomes a link.

    Links with a key in them (XEP-0454 §7) must not, lest the browser takes the key to the server.
    """
    if "://" not in text:
        return shown(text)
    pieces, end = [], 0
    for found in _LINK.finditer(text):
        url = found[0].rstrip(_AFTER)
        escaped = shown(url)
        pieces += [shown(text[end : found.start()]), _anchor(escaped, escaped)]
        end = found.start() + len(url)
    return "".join(pieces) + shown(text[end:])


def link(url: str, label: str = "") -> str:
    """Return a link to *url* if it leads to the web, else the bare text."""
    if not _LINK.fullmatch(url):
        return shown(label or url)
    return _anchor(shown(url), shown(label or url))


def _anchor(url: str, label: str) -> str:
    return f'<a href="{url}" rel="noopener noreferrer">{label}</a>'


def element(name: str, inside: str, **attributes: str) -> str:
    """Return an element; *inside* is HTML, the *attributes* are not."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{shown(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{inside}</{name}>"


_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}


def _written(found: re.Match[str]) -> str:
    return _ESCAPED.get(found[0]) or f"⟨U+{ord(found[0]):04X}⟩"
