"""The bot or the server is killed while it acts on rights: it is done all the same, and what is told is true."""

from __future__ import annotations

import asyncio
import re
import urllib.request
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen
from zipfile import ZipFile

from slixmpp import JID

from bot.claims.erasure import ERASABLE
from bot.export import decrypt
from bot.policy.terms import Category
from demo.bot import answers, bot
from demo.life import live
from demo.servers import Server, process
from demo.servers.find import Kind
from tests.conftest import shipped
from tests.support.client import PASSWORD, Client, client
from tests.support.companion import Line, connected
from tests.support.rights import code_in
from tests.support.versions import VERSIONS

SECONDS = 45.0
"""That long a receipt or a link is waited for."""

KEEPS_COMING = (Category.ARCHIVE, Category.OFFLINE_MESSAGES, Category.LAST_ACTIVITY, Category.IP_ADDRESSES)
"""What the person makes anew by being there."""


@asynccontextmanager
async def person_with_data(server: Server, name: str, started: Popen[bytes], directory: Path) -> AsyncIterator[Client]:
    """Somebody with a friend, a chat and a photo, as soon as the bot answers."""
    async with client(server, name) as one:
        await answers(one.chat, server.component, started, directory)
        await live(server, one.chat, PASSWORD, f"f-{name}")
        yield one


def send(person: Client, text: str) -> None:
    """Say something to the bot without waiting for what it answers."""
    person.chat.xmpp.send_message(JID(person.server.component), text, mtype="chat")


async def told(person: Client, pattern: str) -> str:
    """Return the next thing told that fits, whatever comes before."""
    async with asyncio.timeout(SECONDS):
        while not re.search(pattern, words := str((await person.message(SECONDS))["body"])):
            pass
        return words


RECEIPT = "Done. I have looked at the server again"

DELAYS = ((0.0, 0.17), (0.06, 0.5))
"""Seconds after which the bot is killed, from before it has read the code to after its last word.

Of the two versions of a server, one gets the first and the other the second: starting the bot is what takes long.
"""


async def new_second() -> datetime:
    """Return the beginning of the next second when it has begun: servers may keep whole seconds only."""
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    while datetime.now(UTC) < begin:  # noqa: ASYNC110 -- a clock tells nobody
        await asyncio.sleep(0.02)
    return begin


async def is_true(line: Line, name: str, receipt: str, confirmed_at: datetime) -> None:
    """Look at the server without the bot: of what the receipt names, nothing is left."""
    assert receipt.count("nothing left") >= 3
    assert "still there" not in receipt
    found = await line.companion.inventory(name, ERASABLE)
    old = await line.companion.inventory(name, [Category.ARCHIVE], before=confirmed_at)
    account = await line.companion.inventory(name, [Category.ACCOUNT])
    held = {one.category for one in found.holdings if one.count}
    assert held <= set(KEEPS_COMING), found
    assert Category.UPLOADS in {one.category for one in found.holdings}
    assert [one.count for one in old.holdings] == [0]
    assert [one.count for one in account.holdings] == [1]


async def test_an_erasure_outlives_the_bot(server: Server, tmp_path: Path) -> None:
    receipts: dict[str, tuple[str, datetime]] = {}
    with ExitStack() as stack:
        started = stack.enter_context(bot(server, shipped("searx-chat"), tmp_path))
        for number, delay in enumerate(DELAYS[VERSIONS.index(version_of(server)) % 2]):
            name = f"killed-{number}"
            async with person_with_data(server, name, started, tmp_path) as person:
                code = code_in((await person.ask("erase everything"))["body"])
                confirmed_at = await new_second()
                send(person, f"erase everything {code}")
                await asyncio.sleep(delay)
                process.kill(started)
                started = stack.enter_context(bot(server, shipped("searx-chat"), tmp_path))
                await answers(person.chat, server.component, started, tmp_path)
                # Whoever got no answer says it again: it is done once.
                send(person, f"erase everything {code}")
                receipt = await told(person, RECEIPT)
                receipts[name] = receipt, confirmed_at
                await answers(person.chat, server.component, started, tmp_path)
                assert not [text for text in rest(person) if RECEIPT in text and reference(text) != reference(receipt)]
    async with connected(server) as line:
        for name, (receipt, confirmed_at) in receipts.items():
            await is_true(line, name, receipt, confirmed_at)


def version_of(server: Server) -> tuple[Kind, str]:
    """Return which of the standard servers it is."""
    return next(one for one in VERSIONS if one[0] == server.name and server.version.startswith(one[1]))


def rest(person: Client) -> list[str]:
    """What came in and was not looked at."""
    queue = person.chat.messages
    return [str(queue.get_nowait()["body"]) for _number in range(queue.qsize())]


def reference(receipt: str) -> str:
    found = re.search(r"E-\w{8}", receipt)
    assert found is not None, receipt
    return found[0]


async def test_a_copy_outlives_the_bot(server: Server, tmp_path: Path) -> None:
    with bot(server, shipped("searx-chat"), tmp_path) as started:
        async with person_with_data(server, "copied", started, tmp_path) as person:
            assert "as soon as it is ready" in (await person.ask("export my data"))["body"]
            process.kill(started)
            with bot(server, shipped("searx-chat"), tmp_path) as again:
                await answers(person.chat, server.component, again, tmp_path)
                link = await told(person, r"^aesgcm:\S+$")
    encrypted, plain = tmp_path / "encrypted", tmp_path / "plain.zip"
    address = link.partition("#")[0].replace("aesgcm:", "http:", 1)
    encrypted.write_bytes(await asyncio.to_thread(fetched, address))
    decrypt(link, encrypted, plain)
    with ZipFile(plain) as archive:
        assert archive.testzip() is None
        assert any(member.endswith("lake.png") for member in archive.namelist())
        assert b"Shall I bring the boat?" in archive.read("data.json")


def fetched(address: str) -> bytes:
    """Return what lies at an address on loopback."""
    with urllib.request.urlopen(address) as answer:  # noqa: S310 -- loopback
        content: bytes = answer.read()
    return content


async def test_an_erasure_outlives_the_server(server: Server, tmp_path: Path) -> None:
    with bot(server, shipped("searx-chat"), tmp_path) as started:
        async with person_with_data(server, "patient", started, tmp_path) as person:
            code = code_in((await person.ask("erase everything"))["body"])
            confirmed_at = await new_second()
            assert "I am erasing it now" in (await person.ask(code))["body"]
            server.restart()  # blocks, so that nobody is served meanwhile
        async with client(server, "patient") as person:
            await answers(person.chat, server.component, started, tmp_path)
            receipts = str((await person.ask("receipts"))["body"])
            receipt = await receipt_of(person, reference(receipts))
    async with connected(server) as line:
        await is_true(line, "patient", receipt, confirmed_at)


async def receipt_of(person: Client, number: str) -> str:
    """Return a receipt as soon as there is one; it may have come while nobody was there."""
    async with asyncio.timeout(SECONDS):
        while True:
            words = str((await person.ask(f"receipts {number}"))["body"])
            if RECEIPT in words:
                return words
            await asyncio.sleep(0.3)
