"""What the audit judges from settings and inventories that the servers of the tests cannot be brought to."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from bot.answers.audited import audited
from bot.audit_report import show
from bot.auditing import in_words
from bot.dialogue.rendering import chat_reply
from bot.i18n import translator
from bot.policy.audit.evidence import Evidence
from bot.policy.audit.finding import Finding, Severity, Status, Verdict
from bot.policy.audit.result import Audit, audit
from bot.policy.observed import Failure, Holding, Inventory, Setting, Settings
from tests.support.policies import LEAST, policy_from

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = 86_400
EN = translator("en")


def days_ago(days: float) -> float:
    return NOW.timestamp() - days * DAY


def judged(
    policy: str, settings: Sequence[Setting] = (), inventories: Sequence[Inventory] = (), *, inactive: str = ""
) -> Audit:
    """Return the audit of a policy with these lines of data."""
    data = "".join(f"  - {{{line}}}\n" for line in policy.splitlines())
    declared = policy_from(f"{LEAST}{inactive}data:\n{data}")
    evidence = Evidence(declared, NOW, complete=True)
    for inventory in inventories:
        evidence.add(inventory)
    return audit(declared, Settings(settings=tuple(settings)), evidence)


def only(found: Audit) -> Finding:
    [finding] = found.findings
    return finding


def setting(key: str, value: object, **more: Any) -> Setting:
    return Setting(key=key, value=value, option=more.pop("option", "an_option"), place="a place", set=True, **more)


def holding(category: str, **more: Any) -> Inventory:
    return Inventory(account="romeo", holdings=(Holding.model_validate({"category": category, "count": 1, **more}),))


OUTCOMES: Mapping[str, tuple[str, Setting, Verdict, Severity | None]] = {
    "the last address is stored, declared as not kept": (
        "category: ip_addresses, retention: until logout",
        setting("last_activity.ip", True),  # noqa: FBT003
        Verdict.DRIFT,
        Severity.HIGH,
    ),
    "the last address is stored, as the last activity declares": (
        "category: last_activity, retention: until account_erased, fields: [ip_address]",
        setting("last_activity.ip", True),  # noqa: FBT003
        Verdict.AGREES,
        None,
    ),
    "the log is kept longer": (
        "category: logs, level: info, retention: 7 days",
        setting("logs.retention", 14 * DAY),
        Verdict.DRIFT,
        Severity.HIGH,
    ),
    "the log is kept shorter": (
        "category: logs, level: info, retention: 14 days",
        setting("logs.retention", 7 * DAY),
        Verdict.DRIFT,
        Severity.LOW,
    ),
    "the log is kept as long": (
        "category: logs, level: info, retention: 2 weeks",
        setting("logs.retention", 14 * DAY),
        Verdict.AGREES,
        None,
    ),
    "passwords are hashed in a way that we do not know": (
        "category: password, form: hash",
        setting("password.format", "argon2"),
        Verdict.UNKNOWN,
        None,
    ),
    "a month has 30 or 31 days": (
        "category: uploads, retention: 1 month",
        setting("uploads.retention", 31 * DAY),
        Verdict.AGREES,
        None,
    ),
    "at most is no lie when it is less": (
        "category: uploads, retention: at most 30 days",
        setting("uploads.retention", 7 * DAY),
        Verdict.AGREES,
        None,
    ),
    "about a month is not a year": (
        "category: uploads, retention: about 1 month",
        setting("uploads.retention", 365 * DAY),
        Verdict.DRIFT,
        Severity.HIGH,
    ),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_one_setting_and_one_sentence(name: str) -> None:
    policy, observed, verdict, severity = OUTCOMES[name]
    finding = only(judged(policy, [observed]))
    assert (finding.check, finding.verdict, finding.severity) == (observed.key, verdict, severity)


@pytest.mark.parametrize(
    ("seconds", "verdict", "severity"),
    [
        (730 * DAY, Verdict.AGREES, None),
        (1460 * DAY, Verdict.DRIFT, Severity.HIGH),
        (30 * DAY, Verdict.DRIFT, Severity.LOW),
        (None, Verdict.UNKNOWN, None),
    ],
)
def test_how_long_unused_accounts_stay(seconds: float | None, verdict: Verdict, severity: Severity | None) -> None:
    observed = setting("inactive.retention", seconds)
    finding = only(judged("category: roster", [observed], inactive="inactive_accounts: [{after: 2 years}]\n"))
    assert (finding.verdict, finding.severity) == (verdict, severity)


def test_an_account_that_is_unused_for_longer_is_seen() -> None:
    rule = "inactive_accounts: [{after: 1 year}]\n"
    policy = "category: last_activity, retention: until account_erased"
    for days, checks in ((300, []), (400, ["inactive.retention"])):
        found = judged(policy, [], [holding("last_activity", newest=days_ago(days))], inactive=rule)
        assert [one.check for one in found.of(Verdict.DRIFT)] == checks


def test_passwords_in_plain_text_are_seen_in_the_accounts() -> None:
    inventories = [holding("password", facts={"format": "plain"}), holding("password", facts={"format": "scram"})]
    finding = only(judged("category: password, form: hash", [], inventories))
    assert (finding.check, finding.verdict) == ("password.format", Verdict.DRIFT)
    assert EN(finding.observed) == "found in 1 account: in plain text"


def test_a_store_that_nobody_knows_is_named_and_leaves_it_open() -> None:
    found = judged("category: roster, retention: until account_erased", [], [holding("other", name="mod_strange[1]")])
    finding = only(found)
    assert finding.verdict is Verdict.UNKNOWN
    assert "mod_strange[1]" in EN(finding.subject)
    assert found.status is Status.COULD_NOT_TELL


def test_what_was_seen_counts_more_than_a_setting_that_agrees() -> None:
    """The option says seven days; but nobody cleans up."""
    found = judged(
        "category: uploads, retention: 7 days",
        [setting("uploads.retention", 7 * DAY)],
        [holding("uploads", oldest=days_ago(100))],
    )
    finding = only(found)
    assert finding.verdict is Verdict.DRIFT
    assert "oldest from" in EN(finding.observed)


def test_that_nothing_was_seen_is_no_agreement() -> None:
    found = judged(
        "category: offline_messages, retention: 31 days",
        [setting("offline_messages.retention", None)],
        [holding("offline_messages", oldest=days_ago(3))],
    )
    assert only(found).verdict is Verdict.UNKNOWN
    assert "nothing against it was seen in 1 account" in EN(only(found).observed)


def test_what_lies_only_in_memory_is_no_evidence() -> None:
    found = judged("category: sessions, stored: no", [], [holding("sessions", memory=True)])
    assert found.of(Verdict.DRIFT) == ()


def test_a_category_that_is_not_mentioned_is_to_be_added_to_the_policy() -> None:
    finding = only(judged("category: roster", [], [holding("blocklist")]))
    assert (finding.check, finding.verdict) == ("blocklist", Verdict.DRIFT)
    assert finding.remedy is not None
    assert "“category: blocklist”" in EN(finding.remedy)


def test_a_component_that_is_itself_the_setting_is_the_place() -> None:
    upload = Setting(key="uploads", value=True, place='Component "upload.example.org"', set=True)
    finding = only(judged("category: uploads, stored: no", [upload]))
    assert finding.verdict is Verdict.DRIFT
    assert finding.place is not None
    assert EN(finding.place) == 'Component "upload.example.org"'


def test_accounts_that_could_not_be_looked_at_leave_it_open() -> None:
    failed = Inventory(account="romeo", failed=(Failure(category="archive", reason="timeout"),))
    found = judged("category: uploads, retention: 7 days", [setting("uploads.retention", 7 * DAY)], [failed])
    assert [one.verdict for one in found.findings] == [Verdict.AGREES]
    assert found.status is Status.COULD_NOT_TELL
    told = chat_reply(audited(found, "Audit"), EN).body
    assert "What lies there could not be seen in full. 1 other agrees with the server." in told
    assert "1 account could not be looked at in full." in told


def test_an_audit_that_checked_nothing_tells_nothing() -> None:
    assert judged("category: roster").status is Status.COULD_NOT_TELL


@pytest.mark.parametrize(
    ("retention", "days", "verdict"),
    [
        ("{first_of: [until next_login, 31 days]}", 31, Verdict.AGREES),
        ("{first_of: [until next_login, 31 days]}", 400, Verdict.DRIFT),
        ("{last_of: [7 days, 30 days]}", 30, Verdict.AGREES),
        ("{last_of: [7 days, 30 days]}", 60, Verdict.DRIFT),
        ("{wiped_every: 72 hours}", 3, Verdict.AGREES),
        ("{wiped_every: 72 hours}", 5, Verdict.DRIFT),
        ("at least 7 days", 400, Verdict.AGREES),
        ("at least 7 days", 1, Verdict.DRIFT),
        ("until account_erased", 7, Verdict.DRIFT),
    ],
)
def test_every_form_of_retention_is_compared(retention: str, days: int, verdict: Verdict) -> None:
    found = judged(f"category: uploads, retention: {retention}", [setting("uploads.retention", days * DAY)])
    assert only(found).verdict is verdict


def test_administrators_read_what_is_so_where_and_what_to_change() -> None:
    found = judged(
        "category: uploads, retention: 7 days",
        [setting("uploads.retention", 30 * DAY, option="upload_days"), setting("inactive.retention", None)],
        inactive="inactive_accounts: [{after: 2 years}]\n",
    )
    told = chat_reply(audited(found, "Audit"), EN).body
    assert "1 declared fact does not hold." in told
    assert "The policy says: for 7 days" in told
    assert "The server: removed after 30 days (more than declared)" in told
    assert "Where: upload_days in a place" in told
    assert "Set upload_days (a place) so that: kept for 7 days; or change the policy." in told
    assert "CANNOT BE CHECKED FROM HERE" in told


@pytest.mark.parametrize("is_terminal", [False, True])
def test_operators_read_it_in_the_terminal(is_terminal: bool) -> None:  # noqa: FBT001
    """Names from the server are no markup, whatever they look like."""
    unknown = holding("other", name="mod_[bold]strange[/bold]")
    settings = [setting("uploads.retention", 30 * DAY, option="upload_[red]days")]
    found = judged("category: uploads, retention: 7 days", settings, [unknown])
    output = io.StringIO()
    show(in_words(found, EN), Console(file=output, force_terminal=is_terminal, width=200, highlight=False))
    said = output.getvalue()
    for text in ("mod_[bold]strange[/bold]", "upload_[red]days", "1 declared fact does not hold."):
        assert text in said
    assert ("uploads.retention" in said) is not is_terminal, "lines for programs name the check"
