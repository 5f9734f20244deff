"""What a server says about itself and about an account: the payloads of the companion protocol.

Their members are described in docs/companion-protocol.md.  They come from another program, so what
is unknown is ignored (a newer module may say more) and what is known is checked.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

Unlimited = Literal["unlimited"]
Seconds: TypeAlias = Annotated[float, Field(ge=0)]
Limit: TypeAlias = Seconds | Unlimited | None
"""A period in seconds, no limit, or not known."""


def moment(value: object) -> datetime | None:
    """Return a time that is given in seconds since 1970; None when it is none that a calendar knows."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


Moment: TypeAlias = Annotated[
    datetime | None, BeforeValidator(moment), WithJsonSchema({"type": ["number", "null"], "description": "Unix time"})
]
"""A time in UTC, or None."""

KnownMoment: TypeAlias = Annotated[
    datetime, BeforeValidator(moment), WithJsonSchema({"type": "number", "description": "Unix time"})
]
"""A time in UTC."""


class Observed(BaseModel):
    """Said by a companion module."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Hello(Observed):
    """Who answers, and what it can do."""

    protocol: int
    module: str
    server: str
    version: str
    storage: tuple[str, ...] = ()
    node: str | None = None
    operations: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    erasable: frozenset[str] = frozenset()
    dated: frozenset[str] = frozenset()


class Setting(Observed):
    """One setting in force; *value* None means that it cannot be known from there."""

    key: str
    value: Any = None
    option: str = ""
    place: str = ""
    set: bool = False
    host: str = ""


class Settings(Observed):
    """The settings in force."""

    settings: tuple[Setting, ...]
    modules: frozenset[str] = frozenset()

    def of(self, key: str) -> tuple[Setting, ...]:
        """Return the settings called *key*: one for each host that it is set for."""
        return tuple(setting for setting in self.settings if setting.key == key)


class Holding(Observed):
    """What a server holds for an account in one category."""

    category: str
    name: str = ""
    count: Annotated[int, Field(ge=0)] | None = None
    bytes: Annotated[int, Field(ge=0)] | None = None
    oldest: Moment = None
    newest: Moment = None
    retention: Limit = None
    memory: bool = False
    partial: bool = False
    facts: dict[str, Any] = {}
    items: tuple[dict[str, Any], ...] = ()


class Failure(Observed):
    """A category that could not be looked up: `error`, `timeout` or `unknown_storage`."""

    category: str
    reason: str


class Inventory(Observed):
    """Everything that a server holds for an account, and what could not be looked up."""

    account: str
    holdings: tuple[Holding, ...] = ()
    failed: tuple[Failure, ...] = ()
    absent: tuple[str, ...] = ()

    def holding(self, category: str) -> Holding | None:
        """Return what is held in *category*; None when it was not looked up."""
        return next((holding for holding in self.holdings if holding.category == category), None)


class AccountsPage(Observed):
    """Some of the accounts; *next* is where the following page begins, None on the last."""

    accounts: tuple[str, ...]
    next: str | None = None
    total: int | None = None


class RecordsPage(Observed):
    """Some of the records of a category; *next* as with accounts."""

    items: tuple[dict[str, Any], ...]
    next: str | None = None
    total: int | None = None


class Erased(Observed):
    """What an erasure did, and what is left on the server."""

    erased: int | None = None
    left: tuple[Holding, ...] = ()


class Identity(Observed):
    """A random name for an account, as long as that account exists."""

    id: Annotated[str, Field(min_length=1)]


class Newcomer(Observed):
    """An account whose first client was ready for messages at that time; *language* is a tag of BCP 47."""

    account: str
    time: KnownMoment
    language: str | None = None


class NewcomersPage(Observed):
    """Some of those who were not welcomed yet, in the order of time; *next* as with accounts."""

    newcomers: tuple[Newcomer, ...]
    next: str | None = None


class Welcomed(Observed):
    """How many newcomers a server forgot, because they were welcomed."""

    forgotten: Annotated[int, Field(ge=0)]


class Slot(Observed):
    """Where a file can be uploaded (XEP-0363 §5), or why it cannot.

    *limit* (bytes) comes with a refusal as `too_large`.
    """

    put: str = ""
    get: str = ""
    headers: dict[str, str] = {}
    retention: Limit = None
    refused: str | None = None
    limit: Annotated[int, Field(ge=0)] | None = None


class Event(Observed):
    """Something that happened to an account: `login`, `registered` or `removed`."""

    event: str
    account: str
    resource: str = ""
    language: str | None = None
    first: bool | None = None
    time: Moment = None
