"""The whole policy: a document of facts, and how to read it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, Field, field_validator, model_validator

from bot import files
from bot.files import BadFile, Document, Problem
from bot.i18n import Address
from bot.policy.base import CalendarDay, Facts, Name, Reads, Text, Url, in_order
from bot.policy.data import Basis, DataStatement, OwnCategory
from bot.policy.organisation import Abuse, Authorities, Contact, Controller, Hosting, Never, Recipient, Right
from bot.policy.services import (
    AccountErasure,
    Advice,
    Analytics,
    Backup,
    Children,
    Cookie,
    Encryption,
    Federation,
    Inactivity,
    SearchEngine,
    Service,
)
from bot.policy.terms import Category, Purpose
from bot.validation import validate


def _language(code: str) -> str:
    try:
        Locale.parse(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        raise ValueError(f"'{code}' is no language; write codes such as en, de or pt-BR") from None
    return code


class Version(Facts):
    """An earlier version of the policy."""

    version: Annotated[str, Field(min_length=1, description="its name")]
    effective: Annotated[CalendarDay, Field(description="first day on which it was in force")]
    url: Annotated[Url | None, Field(description="where to read it")] = None
    text: Annotated[Text | None, Field(description="what changed with it")] = None


class Notices(Facts):
    """How people learn of changes."""

    material: Annotated[tuple[str, ...], Field(description="channels for changes that matter")] = ()
    minor: Annotated[tuple[str, ...], Field(description="channels for other changes")] = ()
    text: Annotated[Text | None, Field(description="more in the operator's words")] = None


class Policy(Facts):
    """A version of the privacy policy (Art. 13 and 14 GDPR)."""

    version: Annotated[str, Field(min_length=1, max_length=64, description="name of this version")]
    effective: Annotated[CalendarDay, Field(description="first day on which it is in force")]
    published: Annotated[CalendarDay | None, Field(description="when it was published")] = None
    languages: Annotated[
        tuple[Annotated[str, AfterValidator(_language), Reads("language code: `en`")], ...],
        Field(min_length=1, description="languages of the texts, the first one stands in for the others"),
    ]
    form_of_address: Annotated[
        Address | None,
        Field(
            description="how people are addressed, in languages with two ways: `formal` (Sie, usted, Lei, u) or"
            " `familiar` (tu, ты); without it du, vous, tú, tu, je and вы"
        ),
    ] = None
    host: Annotated[str | None, Field(description="domain of the server")] = None
    title: Annotated[Name | None, Field(description="heading of the policy")] = None
    introduction: Annotated[Text | None, Field(description="opening words")] = None
    url: Annotated[Url | None, Field(description="where the text is published")] = None
    history: Annotated[tuple[Version, ...], Field(description="earlier versions")] = ()
    notices: Annotated[Notices | None, Field(description="how people learn of changes")] = None

    controller: Annotated[Controller, Field(description="who is responsible (Art. 13(1)(a) GDPR)")]
    data_protection_officer: Annotated[Contact | None, Field(description="Art. 13(1)(b) GDPR")] = None
    supervisory_authority: Annotated[Contact | None, Field(description="Art. 13(2)(d), 77 GDPR")] = None
    hosting: Annotated[tuple[Hosting, ...], Field(description="where the machines stand")] = ()

    services: Annotated[tuple[Service, ...], Field(description="the services under this policy")] = ()
    categories: Annotated[tuple[OwnCategory, ...], Field(description="kinds of data of your own")] = ()
    data: Annotated[tuple[DataStatement, ...], Field(min_length=1, description="what is stored")]
    never: Annotated[tuple[Never, ...], Field(description="what is never done")] = ()
    purposes: Annotated[tuple[Purpose, ...], Field(description="what data are used for, unless said otherwise")] = ()
    legal_basis: Annotated[tuple[Basis, ...], Field(description="the basis, unless said otherwise")] = ()
    recipients: Annotated[tuple[Recipient, ...], Field(description="who gets data")] = ()
    federation: Annotated[tuple[Federation, ...], Field(description="talking to other servers")] = ()
    backups: Annotated[tuple[Backup, ...], Field(description="copies for emergencies")] = ()
    inactive_accounts: Annotated[tuple[Inactivity, ...], Field(description="accounts that nobody uses")] = ()
    account_erasure: Annotated[tuple[AccountErasure, ...], Field(description="how an account ends")] = ()
    encryption: Annotated[tuple[Encryption, ...], Field(description="what is encrypted")] = ()
    rights: Annotated[tuple[Right, ...], Field(description="rights and how to use them")] = ()
    authorities: Annotated[Authorities | None, Field(description="police, courts, transparency report")] = None
    abuse: Annotated[Abuse | None, Field(description="spam and misuse")] = None
    cookies: Annotated[tuple[Cookie, ...], Field(description="cookies")] = ()
    analytics: Annotated[tuple[Analytics, ...], Field(description="counting visitors")] = ()
    search_engines: Annotated[tuple[SearchEngine, ...], Field(description="search engines")] = ()
    children: Annotated[Children | None, Field(description="minimum age")] = None
    advice: Annotated[tuple[Advice, ...], Field(description="recommendations")] = ()

    @field_validator("languages")
    @classmethod
    def _once_each(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({code for code in languages if languages.count(code) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)}: listed twice; keep one")
        return languages

    @model_validator(mode="after")
    def _in_order(self) -> Policy:
        in_order("published", self.published, "effective", self.effective)
        return self

    def about(self, *categories: Category | str, day: date) -> tuple[DataStatement, ...]:
        """Return the statements on these categories that are in force on *day*."""
        return tuple(one for one in self.data if one.category in categories and one.holds(day))

    def service(self, id_: str | None) -> Service | None:
        """Return the service with this id."""
        return next((one for one in self.services if one.id == id_), None)


def read_policy(path: Path) -> Policy:
    """Read a policy; raises `BadFile` with every mistake and its place."""
    return policy_of(files.read(path))


def policy_of(document: Document) -> Policy:
    """Return the policy in *document*; raises `BadFile` with every mistake and its place."""
    twice = list(_given_twice(document))
    try:
        policy = validate(Policy, document, _context(document.data))
    except BadFile as error:
        raise BadFile(sorted([*error.problems, *twice])) from error
    if twice:
        raise BadFile(twice)
    return policy


def _context(data: Any) -> Mapping[str, Any]:
    """Return what the parts have to know of the whole before it is read."""
    top = data if isinstance(data, dict) else {}
    languages = [code for code in _list(top.get("languages")) if isinstance(code, str)]
    return {
        "languages": tuple(languages),
        "services": {one["id"]: one for one in _entries(top, "services") if isinstance(one.get("id"), str)},
        "categories": tuple(one["id"] for one in _entries(top, "categories") if isinstance(one.get("id"), str)),
    }


def _given_twice(document: Document) -> list[Problem]:
    """Find statements and names that are given twice, and history that is not in order."""
    top = document.data if isinstance(document.data, dict) else {}
    found = []
    for section, keys in _UNIQUE.items():
        seen: dict[str, int] = {}
        for index, entry in enumerate(_entries(top, section, keys[0])):
            if not entry:  # the model complains about it
                continue
            identity = repr([entry.get(key) for key in keys])
            if identity in seen:
                line, _column = document.marks.get((section, seen[identity]), (1, 1))
                text = f"the same {', '.join(keys)} as in the entry in line {line}; keep one, or tell them apart"
                found.append(document.problem((section, index), text))
            seen.setdefault(identity, index)
    effective = str(top.get("effective"))
    for index, entry in enumerate(_entries(top, "history")):
        earlier = str(entry.get("effective"))
        if _DAY.fullmatch(effective) and _DAY.fullmatch(earlier) and earlier >= effective:
            text = (
                f"this earlier version is in force from {earlier}, the policy itself from {effective}; "
                "an earlier version comes first"
            )
            found.append(document.problem(("history", index, "effective"), text))
    return found


_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UNIQUE: Mapping[str, Sequence[str]] = {
    "services": ("id",),
    "categories": ("id",),
    "data": ("category", "service", "title", "applies_to", "level", "valid_from"),
    "never": ("practice", "service", "text"),
    "rights": ("right", "service", "category"),
    "history": ("version",),
}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _entries(top: Mapping[str, Any], section: str, short: str = "") -> list[dict[str, Any]]:
    """Return the entries of a section; a single word stands for the key *short*."""
    entries = _list(top.get(section))
    return [
        entry if isinstance(entry, dict) else {short: entry} if short and isinstance(entry, str) else {}
        for entry in entries
    ]
