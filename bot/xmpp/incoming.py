"""What a message stanza means to the bot: something to answer, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from bot.i18n import negotiate
from bot.xmpp import namespaces as ns

_BODY = f"{{{ns.COMPONENT}}}body"
_THREAD = f"{{{ns.COMPONENT}}}thread"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]"
)
"""Control characters, overrides of the writing direction and other characters that nobody sees."""

_COUNT = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that wants an answer.

    *sender* and *to* are full JIDs as the server stamped them; *text* is None when the message is
    encrypted end to end and cannot be read (XEP-0380).
    """

    sender: str
    to: str
    type: str
    id: str
    thread: str
    language: str | None
    text: str | None
    wants_receipt: bool
    has_chat_state: bool

    @property
    def account(self) -> str:
        """The bare JID of the sender."""
        return bare(self.sender)

    @property
    def conversation(self) -> str:
        """What tells this conversation apart from others of the sender."""
        return f"{self.account}\0{self.thread}"


def bare(jid: str) -> str:
    """Return a JID without its resource (RFC 7622 §3.1)."""
    return jid.partition("/")[0]


def domain(jid: str) -> str:
    """Return the domain of a JID."""
    return bare(jid).rpartition("@")[2]


def read_message(stanza: Element) -> Incoming | None:
    """Return what *stanza* asks; None when it is none of the bot's business.

    Only `chat` and `normal` messages with something to read are answered (RFC 6121 §5.2.2).
    """
    type_ = stanza.get("type", "normal")
    sender, to = stanza.get("from", ""), stanza.get("to", "")
    if type_ not in ("chat", "normal") or not sender or not to:
        return None
    children = {_namespace(child): child for child in stanza}
    if not ns.SILENT.isdisjoint(children):
        return None
    language, text = _body(stanza)
    encrypted = _is_encrypted(stanza, text)
    if encrypted is None or (not text and not encrypted):
        return None
    return Incoming(
        sender,
        to,
        type_,
        stanza.get("id", ""),
        stanza.findtext(_THREAD) or "",
        language,
        None if encrypted else text,
        ns.RECEIPTS in children and stanza.find(f"{{{ns.RECEIPTS}}}request") is not None,
        ns.CHAT_STATES in children,
    )


def _namespace(element: Element) -> str:
    return element.tag[1:].partition("}")[0]


def _is_encrypted(stanza: Element, text: str) -> bool | None:
    """Return whether the message is encrypted; None when it only carries keys and no message."""
    marked = stanza.find(f"{{{ns.ENCRYPTION}}}encryption") is not None
    for child in stanza:
        namespace = _namespace(child)
        if namespace in ns.OMEMO and child.tag.endswith("}encrypted"):
            return True if child.find(f"{{{namespace}}}payload") is not None else None
        if namespace in ns.OTHER_ENCRYPTION:
            return True
    return marked or text.startswith("?OTR")


def _body(stanza: Element) -> tuple[str | None, str]:
    """Return language and text; of several bodies the one in the language of the message."""
    inherited = stanza.get(ns.XML_LANG)
    bodies = {body.get(ns.XML_LANG, inherited or ""): body.text or "" for body in stanza.findall(_BODY)}
    if not bodies:
        return inherited, ""
    chosen = negotiate([inherited], tuple(bodies))
    text = _without_quotes(_without_fallback(stanza, bodies[chosen]))
    return chosen or None, _UNSEEN.sub("", text).strip()


def _without_fallback(stanza: Element, text: str) -> str:
    """Cut out what stands there for clients that know less: quotes of a reply (XEP-0428, XEP-0461)."""
    cuts = [
        (start, end)
        for fallback in stanza.findall(f"{{{ns.FALLBACK}}}fallback")
        for body in fallback.findall(f"{{{ns.FALLBACK}}}body")
        if (start := _offset(body.get("start", "0"))) is not None
        and (end := _offset(body.get("end", str(len(text))))) is not None
    ]
    for start, end in sorted(cuts, reverse=True):
        text = text[:start] + text[max(start, end) :]
    return text


def _offset(given: str) -> int | None:
    """Return a position in the text; None when it is none."""
    return int(given) if _COUNT.fullmatch(given) else None


def _without_quotes(text: str) -> str:
    """Drop quoted lines, unless nothing else was written."""
    own = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
    return own if own.strip() else text
