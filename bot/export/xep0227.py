"""``account.xml``: what another server can import (XEP-0227).

There is nothing in it from which a password could be told.  The elements come in an order that suits the
schema (§9) and importers alike, each with a namespace of its own and without blanks between, since
importers exist that look at one element alone and stumble over texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

from bot.export.contacts import contact
from bot.export.moments import stamp, whole_seconds
from bot.export.pep import OWNER, PUBSUB, NodePart, is_of_pep, node_parts
from bot.export.spool import Spool
from bot.export.stanza import attribute, parsed, parsed_together, rooted, serialised, split
from bot.export.vcard import vcard_temp
from bot.export.zipping import Entry
from bot.policy.terms import Category

PIE, MAM_EXPORT = "urn:xmpp:pie:0", "urn:xmpp:pie:0#mam"
CLIENT, ROSTER, PRIVATE, VCARD = "jabber:client", "jabber:iq:roster", "jabber:iq:private", "vcard-temp"
PRIVACY, MAM, FORWARD, DELAY = "jabber:iq:privacy", "urn:xmpp:mam:2", "urn:xmpp:forward:0", "urn:xmpp:delay"
LIST = "blocked"
"""What the privacy list with the blocked addresses is called."""

_PEP = (Category.PROFILE, Category.CLIENT_DATA)

Record = dict[str, Any]


class AccountWriter:
    """Writes the document.

    Attributes:
        damaged: by category, records that are no XML or lack what this format needs.
    """

    def __init__(self, entry: Entry, spool: Spool, account: str) -> None:
        self._entry, self._spool = entry, spool
        self._name, _at, self._host = account.partition("@")
        self.damaged: Counter[str] = Counter()

    def write(self) -> Iterator[int]:
        """Write everything; yields how many records were dealt with, page by page."""
        self._entry.write(
            f"<?xml version='1.0' encoding='UTF-8'?>\n<server-data xmlns='{PIE}'>"
            f"<host xmlns='{PIE}' jid={attribute(self._host)}><user xmlns='{PIE}' name={attribute(self._name)}>"
        )
        yield from self._section(
            Category.OFFLINE_MESSAGES, _message, f"<offline-messages xmlns='{PIE}'>", "</offline-messages>"
        )
        yield from self._vcard()
        yield from self._blocked()
        yield from self._section(Category.ROSTER, _contact, f"<query xmlns='{ROSTER}'>", "</query>")
        yield from self._section(Category.ROSTER, _request, "", "")
        yield from self._section(Category.CLIENT_DATA, _private, f"<query xmlns='{PRIVATE}'>", "</query>")
        yield from self._configurations()
        yield from self._items()
        yield from self._section(Category.ARCHIVE, _archived, f"<archive xmlns='{MAM_EXPORT}'>", "</archive>")
        self._entry.write("</user></host></server-data>\n")

    def _section(
        self, category: str, write: Callable[[Record, Element | None], str | None], start: str, end: str
    ) -> Iterator[int]:
        """Write what *write* makes of the records: nothing of "", and None is a damaged one."""
        begun = False
        for page in self._spool.records(category):
            elements = parsed_together([record.get("xml") for record in page])
            made = [write(record, element) for record, element in zip(page, elements, strict=True)]
            self.damaged[category] += made.count(None)
            text = "".join(filter(None, made))
            if text:
                self._entry.write(text if begun else start + text)
                begun = True
            yield len(page)
        if begun:
            self._entry.write(end)

    def _vcard(self) -> Iterator[int]:
        """Write the vCard; made of the newer form (XEP-0292) where the server has no older one."""
        older, newer = "", Element("none")
        for page in self._spool.records(Category.PROFILE):
            for record in page:
                if record.get("part") == "vcard" and not older:
                    older = self._checked_vcard(record)
                elif record.get("part") == "vcard4":
                    payloads = [part.payload for part in node_parts(record) or () if part.payload is not None]
                    newer = payloads[-1] if payloads else newer
            yield 0
        self._entry.write(older or vcard_temp(newer))

    def _checked_vcard(self, record: Record) -> str:
        element = parsed(record.get("xml"))
        if element is None or split(element.tag) not in ((VCARD, "vCard"), ("", "vCard")):
            self.damaged[Category.PROFILE] += 1
            return ""
        return rooted(record["xml"], VCARD)

    def _blocked(self) -> Iterator[int]:
        """Write the block list as a privacy list (XEP-0016), which is all that this format has."""
        number = 0
        for page in self._spool.records(Category.BLOCKLIST):
            for record in page:
                address = contact(record).jid
                if not address:
                    self.damaged[Category.BLOCKLIST] += 1
                    continue
                if number == 0:
                    self._entry.write(f"<query xmlns='{PRIVACY}'><default name='{LIST}'/><list name='{LIST}'>")
                number += 1
                self._entry.write(f"<item type='jid' value={attribute(address)} action='deny' order='{number}'/>")
            yield len(page)
        if number:
            self._entry.write("</list></query>")

    def _configurations(self) -> Iterator[int]:
        """Write the configurations of PEP nodes (§4.10.1): one for each, be it empty, or it would not be imported."""
        configured: set[str] = set()
        nodes: dict[str, None] = {}
        for part in self._parts(count=False):
            nodes[part.node] = None
            if not part.is_item:
                if not configured:
                    self._entry.write(f"<pubsub xmlns='{OWNER}'>")
                configured.add(part.node)
                self._entry.write(serialised(part.element, OWNER, OWNER))
                yield 0
        bare = [node for node in nodes if node not in configured]
        if bare and not configured:
            self._entry.write(f"<pubsub xmlns='{OWNER}'>")
        for node in bare:
            self._entry.write(f"<configure node={attribute(node)}/>")
        if nodes:
            self._entry.write("</pubsub>")

    def _items(self) -> Iterator[int]:
        """Write the items of PEP nodes (§4.10.2); the server gives those of a node one after the other.

        A node without items is there too: Prosody's importer stops at one that has only a configuration.
        """
        node = ""
        for part in self._parts(count=True):
            if part.node != node:
                self._entry.write("</items>" if node else f"<pubsub xmlns='{PUBSUB}'>")
                self._entry.write(f"<items node={attribute(part.node)}>")
                node = part.node
            if part.is_item:
                self._entry.write(serialised(part.element, PUBSUB, PUBSUB))
                yield 1
        if node:
            self._entry.write("</items></pubsub>")

    def _parts(self, *, count: bool) -> Iterator[NodePart]:
        """Yield everything of PEP nodes; *count* the damaged records."""
        for category in _PEP:
            for page in self._spool.records(category):
                for record in filter(is_of_pep, page):
                    parts = node_parts(record)
                    if parts is None and count:
                        self.damaged[category] += 1
                    yield from parts or ()


def _message(record: Record, element: Element | None) -> str | None:
    if element is None or element.tag not in (f"{{{CLIENT}}}message", "message"):
        return None
    return rooted(record["xml"], CLIENT)


def _archived(record: Record, element: Element | None) -> str | None:
    message, seconds = _message(record, element), whole_seconds(record.get("time"))
    if message is None or seconds is None:
        return None
    return (
        f"<result xmlns='{MAM}' id={attribute(record.get('id', ''))}><forwarded xmlns='{FORWARD}'>"
        f"<delay xmlns='{DELAY}' stamp='{stamp(seconds)}'/>{message}</forwarded></result>"
    )


def _contact(record: Record, element: Element | None) -> str | None:
    if record.get("pending"):
        return ""
    if element is None or split(element.tag) not in ((ROSTER, "item"), ("", "item")) or not element.get("jid"):
        return None
    return rooted(record["xml"], ROSTER)


def _request(record: Record, _element: Element | None) -> str:
    """Return somebody's request to see the presence, which waits for an answer (§4.9)."""
    if not record.get("pending") or not isinstance(record.get("jid"), str):
        return ""
    return f"<presence xmlns='{CLIENT}' type='subscribe' from={attribute(record['jid'])}/>"


def _private(record: Record, element: Element | None) -> str | None:
    if is_of_pep(record):
        return ""
    return rooted(record["xml"], "") if element is not None and split(element.tag)[0] else None
