"""A look into what a stopped server has stored, without the server and without our module."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.policy.terms import Category
from demo.servers import Server
from tests.support.prosody import database, is_sql

PROFILE = ("vcard-temp", "urn:xmpp:vcard4", "http://jabber.org/protocol/nick", "urn:xmpp:avatar:metadata")
GUARD = "storage:bookmarks"

Counts = Mapping[str, int]


def stored(server: Server, user: str) -> Counts:
    """Return how many items of each category lie there for *user*, whose nickname in rooms is their name."""
    return _prosody(server, user) if server.name == "prosody" else _ejabberd(server, user)


@dataclass(frozen=True, slots=True)
class _Row:
    """What Prosody stores under one key, or as one item of an archive."""

    store: str
    user: str
    key: str
    about: str
    text: str


_READ = """\
-- Prints the stores in a directory: store, user, key, "with" and every string below, with tabs between.
local function strings(value)
	if type(value) ~= "table" then return type(value) == "string" and value or ""; end
	local found = {};
	for _, each in pairs(value) do found[#found + 1] = strings(each); end
	return table.concat(found, " ");
end
for path in io.lines() do
	local above, user, kind = path:match("([^/]+)/([^/]+)%.(%a+)$");
	-- Without a user, the file itself is named like the store.
	local store = above:match("[.%%]") and user or above;
	local function row(key, about, value)
		if type(key) ~= "string" then return; end
		print((table.concat({ store, user, key, about, strings(value) }, "\\t"):gsub("\\n", " ")));
	end
	if kind == "list" then
		local number = 0;
		loadfile(path, "t", { item = function (each)
			number = number + 1;
			row(tostring(number), each.with or "", each);
		end })();
	else
		for key, value in pairs(loadfile(path, "t", {})()) do row(key, "", value); end
	end
end
"""


def _prosody(server: Server, user: str) -> Counts:
    jid = f"{user}@{server.domain}"
    rows = _rows_of_database(server) if is_sql(server) else _rows_of_files(server)
    own = [row for row in rows if row.user == user]
    said = re.compile(rf"/({re.escape(user)}|{re.escape(json.dumps(user)[1:-1])})(?=[\"' ]|$)")

    def keys(store: str, wanted: Callable[[str], bool] = bool) -> int:
        return sum(row.store == store and wanted(row.key) for row in own)

    def of_clients(node: str) -> bool:
        # The empty one of bookmarks is made by the server itself, and cannot hold anything.
        return node not in PROFILE and (node != GUARD or keys(f"pep_{GUARD}") > 0)

    return {
        Category.ACCOUNT: min(1, keys("accounts")),
        Category.ROSTER: keys("roster"),
        Category.ARCHIVE: keys("archive"),
        Category.OFFLINE_MESSAGES: keys("offline"),
        Category.PROFILE: min(1, keys("vcard")) + keys("pep", PROFILE.__contains__),
        Category.CLIENT_DATA: keys("pep", of_clients) + keys("private"),
        Category.BLOCKLIST: keys("blocklist"),
        Category.UPLOADS: sum(row.store == "uploads" and row.about == jid for row in rows),
        Category.ROOM_MEMBERSHIPS: sum(row.store == "config" and row.key == jid for row in rows),
        Category.ROOM_ARCHIVE: sum(row.store == "muc_log" and said.search(row.text) is not None for row in rows),
    }


def _rows_of_files(server: Server) -> list[_Row]:
    paths = [path for path in (server.directory / "data").rglob("*") if path.suffix in (".dat", ".list")]
    script = server.directory / "read.lua"
    script.write_text(_READ)
    listed = "\n".join(map(str, paths))
    command = ["lua5.4", str(script)]
    done = subprocess.run(command, input=listed, capture_output=True, text=True, check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return [_Row(store, _decoded(user), key, about, text) for store, user, key, about, text in rows]


def _decoded(name: str) -> str:
    """Undo `tests.support.prosody.encoded`."""
    return re.sub(rb"%(..)", lambda found: bytes([int(found[1], 16)]), name.encode()).decode()


def _rows_of_database(server: Server) -> list[_Row]:
    with closing(sqlite3.connect(database(server))) as connection:
        values = connection.execute('select store, user, key, "", value from prosody').fetchall()
        archives = connection.execute('select store, user, key, "with", value from prosodyarchive').fetchall()
    return [_Row(*values) for values in (*values, *archives)]


def _ejabberd(server: Server, user: str) -> Counts:
    sql = server.directory / "ejabberd.sqlite"
    counted = _tables(sql, user, server.domain) if sql.exists() else _mnesia(server, user)
    jid = f"{user}@{server.domain}"
    uploaded = server.directory / "upload" / hashlib.sha1(jid.encode(), usedforsecurity=False).hexdigest()
    return {**counted, Category.UPLOADS: sum(path.is_file() for path in uploaded.rglob("*"))}


_QUERIES: Mapping[str, str] = {
    Category.ACCOUNT: "select username from users where username = :user",
    Category.ROSTER: "select jid from rosterusers where username = :user",
    Category.ARCHIVE: "select id from archive where username = :user",
    Category.OFFLINE_MESSAGES: "select seq from spool where username = :user",
    Category.BLOCKLIST: "select value from privacy_list_data join privacy_list using (id) where username = :user",
    Category.ROOM_MEMBERSHIPS: "select name from muc_room where instr(opts, :term)",
    Category.ROOM_ARCHIVE: "select id from archive where kind = 'groupchat' and instr(peer, :jid || '/') = 1",
    "vcards": "select username from vcard where username = :user",
    "private": "select namespace from private_storage where username = :user",
    "nodes": "select node from pubsub_node where host = :jid",
}


def _tables(path: Path, user: str, domain: str) -> Counts:
    # A room's affiliations are an Erlang term, as text.
    bound = {"user": user, "jid": f"{user}@{domain}", "term": f'{{{{<<"{user}">>,'}
    with closing(sqlite3.connect(path)) as connection:
        found = {name: [row for (row,) in connection.execute(query, bound)] for name, query in _QUERIES.items()}
    return _grouped(found)


def _grouped(found: dict[str, list[str]]) -> Counts:
    """Count, with PEP nodes, private XML and vCards sorted into the two categories that they belong to."""
    vcards, private, nodes = (found.pop(name) for name in ("vcards", "private", "nodes"))
    of_profile = [node for node in nodes if node in PROFILE]
    counts = {name: len(rows) for name, rows in found.items()}
    counts[Category.PROFILE] = len(vcards) + len(of_profile)
    counts[Category.CLIENT_DATA] = len(private) + len(nodes) - len(of_profile)
    return counts


_DUMP = """\
Name = fun(Text) -> unicode:characters_to_binary(Text) end,
[User, Host, File] = [Name(Text) || Text <- init:get_plain_arguments()],
ok = mnesia:start(),
ok = mnesia:wait_for_tables(mnesia:system_info(local_tables), 10000),
All = fun(Table) -> mnesia:dirty_match_object(Table, mnesia:table_info(Table, wild_pattern)) end,
US = {User, Host},
Is = fun(Term) -> fun(Entry) -> element(2, Entry) =:= Term end end,
Contains = fun(Term) -> fun(Entry) -> string:find(io_lib:format("~w", [Entry]), io_lib:format("~w", [Term]))
                                       =/= nomatch end end,
Count = fun(Table, Which) -> length(lists:filter(Which, All(Table))) end,
Print = fun(Key, Value) -> file:write_file(File, io_lib:format("~s\\t~s\\n", [Key, Value]), [append]) end,
Times = fun(Key, Number) -> [Print(Key, "x") || _ <- lists:seq(1, Number)] end,
Times("account", Count(passwd, fun(Entry) -> lists:member(element(2, Entry), [US, {User, Host, plain}])
                                            orelse element(1, element(2, Entry)) =:= User end)),
Times("roster", Count(roster, fun(Entry) -> element(3, Entry) =:= US end)),
Times("archive", Count(archive_msg, Is(US))),
Times("offline_messages", Count(offline_msg, Is(US))),
Times("room_memberships", Count(muc_room, Contains({User, Host, <<>>}))),
Times("room_archive", Count(archive_msg, fun(Entry) ->
    element(2, element(2, Entry)) =/= Host andalso (Contains({jid, User, Host}))({element(5, Entry)})
    orelse element(2, element(2, Entry)) =/= Host andalso element(1, element(5, Entry)) =:= User end)),
[Times("blocklist", length(Items)) || Entry <- All(privacy), element(2, Entry) =:= US,
                                      {_, Items} <- element(4, Entry)],
Times("vcards", Count(vcard, Is(US))),
[Print("private", element(3, element(2, Entry))) || Entry <- All(private_storage),
    {element(1, element(2, Entry)), element(2, element(2, Entry))} =:= US],
[Print("nodes", element(2, element(2, Entry))) || Entry <- All(pubsub_node),
    element(1, element(2, Entry)) =:= {User, Host, <<>>}],
halt().
"""


def _mnesia(server: Server, user: str) -> Counts:
    out = server.directory / f"stored-{len(list(server.directory.glob('stored-*')))}"
    mnesia = f'"{server.directory / "mnesia"}"'
    command = ["erl", "-noinput", "-mnesia", "dir", mnesia, "-eval", _DUMP, "-extra", user, server.domain, str(out)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    found: dict[str, list[str]] = {name: [] for name in _QUERIES}
    for line in out.read_text().splitlines():
        name, value = line.split("\t")
        found[name].append(value)
    return _grouped(found)
