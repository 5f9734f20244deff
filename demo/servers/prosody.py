"""Prosody 0.12 and 13 in a directory of its own."""

import os
import re
from pathlib import Path

from demo.servers.base import Extra, Launch, Parameters
from demo.servers.find import Installation, prosody_sources

CONFIGURATION = """\
{settings}
{as_root}
pidfile = "{directory}/prosody.pid"
data_path = "{directory}/data"
plugin_paths = {{ {plugins} }}
{storage}
interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {c2s} }}
component_ports = {{ {component_port} }}
http_ports = {{ {http} }}
c2s_direct_tls_ports = {{}}
legacy_ssl_ports = {{}}
s2s_direct_tls_ports = {{}}
https_ports = {{}}
http_default_host = "upload.{domain}"
http_external_url = "http://127.0.0.1:{http}/"
{federation}
modules_enabled = {{
    {dialback}"blocklist", "bookmarks", "carbons", "disco", "lastactivity", "mam", "pep", "ping", "private",
    "register", "roster", "saslauth", "vcard4", "vcard_legacy", "version",
}}
modules_disabled = {{ {no_s2s}"s2s_auth_certs", "tls" }}
authentication = "internal_hashed"
allow_registration = true
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
default_archive_policy = true
{log}

VirtualHost "{domain}"
{companion}
{modules}

Component "{component}"
    component_secret = "{secret}"

Component "conference.{domain}" "muc"
    modules_enabled = {{ "muc_mam" }}

Component "upload.{domain}" "http_file_share"

{components}
"""


COMPANION = Path(__file__).resolve().parents[2] / "data" / "server_modules" / "prosody"

MODULE = """\
privacy_bot_component = "{component}"
"""

LOG = 'log = {{ info = "{directory}/prosody.log" }}'

ENABLED = 'modules_enabled = { "privacy_bot" }'
"""These two are left out when the caller writes them, since an option may be written once only."""

FEDERATION = """\
s2s_ports = {{ 5269 }}
s2s_interfaces = {{ "{domain}" }}
s2s_require_encryption = false
"""

STORAGE = """\
storage = "sql"
sql = {{ driver = "SQLite3", database = "{directory}/data/prosody.sqlite" }}
"""


def prepare(installation: Installation, parameters: Parameters, extra: Extra) -> Launch:
    """Write configuration and launcher into the server's directory."""
    directory = parameters.directory
    for needed in ("data", "certs"):
        (directory / needed).mkdir(exist_ok=True)
    configuration = directory / "prosody.cfg.lua"
    configuration.write_text(
        CONFIGURATION.format(
            directory=directory,
            domain=parameters.domain,
            component=parameters.component,
            secret=parameters.secret,
            c2s=parameters.c2s,
            component_port=parameters.component_port,
            http=parameters.http,
            federation=FEDERATION.format(domain=parameters.domain) if parameters.federates else "s2s_ports = {}",
            no_s2s="" if parameters.federates else '"s2s", ',
            dialback='"dialback", ' if parameters.federates else "",
            as_root="run_as_root = true" if os.geteuid() == 0 else "",
            plugins=", ".join(f'"{path}"' for path in (extra.plugins, COMPANION) if path is not None),
            storage=STORAGE.format(directory=directory) if extra.sql else "",
            companion=MODULE.format(component=parameters.component) if extra.companion else "",
            settings=extra.settings,
            log="" if re.search(r"^log =", extra.settings, re.MULTILINE) else LOG.format(directory=directory),
            modules=_modules(extra),
            components=extra.components,
        )
    )
    launcher = directory / "prosody"
    launcher.write_text(_launcher(installation.root, directory))
    launcher.chmod(0o755)
    return Launch(
        command=(str(launcher), "-F", "--config", str(configuration)),
        environment={"HOME": str(directory)},
        log=directory / "prosody.log",
    )


def _modules(extra: Extra) -> str:
    ours = extra.companion and "modules_enabled" not in extra.modules
    return f"{ENABLED}\n{extra.modules}" if ours else extra.modules


def _launcher(root: Path, directory: Path) -> str:
    """Debian's launcher, whose first lines name the places of an installed Prosody, with ours."""
    sources = prosody_sources(root)
    places = {
        "SOURCEDIR": str(sources),
        "PLUGINDIR": f"{sources / 'modules'}/",
        "CONFIGDIR": str(directory),
        "DATADIR": str(directory / "data"),
    }
    original = (root / "usr/bin/prosody").read_text()
    return re.sub(r"^CFG_(\w+)=.*$", lambda line: f"CFG_{line[1]}='{places[line[1]]}';", original, flags=re.MULTILINE)
