"""How other servers take in an account.xml: by the means that come with them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from demo.servers import Extra, Server
from demo.servers.find import Installation, prosody_sources
from tests.support.client import PASSWORD
from tests.support.hoarders import PLUGINS

STORES = ("roster", "vcard", "private", "pep-pubsub", "archive-archive")
"""What Prosody's `mod_storage_xep0227` can read, without the accounts themselves."""


def importing(installation: Installation, file: Path) -> Extra:
    """Return a configuration with which a server can import *file*."""
    if installation.kind == "ejabberd":
        return Extra(plugins=PLUGINS, modules=f'  mod_importer: {{file: "{file}"}}\n')
    return Extra()


def register_and_import(server: Server, user: str, file: Path) -> None:
    """Make an account on a running server, and import *file* into it."""
    server.add_account(user, PASSWORD)
    if server.name == "ejabberd":
        assert file.with_name(f"{file.name}.result").read_text() == "{done,ok}"
        return
    server.stop()
    _migrate(server, user, file)
    server.start()


def _migrate(server: Server, user: str, file: Path) -> None:
    """Run `prosody-migrator` from XEP-0227 to Prosody's own files.

    It looks for an archive of the host first, finds none, and would stop there without ``--keep-going``.
    """
    work = server.directory / "migration"
    work.mkdir()
    (work / f"{user}@{server.domain}.xml").write_bytes(file.read_bytes())
    stores = ", ".join(f'"{store}"' for store in STORES)
    configuration = work / "migrator.cfg.lua"
    configuration.write_text(
        f'input {{ type = "xep0227"; hosts = {{ ["{server.domain}"] = {{ {stores} }} }} }}\n'
        f'output {{ type = "internal"; path = "{server.directory / "data"}" }}\n'
    )
    program = work / "prosody-migrator"
    program.write_text(_launcher(server.installation.root, work))
    program.chmod(0o755)
    command = [str(program), "--root", "--keep-going", "--config", str(configuration), "input", "output"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Done!" in done.stderr, done.stdout + done.stderr
    assert "for user" not in done.stdout, done.stdout


def _launcher(root: Path, data: Path) -> str:
    sources = prosody_sources(root)
    places = {
        "SOURCEDIR": str(sources),
        "PLUGINDIR": f"{sources / 'modules'}/",
        "CONFIGDIR": str(data),
        "DATADIR": str(data),
    }
    original = (root / "usr/bin/prosody-migrator").read_text()
    if (sources / "loader.lua").exists():  # since 13.0, it does not understand that option otherwise
        assert original.count('options["keep-going"]') == 1
        original = original.replace('options["keep-going"]', 'options["keep_going"]')
    return re.sub(r"^CFG_(\w+)=.*$", lambda line: f"CFG_{line[1]}='{places[line[1]]}';", original, flags=re.MULTILINE)
