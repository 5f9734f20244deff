"""The servers that tests run against."""

from __future__ import annotations

import os

from demo.servers.find import NAMES, Kind

STANDARD: tuple[tuple[Kind, str], ...] = (
    ("prosody", "0.12"),
    ("prosody", "13.0"),
    ("ejabberd", "23.01"),
    ("ejabberd", "24.12"),
)


def chosen(names: str) -> tuple[tuple[Kind, str], ...]:
    """Return the servers that *names* asks for, such as "prosody-13.0.6 ejabberd-26.07"; without any, the standard.

    Raises:
        ValueError: a name is not of this form.
    """
    found: list[tuple[Kind, str]] = []
    for name in names.split():
        kind, _dash, version = name.partition("-")
        if kind not in ("prosody", "ejabberd") or not version:
            raise ValueError(f"PRIVACY_BOT_SERVERS: '{name}' is no server; write for instance prosody-13.0.6")
        found.append(("prosody" if kind == "prosody" else "ejabberd", version))
    return tuple(found) or STANDARD


VERSIONS = chosen(os.environ.get("PRIVACY_BOT_SERVERS", ""))


def versions_of(kind: Kind) -> tuple[str, ...]:
    """Return the versions of one server that tests run against."""
    return tuple(version for each, version in VERSIONS if each == kind)


def with_storage(*kinds: Kind) -> tuple[tuple[Kind, str, bool], ...]:
    """Return every version of some kinds of server, of all without any, and whether its storage is SQLite."""
    return tuple(
        (kind, version, sql) for kind, version in VERSIONS if kind in (kinds or NAMES) for sql in (False, True)
    )


def named(configuration: tuple[Kind, str, bool]) -> str:
    """Return a name for one of `with_storage`."""
    kind, version, sql = configuration
    return f"{kind}-{version}-{'sqlite' if sql else 'own'}"
