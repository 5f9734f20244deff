"""A server that runs, and what it was started with."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demo.servers import process
from demo.servers.accounts import register, stream
from demo.servers.find import Installation


@dataclass(frozen=True, slots=True)
class Extra:
    """What a caller wants different in the configuration; texts are in the server's own syntax.

    Attributes:
        companion: the companion module is loaded, for the component, under the node ``privacy``.
        sql: everything lies in SQLite instead of the server's own files or tables.
        plugins: a directory with modules: ``*.lua`` for Prosody (searched before its own), ``*.erl``
            for ejabberd (compiled before the start).
        settings: lines at the top level, before everything else.
        modules: Prosody: lines in the virtual host's section.  ejabberd: entries of ``modules:``,
            indented by two spaces.
        components: Prosody only: lines at the end, for further components.
    """

    companion: bool = True
    sql: bool = False
    plugins: Path | None = None
    settings: str = ""
    modules: str = ""
    components: str = ""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a server is configured with: names, ports on loopback, a directory."""

    directory: Path
    domain: str
    component: str
    secret: str
    c2s: int
    component_port: int
    http: int

    @property
    def federates(self) -> bool:
        """Whether it talks to other servers: then the domain is an address on loopback, so that it is found."""
        return self.domain[0].isdigit()


@dataclass(frozen=True, slots=True)
class Launch:
    """How a configured server is started: command line, variables added to ours, and its log."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path


@dataclass(slots=True)
class Server:
    """A throw-away server.

    It has rooms at ``conference.DOMAIN`` and uploads at ``upload.DOMAIN``.

    Attributes:
        installation: which one.
        parameters: names, ports and directory, also found as ``domain``, ``c2s`` and so on.
        launch: how it was started.
    """

    installation: Installation
    parameters: Parameters
    launch: Launch
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """``prosody`` or ``ejabberd``."""
        return self.installation.kind

    @property
    def version(self) -> str:
        """The server's version, for instance ``0.12.3``."""
        return self.installation.version

    @property
    def domain(self) -> str:
        """The virtual host that has the accounts."""
        return self.parameters.domain

    @property
    def component(self) -> str:
        """The domain a component may take."""
        return self.parameters.component

    @property
    def secret(self) -> str:
        """The component's password."""
        return self.parameters.secret

    @property
    def c2s(self) -> int:
        """The port for clients."""
        return self.parameters.c2s

    @property
    def component_port(self) -> int:
        """The port for components (XEP-0114)."""
        return self.parameters.component_port

    @property
    def directory(self) -> Path:
        """Where everything of this server lies."""
        return self.parameters.directory

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.launch.log

    @property
    def output(self) -> Path:
        """What the program printed."""
        return self.directory / "output.log"

    def start(self) -> None:
        """Start it and return when it listens.

        Raises:
            StartError: it did not come up.
        """
        self._process = process.start(self.launch.command, self.launch.environment, self.output)
        try:
            self._wait(self._process)
        except BaseException:  # Ctrl-C as well; killed, since ejabberd takes long to end while it starts
            process.kill(self._process)
            self._process = None
            raise

    def _wait(self, started: subprocess.Popen[bytes]) -> None:
        ports = (self.c2s, self.component_port, self.parameters.http)
        try:
            process.wait_for_ports(started, ports, (self.output, self.log))
            with stream(self.c2s, self.domain):
                pass  # ejabberd listens before it is ready, and must not be stopped before
        except (process.StartError, OSError) as error:
            raise process.StartError(f"{self.installation} did not start: {error}") from None

    def stop(self) -> None:
        """Stop it and return when it is gone; data and configuration stay for another start."""
        if self._process is not None:
            process.stop(self._process)
            self._process = None

    def kill(self) -> None:
        """End it at once and return when it is gone, as if it had crashed."""
        if self._process is not None:
            process.kill(self._process)
            self._process = None

    def restart(self) -> None:
        """Stop and start with the same ports, accounts and data."""
        self.stop()
        self.start()

    def add_account(self, user: str, password: str) -> None:
        """Create ``user@domain``.

        Raises:
            AccountExistsError: there is such an account already.
            RegistrationError: the server refused for another reason.
        """
        register(self.c2s, self.domain, user, password)
