"""Records of the contact list and of the block list, which some servers give as XML only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.export.stanza import parsed, split


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody in one of the lists; *pending* means that they ask to see the presence and wait for an answer."""

    jid: str = ""
    name: str = ""
    subscription: str = ""
    groups: tuple[str, ...] = ()
    pending: bool = False


def contact(record: dict[str, Any]) -> Contact:
    """Return what a record says, its XML first (RFC 6121 §2.1)."""
    element = parsed(record.get("xml"))
    found = {} if element is None else element.attrib
    groups = [] if element is None else [each.text or "" for each in element if split(each.tag)[1] == "group"]

    def told(key: str) -> str:
        value = found.get(key) or record.get(key)
        return value if isinstance(value, str) else ""

    return Contact(told("jid"), told("name"), told("subscription"), tuple(groups), bool(record.get("pending")))
