"""Puts a desk together from what is shipped: the commands, the phrases, the catalogues."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from bot import files
from bot.commands.catalogue import registry
from bot.commands.desk import Desk
from bot.commands.services import Services
from bot.dialogue.understanding import Understander
from bot.files import BadFile, Problem
from bot.i18n import languages
from bot.policy.model import Policy
from bot.rights.rights import Rights
from bot.servers import ServerBackend
from bot.store import Store

_LEARNED = files.directory("data") / "learned"


def understander(
    only: Collection[str] | None = None,
    known: Understander | None = None,
    go_on: Callable[[], None] = lambda: None,
) -> Understander:
    """Return the understanding of every language that has phrases, or of those in *only*; *known* ones are kept.

    *go_on* is called before each, since they take long.  Raises `bot.files.BadFile` and `PhraseError`.
    """

    def read() -> Iterator[tuple[str, Any]]:
        # one after the other: all of them at once would take memory that nobody needs any more afterwards
        for path in sorted((files.directory("data") / "phrases").glob("*.yaml")):
            if only is None or path.stem in only:
                go_on()
                yield path.stem, files.data_of(path)

    return Understander(read(), known, {path.stem: _whole(path) for path in sorted(_LEARNED.glob("*.tsv"))})


def _whole(path: Path) -> bytes:
    """Return what a file holds, which is parsed later; raises `BadFile` when it was cut off, as by a full disk."""
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        text = "this file is cut off; install the program again"
        raise BadFile([Problem(str(path), content.count(b"\n") + 1, 1, text)])
    return content


def services(
    policy: Policy,
    store: Store | None = None,
    server: ServerBackend | None = None,
    admins: frozenset[str] = frozenset(),
    rights: Rights | None = None,
    spoken: tuple[str, ...] | None = None,
) -> Services:
    """Return what handlers work with; without a *store*, nothing is remembered about anybody.

    *spoken* are the languages of answers; without it, all that have a catalogue.
    """
    spoken = spoken or languages()
    return Services(policy, spoken, registry(spoken), store, server, admins, rights)


def desk(policy: Policy, store: Store | None = None) -> Desk:
    """Return a desk that answers from *policy*."""
    return Desk(services(policy, store), understander())
