"""Tells the people on an XMPP server what is stored about them, why, and for how long."""

__version__ = "0.1.0"
