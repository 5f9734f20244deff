"""`privacy-bot store` beside the real bot on real servers: who is gone is forgotten, the key changes, nothing else."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree.ElementTree import XML

from bot.config import Settings, read_settings
from bot.store_command import Order, run
from demo.bot import answers, bot
from demo.servers import Server
from tests.conftest import shipped
from tests.integration.test_rights_crash import version_of
from tests.support.client import client
from tests.support.postgresql import Postgresql
from tests.support.versions import VERSIONS

REMOVE = "<query xmlns='jabber:iq:register'><remove/></query>"


async def said(settings: Settings, step: str, status: int = 0, file: Path | None = None) -> str:
    """Return what the command line says."""
    output = io.StringIO()
    assert await run(settings, Order(step, file, yes=True, output=output)) == status, output.getvalue()
    return output.getvalue()


async def test_who_is_gone_is_forgotten_and_the_key_changes(
    server: Server, postgresql: Postgresql, tmp_path: Path
) -> None:
    is_other = VERSIONS.index(version_of(server)) % 2  # one version of each server has its bot on PostgreSQL
    store = postgresql.place() if is_other else "state.db"
    policy = shipped("searx-chat")
    with bot(server, policy, tmp_path, settings={"store": store}) as started:
        for name in ("stays", "goes"):
            async with client(server, name) as person:
                await answers(person.chat, server.component, started, tmp_path)
                assert "Deutsch" in (await person.ask("language de"))["body"]
    async with client(server, "goes") as person:  # the bot is away and does not hear of it
        person.chat.xmpp.make_iq_set(ito=server.domain, sub=XML(REMOVE)).send(callback=lambda _answer: None)
        await person.chat.xmpp.disconnected

    settings = read_settings(tmp_path / "bot.yaml")
    key = settings.key_file.read_text()
    with bot(server, policy, tmp_path, settings={"store": store}) as started:
        async with client(server, "stays") as person:
            await answers(person.chat, server.component, started, tmp_path)
            assert re.search(r"languages that they chose: 1$", await said(settings, "purge"), re.MULTILINE)
            assert re.search(r"languages that they chose: 0$", await said(settings, "rotate-key"), re.MULTILINE)
            await answers(person.chat, server.component, started, tmp_path)
            assert "7 Tage" in (await person.ask("how long are photos kept?", lang="en"))["body"]
        assert re.search(r"^accounts +1$", await said(settings, "status"), re.MULTILINE)
        assert "every seal opens" in await said(settings, "check")
    assert settings.key_file.read_text() != key
