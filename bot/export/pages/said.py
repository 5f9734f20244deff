"""One message of an archive, read: who said it, when, and what it is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

from bot.export.moments import DAY, whole_seconds
from bot.export.pages.site import Site
from bot.export.pages.text import link, linked, shown
from bot.i18n import Message, Phrase, p_

Record = dict[str, Any]

_ENCRYPTED = p_("message", "Encrypted; only your devices can read it")
_KINDS: tuple[tuple[str, Message], ...] = (
    ("urn:xmpp:omemo:", _ENCRYPTED),
    ("eu.siacs.conversations.axolotl", _ENCRYPTED),
    ("urn:xmpp:openpgp:", _ENCRYPTED),
    ("jabber:x:encrypted", _ENCRYPTED),
    ("urn:xmpp:receipts", p_("message", "Confirmed that a message arrived")),
    ("urn:xmpp:chat-markers:", p_("message", "Told how far a chat was read")),
    ("urn:xmpp:message-retract:", p_("message", "Withdrew a message")),
    ("urn:xmpp:jingle", p_("message", "A call")),
    ("urn:xmpp:call-invites", p_("message", "A call")),
    ("http://jabber.org/protocol/muc", p_("message", "About a group chat")),
    ("jabber:x:conference", p_("message", "An invitation to a group chat")),
    ("http://jabber.org/protocol/chatstates", p_("message", "Was writing")),
)
"""What messages without a text are, by the beginning of the namespace of something in them."""

_REACTIONS = "{urn:xmpp:reactions:0}reactions"
_OUT_OF_BAND = "{jabber:x:oob}x"
_URL = "{jabber:x:oob}url"
_BODY, _SUBJECT = ("{jabber:client}body", "body"), ("{jabber:client}subject", "subject")


class Said:
    """A message.

    Attributes:
        seconds: when; None if the record does not tell.
        day: of that time, counted since 1970.
        is_mine: it was sent by the account itself.
        peer: the other side, or the room.
    """

    __slots__ = ("_message", "_record", "day", "is_mine", "peer", "seconds")

    def __init__(self, record: Record, message: Element | None, account: str) -> None:
        self._record, self._message = record, message
        self.seconds = whole_seconds(record.get("time"))
        self.day = None if self.seconds is None else self.seconds // DAY
        sender = "" if message is None else _bare(message.get("from", ""))
        self.is_mine = sender in ("", account) or "room" in record
        if "room" in record:
            self.peer = str(record["room"])
        elif self.is_mine:
            self.peer = ("" if message is None else _bare(message.get("to", ""))) or account
        else:
            self.peer = sender

    def html(self, site: Site) -> tuple[str, bool]:
        """Return the contents as HTML, and whether they are only something that happened."""
        if self._message is None:
            damaged = site.say(p_("message", "Damaged:"))
            return f"<p>{damaged}</p><pre>{shown(self._record.get('xml', ''))}</pre>", False
        text = subject = url = ""
        kind: Message | None = None
        for child in self._message:
            tag = child.tag
            if tag in _BODY:
                text = text or child.text or ""
            elif tag in _SUBJECT:
                subject = child.text or ""
            elif tag == _OUT_OF_BAND:
                url = child.findtext(_URL) or ""
            elif tag == _REACTIONS:
                emojis = shown(" ".join(each.text or "" for each in child))
                reacted = site.say(p_("message", "Reacted:"))
                return f"<p>{reacted} {emojis}</p>", True
            elif kind is not _ENCRYPTED:
                kind = _kind(tag) or kind
        if kind is _ENCRYPTED or not (text or url):  # what is encrypted has a text that says only that
            return f"<p>{_event(site, kind, subject)}</p>", True
        heading = f"<p><strong>{shown(subject)}</strong></p>" if subject else ""
        return heading + _contents(site, text, url), False


def _event(site: Site, kind: Message | None, subject: str) -> str:
    if kind is None and subject:
        return site.say(p_("message", "Subject:")) + " " + shown(subject)
    said: Phrase = kind or p_("message", "A message without a text")
    return site.say(said)


def _contents(site: Site, text: str, url: str) -> str:
    local = site.files.get(text.strip() or url)
    if local is None:
        address = f"<p>{link(url)}</p>" if url and url not in text else ""
        return (f"<p>{linked(text)}</p>" if text else "") + address
    path, name = shown(local.path), shown(local.path.rpartition("/")[2])
    if local.is_picture:
        return f'<a href="{path}"><img class="photo" loading="lazy" src="{path}" alt="{name}"></a>'
    return f'<p><a href="{path}">{name}</a></p>' if local.type else f"<p>{name}</p>"


@lru_cache(maxsize=1024)
def _kind(tag: str) -> Message | None:
    return next((what for start, what in _KINDS if tag.startswith(f"{{{start}")), None)


@lru_cache(maxsize=4096)
def _bare(jid: str) -> str:
    return jid.partition("/")[0].lower()
