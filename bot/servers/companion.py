"""Speaks the companion protocol (docs/companion-protocol.md): JSON there and back, checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from time import perf_counter
from typing import Protocol, TypeVar

from pydantic import ValidationError

from bot.measures import NOTHING, Measures
from bot.policy.observed import (
    AccountsPage,
    Erased,
    Event,
    Hello,
    Identity,
    Inventory,
    Newcomer,
    NewcomersPage,
    Observed,
    RecordsPage,
    Settings,
    Slot,
    Welcomed,
)
from bot.servers.backend import ServerError, Unsupported

NAMESPACE = "xmpp-privacy-bot:companion:1"
PROTOCOL = 1


class Ask(Protocol):
    """Carries a request to the server."""

    async def __call__(self, operation: str, arguments: str, *, changes: bool = False) -> str:
        """Return the JSON that answers; *changes* tells requests that change something.

        Raises `ServerError`.
        """


P = TypeVar("P", bound=Observed)


class Companion:
    """The companion module of one host, as a `ServerBackend`; *measures* is told of every request."""

    def __init__(self, host: str, ask: Ask, measures: Measures = NOTHING) -> None:
        self._host, self._ask, self._measures = host, ask, measures
        self._node: str | None = None

    @property
    def host(self) -> str:
        """The domain that has the accounts."""
        return self._host

    @property
    def address(self) -> str | None:
        """The bare JID on that domain under which the bot is met; None until `hello` has told one."""
        return f"{self._node}@{self._host}" if self._node else None

    async def hello(self) -> Hello:
        """Return who answers; raises `Unsupported` when it speaks another protocol."""
        try:
            hello = await self._hello()
        except ServerError:
            self._measures.module(is_there=False)
            raise
        self._measures.module(is_there=True)
        return hello

    async def _hello(self) -> Hello:
        hello = await self._asked("hello", Hello)
        if hello.protocol != PROTOCOL:
            raise Unsupported(
                f"the companion module {hello.module} speaks version {hello.protocol} of the protocol, this bot "
                f"{PROTOCOL}; install the module that comes with this bot: privacy-bot server-module {hello.server}"
            )
        self._node = hello.node
        return hello

    async def settings(self) -> Settings:
        """Return the settings in force."""
        return await self._asked("settings", Settings)

    async def accounts(self, after: str | None = None, limit: int = 500) -> AccountsPage:
        """Return a page of the accounts."""
        return await self._asked("accounts", AccountsPage, after=after, limit=limit)

    async def inventory(
        self, account: str, categories: Sequence[str] = (), details: int = 0, before: datetime | None = None
    ) -> Inventory:
        """Return what is held for *account*; with no *categories*, everything; with *before*, what is older."""
        return await self._asked(
            "inventory",
            Inventory,
            account=account,
            categories=list(categories) or None,
            details=details or None,
            before=_seconds(before),
        )

    async def records(self, account: str, category: str, after: str | None = None, limit: int = 50) -> RecordsPage:
        """Return a page of the data themselves."""
        return await self._asked("records", RecordsPage, account=account, category=category, after=after, limit=limit)

    async def newcomers(self, after: str | None = None, limit: int = 500) -> NewcomersPage:
        """Return a page of those who logged in for the first time and were not `welcomed` yet."""
        return await self._asked("newcomers", NewcomersPage, after=after, limit=limit)

    async def welcomed(self, entries: Iterable[Newcomer]) -> Welcomed:
        """Have newcomers forgotten."""
        accounts = [{"account": entry.account, "time": _seconds(entry.time)} for entry in entries]
        return await self._asked("welcomed", Welcomed, changes=True, accounts=accounts)

    async def identify(self, account: str) -> Identity:
        """Return a random name of *account*, which another account of the same name has not."""
        return await self._asked("identify", Identity, changes=True, account=account)

    async def erase(
        self, account: str, category: str, before: datetime | None = None, identity: str | None = None
    ) -> Erased:
        """Erase a category, or with `account` everything; with *before*, only what is older."""
        return await self._asked(
            "erase",
            Erased,
            changes=True,
            account=account,
            category=category,
            before=_seconds(before),
            id=identity,
        )

    async def slot(self, account: str, name: str, size: int, type_: str) -> Slot:
        """Return where *account* can upload a file of *size* bytes."""
        return await self._asked("slot", Slot, changes=True, account=account, name=name, size=size, type=type_)

    async def _asked(self, operation: str, model: type[P], *, changes: bool = False, **arguments: object) -> P:
        given = {name: value for name, value in arguments.items() if value is not None}
        began = perf_counter()
        try:
            answer = _read(model, await self._ask(operation, json.dumps(given, ensure_ascii=False), changes=changes))
        except ServerError as error:
            self._measures.asked(operation, perf_counter() - began, type(error))
            raise
        self._measures.asked(operation, perf_counter() - began)
        return answer


def read_event(text: str) -> Event | None:
    """Return the event that a module tells of; None when it is none that we understand."""
    try:
        return Event.model_validate_json(text)
    except ValidationError:
        return None


def _seconds(time: datetime | None) -> int | None:
    return None if time is None else int(time.timestamp())


def _read(model: type[P], text: str) -> P:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise Unsupported(
            "the companion module's answer is not as the protocol wants it; install the module that comes with this bot"
        ) from error
