"""Who is responsible, who gets data, and how people exercise their rights."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bot.policy.base import (
    CalendarDay,
    CountryCode,
    Email,
    Facts,
    Jid,
    Name,
    Span,
    Statement,
    Text,
    Url,
    in_order,
)
from bot.policy.terms import Category, Condition, Way


class Contact(Facts):
    """How to reach somebody."""

    name: Annotated[Name | None, Field(description="person or organisation")] = None
    email: Annotated[Email | None, Field(description="where to write by e-mail")] = None
    jid: Annotated[Jid | None, Field(description="where to write in a chat")] = None
    url: Annotated[Url | None, Field(description="web page")] = None
    phone: Annotated[str | None, Field(description="telephone number")] = None
    address: Annotated[str | None, Field(description="postal address")] = None
    text: Annotated[Text | None, Field(description="more in the operator's words")] = None


class Controller(Contact):
    """Who decides on purposes and means (Art. 4(7), Art. 13(1)(a) GDPR)."""

    name: Annotated[Name, Field(description="person or organisation")]
    country: Annotated[CountryCode | None, Field(description="in which country")] = None

    @model_validator(mode="after")
    def _reachable(self) -> Controller:
        if not (self.email or self.jid or self.url or self.phone or self.address):
            raise ValueError("a controller must be reachable: give email, jid, url, phone or address")
        return self


class Hosting(Statement):
    """Where the machines stand, who runs them, and whose law applies."""

    provider: Annotated[Name | None, Field(description="hosting company")] = None
    country: Annotated[CountryCode | None, Field(description="in which country")] = None
    place: Annotated[Name | None, Field(description="city or region")] = None
    jurisdiction: Annotated[CountryCode | None, Field(description="whose law applies")] = None
    rented: Annotated[bool | None, Field(description="whether the machine belongs to somebody else")] = None


class RecipientKind(StrEnum):
    """Kinds of recipients (Art. 13(1)(e) GDPR)."""

    OTHER_SERVERS = "other_servers"
    CONTACTS = "contacts"
    ROOM_MEMBERS = "room_members"
    PUBLIC = "public"
    PUSH_SERVICES = "push_services"
    HOSTING = "hosting"
    PROCESSOR = "processor"
    OTHER_OPERATORS = "other_operators"
    INTERNET_PROVIDER = "internet_provider"
    AUTHORITIES = "authorities"
    RESEARCHERS = "researchers"
    SEARCH_ENGINES = "search_engines"
    TRANSPORTS = "transports"


class Recipient(Statement):
    """Somebody who gets data."""

    kind: Annotated[RecipientKind, Field(description="what kind of recipient")]
    name: Annotated[Name | None, Field(description="who exactly")] = None
    data: Annotated[tuple[Category, ...], Field(description="which data")] = ()
    messages: Annotated[bool, Field(description="whether messages themselves go there")] = False
    condition: Annotated[Condition | None, Field(description="in which case only")] = None
    aggregated: Annotated[bool, Field(description="only figures of which no person can be derived")] = False
    country: Annotated[CountryCode | None, Field(description="in which country")] = None
    own_rules: Annotated[bool, Field(description="they follow rules of their own")] = False
    controllable: Annotated[bool | None, Field(description="whether one can prevent it")] = None

    @model_validator(mode="after")
    def _named(self) -> Recipient:
        if self.condition is Condition.OTHER and self.text is None:
            raise ValueError("'condition: other' needs a 'text' that says when")
        return self


class Practice(StrEnum):
    """What an operator may promise never to do."""

    SALE = "sale"
    DISCLOSURE = "disclosure"
    ADVERTISING = "advertising"
    COMMERCIAL_USE = "commercial_use"
    PROFILING = "profiling"
    TRACKING = "tracking"
    AI_TRAINING = "ai_training"
    READING_MESSAGES = "reading_messages"
    PUBLISHING_ADDRESSES = "publishing_addresses"
    SHOWING_IP_ADDRESSES = "showing_ip_addresses"
    FORWARDING_CLIENT_IP_ADDRESSES = "forwarding_client_ip_addresses"
    AUTOMATED_DECISIONS = "automated_decisions"
    MORE_THAN_NECESSARY = "more_than_necessary"
    OTHER = "other"


class Never(Statement):
    """An explicit "we do not"."""

    SHORT = "practice"

    practice: Annotated[Practice, Field(description="what is never done")]

    @model_validator(mode="after")
    def _named(self) -> Never:
        if self.practice is Practice.OTHER and self.text is None:
            raise ValueError("'practice: other' needs a 'text' that says what is never done")
        return self


class RightName(StrEnum):
    """The rights of Art. 7(3), 15 to 22 and 77 GDPR."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    NOTIFICATION = "notification"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    AUTOMATED_DECISIONS = "automated_decisions"
    WITHDRAW_CONSENT = "withdraw_consent"
    COMPLAINT = "complaint"


class Right(Statement):
    """A right and how to use it."""

    SHORT = "right"

    right: Annotated[RightName, Field(description="which right")]
    ways: Annotated[tuple[Way, ...], Field(description="how to use it")] = ()
    category: Annotated[Category | None, Field(description="only for this kind of data")] = None
    available: Annotated[bool, Field(description="`false`: not offered for this kind of data")] = True
    deadline: Annotated[Span | None, Field(description="how soon the operator answers")] = None
    identity: Annotated[Text | None, Field(description="how one proves who one is")] = None


class Report(Facts):
    """Counts of a transparency report: zero is a count too."""

    since: Annotated[CalendarDay | None, Field(description="first day that is counted")] = None
    until: Annotated[CalendarDay, Field(description="last day that is counted")]
    requests: Annotated[int, Field(ge=0, description="requests received")]
    answered: Annotated[int | None, Field(ge=0, description="requests answered with data")] = None
    text: Annotated[Text | None, Field(description="more in the operator's words")] = None

    @model_validator(mode="after")
    def _in_order(self) -> Report:
        in_order("since", self.since, "until", self.until)
        if self.answered is not None and self.answered > self.requests:
            raise ValueError(f"answered {self.answered} is more than requests {self.requests}; correct one of them")
        return self


class Canary(Facts):
    """A dated "we have received no …"."""

    stated: Annotated[CalendarDay, Field(description="when it was last said")]
    text: Annotated[Text, Field(description="what is said")]
    renewed_every: Annotated[Span | None, Field(description="how often it is repeated")] = None


class Authorities(Statement):
    """What happens when authorities ask for data."""

    court_order_needed: Annotated[bool | None, Field(description="whether only with a court order")] = None
    notify_user: Annotated[
        Literal["yes", "no", "unless_forbidden"] | None,
        Field(description="whether people are told"),
    ] = None
    data: Annotated[tuple[Category, ...], Field(description="what could be handed over at all")] = ()
    reports: Annotated[tuple[Report, ...], Field(description="the transparency report, newest last")] = ()
    canary: Annotated[Canary | None, Field(description="a dated statement")] = None
    url: Annotated[Url | None, Field(description="where the report is published")] = None


class Abuse(Statement):
    """What is done about spam and misuse."""

    data: Annotated[tuple[Category, ...], Field(description="which data are looked at")] = ()
    when: Annotated[Text | None, Field(description="when somebody looks")] = None
    contact: Annotated[Contact | None, Field(description="whom to tell")] = None
    spam_forbidden: Annotated[bool, Field(description="unsolicited advertising is forbidden")] = False
    guaranteed: Annotated[bool | None, Field(description="`false`: the operator cannot prevent all of it")] = None
