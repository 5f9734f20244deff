"""The words of a message: which of several bodies, without quotes and without what nobody sees."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from bot.i18n import negotiate
from bot.xmpp import namespaces as ns

_BODY = f"{{{ns.COMPONENT}}}body"
_FALLBACK = f"{{{ns.FALLBACK}}}fallback"
_RANGE = f"{{{ns.FALLBACK}}}body"

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\uffff\U000e0000-\U000e0fff]"
)
"""Control characters, overrides of the writing direction and other characters that nobody sees."""

_COUNT = re.compile("[0-9]{1,9}", re.ASCII)


def read_body(stanza: Element, offered: Sequence[str] = ()) -> tuple[str | None, str]:
    """Return the language and the words of a message; the words are empty when it has none.

    Of several bodies it is the one in the language of the message, else the first that is in one
    of the *offered* languages, best first (RFC 6121 §5.2.3).  The language is None when neither
    message nor body states one.
    """
    inherited = stanza.get(ns.XML_LANG)
    bodies: dict[str, str] = {}
    for body in stanza.findall(_BODY):
        bodies.setdefault(body.get(ns.XML_LANG, inherited or ""), body.text or "")
    if not bodies:
        return inherited, ""
    chosen = negotiate([inherited, *offered], tuple(bodies)) if len(bodies) > 1 else next(iter(bodies))
    own = _without_quotes(_without_fallback(stanza, bodies[chosen]))
    return chosen or None, _UNSEEN.sub("", own).strip()


def _without_fallback(stanza: Element, text: str) -> str:
    """Cut out the quote that a reply repeats for clients that know no replies (XEP-0461 §3.1).

    Fallbacks for anything else stay: what they stand in for is unknown here, so they are the
    message (XEP-0428 §2).  The offsets count code points (XEP-0426); impossible ones cut nothing.
    """
    cuts = [
        (start, end)
        for fallback in stanza.findall(_FALLBACK)
        if fallback.get("for") == ns.REPLY
        for part in fallback.findall(_RANGE)
        for start, end in [(_offset(part, "start", 0), _offset(part, "end", len(text)))]
        if start < end <= len(text)
    ]
    if not cuts:
        return text
    kept = bytearray(b"\1") * len(text)
    for start, end in cuts:
        kept[start:end] = bytes(end - start)
    own = "".join(character for character, keep in zip(text, kept, strict=True) if keep)
    return own if own.strip() else text


def _offset(part: Element, name: str, default: int) -> int:
    """Return an offset; one behind every text when it is none."""
    given = part.get(name)
    if given is None:
        return default
    return int(given) if _COUNT.fullmatch(given) else sys.maxsize


def _without_quotes(text: str) -> str:
    """Drop quoted lines, unless nothing else was written."""
    if ">" not in text:
        return text
    own = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
    return own if own.strip() else text
