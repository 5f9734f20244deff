"""People who use what a server offers, through real clients, so that it holds something of every kind."""

from __future__ import annotations

import asyncio
from itertools import count
from xml.etree.ElementTree import XML
from xml.sax.saxutils import escape

from slixmpp import JID

from bot.policy.terms import Category
from demo.life import live, upload
from demo.servers import Extra, Server
from demo.servers.find import Kind
from tests.support.client import PASSWORD, Client, client

ROOM_ARCHIVES = "  mod_muc: {default_room_options: {mam: true, persistent: true}}\n"
"""For ejabberd, whose rooms have no archive otherwise; `mod_muc` is an entry of ``modules:``."""

HELD = {
    Category.ACCOUNT: 1,
    Category.PASSWORD: 1,
    Category.ROSTER: 2,
    Category.ARCHIVE: 6,
    Category.OFFLINE_MESSAGES: 2,
    Category.ROOM_ARCHIVE: 2,
    Category.ROOM_MEMBERSHIPS: 1,
    Category.UPLOADS: 2,
    Category.PROFILE: 3,
    Category.BLOCKLIST: 1,
}
"""How much of what every server holds of somebody who `settled`."""

PEP_NODE, PRIVATE_NODE = "urn:xmpp:bookmarks:1", "storage:rosternotes"
NODES = {PEP_NODE, PRIVATE_NODE}
"""What clients stored; servers add nodes of their own to them."""

PROFILE_NODES = {"http://jabber.org/protocol/nick", "urn:xmpp:avatar:metadata"}
"""PEP nodes that are of the profile."""

_NUMBERS = count()

BLOCKED = "tybalt@elsewhere.example"
FILES = ("lake.png", "a dog's “photo” & more.txt")


def _published(node: str, item: str, payload: str) -> str:
    publish = f"<publish node='{node}'><item id='{item}'>{payload}</item></publish>"
    return f"<pubsub xmlns='http://jabber.org/protocol/pubsub'>{publish}</pubsub>"


_NICK, _AVATAR, _BOOKMARKS = "http://jabber.org/protocol/nick", "urn:xmpp:avatar:metadata", PEP_NODE

_SET = (
    "<vCard xmlns='vcard-temp'><FN>Romeo Montague</FN></vCard>",
    _published(_NICK, "current", f"<nick xmlns='{_NICK}'>Romy</nick>"),
    _published(_AVATAR, "current", f"<metadata xmlns='{_AVATAR}'/>"),
    _published(_BOOKMARKS, "lake@conference.localhost", f"<conference xmlns='{_BOOKMARKS}' name='At the lake'/>"),
    "<query xmlns='jabber:iq:private'><notes xmlns='storage:rosternotes'>of his own</notes></query>",
    f"<block xmlns='urn:xmpp:blocking'><item jid='{BLOCKED}'/></block>",
)


def hospitable(kind: Kind, *, sql: bool) -> Extra:
    """Return a configuration under which everybody can settle."""
    return Extra(sql=sql, modules=ROOM_ARCHIVES if kind == "ejabberd" else "")


async def settle(server: Server, name: str) -> None:
    """Give *name* an account with `HELD`, and leave: two messages wait for them."""
    number = next(_NUMBERS)
    friend = f"f{number}-{name}"
    async with client(server, name, resource="boat") as person:
        await use(person, friend, f"lake{number}")
    async with client(server, friend) as other:
        for text in ("Are you there?", "Then until tomorrow."):
            other.chat.xmpp.send_message(JID(f"{name}@{server.domain}"), text, mtype="chat")
        await _processed(other)


async def write_to(server: Server, name: str, text: str = "One more thing.") -> None:
    """Have somebody write to *name*."""
    async with client(server, "passer-by") as other:
        other.chat.xmpp.send_message(JID(f"{name}@{server.domain}"), text, mtype="chat")
        await _processed(other)


async def use(person: Client, friend: str, room: str) -> None:
    """Have *person*, who is logged in, do everything that leaves something on the server.

    The friend's account and the room must be new.
    """
    server = person.server
    await live(server, person.chat, PASSWORD, friend)
    person.chat.xmpp.update_roster(JID("benvolio@elsewhere.example"), name="B. & Co")
    await upload(person.chat, f"upload.{server.domain}", FILES[1], "text/plain", b"woof")
    for payload in _SET:
        await person.iq(XML(payload), to=person.jid.bare, kind="set")
    await _talk_in_a_room(person, room)


async def _talk_in_a_room(person: Client, name: str) -> None:
    room = JID(f"{name}@conference.{person.server.domain}")
    occupant = escape(f"{room}/{person.jid.local}", {"'": "&apos;"})
    person.send_raw(f"<presence to='{occupant}'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    await _processed(person, room)
    submit = (
        "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"
        "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        "<field var='muc#roomconfig_persistentroom'><value>1</value></field></x></query>"
    )
    await person.iq(XML(submit), to=room.bare, kind="set")
    for text in ("Nobody here?", "Well then."):
        person.chat.xmpp.send_message(room, text, mtype="groupchat")
        async with asyncio.timeout(10):
            while (await person.chat.messages.get())["body"] != text:
                pass


async def _processed(person: Client, where: JID | None = None) -> None:
    """Wait until the server, or a room, has dealt with everything sent before."""
    query = XML("<query xmlns='http://jabber.org/protocol/disco#info'/>")
    await person.iq(query, to=str(where or person.server.domain), kind="get")
