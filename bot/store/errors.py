"""What can be wrong with the database; each text says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

_REMEDIES = {
    "SQLITE_NOTADB": "this file is no database; name another one in the setting 'store'",
    "SQLITE_FULL": "the disk is full; free some space, nothing that was stored is lost",
    "SQLITE_BUSY": "another program holds the database; stop it, only one bot may use it",
    "SQLITE_READONLY": "the database is read-only; let the bot write to the file and its directory",
    "SQLITE_CANTOPEN": "the database cannot be opened; the bot must be allowed to write to its directory",
    "SQLITE_CORRUPT": "the database is damaged; restore it from a backup or move it away",
    "SQLITE_IOERR": "the disk cannot be read or written; check the disk and its free space",
}
"""By the beginning of SQLite's own names of results (https://sqlite.org/rescode.html)."""


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


def _reason(error: Exception) -> str:
    """Return what the database says, without the statement and its values, and what to do."""
    said = getattr(error, "orig", None) or error
    result = getattr(said, "sqlite_errorname", "")
    remedies = (remedy for name, remedy in _REMEDIES.items() if result.startswith(name))
    return next(remedies, f"the database failed: {said}")
