"""The operator's settings: one file, typed; the secrets apart from it."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from bot import files
from bot.files import BadFile
from bot.i18n import Duration
from bot.validation import validate

SECRET_VARIABLE = "PRIVACY_BOT_SECRET"  # noqa: S105 -- a name, no secret
KEY_VARIABLE = "PRIVACY_BOT_KEY"


class BadSecret(Exception):  # noqa: N818 -- named after what is wrong
    """A secret or key cannot be had; the text says where it was looked for and what to do."""


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(_Settings):
    """Where the server listens for components (XEP-0114)."""

    host: Annotated[str, Field(min_length=1, description="host of the XMPP server")] = "127.0.0.1"
    port: Annotated[int, Field(gt=0, lt=65536, description="its component port")] = 5347


def _period(value: object) -> object:
    return Duration.parse(value) if isinstance(value, str) else value


def _period_or_none(value: object) -> object:
    return None if value in ("none", 0, "0") else _period(value)


class RateLimit(_Settings):
    """How much one account may ask."""

    messages: Annotated[int, Field(gt=0, description="messages at once")] = 20
    per: Annotated[Duration, BeforeValidator(_period), Field(description="time in which they refill")] = Duration.parse(
        "1 minute"
    )


class RightsSettings(_Settings):
    """How rights are acted on."""

    account_grace: Annotated[
        Duration | None,
        BeforeValidator(_period_or_none),
        Field(description="how long an account waits before it is erased as its owner asked; `none` for at once"),
    ] = Duration.parse("3 days")
    exports_at_once: Annotated[int, Field(gt=0, le=100, description="so many copies of data are made at a time")] = 2
    scratch: Annotated[
        Path | None,
        Field(description="directory for temporary files of copies, encrypted; without it, that of the system"),
    ] = None
    proofs: Annotated[
        Duration, BeforeValidator(_period), Field(description="how long records of what was done are kept")
    ] = Duration.parse("3 years")


def _loopback(host: str) -> str:
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    if not is_loopback:
        raise ValueError(
            f"'{host}' can be reached from elsewhere, or is no address; take 127.0.0.1 or ::1, "
            "and for others put a reverse proxy with TLS and a password in front of it"
        )
    return host


class MetricsSettings(_Settings):
    """Where metrics and health are shown over HTTP: to this machine only."""

    port: Annotated[
        int,
        Field(
            gt=0,
            lt=65536,
            description="port where `/metrics` and `/health` are shown; without the section `metrics`, nowhere",
        ),
    ]
    host: Annotated[str, AfterValidator(_loopback), Field(description="the address for that, of this machine only")] = (
        "127.0.0.1"
    )


class AnnouncementSettings(_Settings):
    """How everybody is told something."""

    per_second: Annotated[
        int | None,
        Field(
            gt=0,
            le=10_000,
            description="so many accounts are told in a second at most; without it, as many as the server confirms "
            "without keeping others waiting",
        ),
    ] = None


class Settings(_Settings):
    """The configuration file."""

    component: Annotated[
        str, Field(pattern=r"^[^@/\s]+$", description="domain of the component, such as privacy.example.org")
    ]
    server: Annotated[Server, Field(description="how to reach the server")] = Server()
    host: Annotated[
        str | None,
        Field(
            pattern=r"^[^@/\s]+$",
            description="domain of the accounts; without it, the component's domain after its first dot",
        ),
    ] = None
    admins: Annotated[
        frozenset[Annotated[str, Field(pattern=r"^[^@/\s]+@[^@/\s]+$")]],
        Field(description="who may use the commands of administrators: addresses such as admin@example.org"),
    ] = frozenset()
    secret_file: Annotated[
        Path | None,
        Field(description=f"file with the component's secret; or set {SECRET_VARIABLE} in the environment"),
    ] = None
    policy: Annotated[Path, Field(description="the policy, a YAML file")]
    store: Annotated[
        str, Field(min_length=1, description="the bot's database: a file, or postgresql://USER@HOST/DATABASE")
    ] = "privacy-bot.db"
    key_file: Annotated[
        Path,
        Field(
            description="file with the key of the pseudonyms, made at the first start; "
            f"or set {KEY_VARIABLE} (64 hexadecimal digits)"
        ),
    ] = Path("privacy-bot.key")
    control: Annotated[
        Path,
        Field(
            description="socket by which `privacy-bot audit`, `announce` and `store` ask the running bot; "
            "only its own user can"
        ),
    ] = Path("privacy-bot.sock")
    rights: Annotated[RightsSettings, Field(description="how rights are acted on")] = RightsSettings()
    welcome: Annotated[
        bool, Field(description="whether new accounts are told at their first login what happens to their data")
    ] = True
    announcements: Annotated[AnnouncementSettings, Field(description="how everybody is told something")] = (
        AnnouncementSettings()
    )
    rate_limit: Annotated[RateLimit, Field(description="how much one account may ask")] = RateLimit()
    metrics: Annotated[MetricsSettings | None, Field(description="where metrics and health are shown over HTTP")] = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Field(description="`debug` shows stanzas with addresses and texts: only for finding a fault"),
    ] = "info"

    @field_validator("admins")
    @classmethod
    def _are_here(cls, admins: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        """Refuse administrators with accounts elsewhere: their server could speak for them."""
        domain = info.data.get("host") or info.data.get("component", "").partition(".")[2]
        strangers = sorted(one for one in admins if one.rpartition("@")[2] != domain)
        if strangers and domain:
            raise ValueError(
                f"{', '.join(strangers)}: an administrator needs an account at {domain}, "
                "or another server could speak for them; write such an address, or correct 'host'"
            )
        return admins

    @property
    def domain(self) -> str:
        """The domain of the accounts."""
        return self.host or self.component.partition(".")[2]


def read_settings(path: Path) -> Settings:
    """Read the configuration; raises `BadFile` with every mistake.  Paths are relative to the file."""
    document = files.read(path)
    settings = validate(Settings, document)
    here = path.resolve().parent
    return settings.model_copy(
        update={
            "policy": here / settings.policy,
            "secret_file": here / settings.secret_file if settings.secret_file else None,
            "key_file": here / settings.key_file,
            "control": here / settings.control,
            "rights": settings.rights.model_copy(
                update={"scratch": here / settings.rights.scratch if settings.rights.scratch else None}
            ),
            "store": settings.store if "://" in settings.store else str(here / settings.store),
        }
    )


def component_secret(settings: Settings) -> str:
    """Return the component's secret; raises `BadSecret`."""
    given = os.environ.get(SECRET_VARIABLE)
    if given:
        return given
    if settings.secret_file is None:
        raise BadSecret(
            f"the component's secret is missing: set 'secret_file' in the configuration, or {SECRET_VARIABLE}"
        )
    try:
        secret = settings.secret_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSecret(f"{settings.secret_file}: the secret cannot be read; check name and permissions") from error
    if not secret:
        raise BadSecret(f"{settings.secret_file}: the file is empty; write the component's secret into it")
    return secret


def readable_by_others(path: Path | None) -> bool:
    """Return whether other users of the machine can read a file of ours."""
    try:
        return path is not None and bool(path.stat().st_mode & 0o044)
    except OSError:
        return False


__all__ = ["BadFile", "BadSecret", "Settings", "component_secret", "read_settings"]
