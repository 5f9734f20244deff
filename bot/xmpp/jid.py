"""Parts of a JID.  The server has prepared and checked it, so cutting is enough (RFC 7622 §3.1)."""


def bare(jid: str) -> str:
    """Return a JID without its resource."""
    return jid.partition("/")[0]
