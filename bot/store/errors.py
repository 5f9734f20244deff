"""What can be wrong with the database; each text says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from socket import gaierror

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_SQLITE = {
    "SQLITE_NOTADB": "this file is no database; name another one in the setting 'store'",
    "SQLITE_FULL": "the disk is full; free some space, nothing that was stored is lost",
    "SQLITE_BUSY": "another program holds the database; stop it, only one bot may use it",
    "SQLITE_READONLY": "the database is read-only; let the bot write to the file and its directory",
    "SQLITE_CANTOPEN": "the database cannot be opened; the bot must be allowed to write to its directory",
    "SQLITE_CORRUPT": "the database is damaged; restore it from a backup or move it away",
    "SQLITE_IOERR": "the disk cannot be read or written; check the disk and its free space",
}
"""By the beginning of SQLite's own names of results (https://sqlite.org/rescode.html)."""

_AWAY = "the database server cannot be reached ({}); when it is back, the bot goes on by itself"
_DAMAGED = "the database is damaged ({}); restore it from a backup"
_NO_PERMISSION = "the database does not permit it ({}); make the bot's user the owner of the database"

_POSTGRESQL = {
    "08": _AWAY,
    "25006": "the database is read-only; name the server that takes changes in the setting 'store'",
    "28": "the database server refuses user or password ({}); check the setting 'store' and the server's pg_hba.conf",
    "3D000": "there is no such database; make it: createdb --owner=USER NAME",
    "3F000": _NO_PERMISSION,
    "42501": _NO_PERMISSION,
    "53100": "the disk of the database server is full; free some space, nothing that was stored is lost",
    "53": "the database server has no room for more ({}); free some, or raise its limits",
    "57P": _AWAY,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
"""By the beginning of PostgreSQL's codes (its documentation, appendix A); of two that fit, the first counts."""


class StoreError(Exception):
    """The database cannot be used; the text names the place and the remedy."""


class StoreTooNew(StoreError):  # noqa: N818 -- named after what is wrong
    """The database was written by a newer version of the program."""

    def __init__(self, place: str, found: int, known: int) -> None:
        super().__init__(
            f"{place}: the database has schema {found}, this program knows {known}; "
            "upgrade the program, or restore the backup made before the upgrade"
        )
        self.found, self.known = found, known


class WrongKey(StoreError):  # noqa: N818 -- named after what is wrong
    """The database belongs to another key."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"{place}: the database was made with another key; put the right one into the key file, "
            "or move the database away to start anew (languages chosen are forgotten then)"
        )


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn what the database and the system raise into `StoreError`: *place* and the remedy."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"{place}: {_reason(error)}") from error
    except TypeError as error:
        if "connect() got an unexpected keyword" not in str(error):
            raise
        raise StoreError(f"{place}: the driver does not know an option after the '?' of this URL; remove it") from error


def _reason(error: Exception) -> str:
    """Return what the database says, without the statement and its values, and what to do."""
    said: BaseException = getattr(error, "orig", None) or error
    if isinstance(said, TimeoutError | PoolTimeout):
        return "the database does not answer in time; when it does, the bot goes on by itself"
    if isinstance(said, ConnectionError | gaierror):
        return _AWAY.format(said.strerror)
    codes = ((_SQLITE, "sqlite_errorname"), (_POSTGRESQL, "sqlstate"))
    for remedies, attribute in codes:
        code: str = getattr(said, attribute, None) or ""
        for name, remedy in remedies.items():
            if code.startswith(name):
                return remedy.format(said)
    if getattr(error, "connection_invalidated", False):
        return _AWAY.format("the connection was lost")
    return f"the database failed: {said}"
