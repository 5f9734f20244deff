"""Puts a desk together from what is shipped: the commands, the phrases, the catalogues."""

from __future__ import annotations

import secrets

from bot import files
from bot.commands.catalogue import registry
from bot.commands.desk import Desk
from bot.commands.services import Services
from bot.dialogue.confirmation import Confirmations
from bot.dialogue.understanding import Understander
from bot.i18n import languages
from bot.policy.model import Policy
from bot.rights.rights import Rights
from bot.servers import ServerBackend
from bot.store import Store


def understander() -> Understander:
    """Return the understanding of every language that has phrases; raises `bot.files.BadFile`."""
    phrases = files.directory("data") / "phrases"
    return Understander({path.stem: files.data_of(path) for path in sorted(phrases.glob("*.yaml"))})


def services(
    policy: Policy,
    store: Store | None = None,
    server: ServerBackend | None = None,
    admins: frozenset[str] = frozenset(),
    rights: Rights | None = None,
    key: bytes | None = None,
) -> Services:
    """Return what handlers work with; without a *store*, nothing is remembered about anybody.

    *key* makes the codes that confirm; without one, those of another run of the program are worth nothing.
    """
    confirmations = Confirmations(key if key is not None else secrets.token_bytes(32))
    return Services(policy, languages(), registry(), store, server, admins, rights, confirmations=confirmations)


def desk(policy: Policy, store: Store | None = None) -> Desk:
    """Return a desk that answers from *policy*."""
    return Desk(services(policy, store), understander())
