"""What stands beside the data of an account: services, backups, accounts, encryption, the web."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from bot.policy.base import (
    CountryCode,
    Facts,
    Name,
    Scope,
    ShortName,
    Span,
    Statement,
    Text,
    Url,
)
from bot.policy.data import Basis
from bot.policy.retention import Limit, Retention
from bot.policy.terms import Category, FieldName, Way
from bot.policy.vocabulary import Topic


class ServiceKind(StrEnum):
    """Kinds of services under one policy."""

    CHAT = "chat"
    GROUP_CHAT = "group_chat"
    UPLOAD = "upload"
    REGISTRATION = "registration"
    TRANSPORTS = "transports"
    EMAIL = "email"
    WEBMAIL = "webmail"
    WEBSITE = "website"
    SEARCH = "search"
    ANALYTICS = "analytics"
    CLOUD = "cloud"
    BOT = "bot"


class Service(Facts):
    """One service, with rules of its own where they differ."""

    id: Annotated[ShortName, Field(description="used as `service` by the statements")]
    kind: Annotated[ServiceKind, Field(description="what kind of service")]
    name: Annotated[Name | None, Field(description="what people call it")] = None
    url: Annotated[str | None, Field(description="where it is")] = None
    open_to_everyone: Annotated[bool | None, Field(description="whether it can be used without an account")] = None
    text: Annotated[Text | None, Field(description="more in the operator's words")] = None
    applies_to: Annotated[Scope | None, Field(description="whom it serves, when not everybody")] = None


class Place(StrEnum):
    """Where backups lie."""

    SAME_MACHINE = "same_machine"
    SAME_SITE = "same_site"
    REMOTE = "remote"


class Backup(Statement):
    """Copies for emergencies: what is erased today lives on in them for a while."""

    every: Annotated[Span | None, Field(description="how often a copy is made")] = None
    retention: Annotated[Retention, Field(description="how long a copy is kept")]
    encrypted_in_transit: Annotated[bool | None, Field(description="encrypted before it travels")] = None
    encrypted_at_rest: Annotated[bool | None, Field(description="lies encrypted")] = None
    place: Annotated[Place | None, Field(description="where it lies")] = None
    country: Annotated[CountryCode | None, Field(description="in which country")] = None
    excludes: Annotated[tuple[Category, ...], Field(description="data that are not in it")] = ()


class Inactivity(Statement):
    """What happens to accounts that nobody uses."""

    never_used: Annotated[bool, Field(description="`true`: the rule for accounts without any login")] = False
    after: Annotated[Span, Field(description="how long without use")]
    certain: Annotated[bool, Field(description="`false`: the operator may, but need not")] = True
    disabled_only: Annotated[bool, Field(description="`true`: locked, not erased")] = False
    use: Annotated[Text | None, Field(description="what counts as use")] = None
    warning: Annotated[Span | None, Field(description="how long before a warning comes")] = None


class Remains(StrEnum):
    """What outlives an account."""

    BACKUPS = "backups"
    OTHER_SERVERS = "other_servers"
    OTHER_ARCHIVES = "other_archives"
    OTHER_ROSTERS = "other_rosters"
    ROOM_ARCHIVES = "room_archives"
    UPLOADS = "uploads"
    LOGS = "logs"
    LEGAL_HOLD = "legal_hold"


class AccountErasure(Statement):
    """How an account ends."""

    ways: Annotated[tuple[Way, ...], Field(min_length=1, description="how to end it")]
    grace: Annotated[Span | None, Field(description="how long one may change one's mind; none: at once")] = None
    name_blocked: Annotated[Limit | None, Field(description="how long nobody else gets the name")] = None
    remains: Annotated[tuple[Remains, ...], Field(description="what lives on elsewhere")] = ()


class Transport(StrEnum):
    """Whether a connection is encrypted."""

    REQUIRED = "required"
    OFFERED = "offered"
    NONE = "none"


class Encryption(Statement):
    """What is encrypted, and what that protects against."""

    client_connections: Annotated[Transport | None, Field(description="encryption between the app and the server")] = (
        None
    )
    server_connections: Annotated[Transport | None, Field(description="encryption between servers")] = None
    versions: Annotated[str | None, Field(description="such as `TLS 1.2 and 1.3`")] = None
    disks_encrypted: Annotated[bool | None, Field(description="whether data lie encrypted on the disks")] = None
    key_holders: Annotated[Name | None, Field(description="who has the key")] = None
    end_to_end: Annotated[tuple[str, ...], Field(description="what apps can use: OMEMO, OpenPGP, OTR")] = ()
    operator_can_read: Annotated[
        bool | None, Field(description="whether the operator could read what is not encrypted end to end")
    ] = None


class Federation(Statement):
    """Talking to other servers."""

    enabled: Annotated[bool, Field(description="whether people can talk to other servers")] = True
    data: Annotated[tuple[Category, ...], Field(description="what goes there beside messages")] = ()
    rules_may_differ: Annotated[bool, Field(description="other operators follow rules of their own")] = True
    encrypted: Annotated[Transport | None, Field(description="whether the connection is encrypted")] = None


class Cookie(Statement):
    """A cookie."""

    name: Annotated[str | None, Field(description="its name")] = None
    life: Annotated[Limit, Field(description="how long it lives")]
    purpose: Annotated[Text | None, Field(description="what it is for")] = None
    tracking: Annotated[bool | None, Field(description="whether it tells visitors apart over time")] = None
    can_be_disabled: Annotated[bool | None, Field(description="whether the browser can refuse it")] = None


class Analytics(Statement):
    """Counting visitors of a website."""

    tool: Annotated[Name, Field(description="the program")]
    self_hosted: Annotated[bool | None, Field(description="whether it runs on the operator's own machines")] = None
    ip_shortened: Annotated[bool | None, Field(description="whether the IP address is shortened")] = None
    fields: Annotated[tuple[FieldName, ...], Field(description="what is collected in any case")] = ()
    with_scripts: Annotated[tuple[FieldName, ...], Field(description="what more, with JavaScript on")] = ()
    legal_basis: Annotated[Basis | None, Field(description="Art. 6(1) GDPR")] = None
    retention: Annotated[Retention | None, Field(description="how long it is kept")] = None
    profiles: Annotated[bool | None, Field(description="whether profiles of users are made")] = None
    opt_out: Annotated[Url | None, Field(description="page to object")] = None
    objection: Annotated[bool | None, Field(description="whether one can opt out")] = None
    honours_do_not_track: Annotated[
        bool | None, Field(description="whether it respects a browser that says `do not track`")
    ] = None


class SearchEngine(Statement):
    """A search engine beside the chat."""

    tool: Annotated[Name, Field(description="the program")]
    url: Annotated[Url | None, Field(description="where it is")] = None
    open_to_everyone: Annotated[bool | None, Field(description="whether it can be used without an account")] = None
    asks_others: Annotated[bool | None, Field(description="whether it forwards the words to other engines")] = None
    hides_searcher: Annotated[bool | None, Field(description="whether the others see who searches")] = None


class Children(Statement):
    """From what age one may use the service (Art. 8 GDPR)."""

    minimum_age: Annotated[int | None, Field(ge=0, le=99, description="years")] = None

    @model_validator(mode="after")
    def _says_something(self) -> Children:
        if self.minimum_age is None and self.text is None:
            raise ValueError("give a 'minimum_age' or a 'text'")
        return self


class Advice(Facts):
    """A recommendation, which is no fact about processing."""

    topic: Annotated[Topic, Field(description="the topic it belongs to")]
    text: Annotated[Text, Field(description="the recommendation")]
