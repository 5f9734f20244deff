"""What a message stanza means to the bot: something to answer, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from bot.xmpp import namespaces as ns
from bot.xmpp.bodies import read_body
from bot.xmpp.jid import bare

_THREAD = f"{{{ns.COMPONENT}}}thread"
_ENCRYPTION = f"{{{ns.ENCRYPTION}}}encryption"
_REQUEST = f"{{{ns.RECEIPTS}}}request"

_UNANSWERED = frozenset({"error", "groupchat", "headline"})
"""Every other type, none and unknown ones too, is `chat` or counts as `normal` (RFC 6121 §5.2.2)."""

_LONGEST_KEY = 100
"""Characters of a thread that tell conversations apart, so that no sender can fill the memory."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that wants an answer.

    *sender* and *to* are JIDs as the server stamped them, *account* is the sender's bare JID.
    *text* is None when the message is encrypted end to end and cannot be read (XEP-0380).
    *language* is the xml:lang of the words (BCP 47).  *id* is empty when there is none.
    """

    sender: str
    account: str
    to: str
    type: str
    id: str
    thread: str
    language: str | None
    text: str | None
    wants_receipt: bool
    has_chat_state: bool

    @property
    def conversation(self) -> str:
        """What tells this conversation apart from others of the sender."""
        return f"{self.account}\0{self.thread[:_LONGEST_KEY]}"


def read_message(stanza: Element, offered: Sequence[str] = ()) -> Incoming | None:
    """Return what *stanza* asks; None when it is none of the bot's business.

    That is everything without words for the bot: errors, room chat, headlines, copies of other
    messages, chat states, receipts, markers, reactions, retractions.  A correction (XEP-0308) is
    answered as what it says now.  *offered* are the languages for choosing among several bodies.
    """
    type_ = stanza.get("type", "normal")
    sender, to = stanza.get("from", ""), stanza.get("to", "")
    if type_ in _UNANSWERED or not sender or not to:
        return None
    namespaces = {_namespace(child) for child in stanza}
    if not ns.SILENT.isdisjoint(namespaces):
        return None
    language, text = read_body(stanza, offered)
    encrypted = _is_encrypted(stanza, text)
    if encrypted is None or (not text and not encrypted):
        return None
    return Incoming(
        sender,
        bare(sender),
        to,
        "chat" if type_ == "chat" else "normal",
        stanza.get("id", ""),
        stanza.findtext(_THREAD) or "",
        language,
        None if encrypted else text,
        ns.RECEIPTS in namespaces and stanza.find(_REQUEST) is not None and stanza.get("id", "") != "",
        ns.CHAT_STATES in namespaces,
    )


def _namespace(element: Element) -> str:
    return element.tag[1:].partition("}")[0]


def _is_encrypted(stanza: Element, text: str) -> bool | None:
    """Return whether the message is encrypted; None when it only carries keys and no message."""
    for child in stanza:
        namespace = _namespace(child)
        if namespace in ns.OMEMO and child.tag.endswith("}encrypted"):
            return True if child.find(f"{{{namespace}}}payload") is not None else None
        if namespace in ns.OTHER_ENCRYPTION:
            return True
    return stanza.find(_ENCRYPTION) is not None or text.startswith("?OTR")
