"""The companion modules for the servers: what to do with them, and writing them where a server finds them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import files

_OURS = "xmpp-privacy-bot"
"""Every shipped file has this word in its first lines."""
_HEAD = 1000
_VERSION = re.compile(r'\bVERSION\b[^"\n]*"(\d+(?:\.\d+)*)"')
_READABLE = 0o644
"""The modules hold no secret, and the server runs as another user than the one who installs."""


class NotInstalled(Exception):  # noqa: N818 -- named after what is wrong
    """The module was not written; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What became of an installation.

    Attributes:
        text: one line for the operator.
        steps: what is left to do, lines of a text; empty when everything is as it was.
    """

    text: str
    steps: str


@dataclass(frozen=True, slots=True)
class ServerModule:
    """One shipped module.

    Attributes:
        kind: the server as the command line calls it; its files are in ``data/server_modules/KIND``.
        path: where the module is below that directory, and below the one it is installed into.
        files: its files, relative to both; the first one tells the version.
        directory: where Debian's package looks for it, for `write`.
        write: how to have the files written, a `str.format` text, as the following.
        configure: what to do after they were written for the first time.
        upgrade: what to do after they were replaced by others.
    """

    kind: str
    path: str
    files: tuple[str, ...]
    directory: str
    write: str
    configure: str
    upgrade: str

    @property
    def source(self) -> Path:
        """The directory of the shipped files."""
        return files.directory("data") / "server_modules" / self.kind

    def instructions(self, component: str, host: str) -> str:
        """Return everything there is to do, for a component and the host that has the accounts."""
        text = self.write + "\n" + self.configure
        return text.format(directory=self.directory, component=component, host=host)

    def install(self, directory: Path, component: str, host: str) -> Installed:
        """Write the files into *directory*, each at once or not at all; raises `NotInstalled`."""
        _require_directory(directory)
        shipped = {name: (self.source / name).read_bytes() for name in self.files}
        present = {name: _present(directory / name) for name in self.files}
        version = _version(shipped[self.files[0]])
        before = _version(present[self.files[0]] or b"")
        for name, content in present.items():
            if content is not None and not (_is_ours(content) and (name != self.files[0] or before)):
                raise NotInstalled(
                    f"{directory / name}: this is a file of somebody else; move it away, or name another directory"
                )
        if _key(before) > _key(version):
            raise NotInstalled(
                f"{directory / self.path}: this is version {before}, newer than the {version} that comes with this "
                "bot; upgrade the bot, or remove the module first"
            )
        changed = [name for name in self.files if present[name] != shipped[name]]
        for name in changed:
            _write(directory / name, shipped[name])
        steps = (self.upgrade if before else self.configure) if changed else ""
        said = _outcome(before, version, changed=bool(changed))
        return Installed(f"{directory / self.path}: {said}", steps.format(component=component, host=host))


def _require_directory(path: Path) -> None:
    try:
        there = path.is_dir()
    except OSError as error:  # a directory above it is closed
        raise _denied(path, "read", error) from error
    if not there:
        raise NotInstalled(f"{path}: there is no such directory; make it, or name the one your server uses")


def _present(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _denied(path, "read", error) from error


def _denied(path: Path, what: str, error: OSError) -> NotInstalled:
    return NotInstalled(f"{path}: cannot be {what}: {error.strerror}; run this as a user who may, such as root")


def _write(path: Path, content: bytes) -> None:
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Beside the file, or else the renaming would not be atomic; hidden, so that no server takes it.
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
        temporary.chmod(_READABLE)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise _denied(path, "written", error) from error


def _outcome(before: str, version: str, *, changed: bool) -> str:
    if not before:
        return f"version {version} written"
    if not changed:
        return f"is current already (version {version})"
    if before == version:
        return f"version {version} restored; it had been changed"
    return f"updated from {before} to {version}"


def _is_ours(content: bytes) -> bool:
    return _OURS.encode() in content[:_HEAD]


def _version(content: bytes) -> str:
    found = _VERSION.search(content.decode("utf-8", "replace"))
    return found[1] if found else ""


def _key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split("."))) if version else ()


_PROSODY_WRITE = """\
1. Write the module into a directory of plugin_paths; this is the one in Debian's prosody.cfg.lua:

    mkdir -p {directory}
    privacy-bot server-module prosody --component {component} --host {host} \\
        --install {directory}
"""

_PROSODY_CONFIGURE = """\
2. In the configuration of Prosody, at the host that has the accounts, and after that host the component:

    VirtualHost "{host}"
        modules_enabled = {{ "privacy_bot" }}
        privacy_bot_component = "{component}"

    Component "{component}"
        component_secret = "a long random secret"

   Where that host has a list modules_enabled of its own already, add "privacy_bot" to that list.

3. Check it, and restart Prosody or have it load the new parts while it runs:

    prosodyctl check config
    prosodyctl shell "config:reload()"
    prosodyctl shell "module:load('privacy_bot', '{host}')"
    prosodyctl shell "host:activate('{component}')"

4. In privacy-bot.yaml the same names, and in its secret_file the same secret:

    component: {component}
    host: {host}
    secret_file: secret.txt
"""

_PROSODY_UPGRADE = """\
Restart Prosody, or have it load the module anew while it runs:

    prosodyctl shell "module:reload('privacy_bot', '{host}')"
"""

_EJABBERD_WRITE = """\
1. Write the module where ejabberd looks for sources; this is the place of Debian's package:

    mkdir -p {directory}
    privacy-bot server-module ejabberd --component {component} --host {host} \\
        --install {directory}
"""

_EJABBERD_CONFIGURE = """\
2. Have the running ejabberd compile it:

    chown -R ejabberd: /var/lib/ejabberd/.ejabberd-modules
    ejabberdctl module_install mod_privacy_bot

3. In ejabberd.yml, in the sections that are there already:

    listen:
      - port: 5347
        ip: "127.0.0.1"
        module: ejabberd_service
        hosts:
          "{component}":
            password: "a long random secret"

    modules:
      mod_privacy_bot:
        component: {component}

4. Have ejabberd read it; it need not be restarted:

    ejabberdctl reload_config

5. In privacy-bot.yaml the same names, and in its secret_file the same secret:

    component: {component}
    host: {host}
    secret_file: secret.txt
"""

_EJABBERD_UPGRADE = """\
Have the running ejabberd compile and load it:

    ejabberdctl module_upgrade mod_privacy_bot
"""

MODULES: Mapping[str, ServerModule] = {
    "prosody": ServerModule(
        "prosody",
        "mod_privacy_bot.lua",
        ("mod_privacy_bot.lua",),
        "/usr/local/lib/prosody/modules",
        _PROSODY_WRITE,
        _PROSODY_CONFIGURE,
        _PROSODY_UPGRADE,
    ),
    "ejabberd": ServerModule(
        "ejabberd",
        "mod_privacy_bot",
        ("mod_privacy_bot/src/mod_privacy_bot.erl", "mod_privacy_bot/mod_privacy_bot.spec"),
        "/var/lib/ejabberd/.ejabberd-modules/sources",
        _EJABBERD_WRITE,
        _EJABBERD_CONFIGURE,
        _EJABBERD_UPGRADE,
    ),
}
"""The shipped modules by the name of the server."""
