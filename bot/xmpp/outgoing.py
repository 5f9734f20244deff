"""From what the desk says to XML.  Messages are written as text: this is the hot path."""

from __future__ import annotations

import itertools
import re
import secrets
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from bot.announcements.courier import Letter
from bot.dialogue.rendering import ChatMessage
from bot.xmpp import namespaces as ns
from bot.xmpp.incoming import Incoming

_RUN = secrets.token_hex(6)
_NUMBERS = itertools.count()
"""Together they make ids that never come twice, not even in another run."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold (XML 1.0 §2.2)."""

_PLAIN = re.compile("[ !#-%(-;=?-~]*")
"""What needs no care in an attribute: ASCII without quotes, ampersands and angle brackets."""


def clean(text: str) -> str:
    """Return *text* without characters that would break the stream."""
    return _FORBIDDEN.sub("", text)


def message(to: Incoming, language: str, said: ChatMessage, *, personal: bool = False) -> str:
    """Return the answer to a message: same thread, same type, from the address that was written to.

    One xml:lang for the whole stanza, so that quick responses mirror the body's (XEP-0439 §3).
    What is *personal* asks servers and other devices of the reader to keep no copy.
    """
    thread = f"<thread>{escape(clean(to.thread))}</thread>" if to.thread else ""
    state = f"<active xmlns='{ns.CHAT_STATES}'/>" if to.has_chat_state else ""
    language = _attribute(language)
    content = _written(said) + _PRIVATE if personal else _content(said)
    return f"<message {_addresses(to)} xml:lang={language}>{content}{thread}{state}</message>"


def unasked(
    sender: str, to: str, language: str, said: ChatMessage, *, replacing: str | None = None, personal: bool = False
) -> tuple[str, str]:
    """Return the id and the stanza of a message that answers nothing; it may correct another (XEP-0308 §3)."""
    id_ = f"{_RUN}-{next(_NUMBERS)}"
    correction = f"<replace xmlns='{ns.CORRECTION}' id={_attribute(replacing)}/>" if replacing else ""
    return id_, _chat(sender, to, id_, language, f"{_written(said)}{correction}{_PRIVATE if personal else ''}")


def letter(sender: str, one: Letter) -> str:
    """Return the stanza of a letter: its id says that it is the same, whoever handed it on (XEP-0359 §3.1)."""
    origin = f"<origin-id xmlns='{ns.STANZA_IDS}' id={_attribute(one.id)}/>"
    return _chat(sender, one.to, one.id, one.language, f"{_content(one.said)}{origin}")


def _chat(sender: str, to: str, id_: str, language: str, content: str) -> str:
    attributes = f"from={_attribute(sender)} to={_attribute(to)} type='chat' id={_attribute(id_)}"
    return f"<message {attributes} xml:lang={_attribute(language)}>{content}</message>"


_PRIVATE = f"<no-permanent-store xmlns='{ns.HINTS}'/><no-copy xmlns='{ns.HINTS}'/><private xmlns='{ns.CARBONS}'/>"
"""XEP-0334 §3, §4.3, and XEP-0280 §6.2 for servers that do not know the hints."""


def _written(said: ChatMessage) -> str:
    """Return body and quick responses."""
    responses = (
        f"<response xmlns='{ns.QUICK_RESPONSE}' value={_attribute(line)} label={_attribute(label)}/>"
        for line, label in said.responses
    )
    return f"<body>{escape(clean(said.body))}</body>{''.join(responses)}"


_content = lru_cache(maxsize=1024)(_written)
"""The same answers go out again and again."""


def receipt(to: Incoming) -> str:
    """Return the receipt for a message that asked for one (XEP-0184 §5)."""
    return f"<message {_addresses(to)}><received xmlns='{ns.RECEIPTS}' id={_attribute(to.id)}/></message>"


def _addresses(to: Incoming) -> str:
    return f"from={_attribute(to.to)} to={_attribute(to.sender)} type='{to.type}' id='{_RUN}-{next(_NUMBERS)}'"


def _attribute(value: str) -> str:
    return f"'{value}'" if _PLAIN.fullmatch(value) else quoteattr(clean(value))
