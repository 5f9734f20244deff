"""Words that people use in every language, so that no file of phrases has to list them."""

_NAMES = """
adam alexander alice amelie andrea andrei andrew anna anne antonio ashley barbara beatriz bernd björn bob boris
bruno carla carlos carol catherine charlie chloe christian christine claudia daniel daniela dave david diego
dieter dirk dmitri eduardo elena elisabeth elizabeth emily emma enrique eric erik eva eve fabian felix fernando
florian francesca francesco franz fred gabriel georg george gerd giulia giuseppe hans harry heike heinz helen
helga helmut holger ines ingrid isabel ivan jacob jakub james jason javier jennifer jens jessica joe johanna
johannes john jonas jorge josef joseph juan julia julien jürgen karin karl karolina katarzyna kate katharina
kevin klaus krzysztof lars laura lena leon leonie lisa luca lucas lucia luis luisa lukas magda maja manfred
marco marek maria marie mario marko marta martin martina mateo mateusz matthew matthias michael michal michelle
miguel mike monika nadine natalia natasha nico nicole niels nina noah olga oliver oscar pablo paolo patricia
patrick paul paula pauline pavel pedro peter petra philipp piotr rachel ralf ricardo richard robert roberto
sabine samantha sandra sarah sebastian sergei sergio silvia sofie sophie stefan steffi stephanie steve susan
susanne sven tanja teresa theo thomas tim tina tobias tomasz torsten ulrich ulrike ursula uwe valentina victor
viktor walter werner wolfgang yannick yvonne zoe łukasz
"""
"""Given names that are common where these languages are spoken, and no word in any of them."""

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
    "other_person": tuple(_NAMES.split()),
    "other_server": ("s2s",),
    "profile": ("avatar", "vcard", "xep 0054", "xep 0084"),
    "room": ("muc", "xep 0045"),
    "search_engine": ("searx", "searxng"),
    "spam": ("spam",),
    "uploads": ("upload", "uploads", "xep 0363"),
    "webmail": ("webmail",),
}
"""Concept → its entries, each of which counts in this very form only: "pep" is no misspelt "pepe"."""
