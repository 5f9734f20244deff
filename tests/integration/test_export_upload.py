"""A copy goes up to the server's own upload service, and comes back as it was."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree.ElementTree import Element

from bot.export import aesgcm_link, decrypt
from bot.export.http import HttpFetch
from bot.export.upload import upload
from bot.policy.observed import Slot
from demo.life import SLOT
from demo.servers import Server
from tests.support.client import Client, client
from tests.support.exports import romeo, write_encrypted


async def slot(person: Client, size: int) -> Slot:
    """A slot, asked for as clients do (XEP-0363 §4)."""
    request = {"filename": "copy", "size": str(size), "content-type": "application/octet-stream"}
    answer = await person.iq(Element(f"{{{SLOT}}}request", request), to=f"upload.{person.server.domain}")
    put, get = answer.xml.find(f".//{{{SLOT}}}put"), answer.xml.find(f".//{{{SLOT}}}get")
    assert put is not None
    assert get is not None
    headers = {each.get("name", ""): each.text or "" for each in put}
    return Slot(put=put.get("url", ""), get=get.get("url", ""), headers=headers)


async def test_a_copy_is_uploaded_and_comes_back(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "copy"
    target = await write_encrypted(romeo(), path)
    async with client(server, "uploader") as person:
        place = await slot(person, target.size)
        await upload(path, target.size, place)
    downloaded = tmp_path / "downloaded"
    downloaded.write_bytes(b"".join([piece async for piece in HttpFetch()(place.get)]))
    assert downloaded.read_bytes() == path.read_bytes()
    decrypt(aesgcm_link(place.get, target.iv, target.key), downloaded, tmp_path / "copy.zip")
    assert zipfile.ZipFile(tmp_path / "copy.zip").testzip() is None
