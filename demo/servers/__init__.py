"""Real XMPP servers for tests and the demo: on loopback, in a directory of their own, gone afterwards."""

from demo.servers.base import Extra, Server
from demo.servers.find import Installation, MissingServer, find, installations
from demo.servers.process import StartError
from demo.servers.run import running

__all__ = [
    "Extra",
    "Installation",
    "MissingServer",
    "Server",
    "StartError",
    "find",
    "installations",
    "running",
]
