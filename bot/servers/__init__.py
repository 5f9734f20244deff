"""Asking the server: the protocol, and what speaks it."""

from bot.servers.backend import Changed, NoSuchAccount, Refused, ServerBackend, ServerError, Unreachable, Unsupported

__all__ = ["Changed", "NoSuchAccount", "Refused", "ServerBackend", "ServerError", "Unreachable", "Unsupported"]
