"""A little life for the demo's account, so that there is something to ask about."""

import asyncio
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

from slixmpp import JID

from demo.client import ChatClient, logged_in
from demo.servers import Server

FRIEND = "juliet"
PHOTO = Path(__file__).resolve().parent.parent / "data" / "avatar.png"
SLOT = "urn:xmpp:http:upload:0"

SAID = (
    "I am at the lake already, and the water is warm.",
    "I will be there at six. Shall I bring the boat?",
    "Please do. The blue one.",
)


async def live(server: Server, client: ChatClient, password: str, friend_name: str = FRIEND) -> None:
    """Give the account of *client* a contact, a chat, and a photo that it shared.

    Args:
        server: where they live.
        client: who is given a life.
        password: of the friend, whose account is made.
        friend_name: the local part of that account.

    Raises:
        LoginError: the server does not let the friend in.
    """
    server.add_account(friend_name, password)
    me, friend = client.xmpp.boundjid.bare, f"{friend_name}@{server.domain}"
    async with logged_in(f"{friend}/garden", password, server.c2s) as other:
        client.xmpp.update_roster(JID(friend), name="Juliet")
        for number, text in enumerate(SAID):
            speaker, listener = (client, other) if number % 2 else (other, client)
            said = speaker.xmpp.make_message(JID(friend if number % 2 else me), text, mtype="chat")
            said.send()
            await _hear(listener, JID(me if number % 2 else friend))
        url = await upload(client, f"upload.{server.domain}", "lake.png", "image/png", PHOTO.read_bytes())
        client.xmpp.make_message(JID(friend), url, mtype="chat").send()
        await _hear(other, JID(me))


async def _hear(client: ChatClient, speaker: JID) -> None:
    """Take the next message of *speaker*; what others said meanwhile, such as the bot, waits as before."""
    others = []
    while (message := await client.message())["from"].bare != speaker.bare:
        others.append(message)
    for message in others:
        client.messages.put_nowait(message)


async def upload(client: ChatClient, service: str, name: str, kind: str, content: bytes) -> str:
    """Upload a file (XEP-0363 §5) and return where it can be fetched.

    Args:
        client: whose file it is.
        service: the upload service of the server.
        name: the file's name.
        kind: its type, as in HTTP.
        content: what is in it.
    """
    request = client.xmpp.make_iq_get(ito=JID(service))
    attributes = {"filename": name, "size": str(len(content)), "content-type": kind}
    request.append(Element(f"{{{SLOT}}}request", attributes))
    slot = (await request.send()).xml
    target = slot.find(f"{{{SLOT}}}slot/{{{SLOT}}}put")
    get = slot.find(f"{{{SLOT}}}slot/{{{SLOT}}}get")
    assert target is not None and get is not None  # noqa: S101, PT018 - or the request had failed
    headers = {header.get("name", ""): header.text or "" for header in target} | {"Content-Type": kind}
    await asyncio.to_thread(put, target.get("url", ""), content, headers)
    return str(get.get("url", ""))


def put(url: str, content: bytes, headers: Mapping[str, str]) -> None:
    """Send a file to where a slot says; blocks, raises `urllib.error.HTTPError`."""
    request = urllib.request.Request(url, content, dict(headers), method="PUT")  # noqa: S310 - loopback
    urllib.request.urlopen(request).close()  # noqa: S310
