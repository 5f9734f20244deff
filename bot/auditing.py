"""The audit on behalf of the command line: done by the running bot, told as JSON in the words of a language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot import control
from bot.answers.audited import SEVERITIES, looked_at, verdict
from bot.commands.services import Services
from bot.i18n import Translator, _, negotiate, p_, translator
from bot.policy.audit.finding import Finding, Verdict
from bot.policy.audit.result import Audit
from bot.servers import ServerError
from bot.servers.evidence import SAMPLE, audit_of

_VERDICTS = {
    Verdict.AGREES: p_("verdict", "agrees"),
    Verdict.DRIFT: p_("verdict", "DRIFT"),
    Verdict.UNKNOWN: p_("verdict", "cannot tell"),
}


async def perform(services: Services, request: Mapping[str, Any], progress: control.Progress) -> Mapping[str, Any]:
    """Audit on behalf of the command line; raises `ControlError` with what the server said."""
    if services.server is None:
        raise control.ControlError("the bot has no server")
    sample = None if request.get("all") else int(request.get("sample") or SAMPLE)
    now = datetime.now(UTC)
    try:
        found = await audit_of(services.policy, services.server, now, sample=sample, progress=progress)
    except ServerError as error:
        raise control.ControlError(f"no audit: {error}") from error
    language = negotiate((request.get("language"), *services.policy.languages), services.languages)
    return in_words(found, translator(language, services.policy.form_of_address))


def in_words(audit: Audit, tr: Translator) -> Mapping[str, Any]:
    """Return the audit as JSON knows it, in words."""

    def told(finding: Finding) -> Mapping[str, Any]:
        return {
            "check": finding.check,
            "verdict": finding.verdict.value,
            "severity": finding.severity.name.lower() if finding.severity else None,
            "subject": tr(finding.subject),
            "declared": tr(finding.declared),
            "observed": tr(finding.observed),
            "where": tr(finding.place) if finding.place is not None else None,
            "remedy": tr(finding.remedy) if finding.remedy is not None else None,
            "words": [
                tr(_VERDICTS[finding.verdict]),
                tr(SEVERITIES[finding.severity]) if finding.severity else "",
            ],
        }

    labels = (_("Verdict"), _("What"), _("The policy says"), _("The server"), _("What to change"))
    return {
        "status": int(audit.status),
        "accounts": audit.accounts,
        "failed": audit.failed,
        "complete": audit.complete,
        "summary": f"{tr(verdict(audit))} {tr(looked_at(audit))}",
        "labels": [tr(label) for label in labels],
        "findings": [told(finding) for finding in audit.findings],
    }
