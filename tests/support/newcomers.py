"""What a stopped server remembers of newcomers, changed as time would."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta

from demo.servers import Server
from tests.support.prosody import database, encoded, is_sql

_SHIFT = """\
[User, Seconds] = init:get_plain_arguments(),
ok = mnesia:start(),
ok = mnesia:wait_for_tables([privacy_bot], 10000),
Pattern = {privacy_bot, {newcomer, {list_to_binary(User), '_'}}, '_'},
[{_, Key, {Time, Language}}] = mnesia:dirty_match_object(Pattern),
ok = mnesia:dirty_write({privacy_bot, Key, {Time - list_to_integer(Seconds), Language}}),
stopped = mnesia:stop(),
halt().
"""


def make_older(server: Server, account: str, by: timedelta) -> None:
    """Let a newcomer that a server remembers have come earlier."""
    seconds = int(by.total_seconds())
    if server.name == "ejabberd":
        mnesia = f'"{server.directory / "mnesia"}"'
        command = ["erl", "-noinput", "-mnesia", "dir", mnesia, "-eval", _SHIFT, "-extra", account, str(seconds)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    elif is_sql(server):
        where = "where store = 'privacy_bot_newcomers' and instr(value, ?)"
        with closing(sqlite3.connect(database(server))) as connection, connection:
            [[value]] = connection.execute(f"select value from prosody {where}", (f'"{account}"',)).fetchall()  # noqa: S608
            connection.execute(
                f"update prosody set value = ? {where}",  # noqa: S608
                (_earlier(value, r'("time":)(\d+)', seconds), f'"{account}"'),
            )
    else:
        path = server.directory / "data" / encoded(server.domain) / "privacy_bot_newcomers" / "newcomers%3a0.dat"
        text = path.read_text()
        [entry] = re.findall(rf'\{{[^{{}}]*"{account}"[^{{}}]*\}}', text)
        path.write_text(text.replace(entry, _earlier(entry, r'(\["time"\] = )(\d+)', seconds)))


def _earlier(text: str, pattern: str, seconds: int) -> str:
    changed, number = re.subn(pattern, lambda found: f"{found[1]}{int(found[2]) - seconds}", text)
    assert number == 1, text
    return changed
