"""What the companion module on Prosody reads out of the configuration, and the lines it names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.policy.observed import Settings
from demo.servers import Extra, find, running
from tests.support.companion import connected
from tests.support.versions import versions_of

HOST = 'VirtualHost "localhost"'
ROOMS = 'Component "conference.localhost" "muc"'
FILES = 'Component "upload.localhost" "http_file_share"'
SECOND = 'Component "more.localhost" "http_file_share"'
PLANTED = (
    "archive.retention",
    "archive.default",
    "uploads.retention",
    "uploads.quota",
    "uploads.size_limit",
    "room_archive.default",
    "room_history",
    "registration.reports_ip",
    "sessions.resume",
    "offline_messages.limit",
)
DAY, YEAR = 86400, 365.2425 * 86400


async def settings(version: str, directory: Path, extra: Extra) -> Settings:
    with running(find("prosody", version), directory, extra=extra) as server:
        async with connected(server) as line:
            return await line.companion.settings()


def lines(found: Settings, keys: Iterable[str]) -> dict[tuple[str, str], tuple[Any, str, bool]]:
    return {(each.key, each.host): (each.value, each.place, each.set) for key in keys for each in found.of(key)}


@pytest.mark.parametrize("version", versions_of("prosody"))
async def test_defaults_are_those_of_the_server(version: str, tmp_path: Path) -> None:
    found = await settings(version, tmp_path, Extra())
    expected = {
        ("archive", "localhost"): (True, "global", True),
        ("archive.default", "localhost"): ("always", "global", True),
        ("archive.retention", "localhost"): (7 * DAY, HOST, False),
        ("room_archive", "conference.localhost"): (True, ROOMS, True),
        ("room_archive.default", "conference.localhost"): (True, ROOMS, False),
        ("room_archive.retention", "conference.localhost"): (7 * DAY, ROOMS, False),
        ("room_history", "conference.localhost"): (20, ROOMS, False),
        ("offline_messages", "localhost"): (True, HOST, False),
        ("offline_messages.retention", "localhost"): (None, HOST, False),
        ("offline_messages.limit", "localhost"): (10000, HOST, False),
        ("uploads", "upload.localhost"): (True, FILES, True),
        ("uploads.retention", "upload.localhost"): (7 * DAY, FILES, False),
        ("uploads.size_limit", "upload.localhost"): (10 * 1024**2, FILES, False),
        ("uploads.quota", "upload.localhost"): (100 * 1024**2, FILES, False),
        ("registration.open", "localhost"): (True, "global", True),
        ("registration.reports_ip", "localhost"): (False, HOST, False),
        ("last_activity", "localhost"): (True, "global", True),
        ("last_activity.ip", "localhost"): (False, HOST, False),
        ("push_registrations", "localhost"): (False, HOST, False),
        ("blocklist", "localhost"): (True, "global", True),
        ("password.format", "localhost"): ("scram", "global", True),
        ("inactive.retention", "localhost"): (None, HOST, False),
        ("sessions.resume", "localhost"): (0, HOST, False),
        ("logs.level", ""): ("info", "global", True),
        ("logs.ip", ""): (False, "global", True),
        ("logs.retention", ""): (None, "global", True),
        ("logs.rotation", ""): (None, "global", True),
    }
    assert lines(found, {each.key for each in found.settings}) == expected
    assert {"mam", "privacy_bot"} <= found.modules


@pytest.mark.parametrize("version", versions_of("prosody"))
async def test_what_is_written_is_found_with_its_line(version: str, tmp_path: Path) -> None:
    uploads = '"30d"' if version >= "13" else str(30 * DAY)
    extra = Extra(
        sql=True,
        settings='archive_expires_after = "1y"\nhttp_file_share_size_limit = 1000\nadmins = { "admin@localhost" }\n'
        "muc_log_by_default = false\nmax_history_messages = 5",
        modules='modules_enabled = { "privacy_bot", "smacks" }\narchive_expires_after = "never"\n'
        'default_archive_policy = "roster"\nsmacks_hibernation_time = 300\nallow_registration = true\n'
        "storage_archive_item_limit = 50",
        components=f"{SECOND}\nhttp_file_share_expires_after = {uploads}\nhttp_file_share_daily_quota = 7000\n",
    )
    found = lines(
        await settings(version, tmp_path, extra),
        PLANTED,
    )
    assert found == {
        ("archive.retention", "localhost"): ("unlimited", HOST, True),
        ("archive.default", "localhost"): ("roster", HOST, True),
        ("uploads.retention", "upload.localhost"): (7 * DAY, FILES, False),
        ("uploads.retention", "more.localhost"): (30 * DAY, SECOND, True),
        ("uploads.quota", "upload.localhost"): (10_000, FILES, False),
        ("uploads.quota", "more.localhost"): (7000, SECOND, True),
        ("uploads.size_limit", "upload.localhost"): (1000, "global", True),
        ("uploads.size_limit", "more.localhost"): (1000, "global", True),
        ("room_archive.default", "conference.localhost"): (False, "global", True),
        ("room_history", "conference.localhost"): (5, "global", True),
        ("registration.reports_ip", "localhost"): (True, HOST, False),
        ("sessions.resume", "localhost"): (300, HOST, True),
        ("offline_messages.limit", "localhost"): (50, HOST, True),
    }


def spelled(*cases: tuple[str, str, object]) -> pytest.MarkDecorator:
    """Run a test with what each series of Prosody makes of what is written: (series, written, value)."""
    versions = versions_of("prosody")
    known = [(version, *case) for version in versions for series, *case in cases if version.startswith(series)]
    return pytest.mark.parametrize(("version", "written", "value"), known)


@spelled(
    ("0.12", '"1y"', YEAR),
    ("0.12", '"90"', 90),
    ("0.12", '"2m"', 62 * DAY),
    ("0.12", '"never"', "unlimited"),
    ("13.0", '"1y"', YEAR),
    ("13.0", '"36 hours"', 36 * 3600),
    ("13.0", '"2 months"', 62 * DAY),
    ("13.0", "3600", 3600),
    ("13.0", "-1", "unlimited"),
    ("13.0", '"never"', "unlimited"),
)
async def test_periods_are_read_as_this_version_reads_them(
    version: str, written: str, value: object, tmp_path: Path
) -> None:
    extra = Extra(modules=f"archive_expires_after = {written}")
    found = (await settings(version, tmp_path, extra)).of("archive.retention")
    assert [(each.value, each.place) for each in found] == [(value, HOST)]


@spelled(
    ("0.12", '"always"', "never"),  # an option of 13, which 0.12 takes for nothing
    ("0.12", "1", "always"),
    ("13.0", '"false"', "always"),
    ("13.0", '"always"', "always"),
    ("13.0", '"never"', "never"),
)
async def test_the_default_of_archives_is_what_this_version_makes_of_it(
    version: str, written: str, value: object, tmp_path: Path
) -> None:
    extra = Extra(modules=f"default_archive_policy = {written}")
    [found] = (await settings(version, tmp_path, extra)).of("archive.default")
    assert found.value == value


@pytest.mark.parametrize("version", versions_of("prosody"))
@pytest.mark.parametrize(
    ("log", "level"),
    [
        ('"prosody.log"', "info"),
        ('"*syslog"', "debug"),
        ('"*console"', "none"),
        ('{ debug = "prosody.log"; error = "prosody.err" }', "debug"),
        ('{ warn = "prosody.log"; "*console" }', "warn"),
        ('{ error = "*syslog" }', "error"),
        ('{ { levels = { min = "error" }, to = "file", filename = "x.log" } }', "error"),
        ('{ { levels = { "warn", "debug" }, to = "syslog" } }', "debug"),
        ('{ { levels = "warn", to = "file", filename = "x.log" } }', "warn"),
        ('{ { to = "console" } }', "none"),
    ],
)
async def test_log_levels_are_read_in_every_shape(version: str, log: str, level: str, tmp_path: Path) -> None:
    found = await settings(version, tmp_path, Extra(settings=f"log = {log}"))
    assert [each.value for each in found.of("logs.level")] == [level]
    assert [each.value for each in found.of("logs.ip")] == [level == "debug"]
