"""The tables, and the numbered steps that lead to them.

A step is SQL that SQLite and PostgreSQL both understand.  Steps are only ever added: a database
of any age is brought up to date by the steps that it has not seen.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()

META = Table(
    "privacy_bot_meta",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""Facts about the database itself: `schema` (its number), `key_check` (proof of the right key)."""

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("pseudonym", LargeBinary(32), primary_key=True),
    Column("language", String(35), nullable=False),
    Column("chosen_at", DateTime(timezone=True), nullable=False),
    Column("is_guest", Boolean, nullable=False),
)
"""What is remembered about accounts: only of those that asked for it.

Guests are people from other servers, of whom nobody can tell whether they are still there.
"""


def _moment(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


ERASURES = Table(
    "erasures",
    METADATA,
    Column("reference", String(16), primary_key=True),
    Column("pseudonym", LargeBinary(32), nullable=False),
    Column("sealed", LargeBinary),
    Column("token", LargeBinary(32), unique=True),
    Column("language", String(35), nullable=False),
    Column("what", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("counts", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    _moment("older_than"),
    _moment("asked_at", nullable=False),
    _moment("due_at", nullable=False),
    _moment("began_at"),
    _moment("reminded_at"),
    _moment("ended_at"),
    _moment("told_at"),
)
"""What was asked to be erased and what became of it: the work to do, and the proof afterwards.

`sealed` says whom to tell, until that is done; `token` is a digest of the code that confirmed it.
"""

EXPORTS = Table(
    "exports",
    METADATA,
    Column("reference", String(16), primary_key=True),
    Column("pseudonym", LargeBinary(32), nullable=False),
    Column("sealed", LargeBinary),
    Column("language", String(35), nullable=False),
    Column("what", String(32), nullable=False),
    Column("form", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    _moment("asked_at", nullable=False),
    _moment("ended_at"),
)
"""Copies of their data that people asked for."""

TICKETS = Table(
    "tickets",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("pseudonym", LargeBinary(32), nullable=False),
    Column("sealed", LargeBinary),
    Column("language", String(35), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    _moment("received_at", nullable=False),
    _moment("due_at", nullable=False),
    _moment("extended_at"),
    _moment("reminded_at"),
    _moment("ended_at"),
)
"""Requests that people have to decide; what was written is passed on and not kept."""

POLICIES = Table(
    "policies",
    METADATA,
    Column("version", String(64), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("effective", String(10), nullable=False),
    Column("text", Text, nullable=False),
    _moment("seen_at", nullable=False),
    _moment("since"),
    _moment("until"),
)
"""Versions of the policy, as the operator wrote them: when they came, and from when to when they were in force."""

ACQUAINTANCES = Table(
    "acquaintances",
    METADATA,
    Column("pseudonym", LargeBinary(32), primary_key=True),
    Column("language", String(35)),
    Column("version", String(64)),
    Column("sweep", Integer),
    _moment("told_at"),
    _moment("welcomed_at"),
    _moment("no_news_at"),
)
"""What accounts were told, and how to tell them more.

`language` is what their clients spoke last, where it is not the policy's first.  `sweep` marks those
that a purge has met on the server.
"""

ANNOUNCEMENTS = Table(
    "announcements",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("cause", String(16), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("version", String(64)),
    Column("texts", Text, nullable=False),
    Column("mandatory", Boolean, nullable=False),
    Column("cursor", LargeBinary),
    Column("counts", Text, nullable=False),
    _moment("made_at", nullable=False),
    _moment("starts_at", nullable=False),
    _moment("began_at"),
    _moment("ended_at"),
)
"""What everybody is told, and how far that is; `cursor` is sealed, for it can be the name of an account."""

MISSED = Table(
    "missed",
    METADATA,
    Column("announcement", Integer, primary_key=True),
    Column("pseudonym", LargeBinary(32), primary_key=True),
    Column("reason", String(40), nullable=False),
)
"""Whom an announcement did not reach, and why: they are told at their next login."""

GAPS = Table(
    "gaps",
    METADATA,
    Column("kind", String(16), primary_key=True),
    Column("label", String(64), primary_key=True),
    Column("language", String(35), primary_key=True),
    Column("times", Integer, nullable=False),
    _moment("since", nullable=False),
)
"""How often what could not be answered: nothing of texts or people."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE accounts (
            pseudonym {blob} NOT NULL PRIMARY KEY,
            language VARCHAR(35) NOT NULL,
            chosen_at {timestamp} NOT NULL
        )""",
    ),
    (
        """CREATE TABLE erasures (
            reference VARCHAR(16) NOT NULL PRIMARY KEY,
            pseudonym {blob} NOT NULL,
            sealed {blob},
            token {blob} UNIQUE,
            language VARCHAR(35) NOT NULL,
            what VARCHAR(32) NOT NULL,
            state VARCHAR(16) NOT NULL,
            counts TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            older_than {timestamp},
            asked_at {timestamp} NOT NULL,
            due_at {timestamp} NOT NULL,
            began_at {timestamp},
            reminded_at {timestamp},
            ended_at {timestamp},
            told_at {timestamp}
        )""",
        "CREATE INDEX erasures_of ON erasures (pseudonym)",
        """CREATE TABLE exports (
            reference VARCHAR(16) NOT NULL PRIMARY KEY,
            pseudonym {blob} NOT NULL,
            sealed {blob},
            language VARCHAR(35) NOT NULL,
            what VARCHAR(32) NOT NULL,
            form VARCHAR(16) NOT NULL,
            state VARCHAR(16) NOT NULL,
            attempts INTEGER NOT NULL,
            asked_at {timestamp} NOT NULL,
            ended_at {timestamp}
        )""",
        "CREATE INDEX exports_of ON exports (pseudonym)",
        """CREATE TABLE tickets (
            number {serial},
            pseudonym {blob} NOT NULL,
            sealed {blob},
            language VARCHAR(35) NOT NULL,
            kind VARCHAR(32) NOT NULL,
            state VARCHAR(16) NOT NULL,
            received_at {timestamp} NOT NULL,
            due_at {timestamp} NOT NULL,
            extended_at {timestamp},
            reminded_at {timestamp},
            ended_at {timestamp}
        )""",
        "CREATE INDEX tickets_of ON tickets (pseudonym)",
    ),
    (
        """CREATE TABLE policies (
            version VARCHAR(64) NOT NULL PRIMARY KEY,
            digest {blob} NOT NULL,
            effective VARCHAR(10) NOT NULL,
            text TEXT NOT NULL,
            seen_at {timestamp} NOT NULL,
            since {timestamp},
            until {timestamp}
        )""",
        """CREATE TABLE acquaintances (
            pseudonym {blob} NOT NULL PRIMARY KEY,
            language VARCHAR(35),
            version VARCHAR(64),
            sweep INTEGER,
            told_at {timestamp},
            welcomed_at {timestamp},
            no_news_at {timestamp}
        )""",
        """CREATE TABLE announcements (
            number {serial},
            cause VARCHAR(16) NOT NULL,
            stage VARCHAR(16) NOT NULL,
            version VARCHAR(64),
            texts TEXT NOT NULL,
            mandatory BOOLEAN NOT NULL,
            cursor {blob},
            counts TEXT NOT NULL,
            made_at {timestamp} NOT NULL,
            starts_at {timestamp} NOT NULL,
            began_at {timestamp},
            ended_at {timestamp}
        )""",
        """CREATE TABLE missed (
            announcement INTEGER NOT NULL,
            pseudonym {blob} NOT NULL,
            reason VARCHAR(40) NOT NULL,
            PRIMARY KEY (announcement, pseudonym)
        )""",
    ),
    (
        """CREATE TABLE gaps (
            kind VARCHAR(16) NOT NULL,
            label VARCHAR(64) NOT NULL,
            language VARCHAR(35) NOT NULL,
            times INTEGER NOT NULL,
            since {timestamp} NOT NULL,
            PRIMARY KEY (kind, label, language)
        )""",
    ),
    ("ALTER TABLE accounts ADD COLUMN is_guest BOOLEAN NOT NULL DEFAULT FALSE",),
)
"""Step *n* (counted from 1) leads from schema *n* - 1 to schema *n*."""
