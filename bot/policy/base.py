"""What every statement of a policy is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from babel import Locale
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    ValidationInfo,
    model_validator,
)

from bot.i18n import Duration, Localized
from bot.validation import did_you_mean


class Facts(BaseModel):
    """Read from the operator's file: unknown keys are mistakes, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    SHORT: ClassVar[str | None] = None
    """The key that a single word stands for, where one may stand instead of keys and values."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {cls.SHORT: value} if cls.SHORT and isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Reads:
    """How the reference describes a value that is written as one word or line."""

    words: str


def matching(pattern: str, remedy: str) -> AfterValidator:
    """Accept what *pattern* matches as a whole; complain with *remedy* about anything else."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if compiled.fullmatch(value) is None:
            raise ValueError(f"'{value}' {remedy}")
        return value

    return AfterValidator(check)


def _country(code: str) -> str:
    longest = 2
    if len(code) != longest or code not in Locale("en").territories:
        raise ValueError(f"'{code}' is no country code; write two capital letters, such as DE or US")
    return code


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else "")
    except (TypeError, ValueError):
        shown = "nothing" if value is None else f"'{value}'"
        raise ValueError(f"{shown} is not a date; write it like 2018-05-25") from None


CountryCode = Annotated[str, AfterValidator(_country), Reads("ISO 3166 code: `DE`")]
Url = Annotated[str, matching(r"https?://\S+", "is no web address; begin it with https://"), Reads("web address")]
Email = Annotated[
    str,
    matching(r"[^@\s]+@[^@\s]+", "is no e-mail address; write it like name@example.org"),
    Reads("e-mail address"),
]
Jid = Annotated[
    str,
    matching(r"[^\s/@]+(@[^\s/@]+)?", "is no bare JID; write it like name@example.org"),
    Reads("bare JID: `name@example.org`"),
]
ShortName = Annotated[
    str,
    matching(r"[a-z][a-z0-9_]*", "is no short name; use small letters, digits and _, a letter first"),
    Reads("short name: small letters, digits, `_`"),
]
CalendarDay = Annotated[date, BeforeValidator(_day), Reads("day: `2018-05-25`")]


def _offered(language: str, info: ValidationInfo) -> str:
    offered = (info.context or {}).get("languages", ())
    if offered and language not in offered:
        raise ValueError(
            f"a text in '{language}', but the policy is offered in {', '.join(offered)}; "
            "add it to 'languages' at the top, or remove the text"
        )
    return language


def _first_language(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, str):
        offered = (info.context or {}).get("languages", ())
        return {offered[0] if offered else "en": value}
    return value


def _written(text: str) -> str:
    if not text.strip():
        raise ValueError("a text is needed here, not an empty one; write it, or remove the key")
    placeholder = re.search(r"\{\{.*?\}\}", text)
    if placeholder:
        raise ValueError(f"the placeholder '{placeholder[0]}' is still here; put your own words in its place")
    return text


Wording = Annotated[str, Field(max_length=4000), AfterValidator(_written)]
Versions = Annotated[
    dict[Annotated[str, AfterValidator(_offered)], Wording],
    BeforeValidator(_first_language),
    Field(min_length=1),
]


class Text(RootModel[Versions]):
    """The operator's own words: `{en: …, de: …}`; a plain text is in the first language of the policy."""

    model_config = ConfigDict(frozen=True)

    def phrase(self) -> Localized:
        """Return the wording, to be shown in the language of the reader."""
        return Localized(self.root)


class Name(RootModel[Versions]):
    """A name: `Matomo`, or `{en: …, de: …}` where it differs; a plain one serves every language."""

    model_config = ConfigDict(frozen=True)

    def phrase(self) -> Localized:
        """Return the name, to be shown in the language of the reader."""
        return Localized(self.root, is_name=True)


def _duration(value: Any) -> Any:
    return Duration.parse(value) if isinstance(value, str) else value


Span = Annotated[
    Duration,
    BeforeValidator(_duration),
    Reads("period: `7 days`"),
]


def in_order(first_key: str, first: date | None, last_key: str, last: date | None) -> None:
    """Raise `ValueError` when the first day of a period is after its last one."""
    if first and last and first > last:
        raise ValueError(f"{first_key} {first} is after {last_key} {last}; the earlier day comes first")


class Source(Facts):
    """Where a statement is written down: a section of the policy itself, or another document."""

    SHORT = "section"

    section: Annotated[Name | None, Field(description="clause, heading or number")] = None
    document: Annotated[Name | None, Field(description="another document: terms, FAQ, status page")] = None
    version: Annotated[str | None, Field(description="version or date of that document")] = None
    url: Annotated[Url | None, Field(description="where to read it")] = None


class Scope(Facts):
    """Whom a statement is about, when not everybody."""

    hosts: Annotated[tuple[str, ...], Field(description="virtual hosts")] = ()
    accounts: Annotated[Name | None, Field(description="a class of accounts: paid, made before 2017 …")] = None


class Statement(Facts):
    """What every statement may carry beside its facts."""

    service: Annotated[str | None, Field(description="id of the service it is about; none: all of them")] = None
    applies_to: Annotated[Scope | None, Field(description="whom it is about, when not everybody")] = None
    text: Annotated[Text | None, Field(description="the operator's own words, shown after the facts")] = None
    source: Annotated[Source | None, Field(description="where it is written down")] = None
    valid_from: Annotated[CalendarDay | None, Field(description="first day on which it is true")] = None
    valid_until: Annotated[CalendarDay | None, Field(description="last day on which it is true")] = None

    @model_validator(mode="after")
    def _check(self, info: ValidationInfo) -> Statement:
        in_order("valid_from", self.valid_from, "valid_until", self.valid_until)
        services: Mapping[str, Any] | None = (info.context or {}).get("services")
        if self.service is not None and services is not None and self.service not in services:
            suggestion = did_you_mean(self.service, list(services)) if services else "; add it there"
            raise ValueError(f"service '{self.service}' is not listed under 'services'{suggestion}")
        return self

    def holds(self, day: date) -> bool:
        """Return whether the statement is in force on *day*."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )
