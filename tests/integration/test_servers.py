"""The throw-away servers themselves: they serve, and they leave nothing behind."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from slixmpp import JID
from slixmpp.componentxmpp import ComponentXMPP

from demo.servers import Extra, Server, StartError, running
from demo.servers.accounts import AccountExistsError
from tests.support.client import client, condition

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def echo(server: Server) -> AsyncIterator[ComponentXMPP]:
    """A component that says what it hears."""
    component = ComponentXMPP(server.component, server.secret, "127.0.0.1", server.component_port)
    component.add_event_handler("message", lambda heard: heard.reply(heard["body"]).send())
    ready = asyncio.ensure_future(component.wait_until("session_start", 30))
    component.connect()
    await ready
    try:
        yield component
    finally:
        await component.disconnect()


async def test_two_people_exchange_a_message(server: Server) -> None:
    async with client(server, "alice") as alice, client(server, "bob") as bob:
        alice.chat.xmpp.send_message(bob.jid, "good morning", mtype="chat")
        received = await bob.message()
        assert received["body"] == "good morning"
        assert received["from"] == alice.jid


async def test_an_offline_message_waits_for_the_next_login(server: Server) -> None:
    async with client(server, "alice") as alice:
        async with client(server, "carol") as carol:
            away = carol.jid.bare
        alice.chat.xmpp.send_message(JID(away), "see you", mtype="chat")
        await alice.chat.xmpp.plugin["xep_0199"].ping(JID(server.domain))
    async with client(server, "carol") as carol:
        assert (await carol.message())["body"] == "see you"


async def test_a_component_answers(server: Server) -> None:
    async with echo(server), client(server, "alice") as alice:
        answer = await alice.ask("anybody there?", lang="de")
        assert answer["body"] == "anybody there?"
        assert answer["from"] == server.component


async def test_a_component_that_is_not_connected_gives_an_error(server: Server) -> None:
    async with client(server, "alice") as alice:
        answer = await alice.ask("anybody there?")
        assert answer["type"] == "error"
        assert condition(answer)


async def test_accounts_survive_a_restart(server: Server) -> None:
    async with client(server, "alice"):
        pass
    server.restart()
    with pytest.raises(AccountExistsError):
        server.add_account("alice", "another")
    async with client(server, "alice") as alice, echo(server):
        assert (await alice.ask("still there?"))["body"] == "still there?"


def test_nothing_runs_after_the_stop(server: Server, tmp_path: Path) -> None:
    with running(server.installation, tmp_path):
        assert holders(tmp_path)
    assert holders(tmp_path) == []


def test_nothing_outlives_a_killed_test_run(server: Server, tmp_path: Path) -> None:
    program = (
        "import pathlib, sys\n"
        "from demo.servers import Installation, running\n"
        f"installation = Installation({server.name!r}, {server.version!r}, pathlib.Path(sys.argv[1]))\n"
        "with running(installation, pathlib.Path(sys.argv[2])):\n"
        "    print('running', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(server.installation.root), str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "running\n"
        assert holders(tmp_path)
        killed.kill()
    deadline = time.monotonic() + 10
    while holders(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holders(tmp_path) == []


def test_a_server_that_cannot_start_says_why(server: Server, tmp_path: Path) -> None:
    broken = Extra(settings="this is no configuration: [")
    reason = f"(?s){server.installation} did not start: .*(cfg.lua|yml)"
    with pytest.raises(StartError, match=reason), running(server.installation, tmp_path, extra=broken):
        pass
    assert holders(tmp_path) == []


def holders(directory: Path) -> list[str]:
    """The command lines of processes that were started with this directory in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if bytes(directory) in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
        except OSError:
            continue  # gone in the meantime, or somebody else's
    return found
