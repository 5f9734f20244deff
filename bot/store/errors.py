"""What can be wrong with the database; each text says what to do."""


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
