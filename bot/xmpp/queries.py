"""Requests (IQs) to the component: which of its parts answers, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from xml.etree.ElementTree import Element

from bot.commands.desk import Desk
from bot.i18n import Translator
from bot.xmpp import namespaces as ns
from bot.xmpp.adhoc import AdHoc
from bot.xmpp.discovery import Discovery
from bot.xmpp.elements import error
from bot.xmpp.jid import bare

_COMMAND = f"{{{ns.COMMANDS}}}command"


class Queries:
    """Answers requests of the types `get` and `set`."""

    def __init__(self, desk: Desk, discovery: Discovery) -> None:
        self._desk = desk
        self._adhoc = AdHoc(desk)
        self._gets: Mapping[str, Callable[[Element, Translator], Element]] = {
            f"{{{ns.DISCO_INFO}}}query": discovery.info,
            f"{{{ns.DISCO_ITEMS}}}query": discovery.items,
            f"{{{ns.VERSION}}}query": discovery.version,
            f"{{{ns.PING}}}ping": discovery.ping,
            f"{{{ns.VCARD}}}vCard": discovery.vcard,
        }

    async def answer(self, iq: Element, now: datetime) -> Element:
        """Return the answer to *iq*; what is not known is refused (RFC 6120 §8.2.3, §8.4)."""
        if len(iq) != 1:
            return error(iq, "modify", "bad-request")
        tag = iq[0].tag
        if iq.get("type") == "set":
            if tag == _COMMAND:
                return await self._adhoc.answer(iq, now)
            return error(iq, "cancel", "service-unavailable")
        known = self._gets.get(tag)
        if known is None:
            return error(iq, "cancel", "service-unavailable")
        tr = await self._desk.translator_for(bare(iq.get("from", "")), iq.get(ns.XML_LANG))
        return known(iq, tr)
