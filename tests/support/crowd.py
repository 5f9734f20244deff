"""Many accounts that nobody uses, made in no time, and the letters that wait for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.servers import Extra, Installation, Server, running
from tests.support.client import PASSWORD
from tests.support.prosody import encoded

PLUGINS = Path(__file__).parents[1] / "data" / "ejabberd"

_ATTRIBUTE = re.compile(r'\["id"\] = "([^"]*)"')


@contextmanager
def crowded(
    installation: Installation, directory: Path, number: int, *, plugins: Path = PLUGINS, modules: str = ""
) -> Iterator[Server]:
    """A running server with so many accounts, which keeps messages for those offline and archives nothing.

    *modules* are more lines of the configuration; of Prosody, with *plugins* of its own.
    """
    if installation.kind == "prosody":
        extra = Extra(plugins=plugins, modules="default_archive_policy = false\n" + modules)
        with running(installation, directory, extra=extra) as server:
            accounts = server.directory / "data" / encoded(server.domain) / "accounts"
            accounts.mkdir(parents=True)
            for index in range(number):
                (accounts / f"crowd{index:05}.dat").write_text('return { ["password"] = "secret" };\n')
            yield server
        return
    modules += f'  mod_mam: {{default: never}}\n  mod_crowd: {{number: {number}, file: "{directory}/waiting"}}\n'
    with running(installation, directory, extra=Extra(plugins=PLUGINS, modules=modules)) as server:
        server.add_account("crowd00000", PASSWORD)
        yield server


def waiting(server: Server) -> dict[str, Counter[str]]:
    """Return the ids of the messages that wait for each account, and how often each lies there."""
    found: dict[str, Counter[str]] = {}
    for name, id_ in _waiting(server):
        found.setdefault(name, Counter())[id_] += 1
    return found


def _waiting(server: Server) -> Iterable[tuple[str, str]]:
    if server.name == "ejabberd":
        server.add_account("witness", PASSWORD)
        for line in (server.directory / "waiting").read_text().splitlines():
            name, _space, id_ = line.partition(" ")
            yield name, id_
        return
    for path in (server.directory / "data" / encoded(server.domain) / "offline").glob("*.list"):
        for stanza in path.read_text().split("item({")[1:]:
            found = _ATTRIBUTE.search(stanza)
            yield path.stem, found[1] if found is not None else ""
