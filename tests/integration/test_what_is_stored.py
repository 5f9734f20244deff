"""What people are told lies there for them is what a look into the server's storage shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.policy.terms import Category
from demo.bot import answers, bot
from demo.servers import running
from demo.servers.find import Kind
from tests.conftest import shipped
from tests.integration.conftest import installed
from tests.support.client import client
from tests.support.inhabitants import HELD, hospitable, settle
from tests.support.storage import stored
from tests.support.versions import named, with_storage

TITLES: Mapping[str, tuple[str, str]] = {
    Category.ARCHIVE: ("Message archive", "Nachrichtenarchiv"),
    Category.UPLOADS: ("Uploaded files", "Hochgeladene Dateien"),
    Category.ROOM_MEMBERSHIPS: ("Group chat memberships", "Mitgliedschaften in Gruppenchats"),
    Category.ROOM_ARCHIVE: ("Group chat archive", "Gruppenchat-Archiv"),
    Category.ROSTER: ("Contact list", "Kontaktliste"),
    Category.BLOCKLIST: ("Block list", "Sperrliste"),
    Category.PROFILE: ("Profile and picture", "Profil und Bild"),
    Category.CLIENT_DATA: ("Bookmarks and app data", "Lesezeichen und App-Daten"),
}
NAME = "jürgen_100%"
"""Would stumble over patterns, quoting and file names."""


@pytest.mark.parametrize("configuration", with_storage(), ids=named)
async def test_people_are_told_what_lies_there(configuration: tuple[Kind, str, bool], tmp_path: Path) -> None:
    kind, version, sql = configuration
    installation = installed(kind, version)
    homes = [tmp_path / "server", tmp_path / "bot"]
    for home in homes:
        home.mkdir()
    with running(installation, homes[0], extra=hospitable(kind, sql=sql)) as server:
        with bot(server, shipped("searx-chat"), homes[1], "boss") as program:
            async with client(server, "juliet") as juliet:
                await answers(juliet.chat, server.component, program, homes[1])
            await settle(server, NAME)
            async with client(server, NAME) as person:
                to = f"privacy@{server.domain}"
                english, german = [
                    counted(str((await person.ask(text, lang=lang, to=to))["body"]), column)
                    for column, (lang, text) in enumerate({"en": "my data", "de": "meine daten"}.items())
                ]
        server.stop()
        found = stored(server, NAME)
    assert german == {category: found[category] for category in TITLES}
    # Between the two answers, only the second question was added to the archive.
    assert english == german | {Category.ARCHIVE: german[Category.ARCHIVE] - 1}
    settled = {category: number for category, number in HELD.items() if category in TITLES}
    assert settled.items() - {(Category.ARCHIVE, HELD[Category.ARCHIVE])} <= found.items()


def counted(answer: str, column: int) -> dict[str, int]:
    """Return the number beside each title in an answer."""
    lines = dict(re.findall(r"^• ([^:]+): (\d+)", answer, flags=re.MULTILINE))
    return {category: int(lines[names[column]]) for category, names in TITLES.items()}
