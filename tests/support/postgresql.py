"""PostgreSQL on loopback, in a directory of its own: Debian's, started once for all tests of a process."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from demo.servers import process

USER = "postgres"
"""Whom it runs as when the tests run as root, which PostgreSQL refuses to be."""

PASSWORD = "open sesame"
GUARDED = "guarded"
"""The only user who is asked for the password."""

_DATABASE = "bots"
_AT_ONCE = 50

_OPTIONS = {
    "listen_addresses": process.LOOPBACK,
    "unix_socket_directories": "",
    "dynamic_shared_memory_type": "mmap",  # so that nothing of it is left outside its directory
    "shared_buffers": "16MB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}

_WHO_MAY = f"""\
host all {GUARDED} {process.LOOPBACK}/32 scram-sha-256
host all all {process.LOOPBACK}/32 trust
"""


class MissingPostgresql(RuntimeError):  # noqa: N818 -- named after what is wrong
    """It is not installed."""


@dataclass
class Postgresql:
    """A server that can be stopped and started again.

    A new database is a schema with an owner of its own: that takes 2 ms, and CREATE DATABASE 50 to 90.
    """

    directory: Path
    programs: Path
    port: int
    _running: subprocess.Popen[bytes] | None = None
    _unused: list[str] = field(default_factory=list)
    _made: int = 0

    def start(self) -> None:
        """Start it; returns when it answers."""
        options = [part for name, value in _OPTIONS.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.programs / "postgres"), "-D", str(self.directory / "data"), "-p", str(self.port), *options]
        log = self.directory / "log"
        self._running = process.start(_as_user(command), {}, log)
        process.wait_for_ports(self._running, [self.port], [log])
        asked = [str(self.programs / "pg_isready"), "-q", "-h", process.LOOPBACK, "-p", str(self.port)]
        deadline = time.monotonic() + process.START_SECONDS
        while subprocess.run(asked, check=False).returncode != 0:  # it listens before it has recovered
            if time.monotonic() > deadline:
                raise process.StartError(f"it does not answer:\n{process.tail(log)}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT disconnects everybody, SIGQUIT is as good as a crash."""
        assert self._running is not None
        os.kill(self._running.pid, how)
        self._running.wait(process.STOP_SECONDS)

    def place(self) -> str:
        """Return the URL of a new, empty database."""
        if not self._unused:
            names = [f"bot{number}" for number in range(self._made, self._made + _AT_ONCE)]
            self._made += _AT_ONCE
            self.run("".join(f"CREATE ROLE {name} LOGIN; CREATE SCHEMA AUTHORIZATION {name};" for name in names))
            self._unused += names
        return self.url(self._unused.pop())

    def url(self, user: str, database: str = _DATABASE, password: str = "") -> str:
        """Return the URL by which *user* gets at a database."""
        secret = f":{password.replace(' ', '%20')}" if password else ""
        return f"postgresql+asyncpg://{user}{secret}@{process.LOOPBACK}:{self.port}/{database}?ssl=disable"

    def run(self, sql: str, database: str = _DATABASE) -> str:
        """Do something as the superuser; returns what psql prints."""
        place = ["-h", process.LOOPBACK, "-p", str(self.port), "-U", USER, "-d", database]
        done = subprocess.run(
            [self.programs / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", *place, "-c", sql],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout


def owner(place: str) -> str:
    """Return the user in the URL of a database."""
    return place.partition("//")[2].partition("@")[0]


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """A new server until the block ends.

    Raises:
        MissingPostgresql: it is not installed; the text says how to.
    """
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name, process.reserved_ports(1) as [port]:
        directory = Path(name)
        if os.geteuid() == 0:
            shutil.chown(directory, USER, USER)
        made = ["--no-sync", "-E", "UTF8", "--locale", "C", "-A", "trust", "-U", USER, "-D", "data"]
        subprocess.run(_as_user([str(programs / "initdb"), *made]), check=True, capture_output=True, cwd=directory)
        (directory / "data" / "pg_hba.conf").write_text(_WHO_MAY)
        server = Postgresql(directory, programs, port)
        server.start()
        try:
            server.run(f"CREATE DATABASE {_DATABASE}", "postgres")
            server.run(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'; CREATE SCHEMA AUTHORIZATION {GUARDED}")
            yield server
        finally:
            server.stop(signal.SIGQUIT)  # at once: nothing of it is needed any more


def _programs() -> Path:
    """Return the directory with the programs of the newest version that Debian installed, or of any in PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    other = shutil.which("initdb")
    if not found and other is None:
        raise MissingPostgresql("PostgreSQL is missing; install it: tools/install_debian.sh tests")
    return found[-1].parent if found else Path(str(other)).resolve().parent


def _as_user(command: list[str]) -> list[str]:
    """Return *command* so that it is not run as root.

    The kernel ends it when the thread that starts it is gone; it forgets that of `process.start` when the user changes.
    """
    if os.geteuid() != 0:
        return command
    other = ["--reuid", USER, "--regid", USER, "--init-groups", "--pdeathsig", "KILL"]
    return ["setpriv", *other, *command]
