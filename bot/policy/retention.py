"""How long something is kept: all the ways in which real policies say it.

Short forms: `7 days`, `at most 31 days`, `at least 7 days`, `about 1 month`, `until delivered`,
`last 20`, `wiped every 72 hours`, `unlimited`, `not kept`, `not stated`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from bot.i18n import Duration
from bot.policy.base import CalendarDay, Facts, Reads, Span, Text, in_order
from bot.validation import did_you_mean


class Bound(StrEnum):
    """How firm a period is."""

    EXACT = "exact"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOUT = "about"


class Event(StrEnum):
    """What ends a retention, when it is not a period."""

    DELIVERED = "delivered"
    NEXT_LOGIN = "next_login"
    ERASED_BY_USER = "erased_by_user"
    ACCOUNT_ERASED = "account_erased"
    LOGOUT = "logout"
    SESSION_END = "session_end"
    SERVER_RESTART = "server_restart"
    UNBLOCKED = "unblocked"
    SWITCHED_OFF = "switched_off"
    STATISTICS_FINAL = "statistics_final"
    FAULT_MENDED = "fault_mended"
    PAYMENT_ENDS = "payment_ends"
    OTHER = "other"


class Period(Facts):
    """A period."""

    period: Annotated[Span, Field(description="how long")]
    bound: Annotated[Bound, Field(description="how firm the period is")] = Bound.EXACT


class Until(Facts):
    """Until something happens."""

    until: Annotated[Event, Field(description="what ends it")]
    text: Annotated[Text | None, Field(description="the event in the operator's words")] = None

    @model_validator(mode="after")
    def _named(self) -> Until:
        if self.until is Event.OTHER and self.text is None:
            raise ValueError("'until: other' needs a 'text' that names the event")
        return self


class Last(Facts):
    """Only the last so many, whatever their age."""

    last: Annotated[int, Field(gt=0, description="how many are kept")]


class Wiped(Facts):
    """Everything is wiped at intervals, so the real age varies."""

    wiped_every: Annotated[Span, Field(description="how often")]


class Kept(Facts):
    """Without any limit, not at all, or not told."""

    kept: Annotated[Literal["unlimited", "not_kept", "not_stated"], Field(description="in which way")]


_BY_KEY = {
    "period": "Period",
    "until": "Until",
    "last": "Last",
    "wiped_every": "Wiped",
    "kept": "Kept",
    "first_of": "FirstOf",
    "last_of": "LastOf",
}
_LIKE = (
    "7 days, at most 31 days, at least 7 days, about 1 month, until delivered, last 20, "
    "wiped every 72 hours, unlimited, not kept, not stated"
)
_BOUNDED = re.compile(r"(at most|at least|about)\s+(.+)", re.DOTALL)


def _short(value: Any) -> Any:
    """Return the long form of a limit, with exactly one of the keys that make one."""
    if isinstance(value, str):
        return _long(value)
    if isinstance(value, Facts):
        return value
    if not isinstance(value, dict):
        raise ValueError(f"a limit is needed here; write it like one of: {_LIKE}")  # noqa: TRY004
    given = [key for key in _BY_KEY if key in value]
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)} stand side by side; join them with first_of: [ … ] or last_of: [ … ]")
    if not given:
        unknown = next(iter(value), None)
        what = f"unknown key '{unknown}'" if unknown else "no limit is named here"
        raise ValueError(f"{what}{did_you_mean(str(unknown), list(_BY_KEY))}")
    return value


def _long(text: str) -> dict[str, Any]:
    words = " ".join(text.casefold().replace("_", " ").split())
    if words in ("unlimited", "not kept", "not stated"):
        return {"kept": words.replace(" ", "_")}
    if words.startswith("until "):
        return {"until": words.removeprefix("until ").replace(" ", "_")}
    if words.startswith("last "):
        return {"last": words.removeprefix("last ")}
    if words.startswith("wiped every "):
        return {"wiped_every": words.removeprefix("wiped every ")}
    bounded = _BOUNDED.fullmatch(words)
    if bounded:
        return {"period": bounded[2], "bound": bounded[1].replace(" ", "_")}
    if not words[:1].isdigit():
        raise ValueError(f"'{text}' is no limit; write it like one of: {_LIKE}")
    return {"period": words}


def _simple(value: Any) -> Any:
    long = _short(value)
    if isinstance(long, FirstOf | LastOf) or (isinstance(long, dict) and {"first_of", "last_of"} & set(long)):
        raise ValueError("first_of and last_of cannot stand inside each other; list simple limits here")
    return long


def _kind(value: Any) -> str:
    """Return which model reads a limit that `_short` has let pass."""
    if isinstance(value, dict):
        return next(name for key, name in _BY_KEY.items() if key in value)
    return type(value).__name__


Simple: TypeAlias = Annotated[
    Annotated[Period, Tag("Period")]
    | Annotated[Until, Tag("Until")]
    | Annotated[Last, Tag("Last")]
    | Annotated[Wiped, Tag("Wiped")]
    | Annotated[Kept, Tag("Kept")],
    Discriminator(_kind),
    BeforeValidator(_simple),
    Reads("[how long](#how-long)"),
]


class FirstOf(Facts):
    """Whichever limit is reached first."""

    first_of: Annotated[tuple[Simple, ...], Field(min_length=2, description="simple limits")]


class LastOf(Facts):
    """Whichever limit is reached last."""

    last_of: Annotated[tuple[Simple, ...], Field(min_length=2, description="simple limits")]


Limit: TypeAlias = Annotated[
    Annotated[Period, Tag("Period")]
    | Annotated[Until, Tag("Until")]
    | Annotated[Last, Tag("Last")]
    | Annotated[Wiped, Tag("Wiped")]
    | Annotated[Kept, Tag("Kept")]
    | Annotated[FirstOf, Tag("FirstOf")]
    | Annotated[LastOf, Tag("LastOf")],
    Discriminator(_kind),
    BeforeValidator(_short),
    Reads("[how long](#how-long)"),
]


class Retention(Facts):
    """A limit, and what the operator says about it."""

    limit: Annotated[Limit, Field(description="when it ends")]
    reason: Annotated[Text | None, Field(description="why this long")] = None
    may_become: Annotated[Limit | None, Field(description="a shortening or change that the operator reserves")] = None
    valid_from: Annotated[CalendarDay | None, Field(description="first day on which this limit is in force")] = None
    valid_until: Annotated[CalendarDay | None, Field(description="last day on which this limit is in force")] = None

    @model_validator(mode="before")
    @classmethod
    def _only_a_limit(cls, value: Any) -> Any:
        if isinstance(value, dict) and "limit" not in value:
            own = {"reason", "may_become", "valid_from", "valid_until"}
            limit = {key: part for key, part in value.items() if key not in own}
            return {"limit": limit, **{key: part for key, part in value.items() if key in own}}
        return value if isinstance(value, dict | Retention) else {"limit": value}

    @model_validator(mode="after")
    def _in_order(self) -> Retention:
        in_order("valid_from", self.valid_from, "valid_until", self.valid_until)
        return self

    def longest(self) -> Duration | None:
        """Return the period after which it is gone for certain; None when there is no such period."""
        return longest(self.limit)


def longest(limit: Limit) -> Duration | None:
    """Return the period after which a limit has passed for certain; None when none is told."""
    match limit:
        case Period(period=period, bound=Bound.EXACT | Bound.AT_MOST):
            return period
        case Wiped(wiped_every=period):
            return period
        case FirstOf(first_of=parts):
            known = [found for part in parts if (found := longest(part)) is not None]
            return min(known, key=Duration.days) if known else None
        case LastOf(last_of=parts):
            all_ = [longest(part) for part in parts]
            certain = [found for found in all_ if found is not None]
            return max(certain, key=Duration.days) if len(certain) == len(all_) else None
        case _:
            return None


def _many(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


Retentions = Annotated[
    tuple[Retention, ...],
    BeforeValidator(_many),
    Reads("[how long](#how-long), or a list of such"),
]
"""One retention, or several that follow each other (`valid_from`, `valid_until`)."""
