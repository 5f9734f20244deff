"""A flood of logins of accounts that came before: what the bot does with them, beside slixmpp only parsing them.

Side by side in one run, from the same server: a component of slixmpp without any handler, and the bot, each until
it has answered a ping that was sent behind the last event.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.program import ROOT, written

GOAL = 0.8
_KNOWN = 20_000
"""Different accounts among those that log in."""

_HEADER = (
    b"<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
    b"xmlns:stream='http://etherx.jabber.org/streams' id='bench' from='privacy.localhost'>"
)


def events(count: int) -> list[bytes]:
    """Return so many events, as a companion module sends them."""
    told = []
    for number in range(count):
        event = {"event": "login", "account": f"user{number % _KNOWN}", "resource": "phone", "language": "de"}
        text = json.dumps({**event, "first": False, "time": 1_800_000_000 + number}, separators=(",", ":"))
        text = text.replace('"', "&quot;")
        told.append(
            "<message type='headline' from='localhost' to='privacy.localhost'>"
            f"<event xmlns='xmpp-privacy-bot:companion:1'>{text}</event></message>".encode()
        )
    return told


async def measure(command: list[str], stanzas: list[bytes]) -> float:
    """Start a component that connects to us, send it *stanzas*; return how many it took in a second."""
    joined: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_HEADER)
        await reader.readuntil(b"</handshake>")
        writer.write(b"<handshake/>")
        await joined.put((reader, writer))

    listening = await asyncio.start_server(accept, "127.0.0.1", 0, limit=2**24)
    port = listening.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as directory:
        if not command:
            command = [sys.executable, "-m", "bot", "run", "--config", str(written(port, Path(directory)))]
        else:
            command = [*command, str(port)]
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env={"PRIVACY_BOT_SECRET": "secret"})
        try:
            reader, writer = await asyncio.wait_for(joined.get(), 60)
            await _until_pong(reader, writer, b"before")
            began = time.perf_counter()
            for stanza in stanzas:
                writer.write(stanza)
            await writer.drain()
            await _until_pong(reader, writer, b"after")
            return len(stanzas) / (time.perf_counter() - began)
        finally:
            process.terminate()
            await process.wait()
            listening.close()


async def _until_pong(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, id_: bytes) -> None:
    writer.write(
        b"<iq type='get' id='%s' from='someone@localhost/bench' to='privacy.localhost'>"
        b"<ping xmlns='urn:xmpp:ping'/></iq>" % id_
    )
    await writer.drain()
    rest = b""
    while id_ not in rest:
        read = await asyncio.wait_for(reader.read(2**16), 300)
        if not read:
            raise ConnectionError("the component went away")
        rest = rest[-200:] + read


def run(*, quick: bool) -> None:
    """Measure and show."""
    stanzas = events(10_000 if quick else 100_000)
    found: dict[str, float] = {}
    for _round in range(1 if quick else 3):  # interleaved, so that a busy machine is busy for both
        for name, command in (("slixmpp, no handler", [sys.executable, "-m", "benchmarks.parser"]), ("bot", [])):
            found[name] = max(found.get(name, 0.0), asyncio.run(measure(command, stanzas)))
    table = Table(title=f"{len(stanzas):,} logins of accounts that came before")
    for column in ("component", "logins/s", "÷ slixmpp"):
        table.add_column(column, justify="left" if column == "component" else "right")
    base = found["slixmpp, no handler"]
    for name, per_second in found.items():
        table.add_row(name, f"{per_second:,.0f}", f"{per_second / base:.2f}")
    Console().print(table)
    print(f"goal: ratio >= {GOAL}: {'reached' if found['bot'] / base >= GOAL else 'MISSED'}")
