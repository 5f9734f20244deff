"""Open a stream and create an account the way a new user does (XEP-0077), over a plain socket."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from xml.sax.saxutils import escape, quoteattr

from demo.servers.process import LOOPBACK

SECONDS = 60.0
FEATURES = re.compile(rb"</stream:features>")
ANSWER = re.compile(rb"<iq\b[^>]*(/>|>.*</iq>)", re.DOTALL)


class RegistrationError(RuntimeError):
    """The server did not create the account; the text is its answer."""


class AccountExistsError(RegistrationError):
    """There is such an account already."""


@contextmanager
def stream(port: int, domain: str) -> Iterator[socket.socket]:
    """A connection with an open stream, before authentication.

    Raises:
        OSError: there is no server, or it does not offer a stream for that domain within a minute.
    """
    opening = (
        f"<stream:stream to={quoteattr(domain)} version='1.0' xmlns='jabber:client'"
        " xmlns:stream='http://etherx.jabber.org/streams'>"
    )
    with socket.create_connection((LOOPBACK, port), SECONDS) as connection:
        connection.sendall(opening.encode())
        _read_until(connection, FEATURES)
        yield connection
        connection.sendall(b"</stream:stream>")
        while connection.recv(4096):  # until the server has noted everything and closes
            pass


def register(port: int, domain: str, user: str, password: str) -> None:
    """Create ``user@domain``.

    Args:
        port: the server's port for clients, on loopback.
        domain: the virtual host.
        user: the account's local part.
        password: its password.

    Raises:
        AccountExistsError: there is such an account already.
        RegistrationError: the server refused for another reason.
        OSError: the server is not there.
    """
    request = (
        f"<iq type='set' id='register' to={quoteattr(domain)}><query xmlns='jabber:iq:register'>"
        f"<username>{escape(user)}</username><password>{escape(password)}</password></query></iq>"
    )
    with stream(port, domain) as connection:
        connection.sendall(request.encode())
        answer = _read_until(connection, ANSWER)
    if "<conflict" in answer:
        raise AccountExistsError(f"{user}@{domain} exists already")
    if "<error" in answer:
        raise RegistrationError(f"{user}@{domain}: {answer}")


def _read_until(connection: socket.socket, pattern: re.Pattern[bytes]) -> str:
    received = b""
    while (found := pattern.search(received)) is None:
        part = connection.recv(4096)
        if not part:
            raise ConnectionError(f"the server closed the stream: {received.decode(errors='replace')}")
        received += part
    return found[0].decode(errors="replace")
