"""The audit on real servers: a true policy agrees, and every planted drift is found, and nothing else."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.i18n import translator
from bot.policy.audit.finding import Status, Verdict
from bot.policy.audit.result import Audit
from bot.policy.model import Policy
from bot.servers.evidence import audit_of
from demo.bot import answers, bot
from demo.servers import Extra, Server, find, running
from demo.servers.find import Kind
from tests.support.client import client
from tests.support.companion import connected
from tests.support.inhabitants import ROOM_ARCHIVES, hospitable, settle
from tests.support.policies import LEAST, policy_from
from tests.support.prosody import database
from tests.support.versions import VERSIONS, versions_of

DAY = 86_400
OLD = time.time() - 400 * DAY

Facts = Mapping[str, str]

_KEPT = "retention: until account_erased"
_COMMON = (
    "account", "roster", "presence", "last_activity", "profile", "client_data", "blocklist", "sessions",
    "room_memberships", "push_registrations", "bot_records", "access_tokens",
)  # fmt: skip

TRUE: Mapping[str, Facts] = {
    "prosody": {
        **dict.fromkeys((*(name for name in _COMMON if name != "push_registrations"),), _KEPT),
        "password": "form: hash, fields_not_stored: [password]",
        "offline_messages": "retention: until next_login",
        "archive": "retention: 7 days, control: {default: 'on', who: user, where: [client]}",
        "room_archive": "retention: 7 days, control: {default: 'on', who: room_owner, remains: last 20}",
        "uploads": "retention: 7 days",
        "ip_addresses": "retention: until logout",
        "logs": "level: info, fields_not_stored: [ip_address]",
    },
    "ejabberd": {
        **dict.fromkeys(_COMMON, _KEPT),
        "password": "form: hash, fields_not_stored: [password]",
        "offline_messages": "retention: until next_login",
        "archive": f"{_KEPT}, control: {{default: 'on', who: user, where: [client]}}",
        "room_archive": f"{_KEPT}, control: {{default: 'off', who: room_owner, remains: last 20}}",
        "uploads": "retention: 7 days",
        "ip_addresses": "retention: until logout",
        "logs": "level: info, fields_not_stored: [ip_address]",
    },
}
"""What is true of the servers as `BASE` configures them."""

BASE: Mapping[str, str] = {"prosody": "", "ejabberd": "hide_sensitive_log_data: true\n"}

PLANTED: Mapping[str, Mapping[str, tuple[Extra, set[str]]]] = {
    "prosody": {
        "archive is kept longer": (Extra(modules='archive_expires_after = "1y"'), {"archive.retention"}),
        "archive is kept shorter": (Extra(modules='archive_expires_after = "1d"'), {"archive.retention"}),
        "archive is never cleaned": (Extra(modules='archive_expires_after = "never"'), {"archive.retention"}),
        "archive is off at first": (Extra(modules="default_archive_policy = false"), {"archive.default"}),
        "rooms keep longer": (Extra(settings='muc_log_expires_after = "1y"'), {"room_archive.retention"}),
        "rooms archive nothing": (Extra(settings="muc_log_by_default = false"), {"room_archive.default"}),
        "newcomers see less": (Extra(settings="max_history_messages = 5"), {"room_history"}),
        "files stay longer": (Extra(settings="http_file_share_expires_after = 2592000"), {"uploads.retention"}),
        "addresses are mailed": (
            Extra(
                settings='registration_watchers = { "boss@localhost" }',
                modules='modules_enabled = { "privacy_bot", "watchregistrations" }',
            ),
            {"registration.reports_ip"},
        ),
        "the log says all": (Extra(settings='log = { debug = "all.log" }'), {"logs.level", "logs.ip"}),
        "the log says less": (Extra(settings='log = { error = "errors.log" }'), {"logs.level"}),
        "passwords are readable": (Extra(modules='authentication = "internal_plain"'), {"password.format"}),
        "nothing waits": (Extra(modules='modules_disabled = { "offline" }'), {"offline_messages"}),
        "nobody is blocked": (Extra(modules='modules_disabled = { "blocklist" }'), {"blocklist"}),
    },
    "ejabberd": {
        "archive is off at first": (Extra(modules="  mod_mam: {default: never}\n"), {"archive.default"}),
        "rooms archive everything": (Extra(modules=ROOM_ARCHIVES), {"room_archive.default"}),
        "newcomers see more": (Extra(modules="  mod_muc: {history_size: 50}\n"), {"room_history"}),
        "files stay longer": (Extra(modules="  mod_http_upload_quota: {max_days: 30}\n"), {"uploads.retention"}),
        "files stay for ever": (Extra(modules="  mod_http_upload_quota: {}\n"), {"uploads.retention"}),
        "addresses are mailed": (
            Extra(
                settings="hide_sensitive_log_data: false\n",
                modules="  mod_register: {registration_watchers: [boss@localhost]}\n",
            ),
            {"registration.reports_ip", "logs.ip"},
        ),
        "the log says all": (Extra(settings="loglevel: debug\n"), {"logs.level"}),
        "the log says less": (Extra(settings="loglevel: error\n"), {"logs.level"}),
        "addresses are logged": (Extra(settings="hide_sensitive_log_data: false\n"), {"logs.ip"}),
        "passwords are readable": (
            Extra(settings="host_config: {localhost: {auth_password_format: plain}}\n"),
            {"password.format"},
        ),
    },
}
"""What is different on the server, and the checks that must say so."""


def _untrue(kind: Kind) -> Mapping[str, tuple[Facts, set[str]]]:
    """Return what a policy says that is not so, and the checks that must say so."""
    rooms = "on" if kind == "prosody" else "off"
    return {
        "longer than declared": ({"uploads": "retention: 3 days"}, {"uploads.retention"}),
        "shorter than declared": ({"uploads": "retention: 30 days"}, {"uploads.retention"}),
        "said not to be stored": ({"uploads": "stored: no"}, {"uploads"}),
        "said not to be stored, and no setting tells": ({"roster": "stored: no"}, {"roster"}),
        "not mentioned": ({"blocklist": ""}, {"blocklist"}),
        "not mentioned, and no setting tells": ({"profile": ""}, {"profile"}),
        "in plain text": ({"password": "form: plain"}, {"password.format"}),
        "in another default": (
            {"archive": "stored: conditional, control: {default: 'off', who: user, where: [client]}"},
            {"archive.default"},
        ),
        "fewer messages for newcomers": (
            {"room_archive": f"stored: conditional, control: {{default: '{rooms}', who: room_owner, remains: last 5}}"},
            {"room_history"},
        ),
        "less in the log": ({"logs": "level: error, fields_not_stored: [ip_address]"}, {"logs.level"}),
    }


def policy_of(facts: Facts, inactive: str = "") -> Policy:
    """Return the policy with these statements; a category without words is not in it."""
    lines = [f"  - {{category: {category}, {words}}}\n" for category, words in facts.items() if words]
    return policy_from(f"{LEAST}{inactive}data:\n{''.join(lines)}")


async def audit(server: Server, policy: Policy) -> Audit:
    async with connected(server) as line:
        return await audit_of(policy, line.companion, datetime.now(UTC))


def drifting(found: Audit) -> set[str]:
    return {finding.check for finding in found.of(Verdict.DRIFT)}


def based(kind: Kind, extra: Extra) -> Extra:
    """Return what is planted, on top of the configuration that the true policy is about."""
    base = "" if "hide_sensitive_log_data" in extra.settings else BASE[kind]
    return Extra(sql=extra.sql, settings=base + extra.settings, modules=extra.modules)


@pytest.mark.parametrize("version", VERSIONS, ids="-".join)
async def test_a_true_policy_agrees_and_every_untrue_sentence_is_found(
    version: tuple[Kind, str], tmp_path: Path
) -> None:
    kind = version[0]
    true = TRUE[kind]
    with running(find(*version), tmp_path, extra=based(kind, Extra(sql=True))) as server:
        await settle(server, "romeo")
        found = await audit(server, policy_of(true))
        assert [finding for finding in found.findings if finding.verdict is not Verdict.AGREES] == []
        assert found.status is Status.AGREEMENT
        assert found.accounts == 2
        assert len(found.findings) > 15
        for name, (changes, checks) in _untrue(kind).items():
            assert drifting(await audit(server, policy_of({**true, **changes}))) == checks, name


@pytest.mark.parametrize(
    ("version", "name"),
    [(version, name) for version in VERSIONS for name in PLANTED[version[0]]],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
async def test_every_drift_of_the_server_is_found_with_its_line(
    version: tuple[Kind, str], name: str, tmp_path: Path
) -> None:
    kind = version[0]
    extra, checks = PLANTED[kind][name]
    with running(find(*version), tmp_path, extra=based(kind, extra)) as server:
        found = await audit(server, policy_of(TRUE[kind]))
    assert drifting(found) == checks
    assert found.of(Verdict.UNKNOWN) == ()
    assert all(finding.place and finding.remedy and finding.severity for finding in found.of(Verdict.DRIFT))


COMMUNITY = Path("/usr/lib/prosody/modules")
"""Where Debian's prosody-modules are; only what is named is taken, beside them may be another version's own."""


@pytest.mark.parametrize("version", versions_of("prosody"))
async def test_addresses_that_a_community_module_writes_down_are_found(version: str, tmp_path: Path) -> None:
    shutil.copytree(COMMUNITY / "mod_lastlog2", tmp_path / "plugins" / "mod_lastlog2")
    extra = Extra(
        settings=f'installer_plugin_path = "{tmp_path}/plugins"',
        modules='modules_enabled = { "privacy_bot", "lastlog2" }\nlastlog_ip_address = true',
    )
    with running(find("prosody", version), tmp_path, extra=extra) as server:
        async with client(server, "romeo"):
            found = await audit(server, policy_of(TRUE["prosody"]))
    assert drifting(found) == {"last_activity.ip", "ip_addresses"}
    told = {finding.check: finding for finding in found.of(Verdict.DRIFT)}
    assert "lastlog_ip_address" in translator("en")(told["last_activity.ip"].place or "")
    assert "found in 1 account" in translator("en")(told["ip_addresses"].observed)


@pytest.mark.parametrize("version", VERSIONS, ids="-".join)
async def test_what_lies_there_too_long_is_found_without_a_setting(version: tuple[Kind, str], tmp_path: Path) -> None:
    kind = version[0]
    facts = {**TRUE[kind], "archive": "retention: 7 days"}
    with running(find(*version), tmp_path, extra=hospitable(kind, sql=True)) as server:
        await settle(server, "romeo")
        await _swept(server)
        server.stop()
        _age(server)
        server.start()
        found = await audit(server, policy_of(facts))
    late = {finding.check: finding for finding in found.of(Verdict.DRIFT)}
    assert {"archive.retention", "uploads.retention"} <= late.keys()
    assert all(late[check].place is None for check in ("archive.retention", "uploads.retention")), "no setting says so"


async def _swept(server: Server) -> None:
    """Return when the server has removed what is over: Prosody does it a second after its start, then once a day."""
    if server.name == "prosody":
        async with asyncio.timeout(60):
            while "Running periodic tasks" not in server.log.read_text():  # noqa: ASYNC110 -- a log tells nobody
                await asyncio.sleep(0.05)


def _age(server: Server) -> None:
    """Make the messages and files old."""
    if server.name == "prosody":
        with closing(sqlite3.connect(database(server))) as connection, connection:
            aged = "update prosodyarchive set \"when\" = ? where store in ('archive', 'uploads')"
            connection.execute(aged, (int(OLD),))
        return
    for path in (server.directory / "upload").rglob("*"):
        os.utime(path, (OLD, OLD))
    with closing(sqlite3.connect(server.directory / "ejabberd.sqlite")) as connection, connection:
        connection.execute("update archive set timestamp = ? where username = 'romeo'", (int(OLD) * 1_000_000,))


@pytest.mark.parametrize("version", VERSIONS, ids="-".join)
async def test_what_no_setting_decides_cannot_be_told(version: tuple[Kind, str], tmp_path: Path) -> None:
    facts = {**TRUE[version[0]], "logs": "level: info, retention: 14 days, fields_not_stored: [ip_address]"}
    policy = policy_of(facts, "inactive_accounts: [{after: 2 years}]\n")
    with running(find(*version), tmp_path, extra=based(version[0], Extra())) as server:
        found = await audit(server, policy)
    assert {finding.check for finding in found.of(Verdict.UNKNOWN)} == {"logs.retention", "inactive.retention"}
    assert found.status is Status.COULD_NOT_TELL


@pytest.mark.parametrize("kind", ["prosody", "ejabberd"])
async def test_the_command_line_tells_by_its_status(kind: Kind, tmp_path: Path) -> None:
    homes = [tmp_path / name for name in ("server", "bot", "another bot")]  # a policy never changes under its name
    for home in homes:
        home.mkdir()
    file = tmp_path / "policy.yaml"
    statements = "".join(f"  - {{category: {name}, {words}}}\n" for name, words in TRUE[kind].items())
    file.write_text(f"{LEAST}data:\n{statements}")
    with running(find(kind), homes[0], extra=based(kind, Extra())) as server:
        assert await _status(server, file, homes[1]) == (0, "hold")
        file.write_text(file.read_text().replace("uploads, retention: 7 days", "uploads, retention: 3 days"))
        assert await _status(server, file, homes[2]) == (1, "does not hold")


async def _status(server: Server, policy: Path, home: Path) -> tuple[int, str]:
    """Run the bot, and the audit beside it; return its status, and of its summary the verb."""
    with bot(server, policy, home) as program:
        async with client(server, "juliet") as juliet:
            await answers(juliet.chat, server.component, program, home)
        configuration = next(home.glob("*.yaml"))
        command = [sys.executable, "-m", "bot", "audit", "--config", str(configuration), "--all"]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    found = next((verb for verb in ("does not hold", "hold") if verb in done.stdout), done.stdout + done.stderr)
    return done.returncode, found
