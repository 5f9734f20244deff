"""What tests put into a stopped Prosody, and a way into a running one."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from demo.servers import Server

START = 1_700_000_000
"""The time of the first message that is planted; each is a second later."""

CONTROL = """\
-- For tests: reloads modules, and notes what would go to other servers.
local modules = require "core.modulemanager";
module:hook("iq-set/host/test:control:reload", function (event)
	assert(modules.reload(module.host, event.stanza.tags[1].attr.module));
	event.origin.send(require "util.stanza".reply(event.stanza));
	return true;
end);
module:hook("route/remote", function (event)
	module:log("info", "REMOTE %s %s", event.from_host, event.stanza);
	return true;
end, 1000);
"""


def encoded(name: str) -> str:
    """A name as Prosody writes it into paths (util.datamanager)."""
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02x}" for byte in name.encode())


def is_sql(server: Server) -> bool:
    """Whether everything lies in a database."""
    return database(server).exists()


def database(server: Server) -> Path:
    """The file of the database, if there is one."""
    return server.directory / "data" / "prosody.sqlite"


def plant_store(server: Server, store: str, user: str, key: str, value: str) -> None:
    """Give *user* a key-value store, as a module unknown to everybody would."""
    if is_sql(server):
        rows = [(server.domain, user, store, key, "string", value)]
        _insert(server, "prosody", ("host", "user", "store", "key", "type", "value"), rows)
    else:
        path = _directory(server, server.domain, store) / f"{encoded(user)}.dat"
        path.write_text(f'return {{ ["{key}"] = "{value}"; }};\n')


def plant_archive(server: Server, user: str, number: int, *, store: str = "archive", host: str = "") -> None:
    """Give *user* an archive of *number* messages, one a second."""
    host = host or server.domain
    if is_sql(server):
        columns = ("host", "user", "store", "key", "when", "with", "type", "value")
        rows = (
            (host, user, store, f"id{index}", START + index, "juliet@localhost", "xml", _message(index))
            for index in range(number)
        )
        _insert(server, "prosodyarchive", columns, rows)
    else:
        write_list(server, user, range(number), store=store, host=host)


def hasten(server: Server, seconds: float) -> int:
    """Let the slots that the module remembers be over in *seconds* from now; return how many there are."""
    due = f"{time.time() + seconds:.0f}"
    if is_sql(server):
        with closing(sqlite3.connect(database(server))) as connection, connection:
            found = connection.execute("select value from prosody where store = 'privacy_bot_state' and key = 'late'")
            text, number = re.subn(r'("time":)\d+', rf"\g<1>{due}", "".join(value for (value,) in found))
            update = "update prosody set value = ? where store = 'privacy_bot_state' and key = 'late'"
            connection.execute(update, (text,))
        return number
    path = server.directory / "data" / encoded(server.domain) / "privacy_bot_state.dat"
    text, number = re.subn(r'(\["time"\] = )\d+', rf"\g<1>{due}", path.read_text())
    path.write_text(text)
    return number


def files_of(server: Server) -> list[Path]:
    """What lies where the upload service keeps its files, also of uploads under way."""
    return sorted((server.directory / "data" / encoded(f"upload.{server.domain}")).glob("http_file_share/*"))


def write_list(server: Server, user: str, indexes: Iterable[int], *, store: str = "archive", host: str = "") -> None:
    """Write the file of an archive anew with these messages, the way Prosody does: all at once."""
    path = _directory(server, host or server.domain, store) / f"{encoded(user)}.list"
    scratch = path.with_suffix(".new")
    scratch.write_text("".join(map(_item, indexes)))
    scratch.rename(path)


def _directory(server: Server, host: str, store: str) -> Path:
    path = server.directory / "data" / encoded(host) / store
    path.mkdir(parents=True, exist_ok=True)
    return path


def _insert(server: Server, table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    names, places = ", ".join(f'"{column}"' for column in columns), ", ".join("?" for _ in columns)
    with closing(sqlite3.connect(database(server))) as connection, connection:
        connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)  # noqa: S608 -- ours


def _message(index: int) -> str:
    body = f"{'x' * 200} number {index}"
    return f"<message type='chat' to='juliet@localhost' from='romeo@localhost/x'><body>{body}</body></message>"


def _item(index: int) -> str:
    # The text looks like the beginning of an item, as far as a text can.
    return (
        f'item({{\n\t["key"] = "id{index}";\n\t["when"] = {START + index};\n\t["with"] = "juliet@localhost";\n'
        '\t["name"] = "message";\n\t["attr"] = {\n\t\t["type"] = "chat";\n\t\t["stamp"] = "2023-11-14T22:13:20Z";\n'
        '\t\t["to"] = "juliet@localhost";\n\t\t["from"] = "romeo@localhost/x";\n\t};\n'
        f'\t[1] = {{\n\t\t["name"] = "body";\n\t\t["attr"] = {{\n\t\t}};\n\t\t[1] = "{"x" * 200}\\nitem({{ {index}";\n'
        "\t};\n});\n"
    )
