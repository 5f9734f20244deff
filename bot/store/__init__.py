"""The bot's own state, pseudonymous.  The only package that knows SQL."""

from bot.store.backup import back_up
from bot.store.census import Gone
from bot.store.errors import StoreError, StoreTooNew, WrongKey
from bot.store.inspection import Status, problems, status
from bot.store.pseudonym import SHORTEST_KEY
from bot.store.records import Records
from bot.store.rekeying import Rekeyed, Staging, fits, rekey
from bot.store.sole import Sole, sole_use
from bot.store.store import Kept, Store, open_store

__all__ = [
    "SHORTEST_KEY",
    "Gone",
    "Kept",
    "Records",
    "Rekeyed",
    "Sole",
    "Staging",
    "Status",
    "Store",
    "StoreError",
    "StoreTooNew",
    "WrongKey",
    "back_up",
    "fits",
    "open_store",
    "problems",
    "rekey",
    "sole_use",
    "status",
]
