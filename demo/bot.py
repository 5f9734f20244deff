"""The bot as a program of its own, configured for a throw-away server."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import Element

import yaml
from slixmpp import JID
from slixmpp.exceptions import IqError, IqTimeout

from demo.client import ChatClient
from demo.servers import StartError, process

START_SECONDS = 60.0


class Reached(Protocol):
    """A server, as far as the bot has to know it."""

    @property
    def component(self) -> str:
        """The domain of the component."""

    @property
    def domain(self) -> str:
        """The domain of the accounts."""

    @property
    def secret(self) -> str:
        """What the component proves itself with."""

    @property
    def component_port(self) -> int:
        """The port on loopback for components."""


@contextmanager
def bot(
    server: Reached,
    policy: Path,
    directory: Path,
    admin: str = "",
    settings: Mapping[str, object] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """The bot, connecting to the server, until the block ends.

    Args:
        server: a running server.
        policy: the policy it answers from.
        directory: an existing directory for its configuration, state and log.
        admin: the local part of an account that may use the commands of administrators.
        settings: more of the configuration.  Newcomers are not welcomed unless it says so: what people are told
            unasked would come between a question and its answer.
    """
    (directory / "secret.txt").write_text(server.secret)
    (directory / "secret.txt").chmod(0o600)
    configuration = directory / "bot.yaml"
    written = {
        "component": server.component,
        "host": server.domain,
        "server": {"host": process.LOOPBACK, "port": server.component_port},
        "secret_file": "secret.txt",
        "policy": str(policy.resolve()),
        "admins": [f"{admin}@{server.domain}"] if admin else [],
        "store": "state.db",
        "key_file": "key.txt",
        "rate_limit": {"messages": 1000, "per": "1 minute"},
        "welcome": False,
        **(settings or {}),
    }
    configuration.write_text(yaml.safe_dump(written))
    command = [sys.executable, "-m", "bot", "run", "--config", str(configuration)]
    running = process.start(command, {}, log(directory))
    try:
        yield running
    finally:
        process.stop(running)


def log(directory: Path) -> Path:
    """What the bot printed."""
    return directory / "bot.log"


async def answers(client: ChatClient, to: str, running: subprocess.Popen[bytes], directory: Path) -> None:
    """Return when the bot answers a ping (XEP-0199).

    Raises:
        StartError: it ended, or a minute passed.
    """
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await _pong(client, to):
                if running.poll() is not None:
                    raise StartError(f"the bot ended with status {running.returncode}:\n{_said(directory)}")
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise StartError(f"the bot does not answer:\n{_said(directory)}") from None


async def _pong(client: ChatClient, to: str) -> bool:
    request = client.xmpp.make_iq_get(ito=JID(to))
    request.append(Element("{urn:xmpp:ping}ping"))
    try:
        await request.send(timeout=1)
    except (IqError, IqTimeout):
        return False
    return True


def _said(directory: Path) -> str:
    return process.tail(log(directory))
