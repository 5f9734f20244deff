"""What an audit finds: a declared fact beside what was observed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from bot.i18n import Duration, Phrase, Unit, _, p_
from bot.policy.observed import Setting


class Verdict(Enum):
    """Whether a declared fact holds."""

    AGREES = "agrees"
    DRIFT = "drift"
    UNKNOWN = "unknown"


class Severity(IntEnum):
    """How bad a drift is."""

    LOW = 1
    """The server keeps less than declared: people rely on something that is not there."""

    HIGH = 2
    """The server keeps more, keeps it longer, or shows it to more than declared."""


class Status(IntEnum):
    """The outcome of an audit, as a process tells it."""

    AGREEMENT = 0
    DRIFT = 1
    COULD_NOT_TELL = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One check.

    Attributes:
        check: which one, such as `uploads.retention`; the same fact has the same name everywhere.
        subject: what it is about.
        verdict: whether it holds.
        declared: what the policy says.
        observed: what the server says, or what was seen.
        place: the line of the server's configuration, if it is about one.
        remedy: what to change.
        severity: of a drift.
    """

    check: str
    subject: Phrase
    verdict: Verdict
    declared: Phrase
    observed: Phrase
    place: Phrase | None = None
    remedy: Phrase | None = None
    severity: Severity | None = None


NOT_MENTIONED = p_("audit", "not mentioned")
NO_SETTING = p_("audit", "the server has no setting that removes it")


def place_of(setting: Setting) -> Phrase | None:
    """Return where a setting is made: "archive_expires_after in VirtualHost … (default, not set)"."""
    if not setting.option:
        return setting.place or None
    sentence = _("%(option)s in %(place)s") if setting.set else _("%(option)s in %(place)s (default, not set)")
    return sentence(option=setting.option, place=setting.place)


def drift(finding: Finding, severity: Severity, setting: Setting | None, wanted: Phrase) -> Finding:
    """Return *finding* as a drift, with what to change: *wanted* is what the server should do.

    What the policy does not mention is most often an omission there.
    """
    if finding.declared is NOT_MENTIONED:
        remedy: Phrase = _(
            "Add a statement with “category: %(category)s” to the policy, or see to it that: %(wanted)s."
        )(category=finding.check, wanted=wanted)
    elif setting is not None and setting.option:
        remedy = _("Set %(option)s (%(place)s) so that: %(wanted)s; or change the policy.")(
            option=setting.option, place=setting.place, wanted=wanted
        )
    else:
        remedy = _("See to it that: %(wanted)s; or change the policy.")(wanted=wanted)
    place = place_of(setting) if setting is not None else None
    return Finding(
        finding.check, finding.subject, Verdict.DRIFT, finding.declared, finding.observed, place, remedy, severity
    )


_UNITS = ((86_400, Unit.DAY), (3_600, Unit.HOUR), (60, Unit.MINUTE))


def period_of(seconds: float) -> Phrase:
    """Return a period that a server states, in the largest unit that says it exactly."""
    whole = round(seconds)
    for length, unit in _UNITS:
        if whole % length == 0 and whole > 0:
            return Duration(whole // length, unit)
    return _("%(n)s seconds")(n=str(whole))
