"""Every server that can be asked, as the contract wants to see it."""

from __future__ import annotations

import asyncio
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest

from bot.policy.observed import Slot
from bot.policy.terms import Category
from bot.servers import ServerBackend
from demo.life import put
from demo.servers import Server, find, running
from tests.support.backend import Item, MemoryServer
from tests.support.client import client
from tests.support.companion import connected
from tests.support.inhabitants import BLOCKED, FILES, HELD, PEP_NODE, PRIVATE_NODE, hospitable, settle, write_to
from tests.support.versions import named, with_storage

FAKE = "in memory"
_NUMBERS = count()


@dataclass
class House:
    """A server and the people who live there.

    Attributes:
        backend: how it is asked.
        server: the running server; None for the one in memory.
        memory: the one in memory.
    """

    backend: ServerBackend
    server: Server | None = None
    memory: MemoryServer = field(default_factory=MemoryServer)

    async def settle(self, name: str) -> None:
        """Give *name* an account with `HELD`."""
        if self.server is not None:
            await settle(self.server, name)
        else:
            self.memory.accounts_held[name] = _life()
            self.memory.log_in(name, "en")

    async def log_in(self, name: str) -> None:
        """Have *name*, who has an account, log in and leave."""
        if self.server is not None:
            async with client(self.server, name):
                pass
        else:
            self.memory.log_in(name, "en")

    async def write_to(self, name: str) -> None:
        """Have somebody write to *name*, who is not there."""
        if self.server is not None:
            await write_to(self.server, name)
            return
        message = {"time": time.time(), "bytes": 10, "xml": "<message/>"}
        for category in (Category.ARCHIVE, Category.OFFLINE_MESSAGES):
            held = self.memory.accounts_held[name][category]
            held.append({"id": str(len(held)), **message})

    async def put(self, name: str, slot: Slot, content: bytes, type_: str) -> None:
        """Upload to a slot of *name* (XEP-0363 §5); raises `urllib.error.HTTPError`."""
        if self.server is None:
            file = {"name": slot.get.rpartition("/")[2], "bytes": len(content), "time": time.time()}
            self.memory.accounts_held[name][Category.UPLOADS].append({**file, "secret": content})
            return
        await asyncio.to_thread(put, slot.put, content, {"Content-Type": type_, **slot.headers})

    async def fetch(self, name: str, slot: Slot) -> bytes:
        """Return what lies there for everybody who knows the address; raises `urllib.error.HTTPError`."""
        if self.server is None:
            wanted = slot.get.rpartition("/")[2]
            found = [file for file in self.memory.accounts_held[name][Category.UPLOADS] if file["name"] == wanted]
            return bytes(found[0]["secret"])
        with await asyncio.to_thread(urllib.request.urlopen, slot.get) as answer:
            return bytes(answer.read())


def _pep(node: str, payload: str) -> list[Item]:
    """Return what a PEP node with one item is in records."""
    namespace = "http://jabber.org/protocol/pubsub"
    field = f"<field var='FORM_TYPE'><value>{namespace}#node_config</value></field>"
    form = f"<x xmlns='jabber:x:data' type='submit'>{field}</x>"
    return [
        {"kind": "pep", "node": node, "xml": f"<pubsub xmlns='{namespace}{inner}</pubsub>"}
        for inner in (
            f"#owner'><configure node='{node}'>{form}</configure>",
            f"'><items node='{node}'><item id='current'>{payload}</item></items>",
        )
    ]


def _life() -> dict[str, list[Item]]:
    now = time.time()
    held: dict[str, list[Item]] = {
        category: [
            {"id": str(number), "time": now, "bytes": 10, "xml": "<message/>"} for number in range(HELD[category])
        ]
        for category in HELD
    }
    held[Category.PASSWORD] = [{"secret": "of the owner"}]
    held[Category.UPLOADS] = [{"name": name, "bytes": 4, "time": now, "expires": now + 9} for name in FILES]
    held[Category.BLOCKLIST] = [{"jid": BLOCKED, "xml": "<item/>"}]
    held[Category.ROOM_MEMBERSHIPS] = [{"room": "lake", "affiliation": "owner"}]
    held[Category.PROFILE] = [{"part": part, "xml": "<x/>"} for part in ("avatar", "nickname", "vcard")]
    held[Category.CLIENT_DATA] = [
        *_pep(PEP_NODE, f"<conference xmlns='{PEP_NODE}'/>"),
        {"kind": "private", "node": PRIVATE_NODE, "xml": f"<notes xmlns='{PRIVATE_NODE}'/>"},
    ]
    held[Category.ROSTER] = [{"jid": jid, "xml": "<item/>"} for jid in ("benvolio@elsewhere.example", "juliet@here")]
    return held


@pytest.fixture(
    scope="session", params=[FAKE, *with_storage()], ids=lambda param: param if param == FAKE else named(param)
)
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server | None]:
    """A running server, or None for the one in memory."""
    if request.param == FAKE:
        yield None
        return
    kind, version, sql = request.param
    extra = hospitable(kind, sql=sql)
    with running(find(kind, version), tmp_path_factory.mktemp(kind), extra=extra) as server:
        yield server


@pytest.fixture
async def house(started: Server | None) -> AsyncIterator[House]:
    """A server that the component is connected to."""
    if started is None:
        memory = MemoryServer()
        yield House(memory, memory=memory)
        return
    async with connected(started) as line:
        yield House(line.companion, started)


@pytest.fixture
async def romeo(house: House) -> str:
    """The name of somebody who settled, another one in every test."""
    return await _newcomer(house)


@pytest.fixture
async def benvolio(house: House) -> str:
    """Somebody else, who also settled."""
    return await _newcomer(house)


async def _newcomer(house: House) -> str:
    name = f"person{next(_NUMBERS)}"
    await house.settle(name)
    return name
