"""What is in the database, and whether it is as it should be; nothing is changed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Table, func, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.claims.announcement import PENDING
from bot.store.engine import engine_of, examine, place_of, url_of
from bot.store.errors import StoreError, explained
from bot.store.pseudonym import Pseudonymiser
from bot.store.schema import (
    ANNOUNCEMENTS,
    ERASURES,
    EXPORTS,
    METADATA,
    MISSED,
    POLICIES,
    STEPS,
    TICKETS,
)
from bot.store.sealing import Sealer

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

_SIZES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT coalesce(sum(pg_total_relation_size(quote_ident(tablename)::regclass)), 0)::bigint "
    "FROM pg_tables WHERE schemaname = current_schema()",
}


@dataclass(frozen=True, slots=True)
class Status:
    """What there is.

    Attributes:
        place: the file, or the URL without its password.
        engine: SQLite or PostgreSQL.
        schema: its number.
        newest: the number of the newest schema that this program knows.
        bytes: how large it is.
        rows: how many there are, by table.
    """

    place: str
    engine: str
    schema: int
    newest: int
    bytes: int
    rows: dict[str, int]


async def status(place: str, key: bytes) -> Status:
    """Return what is in the database at *place*; raises `StoreError`."""
    async with _opened(place, key) as (connection, schema):
        names = await connection.run_sync(lambda connected: inspect(connected).get_table_names())
        rows = {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in METADATA.sorted_tables
            if table.name in names
        }
        engine = connection.dialect.name
        size: int = (await connection.execute(text(_SIZES[engine]))).scalar_one()
        return Status(place_of(url_of(place)), _NAMES[engine], schema, len(STEPS), size, rows)


async def problems(place: str, key: bytes) -> tuple[str, ...]:
    """Return what is wrong in the database at *place*; raises `StoreError` when it cannot even be read."""
    async with _opened(place, key) as (connection, schema):
        found = list(await _damage(connection))
        if found or schema < len(STEPS):
            return tuple(found)  # what an older schema has is looked at once the bot has brought it up to date
        sealer, pseudonyms = Sealer(key), Pseudonymiser(key)
        for table in METADATA.sorted_tables:
            async for row in await connection.stream(select(table).order_by(*table.primary_key)):
                found += _wrong(table, row, sealer, pseudonyms)
        found += await _contradictions(connection)
    return tuple(found)


@asynccontextmanager
async def _opened(place: str, key: bytes) -> AsyncIterator[tuple[AsyncConnection, int]]:
    """The database as it is, and the number of its schema."""
    refuse_missing(url_of(place))
    engine = engine_of(place)
    try:
        with explained(place_of(engine.url)):
            async with engine.connect() as connection:
                schema = await examine(connection, Pseudonymiser(key).check())
                if not schema:
                    raise StoreError(f"{place_of(engine.url)}: the database is empty; the bot's first start fills it")
                yield connection, schema
    finally:
        await engine.dispose()


def refuse_missing(url: URL) -> None:
    """Refuse a file that there is not, instead of making it: raises `StoreError`."""
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        raise StoreError(f"{url.database}: there is no database yet; the bot's first start makes it")


async def _damage(connection: AsyncConnection) -> Sequence[str]:
    """Return what SQLite says of its file; PostgreSQL has no such look, but reads everything afterwards."""
    if connection.dialect.name != "sqlite":
        return ()
    rows = (await connection.execute(text("PRAGMA integrity_check"))).scalars().all()
    return [f"the file is damaged: {row}" for row in rows if row != "ok"]


def _wrong(table: Table, row: Row[Any], sealer: Sealer, pseudonyms: Pseudonymiser) -> Iterator[str]:
    """Return what is wrong in one row."""
    where = f"{table.name} {_name(table, row)}"
    values = row._asdict()
    if (sealed := values.get("sealed")) is not None:
        whose = sealer.open(sealed)
        if whose is None:
            yield f"{where}: the sealed address cannot be opened with the key"
        elif pseudonyms.account(whose.account) != row.pseudonym:
            yield f"{where}: the sealed address is not that of the pseudonym"
    if (cursor := values.get("cursor")) is not None and sealer.open_text(cursor) is None:
        yield f"{where}: the sealed place where it goes on cannot be opened with the key"
    for name in ("counts", "texts"):
        if name in values and not _is_json(values[name]):
            yield f"{where}: '{name}' is no JSON"


def _name(table: Table, row: Row[Any]) -> str:
    """Return the key of a row, where that says nothing about anybody."""
    values = [getattr(row, column.name) for column in table.primary_key if column.name != "pseudonym"]
    return " ".join(map(str, values))


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


async def _contradictions(connection: AsyncConnection) -> list[str]:
    """Return what cannot be true together."""
    found = []
    lost = select(func.count()).select_from(MISSED).where(MISSED.c.announcement.not_in(select(ANNOUNCEMENTS.c.number)))
    if count := (await connection.execute(lost)).scalar_one():
        found.append(f"missed: {count} of announcements that there are not")
    in_force = select(func.count()).where(POLICIES.c.since.is_not(None), POLICIES.c.until.is_(None))
    if (count := (await connection.execute(in_force)).scalar_one()) > 1:
        found.append(f"policies: {count} versions are in force at once")
    pending = select(func.count()).where(ANNOUNCEMENTS.c.stage.in_(PENDING))
    if (count := (await connection.execute(pending)).scalar_one()) > 1:
        found.append(f"announcements: {count} are under way at once")
    for table, told in ((EXPORTS, None), (TICKETS, None), (ERASURES, ERASURES.c.told_at.is_not(None))):
        over = [table.c.sealed.is_not(None), table.c.ended_at.is_not(None), *([] if told is None else [told])]
        if count := (await connection.execute(select(func.count()).select_from(table).where(*over))).scalar_one():
            found.append(f"{table.name}: {count} are over and still say whose they are")
    return found
