"""The namespaces of the protocols that the component speaks or recognises."""

COMPONENT = "jabber:component:accept"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"

DISCO_INFO = "http://jabber.org/protocol/disco#info"
DISCO_ITEMS = "http://jabber.org/protocol/disco#items"
COMMANDS = "http://jabber.org/protocol/commands"
DATA_FORM = "jabber:x:data"
VERSION = "jabber:iq:version"
PING = "urn:xmpp:ping"
VCARD = "vcard-temp"
VCARD_UPDATE = "vcard-temp:x:update"
SERVER_INFO = "http://jabber.org/network/serverinfo"

QUICK_RESPONSE = "urn:xmpp:tmp:quick-response"
RECEIPTS = "urn:xmpp:receipts"
CHAT_STATES = "http://jabber.org/protocol/chatstates"
CORRECTION = "urn:xmpp:message-correct:0"
FALLBACK = "urn:xmpp:fallback:0"
REPLY = "urn:xmpp:reply:0"
HINTS = "urn:xmpp:hints"
STANZA_IDS = "urn:xmpp:sid:0"
CARBONS = "urn:xmpp:carbons:2"

SILENT = frozenset(
    {
        CARBONS,
        "urn:xmpp:forward:0",
        "urn:xmpp:mam:1",
        "urn:xmpp:mam:2",
        "urn:xmpp:reactions:0",
        "urn:xmpp:message-retract:0",
        "urn:xmpp:message-retract:1",
        "urn:xmpp:message-moderate:0",
        "http://jabber.org/protocol/pubsub#event",
        "http://jabber.org/protocol/muc#user",
        "jabber:x:conference",
    }
)
"""Namespaces whose messages are not addressed to the bot as a question, even with a body."""

ENCRYPTION = "urn:xmpp:eme:0"
OMEMO = frozenset({"eu.siacs.conversations.axolotl", "urn:xmpp:omemo:0", "urn:xmpp:omemo:1", "urn:xmpp:omemo:2"})
OTHER_ENCRYPTION = frozenset({"urn:xmpp:openpgp:0", "jabber:x:encrypted", "urn:ietf:params:xml:ns:xmpp-e2e"})
