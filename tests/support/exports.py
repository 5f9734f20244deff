"""Somebody who has something of everything, and their copy."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.export import Encrypted, Manifest, Order, write_bundle
from bot.export.order import FetchFailed, FetchReason
from bot.i18n import translator
from bot.policy.terms import Category
from bot.servers import ServerBackend
from tests.support.backend import MemoryServer

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
START = 1_763_000_000
PHOTO = (Path(__file__).resolve().parents[2] / "data" / "avatar.png").read_bytes()
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "see https://example.org/a?b=1&c=<b>'\"x, (https://example.org/b).",
    "\u202egnp.exe and \u2066isolated\u2069",
    "aesgcm://upload.example.org/x.jpg#" + "ab" * 44,
    "</li></ol></main></body></html>",
    "]]> &amp; &#60;b&#62; &lt;i&gt;",
    "https://x.example/\u202egpj.exe",
)
PUBSUB = "http://jabber.org/protocol/pubsub"

Item = dict[str, Any]


def escaped(text: str) -> str:
    """Return *text* as it stands in XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def message(number: int, text: str, *, mine: bool = False, peer: str = "juliet@example.org") -> Item:
    """A record of an archive."""
    me, other = "romeo@memory.example/phone", f"{peer}/balcony"
    sender, receiver = (me, other) if mine else (other, me)
    attributes = f"xmlns='jabber:client' type='chat' from='{sender}' to='{receiver}'"
    xml = f"<message {attributes}><body>{escaped(text)}</body></message>"
    return {"id": f"id{number}", "time": START + 600 * number, "xml": xml}


def item(node: str, id_: str, payload: str) -> str:
    """A record of a PEP item."""
    return f"<pubsub xmlns='{PUBSUB}'><items node='{node}'><item id='{id_}'>{payload}</item></items></pubsub>"


def configuration(node: str, access: str = "presence") -> str:
    """A record of a PEP node's configuration."""
    field = f"<field var='pubsub#access_model'><value>{access}</value></field>"
    form = f"<x xmlns='jabber:x:data' type='submit'>{field}</x>"
    return f"<pubsub xmlns='{PUBSUB}#owner'><configure node='{node}'>{form}</configure></pubsub>"


def everything() -> dict[str, list[Item]]:
    """What romeo has."""
    bookmarks, nick = "urn:xmpp:bookmarks:1", "http://jabber.org/protocol/nick"
    return {
        Category.ARCHIVE: [
            message(1, "I am at the lake already, and the water is warm."),
            message(2, "I will be there at six. Shall I bring the boat?", mine=True),
            message(3, "https://upload.memory.example/1/lake.png"),
            *(message(4 + number, text, mine=number % 2 == 1) for number, text in enumerate(HOSTILE)),
            {"id": "e", "time": START + 90_000, "xml": _encrypted()},
            {"id": "r", "time": START + 90_060, "xml": _receipt()},
            {"id": "d", "time": START + 90_120, "xml": "<message><body>no end"},
        ],
        Category.OFFLINE_MESSAGES: [message(200, "Are you there?")],
        Category.ROOM_ARCHIVE: [message(201, "Nobody here?") | {"room": "lake@conference.memory.example"}],
        Category.ROSTER: [
            _contact("juliet@example.org", "Juliet"),
            _contact("x@example.org", HOSTILE[1]),
            {"jid": "new@example.org", "pending": True, "subscription": "none", "xml": "<item jid='new@example.org'/>"},
        ],
        Category.PROFILE: [
            {"part": "vcard", "xml": "<vCard xmlns='vcard-temp'><FN>Romeo Montague</FN></vCard>"},
            {"part": "nickname", "xml": configuration(nick)},
            {"part": "nickname", "xml": item(nick, "current", f"<nick xmlns='{nick}'>Romy</nick>")},
        ],
        Category.CLIENT_DATA: [
            {"kind": "pep", "node": bookmarks, "xml": configuration(bookmarks, "whitelist")},
            {"kind": "pep", "node": bookmarks, "xml": _bookmark("lake@conference.example.org", "At the lake")},
            {"kind": "pep", "node": bookmarks, "xml": _bookmark("town@conference.example.org", "Town")},
            {"kind": "private", "node": "storage:rosternotes", "xml": "<n xmlns='storage:rosternotes'>his own</n>"},
        ],
        Category.BLOCKLIST: [{"jid": "tybalt@example.org", "xml": "<item jid='tybalt@example.org'/>"}],
        Category.ROOM_MEMBERSHIPS: [{"room": "lake@conference.memory.example", "affiliation": "owner", "nick": "R"}],
        Category.UPLOADS: [
            upload("1", "lake.png"),
            upload("2", "../../etc/passwd"),
            upload("3", "CON.html"),
            upload("4", "lake.png"),
        ],
        Category.ACCOUNT: [{"name": "email", "value": "romeo@mail.example"}],
        Category.SESSIONS: [{"resource": "phone", "ip": "198.51.100.7", "since": START, "secure": True}],
        Category.PUSH_REGISTRATIONS: [{"service": "push.example.org"}],
        Category.ACCESS_TOKENS: [{"name": "phone", "created": START, "expires": None, "used": START}],
        Category.IP_ADDRESSES: [{"ip": "198.51.100.7", "store": "lastlog2", "time": START}],
        Category.PRESENCE: [{"resource": "phone", "show": "away", "status": HOSTILE[0]}],
        Category.BOT_RECORDS: [{"store": "privacy_bot"}],
    }


def upload(id_: str, name: str) -> Item:
    """A record of an uploaded file."""
    url = f"https://upload.memory.example/{id_}/lake.png"
    return {"id": id_, "name": name, "type": "image/png", "bytes": len(PHOTO), "time": START, "url": url}


def _contact(jid: str, name: str) -> Item:
    xml = f"<item jid='{jid}' name=\"{escaped(name)}\" subscription='both'><group>Verona</group></item>"
    return {"jid": jid, "name": name, "subscription": "both", "groups": ["Verona"], "xml": xml}


def _bookmark(jid: str, name: str) -> str:
    return item("urn:xmpp:bookmarks:1", jid, f"<conference xmlns='urn:xmpp:bookmarks:1' name='{name}'/>")


def _encrypted() -> str:
    payload = "<encrypted xmlns='eu.siacs.conversations.axolotl'/><body>I sent you an OMEMO message</body>"
    return f"<message from='juliet@example.org/a' to='romeo@memory.example'>{payload}</message>"


def _receipt() -> str:
    payload = "<received xmlns='urn:xmpp:receipts' id='1'/>"
    return f"<message from='juliet@example.org/a' to='romeo@memory.example'>{payload}</message>"


@dataclass
class FakeFetch:
    """Fetches from a table, in two pieces; what is not there is gone."""

    files: Mapping[str, bytes]

    async def __call__(self, url: str) -> AsyncIterator[bytes]:
        if url not in self.files:
            raise FetchFailed(FetchReason.GONE)
        content = self.files[url]
        yield content[:100]
        yield content[100:]


def romeo() -> MemoryServer:
    """A server where romeo has an account with something of everything."""
    return MemoryServer({"romeo": everything()})


def fetch() -> FakeFetch:
    """Fetches all of romeo's files but the last, which is gone."""
    return FakeFetch({f"https://upload.memory.example/{number}/lake.png": PHOTO for number in "123"})


class Copy:
    """A copy that was made: its manifest, and what is in the ZIP."""

    def __init__(self, manifest: Manifest, data: bytes) -> None:
        self.manifest, self.data = manifest, data
        self.zip = zipfile.ZipFile(io.BytesIO(data))

    def text(self, name: str) -> str:
        """Return a member of the ZIP as text."""
        return self.zip.read(name).decode()

    def pages(self) -> dict[str, str]:
        """Return all pages for people."""
        return {name: self.text(name) for name in self.zip.namelist() if re.fullmatch(r"[^/]+\.html", name)}


async def copy_of(
    server: ServerBackend, order: Order | None = None, *, account: str = "romeo", language: str = "en"
) -> Copy:
    """Make a copy, in memory and not encrypted."""
    target = io.BytesIO()
    tr = translator(language)
    manifest = await write_bundle(server, account, order or Order(), target, tr, NOW, lambda _done, _total: None)
    return Copy(manifest, target.getvalue())


async def write_encrypted(server: ServerBackend, path: Path, order: Order | None = None) -> Encrypted:
    """Make an encrypted copy of romeo's data at *path*, and return what encrypted it."""
    with path.open("wb") as file:
        target = Encrypted(file)
        await write_bundle(server, "romeo", order or Order(), target, translator("en"), NOW, lambda _d, _t: None)
        target.finish()
    return target
