"""The composition root: builds everything, connects, reloads, stops."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack

from bot import config, i18n
from bot.commands.build import desk, services, understander
from bot.commands.desk import Desk
from bot.config import Settings
from bot.dialogue.understanding import PhraseError
from bot.files import BadFile
from bot.policy.model import Policy, read_policy
from bot.store import open_store
from bot.xmpp.component import Component
from bot.xmpp.connection import Connection
from bot.xmpp.limits import RateLimit

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

    Raises `BadFile`, `BadSecret`, `PhraseError` and `StoreError` before anything is started.
    """
    policy = read_policy(settings.policy)
    secret = config.component_secret(settings)
    if config.readable_by_others(settings.secret_file):
        _LOG.warning("%s can be read by other users; chmod 600 would hide it", settings.secret_file)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.store, config.pseudonym_key(settings)))
        front = desk(policy, store)
        connection = Connection(settings.component, secret, settings.server.host, settings.server.port)
        limit = RateLimit(settings.rate_limit.messages, settings.rate_limit.per.days() * _SECONDS_PER_DAY)
        component = Component(front, settings.component, limit, connection)
        connection.handle({"message": component.on_message, "presence": component.on_presence, "iq": component.on_iq})
        _announce(policy, "starting")
        await _until_stopped(connection, component, lambda: reload(front, settings))
    _LOG.info("stopped")


async def _until_stopped(connection: Connection, component: Component, on_hangup: Callable[[], None]) -> None:
    """Run until a signal says stop; what fails unexpectedly is raised."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_, stop.set)
    loop.add_signal_handler(signal.SIGHUP, on_hangup)
    tasks = [asyncio.create_task(work) for work in (connection.run(), component.run())]
    stopped = asyncio.create_task(stop.wait())
    done, pending = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


def reload(front: Desk, settings: Settings) -> None:
    """Read policy, phrases and catalogues again; whatever is broken leaves all of the old in force."""
    try:
        policy = read_policy(settings.policy)
        understanding = understander()
    except (BadFile, PhraseError) as error:
        for line in str(error).splitlines():
            _LOG.error("%s", line)
        _LOG.error("nothing was reloaded; version %s stays in force", front.services.policy.version)
        return
    i18n.reload()
    front.replace(services(policy, front.services.store), understanding)
    _announce(policy, "reloaded")


def _announce(policy: Policy, what: str) -> None:
    _LOG.info("%s with policy version %s of %s", what, policy.version, policy.effective)
