"""The whole audit: settings and evidence together, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.i18n import Phrase, _, n_
from bot.policy.audit import stored, traces
from bot.policy.audit.evidence import Evidence
from bot.policy.audit.finding import Finding, Status, Verdict
from bot.policy.model import Policy
from bot.policy.observed import Settings

_ORDER = {Verdict.DRIFT: 0, Verdict.UNKNOWN: 1, Verdict.AGREES: 2}

_BY_EVIDENCE = frozenset(
    {"archive", "room_archive", "offline_messages", "uploads", "inactive"},
)
"""Subjects whose age inventories show."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found, the worst first.

    Attributes:
        findings: one for each check.
        accounts: that were looked at for evidence.
        failed: of them, those that could be looked at only in part or not at all.
        complete: whether every account was looked at, not only a sample.
    """

    findings: tuple[Finding, ...]
    accounts: int
    failed: int
    complete: bool

    @property
    def status(self) -> Status:
        """What it comes to."""
        verdicts = {finding.verdict for finding in self.findings}
        if Verdict.DRIFT in verdicts:
            return Status.DRIFT
        is_open = Verdict.UNKNOWN in verdicts or not verdicts or self.failed > 0
        return Status.COULD_NOT_TELL if is_open else Status.AGREEMENT

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """Return the findings with this verdict."""
        return tuple(finding for finding in self.findings if finding.verdict is verdict)


def from_settings(policy: Policy, settings: Settings, day: date) -> tuple[Finding, ...]:
    """Return what the settings in force say about the declared facts."""
    return (
        *stored.stored(policy, settings, day),
        *stored.by_default(policy, settings, day),
        *stored.retention(policy, settings, day),
        *stored.last_messages(policy, settings, day),
        *traces.addresses(policy, settings, day),
        *traces.logs(policy, settings, day),
        *traces.password(policy, settings, day),
        *traces.inactive(policy, settings),
    )


def audit(policy: Policy, settings: Settings, evidence: Evidence) -> Audit:
    """Return what settings and evidence say together: of the same fact, a drift that was seen counts more."""
    by_settings = from_settings(policy, settings, evidence.now.date())
    seen = tuple(evidence.findings())
    drifting = {finding.check for finding in seen}
    kept = [finding for finding in by_settings if finding.verdict is Verdict.DRIFT or finding.check not in drifting]
    known = {finding.check for finding in kept if finding.verdict is Verdict.DRIFT}
    both = [*(_with_evidence(finding, evidence) for finding in kept), *(one for one in seen if one.check not in known)]
    return Audit(tuple(_sorted(both)), evidence.accounts, evidence.failed, evidence.complete)


def _with_evidence(finding: Finding, evidence: Evidence) -> Finding:
    """Say of what settings leave open that nothing was seen against it: that is no agreement."""
    if finding.verdict is not Verdict.UNKNOWN or finding.check.partition(".")[0] not in _BY_EVIDENCE:
        return finding
    if not evidence.accounts:
        return finding
    return replace(finding, observed=_nothing_against(finding.observed, evidence.accounts))


def _nothing_against(observed: Phrase, accounts: int) -> Phrase:
    looked = n_(
        "nothing against it was seen in %(n)s account", "nothing against it was seen in %(n)s accounts", accounts
    )
    return _("%(observed)s; %(looked)s")(observed=observed, looked=looked)


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: (_ORDER[one.verdict], -(one.severity or 0), one.check))
