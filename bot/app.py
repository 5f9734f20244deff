"""The composition root: builds everything, connects, reloads, stops."""

from __future__ import annotations

import asyncio
import hmac
import logging
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot import announcing, auditing, config, control, keys
from bot.announcements.announcer import Announcer
from bot.announcements.arrivals import Arrivals
from bot.announcements.versions import History
from bot.commands.build import services
from bot.commands.desk import Desk
from bot.config import Settings
from bot.dialogue.confirmation import Confirmations
from bot.i18n import translator
from bot.keeping import Keeper, settled
from bot.loading import Attempts, Loaded, Unusable, announce, load, load_meanwhile, now, take, take_or_stay, watching
from bot.metrics.endpoint import prepared
from bot.metrics.health import Health
from bot.rights.jumps import Jumps
from bot.rights.places import Places
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


async def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT; SIGHUP reads policy, phrases and catalogues again.

    Raises `Unusable`, `BadFile`, `StoreError`, `ControlError` and `NotListening` before anything is started.
    """
    stop, hangup = _signals()
    attempts = Attempts()
    secret = attempts.to(lambda: config.component_secret(settings))
    key = attempts.to(lambda: keys.pseudonym_key(settings))
    loaded = load(settings, attempts, is_hurried=True)
    assert secret is not None and key is not None  # noqa: S101, PT018 -- or it was not finished
    if config.readable_by_others(settings.secret_file):
        _LOG.warning("%s can be read by other users; chmod 600 would hide it", settings.secret_file)
    await _until(stop, _by_turns(_Given(settings, secret, key, loaded), hangup))
    _LOG.info("stopped")


@dataclass(frozen=True, slots=True)
class _Given:
    """What the bot was started with."""

    settings: Settings
    secret: str
    key: bytes
    loaded: Loaded


async def _by_turns(given: _Given, hangup: asyncio.Event) -> None:
    """Be the bot whenever no other one is (`bot.store.sole`), until cancelled."""
    is_first, keeper = True, Keeper(given.settings)
    while True:
        try:
            async with sole_use(given.settings.store, given.key, patient=not is_first) as sole:
                given = replace(given, key=await settled(given.settings, given.key))
                if sole.waited:
                    given = await _read_again(given)
                await _lead(given, hangup, sole.lost, keeper, is_start=is_first and not sole.waited)
                is_first = False
                while keeper.wanted.is_set() and not sole.lost.is_set():
                    given = await _read_again(replace(given, key=await keeper.change_key(given.key)))
                    await _lead(given, hangup, sole.lost, keeper, is_start=False)
                keeper.give_up()
        except StoreError as error:
            if is_first or isinstance(error, StoreTooNew | WrongKey):
                raise
            _LOG.warning("%s", error)
        else:
            _LOG.error("the connection to the database was lost, and with it the lead: the bot has left the server")
        is_first = False


async def _read_again(given: _Given) -> _Given:
    """Read the operator's files again: while another bot led, they may have changed."""
    try:
        return replace(given, loaded=await load_meanwhile(given.settings, is_hurried=True))
    except Unusable as error:
        for line in str(error).splitlines():
            _LOG.error("%s", line)
        return given


async def _lead(given: _Given, hangup: asyncio.Event, lost: asyncio.Event, keeper: Keeper, *, is_start: bool) -> None:
    """Be the bot until the lead is *lost*, or the *keeper* wants it to stop for a moment.

    At a *start*, a policy that cannot follow the one in force raises `BadFile`; later the bot goes on without it.
    """
    settings, secret, key, loaded = given.settings, given.secret, given.key, given.loaded
    async with AsyncExitStack() as stack:
        measures, serving = stack.enter_context(prepared(settings.metrics))
        stack.enter_context(incidents.told_to(measures.failed))
        store = await stack.enter_async_context(open_store(settings.store, key, measures))
        history = History(store)
        await (take if is_start else take_or_stay)(history, loaded)
        policy = history.current
        address = settings.server.host, settings.server.port
        connection = Connection(settings.component, secret, *address, measures=measures)
        requests = Requests(connection, settings.component, settings.domain)
        server = Companion(settings.domain, requests.ask, measures)
        messenger = XmppMessenger(
            connection,
            requests,
            server,
            settings.component,
            lambda language: translator(language, history.current.form_of_address),
        )
        world = World(
            policy, server, store, messenger, now, _terms(settings), settings.admins, measures, Jumps(now).are_recent
        )
        rights = Rights(world, incidents.record, Places(settings.rights.scratch, settings.rights.exports_at_once))
        arrivals = Arrivals(world, history, messenger, incidents.record, is_welcome=settings.welcome)
        announcer = Announcer(
            world, history, messenger, incidents.record, arrivals.settle, settings.announcements.per_second
        )
        known = replace(
            services(policy, store, server, settings.admins, rights, loaded.spoken),
            history=history,
            arrivals=arrivals,
            announcer=announcer,
            measures=measures,
            confirmations=Confirmations(hmac.digest(key, b"confirmation\0", "sha256")),
        )
        front = Desk(known, loaded.understanding)
        limit = RateLimit(settings.rate_limit.messages, settings.rate_limit.per.days() * _SECONDS_PER_DAY)
        component = Component(front, settings.component, limit, connection, requests)
        handlers: Handlers = {"message": component.on_message, "presence": component.on_presence, "iq": component.on_iq}
        connection.handle(handlers, component.on_begin, requests.on_disconnect)
        actions = {
            "audit": lambda request, progress: auditing.perform(front.services, request, progress),
            "announce": lambda request, progress: announcing.perform(front.services, request, progress),
            "store": lambda request, progress: keeper.perform(front.services, request, progress),
        }
        await stack.enter_async_context(control.listening(settings.control, actions))
        await stack.enter_async_context(serving(Health(lambda: connection.is_open, store.respond)))
        announce(policy, "starting", measures)
        works = (connection.run(), component.run(), rights.run(), arrivals.run(), announcer.run())
        await _until(lost, *works, watching(hangup, front, history, settings), _wait(keeper.wanted))


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


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
