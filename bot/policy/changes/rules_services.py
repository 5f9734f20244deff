"""How changes of services, backups, accounts, encryption and the web are judged."""

from __future__ import annotations

from bot.i18n import Duration
from bot.policy.changes.change import Pair, Severity
from bot.policy.changes.judge import (
    STATEMENT,
    Rules,
    bad,
    good,
    growing,
    material,
    meaning,
    minor,
    ranked,
    shrinking,
    wording,
)
from bot.policy.changes.limits import limit_judge, period_judge, retention_judge
from bot.policy.changes.rules_data import basis
from bot.policy.retention import Limit
from bot.policy.services import Place, Transport

_transport = ranked((Transport.REQUIRED, Transport.OFFERED, None, Transport.NONE))

SERVICE: Rules = {
    "id": wording,
    "kind": material,
    "name": wording,
    "url": wording,
    "open_to_everyone": minor,
    "text": wording,
    "applies_to": material,
}

BACKUP: Rules = {
    **STATEMENT,
    "every": minor,
    "retention": retention_judge,  # so long lives on what was erased
    "encrypted_in_transit": good,
    "encrypted_at_rest": good,
    "place": ranked((Place.SAME_MACHINE, Place.SAME_SITE, None, Place.REMOTE)),
    "country": material,  # Art. 13(1)(f) GDPR
    "excludes": shrinking,
}

INACTIVITY: Rules = {
    **STATEMENT,
    "never_used": material,
    "after": material,  # shorter loses an account, longer keeps data: both can be a reason to act
    "certain": material,
    "disabled_only": material,
    "use": meaning,
    "warning": period_judge(longer_is_worse=False),
}


def _name_blocked(before: Limit | None, after: Limit | None, pair: Pair) -> Severity:
    """Judge how long nobody else gets the name: the longer, the safer."""
    if before is None or after is None:
        return Severity.MINOR if before is None else Severity.MATERIAL
    return limit_judge(after, before, pair)


def _grace(before: Duration | None, after: Duration | None, _pair: Pair) -> Severity:
    """Judge the time before an erasure: a longer one delays it (Art. 17(1) GDPR), a shorter one hastens."""
    delayed = after is not None and (before is None or after.days() > before.days())
    return Severity.MATERIAL if delayed else Severity.MINOR


ACCOUNT_ERASURE: Rules = {
    **STATEMENT,
    "ways": shrinking,
    "grace": _grace,
    "name_blocked": _name_blocked,
    "remains": growing,
}

ENCRYPTION: Rules = {
    **STATEMENT,
    "client_connections": _transport,
    "server_connections": _transport,
    "versions": minor,
    "disks_encrypted": good,
    "key_holders": material,
    "end_to_end": shrinking,
    "operator_can_read": bad,
}

FEDERATION: Rules = {
    **STATEMENT,
    "enabled": bad,  # what leaves the server is out of the operator's hands
    "data": growing,
    "rules_may_differ": bad,
    "encrypted": _transport,
}

COOKIE: Rules = {
    **STATEMENT,
    "name": wording,
    "life": limit_judge,
    "purpose": meaning,
    "tracking": bad,
    "can_be_disabled": good,
}

ANALYTICS: Rules = {
    **STATEMENT,
    "tool": material,
    "self_hosted": good,
    "ip_shortened": good,
    "fields": growing,
    "with_scripts": growing,
    "legal_basis": basis,
    "retention": retention_judge,
    "profiles": bad,
    "opt_out": lambda before, _after, _pair: Severity.MINOR if before is None else Severity.MATERIAL,  # Art. 21 GDPR
    "objection": good,
    "honours_do_not_track": good,
}

SEARCH_ENGINE: Rules = {
    **STATEMENT,
    "tool": material,
    "url": wording,
    "open_to_everyone": minor,
    "asks_others": bad,
    "hides_searcher": good,
}

CHILDREN: Rules = {
    **STATEMENT,
    "text": meaning,  # may stand there without a number
    "minimum_age": material,  # decides who may use it at all
}
