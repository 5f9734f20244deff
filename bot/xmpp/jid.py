"""Parts of a JID.  The server has prepared and checked it, so cutting is enough (RFC 7622 §3.1)."""


def bare(jid: str) -> str:
    """Return a JID without its resource."""
    return jid.partition("/")[0]


def domain(jid: str) -> str:
    """Return the domain of a JID."""
    return bare(jid).rpartition("@")[2]


def is_account(jid: str) -> bool:
    """Return whether a JID has a local part, as people have and servers have not."""
    return "@" in bare(jid)
