"""What an audit found, as a reply for administrators."""

from __future__ import annotations

from collections.abc import Iterator

from bot.dialogue.reply import Block, Column, Heading, Items, Lead, Outcome, Paragraph, Reply, Table
from bot.i18n import Message, Phrase, _, n_, p_
from bot.policy.audit.finding import Finding, Severity, Status, Verdict
from bot.policy.audit.result import Audit

_OUTCOMES = {
    Status.AGREEMENT: Outcome.INFO,
    Status.DRIFT: Outcome.ERROR,
    Status.COULD_NOT_TELL: Outcome.WARN,
}

SEVERITIES: dict[Severity, Message] = {
    Severity.HIGH: p_("severity", "more than declared"),
    Severity.LOW: p_("severity", "less than declared"),
}


def audited(audit: Audit, title: Phrase) -> Reply:
    """Return the verdict first, then what does not hold and what to change, then what nobody can tell."""
    return Reply(title, tuple(_blocks(audit)), outcome=_OUTCOMES[audit.status], personal=True)


def _blocks(audit: Audit) -> Iterator[Block]:
    yield Lead(verdict(audit))
    yield Paragraph(looked_at(audit))
    drifts = audit.of(Verdict.DRIFT)
    for finding in drifts:
        yield Heading(finding.subject)
        yield Items(tuple(_lines(finding)))
    unknown = audit.of(Verdict.UNKNOWN)
    if unknown:
        yield Heading(_("Cannot be checked from here"))
        columns = (Column(_("What")), Column(_("The policy says")), Column(_("Seen")))
        yield Table(columns, tuple((one.subject, one.declared, one.observed) for one in unknown))


def _lines(finding: Finding) -> Iterator[Phrase]:
    severity = SEVERITIES[finding.severity] if finding.severity else _("drift")
    yield _("The policy says: %(declared)s")(declared=finding.declared)
    yield _("The server: %(observed)s (%(severity)s)")(observed=finding.observed, severity=severity)
    if finding.place is not None:
        yield _("Where: %(place)s")(place=finding.place)
    if finding.remedy is not None:
        yield finding.remedy


def verdict(audit: Audit) -> Phrase:
    """Return the outcome in one sentence."""
    drifts, unknown = len(audit.of(Verdict.DRIFT)), len(audit.of(Verdict.UNKNOWN))
    agrees = len(audit.of(Verdict.AGREES))
    match audit.status:
        case Status.DRIFT:
            found = n_("%(n)s declared fact does not hold.", "%(n)s declared facts do not hold.", drifts)
        case Status.COULD_NOT_TELL if not unknown:
            found = _("What lies there could not be seen in full.")
        case Status.COULD_NOT_TELL:
            found = n_(
                "%(n)s declared fact cannot be checked from here.",
                "%(n)s declared facts cannot be checked from here.",
                unknown,
            )
        case Status.AGREEMENT:
            return n_("The declared fact that was checked holds.", "All %(n)s declared facts hold.", agrees)
    rest = n_("%(n)s other agrees with the server.", "%(n)s others agree with the server.", agrees)
    return _("%(first)s %(second)s")(first=found, second=rest)


def looked_at(audit: Audit) -> Phrase:
    """Return what the evidence rests on."""
    if audit.complete:
        looked = n_("I looked at the only account.", "I looked at all %(n)s accounts.", audit.accounts)
    else:
        looked = n_("I looked at a sample of %(n)s account.", "I looked at a sample of %(n)s accounts.", audit.accounts)
    if not audit.failed:
        return looked
    failed = n_(
        "%(n)s account could not be looked at in full.", "%(n)s accounts could not be looked at in full.", audit.failed
    )
    return _("%(first)s %(second)s")(first=looked, second=failed)
