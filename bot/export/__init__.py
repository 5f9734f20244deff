"""A person's copy of their data (Art. 15(3) and 20 GDPR): one ZIP, encrypted, written with flat memory."""

from bot.export.bundle import write_bundle
from bot.export.encryption import Encrypted, NotDecrypted, aesgcm_link, decrypt
from bot.export.manifest import Manifest
from bot.export.order import Fetch, NoSpace, Order

__all__ = [
    "Encrypted",
    "Fetch",
    "Manifest",
    "NoSpace",
    "NotDecrypted",
    "Order",
    "aesgcm_link",
    "decrypt",
    "write_bundle",
]
