"""Taking out and erasing what a server holds, from a chat; a look into the storage confirms the receipt."""

from __future__ import annotations

import asyncio
import io
import json
import re
import urllib.error
import urllib.request
import zipfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from xml.etree.ElementTree import Element

import pytest
from slixmpp.xmlstream import StanzaBase

from bot.claims.erasure import ERASABLE
from bot.export import decrypt
from bot.policy.terms import Category
from demo.bot import answers, bot, log
from demo.servers import Server, running
from demo.servers.find import Kind
from tests.conftest import shipped
from tests.integration.conftest import installed
from tests.support.client import Client, client
from tests.support.inhabitants import FILES, hospitable, settle
from tests.support.rights import code_in
from tests.support.storage import stored
from tests.support.versions import named, with_storage

NAME = "jürgen_100%"
"""Would stumble over patterns, quoting and file names."""

LINK = re.compile(r"aesgcm://\S+|https?://\S+\.zip")


@dataclass
class Scene:
    """A server with the bot, and the directory of the bot."""

    server: Server
    program: Popen[bytes]
    directory: Path

    @property
    def address(self) -> str:
        return f"privacy@{self.server.domain}"

    async def says(self, person: Client, text: str, lang: str = "en") -> str:
        """Say something; return the answer to it, which comes in the same thread."""
        answer = await person.ask(text, lang=lang, to=self.address, thread=f"thread-{text}")
        return str(answer["body"])

    async def confirms(self, person: Client, text: str) -> str:
        """Ask for something that has to be confirmed, and confirm it."""
        shown = await self.says(person, text)
        answer = await person.ask(f"{text} {code_in(shown)}", to=self.address, thread=f"thread-{text}")
        return str(answer["body"])

    async def hears(self, person: Client, part: str) -> str:
        """Return the next message of the bot with *part* in it."""
        async with asyncio.timeout(30):
            while True:
                message = await person.message(30)
                if part in message["body"]:
                    assert message["from"].bare == self.address
                    return str(message["body"])


@pytest.fixture(params=with_storage(), ids=named)
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    """A server of each version and storage, with the bot; accounts have no time of grace."""
    kind: Kind
    kind, version, sql = request.param
    homes = [tmp_path / "server", tmp_path / "bot"]
    for home in homes:
        home.mkdir()
    with ExitStack() as stack:
        server = stack.enter_context(running(installed(kind, version), homes[0], extra=hospitable(kind, sql=sql)))
        program = stack.enter_context(
            bot(server, shipped("searx-chat"), homes[1], "boss", {"rights": {"account_grace": "none"}})
        )
        async with client(server, "boss") as boss:
            await answers(boss.chat, server.component, program, homes[1])
        yield Scene(server, program, homes[1])


async def test_what_the_receipt_says_is_what_the_storage_shows(scene: Scene) -> None:
    """Every category by itself, then the account of somebody else; a third one keeps everything."""
    server = scene.server
    for name in (NAME, "benvolio", "mercutio"):
        await settle(server, name)
    async with client(server, NAME) as person:
        for category in ERASABLE:
            shown = await scene.says(person, f"erase {category}")
            if "To confirm" not in shown:
                assert re.search("nothing to erase|cannot erase this", shown), (category, shown)
                continue
            await scene.confirms(person, f"erase {category}")
            receipt = await scene.hears(person, "Reference")
            assert "nothing left" in receipt, (category, receipt)
            assert "and it is gone" in receipt, (category, receipt)
    async with client(server, "benvolio") as benvolio:
        await scene.confirms(benvolio, "erase account")
        assert "what was sent to people on other servers" in await scene.hears(benvolio, "Goodbye")
        await asyncio.wait_for(benvolio.chat.xmpp.disconnected, 15)
    async with asyncio.timeout(60):  # the server ends the sessions first, and the bot looks again afterwards
        while "an account was removed" not in log(scene.directory).read_text():  # noqa: ASYNC110 -- it is another program
            await asyncio.sleep(0.05)
    server.stop()
    erased, removed, kept = (stored(server, name) for name in (NAME, "benvolio", "mercutio"))
    talk = Category.ARCHIVE, Category.CLIENT_DATA  # the chat with the bot goes on, and clients publish anew
    assert {name: number for name, number in erased.items() if number and name not in talk} == {Category.ACCOUNT: 1}
    assert {name for name, number in removed.items() if number} <= {Category.ROOM_ARCHIVE}
    assert all(kept[category] for category in (Category.ACCOUNT, Category.UPLOADS, Category.ROSTER, Category.ARCHIVE))


async def test_a_copy_by_its_link_can_be_read_and_is_the_owners_file(scene: Scene, tmp_path: Path) -> None:
    server = scene.server
    await settle(server, NAME)
    async with client(server, NAME) as person:
        assert "putting your copy together" in await scene.says(person, "export my data")
        ready = await scene.hears(person, "Your copy is ready")
        assert "The link works until" in ready
        link = await scene.hears(person, "aesgcm://")
        content = await _fetched(link, tmp_path)
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            assert bundle.testzip() is None
            names = set(bundle.namelist())
            manifest = json.loads(bundle.read("manifest.json"))
            page = bundle.read("index.html").decode()
            data = json.loads(bundle.read("data.json"))
            xml = bundle.read("account.xml").decode()
        assert manifest["complete"], manifest["missing"]
        assert f"files/{FILES[0]}" in names
        assert manifest["account"] == f"{NAME}@{server.domain}"
        assert NAME in page
        assert "Are you there?" in json.dumps(data)
        for secret in ("SCRAM", "scram", "stored-key", "server-key", "salt"):
            assert secret not in xml
        assert "data-" in await scene.says(person, "my data uploads"), "it is a file of the owner, and can be erased"
        await scene.confirms(person, "erase uploads")
        await scene.hears(person, "nothing left")
        with pytest.raises(urllib.error.HTTPError):
            await _fetched(link, tmp_path)


async def test_a_plain_copy_of_a_part_after_a_warning(scene: Scene) -> None:
    server = scene.server
    await settle(server, NAME)
    async with client(server, NAME) as person:
        assert "putting your copy together" in await scene.confirms(person, "export roster plain")
        assert "not encrypted" in await scene.hears(person, "Your copy is ready")
        link = await scene.hears(person, "http")
        content = await asyncio.to_thread(lambda: urllib.request.urlopen(link).read())  # noqa: S310 -- loopback
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            manifest = json.loads(bundle.read("manifest.json"))
            assert "benvolio@elsewhere.example" in bundle.read("account.xml").decode()
        assert set(manifest["categories"]) == {"roster"}


async def _fetched(link: str, directory: Path) -> bytes:
    """Fetch and decrypt an export; on loopback the upload service has no TLS."""
    url = link.replace("aesgcm:", "http:").partition("#")[0]
    source, target = directory / "copy.aesgcm", directory / "copy.zip"
    source.write_bytes(await asyncio.to_thread(lambda: urllib.request.urlopen(url).read()))  # noqa: S310
    decrypt(link, source, target)
    return target.read_bytes()


async def test_devices_that_are_online_hear_what_is_gone(scene: Scene) -> None:
    """Roster pushes (RFC 6121 §2.1.6) and unblock pushes (XEP-0191 §3.5) reach the other device, and a warning."""
    server = scene.server
    await settle(server, NAME)
    async with client(server, NAME) as person, client(server, NAME, resource="tablet") as tablet:
        pushes: asyncio.Queue[str] = asyncio.Queue()

        def keep(stanza: StanzaBase) -> StanzaBase:
            pushes.put_nowait(str(stanza))
            return stanza

        tablet.chat.xmpp.add_filter("in", keep)
        await tablet.chat.xmpp.get_roster()
        await tablet.iq(Element("{urn:xmpp:blocking}blocklist"), to=tablet.jid.bare)
        for category, sign in (("roster", r"subscription=.remove."), ("blocklist", r"<unblock")):
            await scene.confirms(person, f"erase {category}")
            await scene.hears(person, "nothing left")
            async with asyncio.timeout(10):
                while not re.search(sign, await pushes.get()):
                    pass
        assert "One of your devices" in await scene.hears(tablet, "If that was not you")
