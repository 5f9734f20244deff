"""Somebody whose archive is huge, on any server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from demo.servers import Extra, Server, running
from demo.servers.find import Installation
from tests.support.prosody import plant_archive

HOARDER = "hoarder"
PLUGINS = Path(__file__).resolve().parent.parent / "data" / "ejabberd"
"""Where ejabberd finds modules for tests; `mod_stranger` fills an archive below Mnesia."""

_ROW = (
    "insert into archive(username, timestamp, peer, bare_peer, xml, txt, kind, nick)"
    " values (?, ?, 'juliet@localhost/x', 'juliet@localhost', ?, '', 'chat', '')"
)


def moment(number: int) -> int:
    """Return when the message *number*, from 1, was archived: microseconds since 1970."""
    return 1_700_000_000_000_000 + number * 1_000_000


@contextmanager
def hoarding(installation: Installation, directory: Path, messages: int, *, sql: bool) -> Iterator[Server]:
    """A running server with an archive of *messages*, one a second, for `HOARDER`, who still has to register."""
    if installation.kind == "prosody":
        with running(installation, directory, extra=_unlimited(sql=sql)) as server:
            server.stop()  # a database that is locked when Prosody writes keeps failing for a while after that
            plant_archive(server, HOARDER, messages)
            server.start()
            yield server
        return
    planted = Extra(plugins=PLUGINS, modules=f"  mod_stranger: {{messages: {messages}}}\n")
    with running(installation, directory, extra=Extra(sql=True) if sql else planted) as server:
        if sql:
            server.stop()
            _fill(server.directory / "ejabberd.sqlite", messages)
            server.start()
        yield server


def _unlimited(*, sql: bool) -> Extra:
    """Return a configuration of Prosody under which nothing goes by age, nor because it is much."""
    return Extra(sql=sql, settings="storage_archive_item_limit = 1000000", modules='archive_expires_after = "never"')


def _fill(path: Path, messages: int) -> None:
    xml = f"<message type='chat'><body>{'hello ' * 30}</body></message>"
    with closing(sqlite3.connect(path)) as database, database:
        database.executemany(_ROW, ((HOARDER, moment(number), xml) for number in range(1, messages + 1)))
