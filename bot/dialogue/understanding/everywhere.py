"""Words that people use in every language, so that no file of phrases has to list them."""

EVERYWHERE: dict[str, tuple[str, ...]] = {
    "account": ("jid",),
    "analytics": ("matomo", "google analytics"),
    "backup": ("backup", "backups"),
    "bookmarks": ("pep", "xep 0048", "xep 0163", "xep 0402"),
    "contacts": ("roster",),
    "cookies": ("cookie", "cookies"),
    "email": ("email", "e mail"),
    "encryption": ("e2ee", "openpgp", "pgp", "ssl", "tls"),
    "gdpr": ("avg", "dsgvo", "gdpr", "rgpd"),
    "history": ("mam", "xep 0313"),
    "ip": ("ip", "ipv4", "ipv6"),
    "logs": ("log", "logfile", "logs"),
    "offline": ("offline", "xep 0160"),
    "omemo": ("omemo", "xep 0384"),
    "other_server": ("s2s",),
    "profile": ("avatar", "vcard", "xep 0054", "xep 0084"),
    "room": ("muc", "xep 0045"),
    "search_engine": ("searx", "searxng"),
    "spam": ("spam",),
    "uploads": ("upload", "uploads", "xep 0363"),
    "webmail": ("webmail",),
}
"""Concept → its entries, each of which counts in this very form only: "pep" is no misspelt "pepe"."""
