"""Presence and subscriptions: everybody may have the bot in the contact list."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from bot.xmpp import namespaces as ns
from bot.xmpp.elements import child


def answers(presence: Element, avatar_hash: str) -> list[Element]:
    """Return what to send for a presence stanza (RFC 6121 §3.1.4, §4.3.2).

    slixmpp would tell those who are not in its roster that they are not subscribed; everybody is.
    """
    match presence.get("type"):
        case "subscribe":
            return [_to(presence, "subscribed"), _available(presence, avatar_hash)]
        case "probe":
            return [_available(presence, avatar_hash)]
        case "unsubscribe":
            return [_to(presence, "unsubscribed"), _to(presence, "unavailable")]
        case _:
            return []


def _to(presence: Element, type_: str | None) -> Element:
    sender = presence.get("from", "").partition("/")[0]
    attributes = {"from": presence.get("to", ""), "to": sender}
    if type_ is not None:
        attributes["type"] = type_
    return Element(f"{{{ns.COMPONENT}}}presence", attributes)


def _available(presence: Element, avatar_hash: str) -> Element:
    stanza = _to(presence, None)
    child(child(stanza, ns.VCARD_UPDATE, "x"), ns.VCARD_UPDATE, "photo", avatar_hash)
    return stanza
