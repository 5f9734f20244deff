"""How changes of the statements on data are judged."""

from __future__ import annotations

from typing import Any

from bot.policy.changes.cases import conditions, exceptions, stored
from bot.policy.changes.change import Pair, Severity
from bot.policy.changes.judge import (
    STATEMENT,
    Rules,
    bad,
    growing,
    material,
    meaning,
    minor,
    nested,
    ranked,
    shrinking,
    wording,
)
from bot.policy.changes.limits import limit_judge, retentions_judge
from bot.policy.changes.same import paired
from bot.policy.data import Basis
from bot.policy.retention import Limit
from bot.policy.terms import FormKind, Precision, Purpose, Switcher, Visibility


def _visibility(before: tuple[Visibility, ...], after: tuple[Visibility, ...], _pair: Pair) -> Severity:
    """Judge who can see it: somebody new is worse, unless everybody could before (Art. 25(2) GDPR)."""
    narrow = {Visibility.NOBODY, Visibility.SELF}
    wider = set(after) - set(before) - narrow
    if (wider and Visibility.PUBLIC not in before) or (not after and narrow & set(before)):
        return Severity.MATERIAL
    return Severity.MINOR


def basis(before: tuple[Basis, ...] | Basis | None, after: tuple[Basis, ...] | Basis | None, pair: Pair) -> Severity:
    """Judge the legal basis (Art. 13(1)(c) GDPR): rights depend on it; so they do on the interest."""
    couples = paired(_bases(before), _bases(after), (("basis",),))
    if any(None in couple for couple in couples):
        return Severity.MATERIAL
    return max(
        (meaning(old.interest, new.interest, pair) for old, new in couples if old != new), default=Severity.MINOR
    )


def _bases(given: tuple[Basis, ...] | Basis | None) -> tuple[Basis, ...]:
    return given if isinstance(given, tuple) else (given,) if given else ()


def _remains(before: Limit | None, after: Limit | None, pair: Pair) -> Severity:
    """Judge what is kept even when it is off; none is best."""
    if before is None or after is None:
        return Severity.MATERIAL if before is None else Severity.MINOR
    return limit_judge(before, after, pair)


def _control(before: Any, after: Any, pair: Pair) -> Severity:
    """Judge the switch: one is given or taken away, or it works otherwise (Art. 7(3), 25(2) GDPR)."""
    if before is None:
        theirs = after.who in (Switcher.OPERATOR, Switcher.NOBODY)
        return Severity.MATERIAL if theirs else Severity.MINOR
    return nested(CONTROL, given=Severity.MINOR, gone=Severity.MATERIAL)(before, after, pair)


def _purposes(before: tuple[Purpose, ...], after: tuple[Purpose, ...], pair: Pair) -> Severity:
    """Judge what it is used for (Art. 13(3) GDPR); with nothing listed, the general purposes hold, perhaps more."""
    return growing(before, after, pair) if after else Severity.MATERIAL


CONTROL: Rules = {
    "default": ranked(("off", "on")),  # what protects must be the default (Art. 25(2) GDPR)
    "who": ranked((Switcher.USER, Switcher.ROOM_OWNER, Switcher.DOMAIN_ADMIN, Switcher.OPERATOR, Switcher.NOBODY)),
    "where": shrinking,
    "remains": _remains,
    "text": wording,
}

FORM: Rules = {
    "kind": ranked((FormKind.HASH, FormKind.CIPHERTEXT, FormKind.MIXED, FormKind.PLAIN)),
    "algorithm": minor,  # that is technique; a weaker protection shows in the kind
    "text": wording,
}

ERASING: Rules = {"ways": shrinking, "text": wording}

DATA: Rules = {
    **STATEMENT,
    "category": material,
    "title": wording,
    "stored": stored,
    "when": conditions,
    "fields": growing,  # more parts are more data (Art. 5(1)(c), 13(1) GDPR)
    "fields_not_stored": shrinking,  # each is a promise
    "details": meaning,  # parts of the record that no word of the vocabulary names
    "retention": retentions_judge,
    "exceptions": exceptions,
    "control": _control,
    "form": nested(FORM, given=Severity.MINOR, gone=Severity.MATERIAL),
    "precision": ranked(
        (Precision.YEAR, Precision.QUARTER, Precision.MONTH, Precision.WEEK, Precision.DAY, None, Precision.EXACT)
    ),
    "visibility": _visibility,
    "personal": bad,
    "purposes": _purposes,
    "purpose_text": meaning,
    "legal_basis": basis,
    "erasing": nested(ERASING, given=Severity.MINOR, gone=Severity.MATERIAL),
    "level": ranked(("error", "warning", None, "info", "debug")),
    "temporary": ranked((True, False)),
}
