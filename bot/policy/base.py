"""What every statement of a policy is made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

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


class Facts(BaseModel):
    """Read from the operator's file: unknown keys are mistakes, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


Wording = Annotated[str, Field(min_length=1, max_length=4000)]
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
    Field(description="a number and `minutes`, `hours`, `days`, `weeks`, `months` or `years`"),
]


class Source(Facts):
    """Where a statement is written down; `section 3` alone names a section of the policy itself."""

    section: Annotated[Name | None, Field(description="clause, heading or number")] = None
    document: Annotated[Name | None, Field(description="another document: terms, FAQ, status page")] = None
    version: Annotated[str | None, Field(description="version or date of that document")] = None
    url: Annotated[str | None, Field(description="where to read it")] = None

    @model_validator(mode="before")
    @classmethod
    def _section(cls, value: Any) -> Any:
        return {"section": value} if isinstance(value, str) else value


class Scope(Facts):
    """Whom a statement is about, when not everybody."""

    hosts: Annotated[tuple[str, ...], Field(description="virtual hosts")] = ()
    accounts: Annotated[Name | None, Field(description="a class of accounts: paid, made before 2017 …")] = (
        None
    )


class Statement(Facts):
    """What every statement may carry beside its facts."""

    service: Annotated[str | None, Field(description="id of the service it is about; none: all of them")] = (
        None
    )
    applies_to: Annotated[Scope | None, Field(description="whom it is about, when not everybody")] = None
    text: Annotated[Text | None, Field(description="the operator's own words, shown after the facts")] = None
    source: Annotated[Source | None, Field(description="where it is written down")] = None
    valid_from: Annotated[date | None, Field(description="first day on which it is true")] = None
    valid_until: Annotated[date | None, Field(description="last day on which it is true")] = None

    @model_validator(mode="after")
    def _check(self, info: ValidationInfo) -> Statement:
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError(f"valid_from {self.valid_from} is after valid_until {self.valid_until}")
        services: Mapping[str, Any] = (info.context or {}).get("services", {})
        if self.service is not None and services and self.service not in services:
            raise ValueError(
                f"service '{self.service}' is not listed under 'services': {', '.join(services)}"
            )
        return self

    def holds(self, day: date) -> bool:
        """Return whether the statement is in force on *day*."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )
