"""A server in memory, for unit tests; tests/contract holds it to what the real ones do."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.policy.observed import (
    AccountsPage,
    Erased,
    Event,
    Hello,
    Holding,
    Identity,
    Inventory,
    Newcomer,
    NewcomersPage,
    RecordsPage,
    Setting,
    Settings,
    Slot,
    Welcomed,
)
from bot.policy.terms import Category
from bot.servers import Changed, NoSuchAccount, Refused, Unsupported

Item = dict[str, Any]

ERASABLE = frozenset(Category) - {Category.PASSWORD, Category.SESSIONS, Category.IP_ADDRESSES, Category.BOT_RECORDS}
CATEGORIES = frozenset(Category)
DATED = frozenset({Category.ARCHIVE, Category.OFFLINE_MESSAGES, Category.UPLOADS, Category.ROOM_ARCHIVE})

SETTINGS = Settings(
    settings=(
        Setting(key="archive", value=True, option="mam", place="memory", set=True),
        Setting(key="archive.retention", value=604_800, option="archive_days", place="memory", set=True),
        Setting(key="uploads", value=True, option="uploads", place="memory", set=True),
        Setting(key="uploads.retention", value=604_800, option="upload_days", place="memory", set=True),
        Setting(key="password.format", value="scram", option="password", place="memory", set=True),
        Setting(key="registration.open", value=False, option="registration", place="memory", set=True),
        Setting(key="logs.level", value="info", option="log", place="memory", set=True),
    )
)


OPERATIONS = frozenset(
    ("hello", "settings", "accounts", "inventory", "records", "newcomers", "welcomed", "erase", "identify", "slot")
)


@dataclass
class MemoryServer:
    """What a server holds, by account and category; a `ServerBackend`.

    Attributes:
        accounts_held: the items of each category of each account; with `other`, items have a `store`.
        settings_told: the settings in force.
        host: the domain of the accounts.
        address: where the bot is met.
        largest: bytes of a file that can be uploaded; None without an upload service.
        identities: the random names of accounts.
        place: of the upload service; by default nobody listens there.
        newcomers_held: who logged in for the first time and was not welcomed yet.
        met: who logged in ever.
    """

    accounts_held: dict[str, dict[str, list[Item]]] = field(default_factory=dict)
    settings_told: Settings = SETTINGS
    host: str = "memory.example"
    address: str | None = "privacy@memory.example"
    largest: int | None = 10_000_000
    identities: dict[str, str] = field(default_factory=dict)
    place: str = "http://127.0.0.1:9"
    newcomers_held: dict[str, Newcomer] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def log_in(self, account: str, language: str | None = None, at: datetime | None = None) -> Event:
        """Have a client of *account* be ready for messages; returns what the bot is told of it."""
        time = (at or datetime.now(UTC)).replace(microsecond=0)
        first = account not in self.met
        if first:
            self.met.add(account)
            self.newcomers_held[account] = Newcomer(account=account, time=time, language=language)
        return Event(event="login", account=account, language=language, first=first, time=time)

    async def hello(self) -> Hello:
        """Return who answers."""
        return Hello(
            protocol=1,
            module="0.0",
            server="memory",
            version="1",
            node="privacy",
            operations=OPERATIONS,
            categories=CATEGORIES,
            erasable=ERASABLE,
            dated=DATED,
        )

    async def settings(self) -> Settings:
        """Return the settings in force."""
        return self.settings_told

    async def accounts(self, after: str | None = None, limit: int = 500) -> AccountsPage:
        """Return a page of the accounts, by name."""
        if not 0 < limit <= 1000:
            raise Refused("bad-request")
        names = sorted(name for name in self.accounts_held if after is None or name > after)
        page = names[:limit]
        following = page[-1] if len(names) > limit else None
        return AccountsPage(accounts=tuple(page), next=following, total=len(self.accounts_held))

    async def inventory(
        self, account: str, categories: Sequence[str] = (), details: int = 0, before: datetime | None = None
    ) -> Inventory:
        """Return what is held."""
        await asyncio.sleep(0)
        self._held(account)
        known = [name for name in categories or sorted(CATEGORIES) if name in CATEGORIES]
        return Inventory(
            account=account,
            holdings=tuple(
                _holding(name, _older(self._items(account, name), name, before)[0], details) for name in known
            ),
            absent=tuple(name for name in categories if name not in known),
        )

    async def records(self, account: str, category: str, after: str | None = None, limit: int = 50) -> RecordsPage:
        """Return a page of the data themselves."""
        self._held(account)
        _refuse_unless(category in CATEGORIES)
        if not 0 < limit <= 200 or (after is not None and not after.isdigit()):
            raise Refused("bad-request")
        items = [_public(item) for item in self._items(account, category)]
        start = int(after or 0)
        end = start + limit
        return RecordsPage(items=tuple(items[start:end]), next=str(end) if end < len(items) else None, total=len(items))

    async def newcomers(self, after: str | None = None, limit: int = 500) -> NewcomersPage:
        """Return a page of those who were not welcomed yet; the cursor is a time and a name."""
        time, _slash, name = (after or "0/").partition("/")
        if not 0 < limit <= 1000 or not time.isdigit() or not _slash:
            raise Refused("bad-request")
        waiting = sorted((int(one.time.timestamp()), one.account) for one in self.newcomers_held.values())
        rest = [account for at, account in waiting if (at, account) > (int(time), name)]
        page = tuple(self.newcomers_held[account] for account in rest[:limit])
        following = f"{page[-1].time.timestamp():.0f}/{page[-1].account}" if len(rest) > limit else None
        return NewcomersPage(newcomers=page, next=following)

    async def welcomed(self, entries: Iterable[Newcomer]) -> Welcomed:
        """Forget newcomers."""
        given = list(entries)
        if len(given) > 1000 or not all(_is_name(entry.account) for entry in given):
            raise Refused("bad-request")
        names = {entry.account: entry.time for entry in given}
        known = {
            account
            for account, time in names.items()
            if account in self.newcomers_held and self.newcomers_held[account].time == time
        }
        for account in known:
            del self.newcomers_held[account]
        return Welcomed(forgotten=len(known))

    async def identify(self, account: str) -> Identity:
        """Return the random name of an account."""
        self._held(account)
        return Identity(id=self.identities.setdefault(account, secrets.token_hex(16)))

    async def erase(
        self, account: str, category: str, before: datetime | None = None, identity: str | None = None
    ) -> Erased:
        """Erase a category, or the account."""
        held = self._held(account)
        _refuse_unless(category in ERASABLE and (before is None or category in DATED))
        if identity is not None and identity != self.identities.get(account):
            raise Changed("conflict")
        await asyncio.sleep(0)
        if category == Category.ACCOUNT:
            del self.accounts_held[account]
            self.identities.pop(account, None)
            self.newcomers_held.pop(account, None)
            self.met.discard(account)
            return Erased(erased=1)
        gone, kept = _older(held.get(category, []), category, before)
        held[category] = kept
        return Erased(erased=len(gone), left=(_holding(category, kept, 0),))

    async def slot(self, account: str, name: str, size: int, type_: str) -> Slot:
        """Return a new place for a file."""
        self._held(account)
        _refuse_unless(self.largest is not None)
        if not name or size < 1 or not type_:
            raise Refused("bad-request")
        assert self.largest is not None
        if size > self.largest:
            return Slot(refused="too_large", limit=self.largest)
        place = f"{self.place}/{secrets.token_hex(8)}/{name}"
        return Slot(put=place, get=place, retention=604_800)

    def _held(self, account: str) -> dict[str, list[Item]]:
        if not _is_name(account):
            raise Refused("bad-request")
        if account not in self.accounts_held:
            raise NoSuchAccount
        return self.accounts_held[account]

    def _items(self, account: str, category: str) -> list[Item]:
        """Return what there is of a category; a newcomer's entry is one of the bot's records."""
        waiting = self.newcomers_held.get(account) if category == Category.BOT_RECORDS else None
        entry = {"store": "privacy_bot_newcomers", "time": waiting.time.timestamp()} if waiting else None
        return [*self.accounts_held[account].get(category, []), *([entry] if entry else [])]


def _is_name(account: str) -> bool:
    return account != "" and not set(account) & set("@/ \"&'<>:")


def _older(items: list[Item], category: str, before: datetime | None) -> tuple[list[Item], list[Item]]:
    """Return the items that are older than *before*, and the others."""
    if before is None or category not in DATED:
        return items, []
    older = [item for item in items if item["time"] < before.timestamp()]
    return older, [item for item in items if item not in older]


def _refuse_unless(possible: bool) -> None:  # noqa: FBT001
    if not possible:
        raise Unsupported("feature-not-implemented")


def _public(item: Mapping[str, Any]) -> Item:
    return {key: value for key, value in item.items() if key != "secret"}


def _holding(category: str, items: Sequence[Mapping[str, Any]], details: int) -> Holding:
    times = [item["time"] for item in items if "time" in item]
    ordered = sorted(items, key=lambda item: (item.get("time", 0), str(item)))
    return Holding(
        category=category,
        count=len(items),
        bytes=sum(item.get("bytes", 0) for item in items),
        oldest=min(times, default=None),
        newest=max(times, default=None),
        items=tuple(_public(item) for item in ordered[:details]),
    )
