"""Another key for the pseudonyms and the seals: all of the database in one transaction, or nothing of it.

A pseudonym does not tell whose it is, so the new one can only be made of those whose address is known:
the accounts on the server, which the running bot lists beforehand (`Staging`), and those whose address
is still sealed.  Of the others, what they chose and what they were told is forgotten; proofs of what was
done stay, under a pseudonym that is nobody's.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, LargeBinary, MetaData, Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.database import Database
from bot.store.engine import BEGIN, engine_of, examine, place_of
from bot.store.errors import StoreError, WrongKey, explained
from bot.store.lock import in_turn
from bot.store.pseudonym import Pseudonymiser
from bot.store.schema import ACCOUNTS, ACQUAINTANCES, ANNOUNCEMENTS, ERASURES, EXPORTS, META, MISSED, TICKETS

_LOG = logging.getLogger("privacy-bot")

_NAMES = Table(
    "rekeying",
    MetaData(),
    Column("old", LargeBinary, primary_key=True),
    Column("new", LargeBinary, nullable=False),
)
"""Which pseudonym becomes which; there only while the key is changed."""

_OF_RECORDS = (ERASURES, EXPORTS, TICKETS)

_AT_ONCE = 500


class Staging:
    """Notes the new pseudonyms of accounts.

    Attributes:
        met: accounts (bare JIDs) that the bot came across since it began: some may be new.
    """

    def __init__(self, database: Database, key: bytes) -> None:
        self._database, self._key = database, key
        self._new = Pseudonymiser(key)
        self.met: set[str] = set()

    async def begin(self) -> None:
        """Begin anew.  Raises `StoreError`."""
        self._database.pseudonyms.met = self.met
        async with self._database.transaction() as connection:
            await connection.run_sync(_NAMES.drop, checkfirst=True)
            await connection.run_sync(_NAMES.create)

    async def meet(self, accounts: Collection[str]) -> None:
        """Note *accounts* (bare JIDs, at most 1,000).  Raises `StoreError`."""
        async with self._database.transaction() as connection:
            await _note(self._database, self._new, connection, accounts)


async def _note(database: Database, new: Pseudonymiser, connection: AsyncConnection, accounts: Collection[str]) -> None:
    names = {database.pseudonyms.of(account): new.of(account) for account in accounts}
    if names:
        rows = [{"old": before, "new": after} for before, after in names.items()]
        await connection.execute(database.insert(_NAMES).on_conflict_do_nothing(), rows)


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """Whose owner is not known: so many languages and acquaintances, forgotten; so many records, nobody's now."""

    languages: int
    acquaintances: int
    records: int


async def rekey(place: str, old: bytes, new: bytes, met: Collection[str]) -> Rekeyed:
    """Change the key of the database at *place*, after `Staging`; *met* are accounts (bare JIDs) that came meanwhile.

    Nobody else may use the database.  Raises `StoreError`; then it has the old key, and nothing is changed.
    """
    engine = engine_of(place)
    try:
        before, after = Database(engine, old), Database(engine, new)
        async with before.transaction() as connection:
            await in_turn(connection)
            await examine(connection, before.pseudonyms.check())
            people = sorted(met)
            for start in range(0, len(people), _AT_ONCE):
                await _note(before, after.pseudonyms, connection, people[start : start + _AT_ONCE])
            for table in _OF_RECORDS:
                await _reseal_owners(before, after, connection, table)
            await _reseal_cursors(before, after, connection)
            languages, acquaintances = (
                await _forget_unknown(connection, ACCOUNTS),
                await _forget_unknown(connection, ACQUAINTANCES),
            )
            records = sum([await _count_unknown(connection, table) for table in (*_OF_RECORDS, MISSED)])
            for table in (*_OF_RECORDS, MISSED):
                await _disown_unknown(connection, table)
            for table in (ACCOUNTS, ACQUAINTANCES, *_OF_RECORDS, MISSED):
                await _rename(connection, table)
            # Codes that confirmed something are not known again; they have run out, or the new key refuses them.
            await connection.execute(update(ERASURES).values(token=None))
            await connection.execute(
                update(META).where(META.c.name == "key_check").values(value=after.pseudonyms.check())
            )
            await connection.run_sync(_NAMES.drop)
        if engine.dialect.name == "sqlite":
            try:
                await _wipe(engine)
            except StoreError as error:
                _LOG.warning("the key was changed, but pseudonyms of before may be left in the file: %s", error)
    finally:
        await engine.dispose()
    return Rekeyed(languages, acquaintances, records)


async def fits(place: str, key: bytes) -> bool:
    """Return whether the database at *place* has this key.  Raises `StoreError`."""
    engine = engine_of(place)
    try:
        with explained(place_of(engine.url)):
            async with engine.connect() as connection:
                return await examine(connection, Pseudonymiser(key).check()) > 0
    except WrongKey:
        return False
    finally:
        await engine.dispose()


async def _reseal_owners(before: Database, after: Database, connection: AsyncConnection, table: Table) -> None:
    (number,) = table.primary_key
    rows = await connection.execute(select(number, table.c.sealed).where(table.c.sealed.is_not(None)))
    for key, sealed in rows.all():
        whose = before.sealer.open(sealed)
        if whose is None:
            raise _damaged(connection, f"{table.name} {key}")
        await _note(before, after.pseudonyms, connection, (whose.account,))
        await connection.execute(update(table).where(number == key).values(sealed=after.sealer.seal(whose)))


async def _reseal_cursors(before: Database, after: Database, connection: AsyncConnection) -> None:
    number, cursor = ANNOUNCEMENTS.c.number, ANNOUNCEMENTS.c.cursor
    for key, sealed in (await connection.execute(select(number, cursor).where(cursor.is_not(None)))).all():
        text = before.sealer.open_text(sealed)
        if text is None:
            raise _damaged(connection, f"{ANNOUNCEMENTS.name} {key}")
        query = update(ANNOUNCEMENTS).where(number == key)
        await connection.execute(query.values(cursor=after.sealer.seal_text(text)))


def _damaged(connection: AsyncConnection, what: str) -> StoreError:
    return StoreError(f"{place_of(connection.engine.url)}: a seal of {what} is damaged; see privacy-bot store check")


def _unknown(table: Table) -> ColumnElement[bool]:
    return table.c.pseudonym.not_in(select(_NAMES.c.old))


async def _forget_unknown(connection: AsyncConnection, table: Table) -> int:
    """Forget the rows whose owner is not known; return how many there were."""
    return (await connection.execute(delete(table).where(_unknown(table)))).rowcount


async def _count_unknown(connection: AsyncConnection, table: Table) -> int:
    query = select(func.count()).select_from(table).where(_unknown(table))
    count: int = (await connection.execute(query)).scalar_one()
    return count


async def _disown_unknown(connection: AsyncConnection, table: Table) -> None:
    """Have the rows whose owner is not known get a pseudonym that is nobody's."""
    owners = (await connection.execute(select(table.c.pseudonym).where(_unknown(table)).distinct())).scalars().all()
    if owners:
        rows = [{"old": owner, "new": secrets.token_bytes(32)} for owner in owners]
        await connection.execute(insert(_NAMES), rows)


async def _rename(connection: AsyncConnection, table: Table) -> None:
    new = select(_NAMES.c.new).where(_NAMES.c.old == table.c.pseudonym).scalar_subquery()
    await connection.execute(update(table).values(pseudonym=new))


async def _wipe(engine: AsyncEngine) -> None:
    """Leave nothing of the old pseudonyms in a file of SQLite's."""
    with explained(place_of(engine.url)):
        async with engine.execution_options(**{BEGIN: ""}).connect() as connection:
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                await connection.exec_driver_sql(statement)
