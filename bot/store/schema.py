"""The tables, and the numbered steps that lead to them.

A step is SQL that SQLite and PostgreSQL both understand.  Steps are only ever added: a database
of any age is brought up to date by the steps that it has not seen.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, LargeBinary, MetaData, String, Table

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
)
"""What is remembered about accounts: only of those that asked for it."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE accounts (
            pseudonym {blob} NOT NULL PRIMARY KEY,
            language VARCHAR(35) NOT NULL,
            chosen_at {timestamp} NOT NULL
        )""",
    ),
)
"""Step *n* (counted from 1) leads from schema *n* - 1 to schema *n*."""
