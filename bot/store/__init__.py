"""The bot's own state, pseudonymous.  The only package that knows SQL."""

from bot.store.errors import StoreError, StoreTooNew, WrongKey
from bot.store.pseudonym import SHORTEST_KEY
from bot.store.records import Records
from bot.store.sole import Sole, sole_use
from bot.store.store import Kept, Store, open_store

__all__ = [
    "SHORTEST_KEY",
    "Kept",
    "Records",
    "Sole",
    "Store",
    "StoreError",
    "StoreTooNew",
    "WrongKey",
    "open_store",
    "sole_use",
]
