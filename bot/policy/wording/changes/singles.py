"""Changes of what there is one of in a policy: who is responsible, purposes, the legal basis, the domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bot.i18n import Country, LanguageName, Listing, Phrase, _, p_
from bot.policy.changes import Change, Changes, Kind
from bot.policy.model import Notices
from bot.policy.organisation import Contact
from bot.policy.wording import people, terms
from bot.policy.wording.changes import details
from bot.policy.wording.changes.joining import came_and_went
from bot.policy.wording.changes.subjects import SUBJECTS

_Tell: TypeAlias = Callable[[Any, Any], Phrase | None]


def told(changes: Changes, change: Change) -> Phrase:
    """Return a change of the policy as a whole as a sentence."""
    tell = _TOLD.get(change.section)
    found = tell(change.before, change.after) if tell else None
    if found is not None:
        return found
    label = SUBJECTS.get(change.section) or details.name(change.section)
    if isinstance(change.before, Contact | Notices) or isinstance(change.after, Contact | Notices):
        return _side_by_side(label, _facts(change.before), _facts(change.after))
    if change.section in _LISTS or change.kind is not Kind.CHANGED:
        return _("%(label)s: the wording changed.")(label=label)
    return details.instead(
        label,
        details.value(changes.old, change.section, change.before),
        details.value(changes.new, change.section, change.after),
    )


_LISTS = frozenset({"categories", "history", "advice"})


def _purposes(before: Any, after: Any) -> Phrase | None:
    more, less = _("We now also use data for: %(purposes)s."), _("We no longer use data for: %(purposes)s.")
    old, new = (tuple(terms.PURPOSES[one] for one in purposes) for purposes in (before, after))
    return came_and_went(old, new, lambda is_new, purposes: (more if is_new else less)(purposes=purposes))


def _legal_basis(before: Any, after: Any) -> Phrase | None:
    more = _("We process data on this legal basis now: %(basis)s.")
    less = _("We no longer process data on this legal basis: %(basis)s.")
    old, new = (tuple(terms.basis(one) for one in bases) for bases in (before, after))
    return came_and_went(old, new, lambda is_new, basis: (more if is_new else less)(basis=basis))


def _languages(before: Any, after: Any) -> Phrase | None:
    more = _("The texts of the policy can now be read in: %(languages)s.")
    less = _("The texts of the policy can no longer be read in: %(languages)s.")
    old, new = (tuple(LanguageName(code) for code in codes) for codes in (before, after))
    return came_and_went(old, new, lambda is_new, languages: (more if is_new else less)(languages=languages))


def _address(_before: Any, _after: Any) -> Phrase:
    return _("The wording changed: people are addressed in another way.")


_TOLD: Mapping[str, _Tell] = {
    "purposes": _purposes,
    "legal_basis": _legal_basis,
    "languages": _languages,
    "form_of_address": _address,
}


def _facts(one: Any) -> tuple[Phrase, ...]:
    """Return what is known of somebody, or the channels by which people learn of changes."""
    if isinstance(one, Notices):
        matter, small = p_("detail", "for changes that matter"), p_("detail", "for small changes")
        told_by = [(matter, channel) for channel in one.material] + [(small, channel) for channel in one.minor]
        return tuple(_("%(label)s: %(value)s")(label=label, value=channel) for label, channel in told_by)
    if not isinstance(one, Contact):
        return ()
    facts: list[Phrase] = [one.name.phrase()] if one.name else []
    facts += [_("%(label)s: %(value)s")(label=label, value=value) for label, value in people.contact_facts(one)]
    country = getattr(one, "country", None)
    if country:
        facts.append(_("%(label)s: %(value)s")(label=details.name("country"), value=Country(country)))
    return tuple(facts)


def _side_by_side(label: Phrase, before: tuple[Phrase, ...], after: tuple[Phrase, ...]) -> Phrase:
    come, gone = (
        Listing(tuple(one for one in these if one not in those)) for these, those in ((after, before), (before, after))
    )
    if come.items and gone.items:
        return details.instead(label, gone, come)
    if come.items:
        return _("%(label)s, new: %(after)s.")(label=label, after=come)
    if gone.items:
        return _("%(label)s, no longer: %(before)s.")(label=label, before=gone)
    return _("%(label)s: the wording changed.")(label=label)
