"""What the bot wants of a server, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.policy.observed import (
    AccountsPage,
    Erased,
    Hello,
    Identity,
    Inventory,
    Newcomer,
    NewcomersPage,
    RecordsPage,
    Settings,
    Slot,
    Welcomed,
)


class ServerError(Exception):
    """The server did not give what was asked; the subclass says whether asking again helps."""


class Unreachable(ServerError):  # noqa: N818 -- named after what is wrong
    """No answer in time, no connection, no companion module, or overloaded: try again later."""


class Refused(ServerError):  # noqa: N818
    """The server does not serve us: another component is configured, or a request was malformed."""


class Unsupported(ServerError):  # noqa: N818
    """The server can never do this: the operation or category is unknown there, or the module too old."""


class NoSuchAccount(ServerError):  # noqa: N818
    """There is no such account."""


class Changed(ServerError):  # noqa: N818
    """The account is another one of the same name: it was removed and registered again."""


class ServerBackend(Protocol):
    """A server that can be asked (docs/companion-protocol.md); all methods raise `ServerError`.

    Accounts are named by their local part.
    """

    @property
    def host(self) -> str:
        """The domain that has the accounts."""

    @property
    def address(self) -> str | None:
        """The bare JID on that domain under which the bot is met; None until the server has told one."""

    async def hello(self) -> Hello:
        """Return who answers, and what it can do."""

    async def settings(self) -> Settings:
        """Return the settings in force."""

    async def accounts(self, after: str | None = None, limit: int = 500) -> AccountsPage:
        """Return a page of the accounts."""

    async def inventory(
        self, account: str, categories: Sequence[str] = (), details: int = 0, before: datetime | None = None
    ) -> Inventory:
        """Return what is held for *account*; with no *categories*, everything.

        With *before*, categories that are `dated` count only what is older.
        """

    async def records(self, account: str, category: str, after: str | None = None, limit: int = 50) -> RecordsPage:
        """Return a page of the data themselves."""

    async def newcomers(self, after: str | None = None, limit: int = 500) -> NewcomersPage:
        """Return a page of those who logged in for the first time and were not `welcomed` yet; at most 1,000."""

    async def welcomed(self, entries: Iterable[Newcomer]) -> Welcomed:
        """Have newcomers forgotten, at most 1,000.

        One that is not there any more is passed over, and so is one with another time: it is another account
        of the same name.
        """

    async def identify(self, account: str) -> Identity:
        """Return a random name of *account*, which another account of the same name has not."""

    async def erase(
        self, account: str, category: str, before: datetime | None = None, identity: str | None = None
    ) -> Erased:
        """Erase a category, or with `account` everything; with *before*, only what is older.

        Raises `Changed` when *identity* is given and is not that of the account: nothing happens then.
        """

    async def slot(self, account: str, name: str, size: int, type_: str) -> Slot:
        """Return where *account* can upload a file of *size* bytes."""
