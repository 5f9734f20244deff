"""The operator's files: read at the start and whenever he says so, and put to use."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from bot import files, i18n
from bot.announcements.versions import History
from bot.catalogues import check_catalogues
from bot.commands.build import understander
from bot.commands.catalogue import registry
from bot.commands.desk import Desk
from bot.commands.services import Services
from bot.config import BadSecret, Settings
from bot.dialogue.registry import Registry
from bot.dialogue.understanding import PhraseError, Understander
from bot.files import BadFile, Document
from bot.measures import Measures
from bot.policy.model import Policy, policy_of
from bot.store import StoreError
from bot.xmpp import incidents

_LOG = logging.getLogger("privacy-bot")

_LOOK_EVERY = 30.0
"""Seconds between two looks whether the day of another version has come."""


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class Unusable(Exception):  # noqa: N818 -- named after what is wrong
    """What the operator gave cannot be used; the text has a line for everything that is wrong."""


T = TypeVar("T")


class Attempts:
    """Collects what is wrong with several things, so that all of it is told at once."""

    def __init__(self) -> None:
        self._problems: list[str] = []

    def to(self, do: Callable[[], T]) -> T | None:
        """Return what *do* returns; None when it is not possible."""
        try:
            return do()
        except (BadFile, BadSecret, PhraseError) as error:
            self._problems.append(str(error))
            return None

    def finish(self) -> None:
        """Raise `Unusable` when something was not possible."""
        if self._problems:
            raise Unusable("\n".join(self._problems))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the operator's files say."""

    policy: Policy
    document: Document
    understanding: Understander
    spoken: tuple[str, ...]


class _GivenUp(Exception):  # noqa: N818 -- named after what happened
    """Nobody waits any more for what a thread does."""


@contextmanager
def _given_up_with_the_block() -> Iterator[Callable[[], None]]:
    """Return what a thread calls now and then; it raises `_GivenUp` once the block is over.

    The program ends only when its threads have, and reading all languages takes many seconds on a slow machine.
    """
    over = threading.Event()

    def go_on() -> None:
        if over.is_set():
            raise _GivenUp

    try:
        yield go_on
    finally:
        over.set()


def load(
    settings: Settings, attempts: Attempts, go_on: Callable[[], None] = lambda: None, *, is_hurried: bool = False
) -> Loaded:
    """Read them, and finish the *attempts*: raises `Unusable`; the catalogues are checked too.

    *go_on* is called before each language.  When *is_hurried*, only those of the policy and English are read: see
    `learn`.
    """
    document = attempts.to(lambda: files.read(settings.policy))
    policy = attempts.to(lambda: policy_of(document)) if document is not None else None
    spoken = i18n.languages()
    if is_hurried and policy is not None:
        spoken = tuple(one for one in spoken if one in ("en", *policy.languages))
    understanding = attempts.to(lambda: understander(spoken if is_hurried else None, go_on=go_on))
    attempts.to(lambda: check_catalogues(spoken))
    attempts.finish()
    assert document is not None  # noqa: S101 -- or it was not finished
    assert policy is not None and understanding is not None  # noqa: S101, PT018
    return Loaded(policy, document, understanding, spoken)


async def load_meanwhile(settings: Settings, *, is_hurried: bool = False) -> Loaded:
    """Do as `load`, while the bot goes on with everything else."""
    with _given_up_with_the_block() as go_on:
        return await asyncio.to_thread(load, settings, Attempts(), go_on, is_hurried=is_hurried)


async def learn(front: Desk) -> None:
    """Have the bot learn the languages that it did not need at its start, while it works."""
    try:
        with _given_up_with_the_block() as go_on:
            spoken, words, understanding = await asyncio.to_thread(_everything, front.understander, go_on)
    except (BadFile, PhraseError) as error:
        _complain(error)
        _LOG.error("the bot speaks only %s until that is mended and read again", ", ".join(front.services.languages))
        return
    front.replace(replace(front.services, languages=spoken, registry=words), understanding)


def _everything(
    known: Understander, go_on: Callable[[], None]
) -> tuple[tuple[str, ...], Registry[Services], Understander]:
    check_catalogues()
    spoken = i18n.languages()
    return spoken, registry(spoken), understander(known=known, go_on=go_on)


async def take(history: History, loaded: Loaded) -> None:
    """Take the policy at a start; raises `BadFile` and `StoreError`."""
    await history.take(loaded.policy, loaded.document, now())


async def take_or_stay(history: History, loaded: Loaded) -> bool:
    """Take the policy; return whether it could be: what cannot follow leaves the old in force.  Raises `StoreError`."""
    try:
        await take(history, loaded)
    except BadFile as error:
        _complain(error)
        _LOG.error("version %s of the policy stays in force", history.current.version)
        return False
    return True


def _complain(error: Exception) -> None:
    for line in str(error).splitlines():
        _LOG.error("%s", line)


async def watching(hangup: asyncio.Event, front: Desk, history: History, settings: Settings) -> None:
    """Reload at every *hangup*, and put every version of the policy in force when its day has come."""
    await learn(front)
    while True:
        try:
            async with asyncio.timeout(_LOOK_EVERY):
                await hangup.wait()
        except TimeoutError:
            pass
        try:
            if hangup.is_set():
                hangup.clear()
                await reload(front, history, settings)
            else:
                await history.turn(now())
                _keep_up(front, history)
        except StoreError as error:
            _LOG.error("the policy stays as it was, for the time being: %s", error)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the bot goes on as it was
            _LOG.error("the policy stays as it was; incident %s", incidents.record(error))


async def reload(front: Desk, history: History, settings: Settings) -> None:
    """Read policy, phrases and catalogues again; whatever is broken leaves all of the old in force."""
    try:
        loaded = await load_meanwhile(settings)
    except Unusable as error:
        _complain(error)
        _LOG.error("nothing was reloaded; version %s stays in force", history.current.version)
        return
    if not await take_or_stay(history, loaded):
        _keep_up(front, history)
        _LOG.error("nothing was reloaded")
        return
    i18n.reload()
    spoken = loaded.spoken
    front.replace(replace(front.services, languages=spoken, registry=registry(spoken)), loaded.understanding)
    _keep_up(front, history)
    announce(history.current, "reloaded", front.services.measures)


def _keep_up(front: Desk, history: History) -> None:
    """Let everything that the bot says come from the version in force."""
    policy = history.current
    if front.services.policy is policy:
        return
    if front.services.rights is not None:
        front.services.rights.world.policy = policy
    front.replace(replace(front.services, policy=policy), front.understander)
    front.services.measures.policy(policy.version, policy.effective)


def announce(policy: Policy, what: str, measures: Measures) -> None:
    """Tell the operator which version the bot answers from."""
    measures.policy(policy.version, policy.effective)
    _LOG.info("%s with policy version %s of %s", what, policy.version, policy.effective)
