"""One kind of data: whether it is stored, how, why, for how long, and who can see it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from bot.policy.base import Facts, Name, ShortName, Statement, Text
from bot.policy.retention import Kept, Limit, Retention, Retentions
from bot.policy.terms import (
    Category,
    Condition,
    FieldName,
    FormKind,
    LegalBasis,
    Precision,
    Purpose,
    Stored,
    Switcher,
    Visibility,
    Way,
)
from bot.validation import did_you_mean


class Form(Facts):
    """In what form something is stored."""

    SHORT = "kind"

    kind: Annotated[FormKind, Field(description="plain text, hash, ciphertext, or some of each")]
    algorithm: Annotated[str | None, Field(description="such as SCRAM-SHA-1")] = None
    text: Annotated[Text | None, Field(description="more in the operator's words")] = None


class When(Facts):
    """A condition."""

    SHORT = "condition"

    condition: Annotated[Condition, Field(description="what must be the case")]
    text: Annotated[Text | None, Field(description="the condition in the operator's words")] = None

    @model_validator(mode="after")
    def _named(self) -> When:
        if self.condition is Condition.OTHER and self.text is None:
            raise ValueError("'condition: other' needs a 'text' that says when")
        return self


class Control(Facts):
    """Whether it can be switched off, by whom and where."""

    default: Annotated[Literal["on", "off"], Field(description="how it is from the start")]
    who: Annotated[Switcher, Field(description="who may switch")]
    where: Annotated[tuple[Way, ...], Field(description="where to switch")] = ()
    remains: Annotated[Limit | None, Field(description="what is kept even when it is off: `last 20`")] = None
    text: Annotated[Text | None, Field(description="more in the operator's words")] = None


class Basis(Facts):
    """A legal basis, with the interest where it rests on one (Art. 13(1)(d) GDPR)."""

    SHORT = "basis"

    basis: Annotated[LegalBasis, Field(description="Art. 6(1)(a) to (f) GDPR")]
    interest: Annotated[Text | None, Field(description="the legitimate interest")] = None


class Erasing(Facts):
    """How one erases it."""

    ways: Annotated[tuple[Way, ...], Field(description="how to erase it")]
    text: Annotated[Text | None, Field(description="more in the operator's words")] = None


class Exception_(Facts):  # noqa: N801 -- `Exception` is taken
    """Something else in certain cases: "not stored, except at failed logins, for 1 hour"."""

    when: Annotated[When, Field(description="in which case")]
    stored: Annotated[Stored, Field(description="what happens then")] = Stored.YES
    retention: Annotated[Retention | None, Field(description="how long then")] = None
    fields: Annotated[tuple[FieldName, ...], Field(description="which parts then")] = ()
    text: Annotated[Text | None, Field(description="more in the operator's words")] = None


def _word(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a category is a single word, such as roster")  # noqa: TRY004 -- becomes a problem
    return value


class DataStatement(Statement):
    """What the policy says about one kind of data (of one service)."""

    category: Annotated[
        Category | ShortName,
        Field(union_mode="left_to_right", description="a shipped category, or one of your own"),
        BeforeValidator(_word),
    ]
    title: Annotated[Name | None, Field(description="what to call it, where the category is too wide")] = None
    stored: Annotated[Stored, Field(description="whether it is stored")] = Stored.YES
    when: Annotated[tuple[When, ...], Field(description="conditions, if `conditional`")] = ()
    fields: Annotated[tuple[FieldName, ...], Field(description="parts of the record that are stored")] = ()
    fields_not_stored: Annotated[tuple[FieldName, ...], Field(description="parts that are not stored")] = ()
    details: Annotated[Text | None, Field(description="parts in the operator's words")] = None
    retention: Annotated[Retentions, Field(description="how long it is kept")] = ()
    exceptions: Annotated[tuple[Exception_, ...], Field(description="cases with rules of their own")] = ()
    control: Annotated[Control | None, Field(description="switching it on and off")] = None
    form: Annotated[Form | None, Field(description="in what form it lies there")] = None
    precision: Annotated[Precision | None, Field(description="how exactly times are kept")] = None
    visibility: Annotated[tuple[Visibility, ...], Field(description="who can see it")] = ()
    personal: Annotated[bool, Field(description="`false`: no person can be derived from it")] = True
    purposes: Annotated[tuple[Purpose, ...], Field(description="what it is used for")] = ()
    purpose_text: Annotated[Text | None, Field(description="the purpose in the operator's words")] = None
    legal_basis: Annotated[tuple[Basis, ...], Field(description="the legal basis of this data")] = ()
    erasing: Annotated[Erasing | None, Field(description="how to erase it")] = None
    level: Annotated[
        Literal["error", "warning", "info", "debug"] | None,
        Field(description="of a log: how serious its entries are"),
    ] = None
    temporary: Annotated[bool, Field(description="`true`: only switched on for a time")] = False

    @model_validator(mode="after")
    def _agrees(self, info: ValidationInfo) -> DataStatement:
        own = (info.context or {}).get("categories", ())
        if not isinstance(self.category, Category) and self.category not in own:
            known = did_you_mean(self.category, [*Category, *own])
            raise ValueError(f"category '{self.category}' is neither shipped nor under 'categories'{known}")
        if self.stored is Stored.NO and any(not isinstance(r.limit, Kept) for r in self.retention):
            raise ValueError("'stored: no' and a retention contradict each other; remove one of them")
        if self.stored is Stored.CONDITIONAL and not (self.when or self.control or self.text):
            raise ValueError("'stored: conditional' needs 'when', 'control' or a 'text' that says when")
        both = set(self.fields) & set(self.fields_not_stored)
        if both:
            raise ValueError(
                f"{', '.join(sorted(both))}: both in 'fields' and in 'fields_not_stored'; keep one of them"
            )
        return self


class OwnCategory(Facts):
    """A category of the operator's own."""

    id: Annotated[ShortName, Field(description="used as `category` under `data`")]
    name: Annotated[Name, Field(description="what people call it")]

    @model_validator(mode="after")
    def _new(self) -> OwnCategory:
        if self.id in set(Category):
            raise ValueError(f"'{self.id}' is a shipped category; use it under 'data' without this entry")
        return self
