"""Start a server for as long as a ``with`` block lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.servers import ejabberd, prosody
from demo.servers.base import Extra, Parameters, Server
from demo.servers.find import Installation
from demo.servers.process import reserved_ports

PREPARE = {"prosody": prosody.prepare, "ejabberd": ejabberd.prepare}


@contextmanager
def running(
    installation: Installation,
    directory: Path,
    *,
    domain: str = "localhost",
    component: str = "privacy.localhost",
    secret: str = "component-secret",  # noqa: S107 - of a server that only loopback reaches
    extra: Extra | None = None,
) -> Iterator[Server]:
    """A server that listens on loopback and keeps everything in ``directory``.

    The thread that enters the block has to live as long as the server: the kernel ends the server
    with it.

    Args:
        installation: which server.
        directory: an existing directory, empty or of an earlier run of the same server.
        domain: the virtual host that has the accounts.
        component: the domain that a component may take.
        secret: the component's password.
        extra: what differs from the usual configuration.

    Raises:
        StartError: it did not come up.
    """
    with reserved_ports(3) as ports:
        parameters = Parameters(directory.resolve(), domain, component, secret, *ports)
        launch = PREPARE[installation.kind](installation, parameters, extra or Extra())
        server = Server(installation, parameters, launch)
        try:
            server.start()
            yield server
        finally:
            server.stop()
