"""How administrators make accounts, and how clients log in that never say that they are there."""

from __future__ import annotations

import base64
import re
import subprocess
from xml.etree.ElementTree import XML

from demo.servers import Extra, Server
from demo.servers.accounts import stream
from tests.support.client import PASSWORD, Client, client

ADMINISTRATOR = "administrator"

_ADD_USER = "http://jabber.org/protocol/admin#add-user"
_COMMANDS = "http://jabber.org/protocol/commands"


def administered(kind: str, *, sql: bool) -> Extra:
    """Return a configuration under which `make_account` works."""
    if kind == "prosody":
        return Extra(sql=sql)
    settings = f'acl: {{admin: {{user: "{ADMINISTRATOR}@localhost"}}}}\naccess_rules: {{configure: {{allow: admin}}}}\n'
    return Extra(sql=sql, settings=settings, modules="  mod_adhoc: {}\n  mod_configure: {}\n")


async def make_account(server: Server, user: str) -> None:
    """Make an account without the client's registration: `prosodyctl register`, or XEP-0133 §4.1 on ejabberd."""
    if server.name == "prosody":
        _control(server, "register", user, server.domain, PASSWORD)
        return
    async with client(server, ADMINISTRATOR) as administrator:
        await _add_user(administrator, user)


def _control(server: Server, *arguments: str) -> None:
    """Run `prosodyctl` with the places of a running server."""
    places = dict(re.findall(r"^(CFG_\w+)=(.*)$", (server.directory / "prosody").read_text(), re.MULTILINE))
    original = (server.installation.root / "usr/bin/prosodyctl").read_text()
    program = server.directory / "prosodyctl"
    program.write_text(
        re.sub(r"^(CFG_\w+)=.*$", lambda line: f"{line[1]}={places[line[1]]}", original, flags=re.MULTILINE)
    )
    program.chmod(0o755)
    command = [str(program), "--config", str(server.directory / "prosody.cfg.lua"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


async def _add_user(administrator: Client, user: str) -> None:
    domain = administrator.server.domain
    begun = await administrator.iq(XML(f"<command xmlns='{_COMMANDS}' node='{_ADD_USER}'/>"), to=domain, kind="set")
    [session] = {command.get("sessionid") for command in begun.xml.iter(f"{{{_COMMANDS}}}command")}
    values = {"accountjid": f"{user}@{domain}", "password": PASSWORD, "password-verify": PASSWORD}
    fields = "".join(f"<field var='{name}'><value>{value}</value></field>" for name, value in values.items())
    form_type = "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/admin</value></field>"
    await administrator.iq(
        XML(
            f"<command xmlns='{_COMMANDS}' node='{_ADD_USER}' sessionid='{session}' action='complete'>"
            f"<x xmlns='jabber:x:data' type='submit'>{form_type}{fields}</x></command>"
        ),
        to=domain,
        kind="set",
    )


def log_in_silently(server: Server, user: str) -> None:
    """Log in and leave without any presence, as clients do that only want to change something."""
    proof = base64.b64encode(f"\0{user}\0{PASSWORD}".encode()).decode()
    opening = (
        f"<stream:stream to='{server.domain}' version='1.0' xmlns='jabber:client' "
        "xmlns:stream='http://etherx.jabber.org/streams'>"
    )
    bind = "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
    steps = (
        (f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{proof}</auth>", b"<success"),
        (opening, b"</stream:features>"),
        (bind, b"</jid>"),
    )
    with stream(server.c2s, server.domain) as connection:
        for sent, expected in steps:
            connection.sendall(sent.encode())
            received = b""
            while expected not in received:
                part = connection.recv(4096)
                assert part, received
                received += part
