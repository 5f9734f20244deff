"""ejabberd in a directory of its own, without its control script.

Debian's ``ejabberdctl`` runs only as root or the user ejabberd and wants the port mapper epmd, so
the Erlang machine is started directly and without distribution.
"""

import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from demo.servers.base import Extra, Launch, Parameters
from demo.servers.find import Installation, ejabberd_application
from demo.servers.process import StartError

CONFIGURATION = """\
{settings}
{hosts}
s2s_access: {federation}
s2s_use_starttls: false
auth_method: {authentication}
auth_password_format: scram
listen:
  - port: {c2s}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    starttls: false
  - port: {component_port}
    ip: "127.0.0.1"
    module: ejabberd_service
    hosts: {{"{component}": {{password: "{secret}"}}}}
  - port: {http}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers: {{"/upload": mod_http_upload}}
{listener}
registration_timeout: infinity
modules:
{modules}
"""

HOSTS = 'hosts: ["{domain}"]'
"""Left out when the caller writes them."""

COMPANION = Path(__file__).resolve().parents[2] / "data/server_modules/ejabberd/mod_privacy_bot/src"

MODULES = """\
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_disco: {{}}
  mod_http_upload: {{access: all, docroot: "{directory}/upload", put_url: "http://127.0.0.1:{http}/upload"}}
  mod_http_upload_quota: {{max_days: 7}}
  mod_last: {{}}
  mod_mam: {{default: always}}
  mod_muc: {{}}
  mod_offline: {{}}
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_pubsub: {{plugins: [flat, pep]}}
  mod_push: {{}}
  mod_register: {{}}
  mod_roster: {{}}
  mod_s2s_dialback: {{}}
  mod_stream_mgmt: {{}}
  mod_vcard: {{}}
  mod_version: {{}}
  mod_privacy_bot: {{component: "{component}"}}
"""
"""One line for each; a caller's entry of the same name takes its place."""

LISTENER = """\
  - port: 5269
    ip: "{domain}"
    module: ejabberd_s2s_in
"""

STORAGE = """\
default_db: sql
sql_type: sqlite
sql_database: "{directory}/ejabberd.sqlite"
"""


def prepare(installation: Installation, parameters: Parameters, extra: Extra) -> Launch:
    """Write the configuration and compile extra modules into the server's directory.

    Raises:
        StartError: an extra module does not compile.
    """
    directory = parameters.directory
    configuration = directory / "ejabberd.yml"
    configuration.write_text(
        CONFIGURATION.format(
            directory=directory,
            domain=parameters.domain,
            hosts="" if re.search(r"^hosts:", extra.settings, re.MULTILINE) else HOSTS.format(domain=parameters.domain),
            federation="all" if parameters.federates else "none",
            listener=LISTENER.format(domain=parameters.domain) if parameters.federates else "",
            component=parameters.component,
            secret=parameters.secret,
            c2s=parameters.c2s,
            component_port=parameters.component_port,
            http=parameters.http,
            authentication="sql" if extra.sql else "internal",
            settings=(STORAGE.format(directory=directory) if extra.sql else "") + extra.settings,
            modules=_modules(parameters, extra),
        )
    )
    environment = {
        "EJABBERD_CONFIG_PATH": str(configuration),
        "EJABBERD_LOG_PATH": str(directory / "ejabberd.log"),
        "ERL_CRASH_DUMP": str(directory / "crash.dump"),
        "ERL_LIBS": _libraries(installation.root),
        "HOME": str(directory),
    }
    beams = directory / "beams"
    beams.mkdir(exist_ok=True)
    for sources in (COMPANION if extra.companion else None, extra.plugins):
        if sources is not None:
            _compile(sources, beams)
    if extra.sql:
        _create_tables(installation.root, directory / "ejabberd.sqlite")
    # Mnesia's directory is an Erlang term: a string in double quotes.
    mnesia = f'"{directory / "mnesia"}"'
    command = ("erl", "-noinput", "-pa", str(beams), "-mnesia", "dir", mnesia, "-s", "ejabberd")
    return Launch(command=command, environment=environment, log=directory / "ejabberd.log")


def _modules(parameters: Parameters, extra: Extra) -> str:
    """The section ``modules:``; ejabberd does not start when a module is in it twice."""
    replaced = set(re.findall(r"^  (\w+):", extra.modules, flags=re.MULTILINE))
    if not extra.companion:
        replaced.add("mod_privacy_bot")
    ours = MODULES.format(directory=parameters.directory, http=parameters.http, component=parameters.component)
    kept = [line for line in ours.splitlines() if line.strip().partition(":")[0] not in replaced]
    return "\n".join([*kept, extra.modules])


def _libraries(root: Path) -> str:
    """Where Erlang finds ejabberd; unpacked newer libraries are found before the installed ones."""
    application = ejabberd_application(root)
    assert application is not None, "an installation is found by this file"  # noqa: S101
    return f"{root / 'usr/lib/erlang/lib'}:{application.parents[2]}"


def _create_tables(root: Path, database: Path) -> None:
    """Create the tables as ejabberd before 23.10 needs them; later versions find nothing to do."""
    if not database.exists():
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.executescript((root / "usr/share/ejabberd/sql/lite.sql").read_text())


def _compile(sources: Path, beams: Path) -> None:
    for source in sorted(sources.glob("*.erl")):
        done = subprocess.run(["erlc", "-o", str(beams), str(source)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StartError(f"{source.name} does not compile:\n{done.stdout}{done.stderr}")
