"""Asking the server: the protocol, and what speaks it."""

from bot.servers.backend import NoSuchAccount, Refused, ServerBackend, ServerError, Unreachable, Unsupported

__all__ = ["NoSuchAccount", "Refused", "ServerBackend", "ServerError", "Unreachable", "Unsupported"]
