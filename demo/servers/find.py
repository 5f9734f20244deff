"""Which servers this machine has: Debian's installed ones, and others unpacked into the cache."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["prosody", "ejabberd"]

NAMES: dict[Kind, str] = {"prosody": "Prosody", "ejabberd": "ejabberd"}
SYSTEM = Path("/")
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "servers"
"""Where ``tools/unpack_servers.py`` unpacks packages, one directory for each server."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A server that can be started.

    Attributes:
        kind: which server.
        version: its own version, without the distribution's revision: ``0.12.3``, ``23.01``.
        root: ``/`` when it is installed, otherwise the directory its packages were unpacked into.
    """

    kind: Kind
    version: str
    root: Path

    def __str__(self) -> str:
        return f"{NAMES[self.kind]} {self.version}"


class MissingServer(LookupError):  # noqa: N818 - what is missing is a server, not the program's mistake
    """The server that was asked for is not there; the text says what to run."""


def prosody_sources(root: Path) -> Path:
    """The directory of Prosody's Lua files under ``root``."""
    return root / "usr/lib/prosody"


def ejabberd_application(root: Path) -> Path | None:
    """The file that describes the Erlang application, or None without ejabberd under ``root``."""
    return next(root.glob("usr/lib/*/ejabberd-*/ebin/ejabberd.app"), None)


def _at(root: Path) -> Iterator[Installation]:
    release = prosody_sources(root) / "prosody.version"
    if release.is_file() and (root / "usr/bin/prosody").is_file():
        yield Installation("prosody", release.read_text().strip(), root)
    application = ejabberd_application(root)
    if application is not None:
        found = re.search(r'\{vsn,\s*"([0-9.]+)', application.read_text())
        if found is not None:
            yield Installation("ejabberd", found[1], root)


def installations() -> tuple[Installation, ...]:
    """Every server found, the installed ones first."""
    roots = [SYSTEM, *sorted(CACHE.glob("*-*"))]
    return tuple(installation for root in roots for installation in _at(root))


def find(kind: Kind, version: str = "") -> Installation:
    """The first server of that kind whose version starts with ``version``.

    Raises:
        MissingServer: there is none.
    """
    for installation in installations():
        if installation.kind == kind and f"{installation.version}.".startswith(f"{version}." if version else ""):
            return installation
    if version:
        raise MissingServer(
            f"{NAMES[kind]} {version} is not there. Run: tools/install_debian.sh tests && tools/unpack_servers.py"
        )
    raise MissingServer(f"{NAMES[kind]} is not installed. As root, run: tools/install_debian.sh demo {kind}")
