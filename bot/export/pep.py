"""PEP nodes in records: configurations and items, as XEP-0227 §4.10 wants them sorted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from bot.export.stanza import is_shallow, parsed, split

PUBSUB = "http://jabber.org/protocol/pubsub"
OWNER = f"{PUBSUB}#owner"

_NODE_OF_PAYLOAD = {"urn:ietf:params:xml:ns:vcard-4.0": "urn:xmpp:vcard4"}
"""Elsewhere in the profile, the node is called like the namespace of what is in it."""


@dataclass(frozen=True, slots=True)
class NodePart:
    """Something of a node: a configuration (`configure`, `affiliations`, `subscriptions`) or an item."""

    node: str
    element: Element

    @property
    def is_item(self) -> bool:
        """Whether it is an item."""
        return split(self.element.tag)[1] == "item"

    @property
    def payload(self) -> Element | None:
        """What is in the item."""
        return self.element[0] if self.is_item and len(self.element) else None


def is_of_pep(record: dict[str, Any]) -> bool:
    """Return whether a record of `profile` or `client_data` is of PEP, not a vCard or private XML."""
    return record.get("kind") != "private" and record.get("part") != "vcard"


def node_parts(record: dict[str, Any]) -> list[NodePart] | None:
    """Return what a record holds of a node; None when it is damaged.

    The record is a `pubsub` element, or an item or payload alone.
    """
    element = parsed(record.get("xml"))
    if element is None or not is_shallow(element):
        return None
    parts = list(_parts(element, record))
    return parts or None


def _parts(element: Element, record: dict[str, Any]) -> Iterator[NodePart]:
    namespace, name = split(element.tag)
    if (namespace, name) == (OWNER, "pubsub"):
        yield from (NodePart(child.get("node", ""), child) for child in element if child.get("node"))
    elif (namespace, name) == (PUBSUB, "pubsub"):
        for items in element.iterfind(f"{{{PUBSUB}}}items"):
            yield from (NodePart(items.get("node", ""), item) for item in items if items.get("node"))
    else:
        item = element if name == "item" else _wrapped(element, record)
        node = str(record.get("node") or _node_of(item))
        if node:
            yield NodePart(node, item)


def _wrapped(payload: Element, record: dict[str, Any]) -> Element:
    item = Element(f"{{{PUBSUB}}}item", {"id": str(record.get("id") or "current")})
    item.append(payload)
    return item


def _node_of(item: Element) -> str:
    namespace = split(item[0].tag)[0] if len(item) else ""
    return _NODE_OF_PAYLOAD.get(namespace, namespace)
