"""What the component tells about itself: identity, features, commands, contacts, card, version."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote
from xml.etree.ElementTree import Element

from bot import __version__, files
from bot.commands.desk import Desk
from bot.i18n import Translator, _
from bot.policy.organisation import Contact
from bot.xmpp import namespaces as ns
from bot.xmpp.elements import add_hidden_form, child, error, result
from bot.xmpp.jid import bare

_FEATURES = (
    ns.DISCO_INFO,
    ns.DISCO_ITEMS,
    ns.COMMANDS,
    ns.DATA_FORM,
    ns.VERSION,
    ns.PING,
    ns.VCARD,
    ns.RECEIPTS,
    ns.CHAT_STATES,
    ns.CORRECTION,
    ns.QUICK_RESPONSE,
)
"""Only what is really answered."""

_SELF = _("Privacy questions")


@dataclass(frozen=True)
class Discovery:
    """Answers questions about the component itself."""

    desk: Desk

    def info(self, iq: Element, tr: Translator) -> Element:
        """Answer disco#info (XEP-0030 §3), for the bot, its list of commands or one command."""
        node = self._node(iq, ns.DISCO_INFO)
        answer = result(iq, tr.language)
        query = child(answer, ns.DISCO_INFO, "query", node=node)
        if node is None:
            # What clients look for to show a bot as a bot, in chats and in searches.
            child(query, ns.DISCO_INFO, "identity", category="client", type_="bot", name=tr(_SELF))
            for feature in _FEATURES:
                child(query, ns.DISCO_INFO, "feature", var=feature)
            add_hidden_form(query, ns.SERVER_INFO, self._contacts())
            return answer
        if node == ns.COMMANDS:
            identity = ("command-list", tr(_("What I can do")))
        else:
            command = self.desk.services.registry.get(node)
            if command is None:
                return error(iq, "cancel", "item-not-found")
            identity = ("command-node", tr(command.title))
        child(query, ns.DISCO_INFO, "identity", category="automation", type_=identity[0], name=identity[1])
        for feature in (ns.COMMANDS, ns.DATA_FORM):
            child(query, ns.DISCO_INFO, "feature", var=feature)
        return answer

    def items(self, iq: Element, tr: Translator) -> Element:
        """Answer disco#items: the commands, with their names in the language of the asker."""
        node = self._node(iq, ns.DISCO_ITEMS)
        answer = result(iq, tr.language)
        query = child(answer, ns.DISCO_ITEMS, "query", node=node)
        if node == ns.COMMANDS:
            here = self._address(iq.get("to", ""))
            for command in self.desk.services.offered(bare(iq.get("from", ""))):
                child(query, ns.DISCO_ITEMS, "item", jid=here, node=command.name, name=tr(command.title))
        elif node is not None:
            return error(iq, "cancel", "item-not-found")
        return answer

    def _address(self, to: str) -> str:
        """Return the address that people write to, for one that the server has put in its place."""
        server = self.desk.services.server
        public = server.address if server is not None else None
        return public if public and bare(to).partition("@")[0] == public.partition("@")[0] else to

    def version(self, iq: Element, _tr: Translator) -> Element:
        """Answer XEP-0092; the operating system is nobody's business."""
        answer = result(iq)
        query = child(answer, ns.VERSION, "query")
        child(query, ns.VERSION, "name", "xmpp-privacy-bot")
        child(query, ns.VERSION, "version", __version__)
        return answer

    def ping(self, iq: Element, _tr: Translator) -> Element:
        """Answer XEP-0199."""
        return result(iq)

    def vcard(self, iq: Element, tr: Translator) -> Element:
        """Answer with a card (XEP-0054), so that clients show a name and a picture."""
        policy = self.desk.services.policy
        answer = result(iq, tr.language)
        card = child(answer, ns.VCARD, "vCard")
        child(card, ns.VCARD, "FN", tr(_SELF))
        child(card, ns.VCARD, "NICKNAME", tr(_SELF))
        if policy.url:
            child(card, ns.VCARD, "URL", policy.url)
        if policy.host:
            sentence = _("I tell you what %(host)s stores about you, why, for how long, and who can see it.")
            child(card, ns.VCARD, "DESC", tr(sentence(host=policy.host)))
        photo = child(card, ns.VCARD, "PHOTO")
        child(photo, ns.VCARD, "TYPE", "image/png")
        child(photo, ns.VCARD, "BINVAL", base64.b64encode(self._avatar).decode())
        return answer

    @cached_property
    def _avatar(self) -> bytes:
        return (files.directory("data") / "avatar.png").read_bytes()

    @cached_property
    def avatar_hash(self) -> str:
        """The hash by which clients know the picture (XEP-0153 §3.1)."""
        return hashlib.sha1(self._avatar, usedforsecurity=False).hexdigest()

    def _contacts(self) -> dict[str, list[str]]:
        """Return whom to contact (XEP-0157 §2), from the policy."""
        policy = self.desk.services.policy
        abuse = policy.abuse.contact if policy.abuse else None
        contacts = {
            "abuse-addresses": _addresses(abuse),
            "admin-addresses": _addresses(policy.controller),
            "support-addresses": _addresses(policy.data_protection_officer) or _addresses(policy.controller),
        }
        return {name: addresses for name, addresses in contacts.items() if addresses}

    @staticmethod
    def _node(iq: Element, namespace: str) -> str | None:
        query = iq.find(f"{{{namespace}}}query")
        return query.get("node") or None if query is not None else None


def _addresses(contact: Contact | None) -> list[str]:
    """Return how to reach *contact*, as URIs (RFC 6068 §2, RFC 5122 §2.2)."""
    if contact is None:
        return []
    known = [
        contact.email and f"mailto:{quote(contact.email, safe='@')}",
        contact.jid and f"xmpp:{quote(contact.jid, safe='@')}",
        contact.url,
    ]
    return [address for address in known if address]
