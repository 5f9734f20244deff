"""The composition root: builds everything, connects, reloads, stops."""

from __future__ import annotations

import asyncio
import hmac
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bot import auditing, config, control, i18n
from bot.catalogues import check_catalogues
from bot.commands.build import services, understander
from bot.commands.catalogue import registry
from bot.commands.desk import Desk
from bot.config import BadSecret, Settings
from bot.dialogue.understanding import PhraseError, Understander
from bot.files import BadFile
from bot.policy.model import Policy, read_policy
from bot.rights.copy import Places
from bot.rights.rights import Rights
from bot.rights.world import Terms, World
from bot.servers.companion import Companion
from bot.store import StoreError, StoreTooNew, WrongKey, open_store, sole_use
from bot.xmpp import incidents
from bot.xmpp.component import Component
from bot.xmpp.connection import Connection
from bot.xmpp.limits import RateLimit
from bot.xmpp.messenger import XmppMessenger
from bot.xmpp.requests import Requests
from bot.xmpp.stream import Handlers

_LOG = logging.getLogger("privacy-bot")

_SECONDS_PER_DAY = 86_400


def set_up_logging(level: str) -> None:
    """Log to standard error, one line an event.

    slixmpp writes addresses and texts into its own log, so it is heard only at `debug`.
    """
    logging.basicConfig(
        stream=sys.stderr, level=level.upper(), format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    if level != "debug":
        for name in ("slixmpp", "asyncio", "aiosqlite", "sqlalchemy"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class Unusable(Exception):  # noqa: N818 -- named after what is wrong
    """What the operator gave cannot be used; the text has a line for everything that is wrong."""


T = TypeVar("T")


class _Attempts:
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


def _load(settings: Settings, attempts: _Attempts) -> tuple[Policy, Understander]:
    """Return policy and understanding, and finish the *attempts*; the catalogues are checked too."""
    policy = attempts.to(lambda: read_policy(settings.policy))
    understanding = attempts.to(understander)
    attempts.to(check_catalogues)
    attempts.finish()
    assert policy is not None and understanding is not None  # noqa: S101, PT018 -- or it was not finished
    return policy, understanding


async def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT; SIGHUP reads policy, phrases and catalogues again.

    Raises `Unusable`, `StoreError` and `ControlError` before anything is started.
    """
    stop, hangup = _signals()
    attempts = _Attempts()
    secret = attempts.to(lambda: config.component_secret(settings))
    key = attempts.to(lambda: config.pseudonym_key(settings))
    policy, understanding = _load(settings, attempts)
    assert secret is not None and key is not None  # noqa: S101, PT018 -- or it was not finished
    if config.readable_by_others(settings.secret_file):
        _LOG.warning("%s can be read by other users; chmod 600 would hide it", settings.secret_file)
    await _until(stop, _by_turns(_Given(settings, secret, key, policy, understanding), hangup))
    _LOG.info("stopped")


@dataclass(frozen=True, slots=True)
class _Given:
    """What the bot was started with."""

    settings: Settings
    secret: str
    key: bytes
    policy: Policy
    understanding: Understander


async def _by_turns(given: _Given, hangup: asyncio.Event) -> None:
    """Be the bot whenever no other one is (`bot.store.sole`), until cancelled."""
    is_first = True
    while True:
        try:
            async with sole_use(given.settings.store, given.key, patient=not is_first) as sole:
                if sole.waited:
                    hangup.set()  # what was read while the other one led may be old
                await _lead(given, hangup, sole.lost)
        except StoreError as error:
            if is_first or isinstance(error, StoreTooNew | WrongKey):
                raise
            _LOG.warning("%s", error)
        else:
            _LOG.error("the connection to the database was lost, and with it the lead: the bot has left the server")
        is_first = False


async def _lead(given: _Given, hangup: asyncio.Event, lost: asyncio.Event) -> None:
    """Be the bot until the lead is *lost*."""
    settings, secret, key = given.settings, given.secret, given.key
    policy, understanding = given.policy, given.understanding
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.store, key))
        connection = Connection(settings.component, secret, settings.server.host, settings.server.port)
        requests = Requests(connection, settings.component, settings.domain)
        server = Companion(settings.domain, requests.ask)
        messenger = XmppMessenger(connection, requests, server, settings.component)
        world = World(policy, server, store, messenger, _now, _terms(settings), settings.admins)
        rights = Rights(world, incidents.record, Places(settings.rights.scratch, settings.rights.exports_at_once))
        codes = hmac.digest(key, b"confirmation\0", "sha256")
        front = Desk(services(policy, store, server, settings.admins, rights, codes), understanding)
        limit = RateLimit(settings.rate_limit.messages, settings.rate_limit.per.days() * _SECONDS_PER_DAY)
        component = Component(front, settings.component, limit, connection, requests)
        handlers: Handlers = {"message": component.on_message, "presence": component.on_presence, "iq": component.on_iq}
        connection.handle(handlers, component.on_begin, requests.on_disconnect)
        actions = {"audit": lambda request, progress: auditing.perform(front.services, request, progress)}
        await stack.enter_async_context(control.listening(settings.control, actions))
        _announce(policy, "starting")
        await _until(lost, connection.run(), component.run(), rights.run(), _reloading(hangup, front, settings))


def _now() -> datetime:
    return datetime.now(UTC)


def _terms(settings: Settings) -> Terms:
    grace = settings.rights.account_grace
    return Terms(
        grace=timedelta(days=grace.days()) if grace else timedelta(),
        proofs_for=timedelta(days=settings.rights.proofs.days()),
    )


def _signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Return what is set by SIGTERM and SIGINT, and by SIGHUP; also those that come during the start."""
    stop, hangup = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_, event in ((signal.SIGTERM, stop), (signal.SIGINT, stop), (signal.SIGHUP, hangup)):
        loop.add_signal_handler(signal_, event.set)
    return stop, hangup


async def _until(stop: asyncio.Event, *works: Coroutine[Any, Any, None]) -> None:
    """Do all *works* until *stop* is set; what fails unexpectedly is raised."""
    tasks = [asyncio.create_task(work) for work in (stop.wait(), *works)]
    try:
        done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _reloading(hangup: asyncio.Event, front: Desk, settings: Settings) -> None:
    while True:
        await hangup.wait()
        hangup.clear()
        try:
            reload(front, settings)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the bot goes on as it was
            _LOG.error("nothing was reloaded; incident %s", incidents.record(error))


def reload(front: Desk, settings: Settings) -> None:
    """Read policy, phrases and catalogues again; whatever is broken leaves all of the old in force."""
    try:
        policy, understanding = _load(settings, _Attempts())
    except Unusable as error:
        for line in str(error).splitlines():
            _LOG.error("%s", line)
        _LOG.error("nothing was reloaded; version %s stays in force", front.services.policy.version)
        return
    i18n.reload()
    if front.services.rights is not None:
        front.services.rights.world.policy = policy
    front.replace(
        replace(front.services, policy=policy, languages=i18n.languages(), registry=registry()), understanding
    )
    _announce(policy, "reloaded")


def _announce(policy: Policy, what: str) -> None:
    _LOG.info("%s with policy version %s of %s", what, policy.version, policy.effective)
