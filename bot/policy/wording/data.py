"""Sentences about one kind of data."""

from __future__ import annotations

from datetime import date

from bot.i18n import Listing, Phrase, _
from bot.policy.data import Control, DataStatement, Exception_, Form
from bot.policy.model import Policy
from bot.policy.retention import Last
from bot.policy.terms import FormKind, Stored, Switcher
from bot.policy.vocabulary import Aspect
from bot.policy.wording import terms, time
from bot.policy.wording.categories import statement_object
from bot.policy.wording.line import Line, only, says


def stored(policy: Policy, one: DataStatement, day: date) -> Phrase:
    """Return one sentence: whether it is stored, for how long, under which condition."""
    what = statement_object(policy, one)
    match one.stored:
        case Stored.NO:
            return _("We do not store %(object)s.")(object=what)
        case Stored.UNKNOWN:
            return _("The policy does not say whether we store %(object)s.")(object=what)
        case Stored.MEMORY_ONLY:
            current = time.in_force(one.retention, day)
            if current is None:
                return _("We hold %(object)s in memory only and never write it down.")(object=what)
            return _("We hold %(object)s in memory only, %(how_long)s.")(
                object=what, how_long=time.how_long(current.limit)
            )
        case _:
            return _stored_for(what, one, day)


def _stored_for(what: Phrase, one: DataStatement, day: date) -> Phrase:
    current = time.in_force(one.retention, day)
    when = Listing(tuple(terms.condition(each) for each in one.when))
    if current is None:
        sentence = _("We store %(object)s, %(when)s.") if one.when else _("We store %(object)s.")
        return sentence(object=what, when=when)
    long = time.how_long(current.limit)
    if one.when:
        return _("We store %(object)s %(how_long)s, %(when)s.")(object=what, how_long=long, when=when)
    return _("We store %(object)s %(how_long)s.")(object=what, how_long=long)


def keeping(policy: Policy, one: DataStatement, day: date) -> Phrase:
    """Return one sentence: how long it is kept."""
    if one.stored in (Stored.NO, Stored.UNKNOWN):
        return stored(policy, one, day)
    if not one.retention and one.stored is Stored.MEMORY_ONLY:
        return stored(policy, one, day)
    return time.keeping(one.retention, statement_object(policy, one), day)


def conditions(one: DataStatement) -> tuple[Phrase, ...]:
    """Return when it is stored at all."""
    if not one.when:
        return ()
    when = Listing(tuple(terms.condition(each) for each in one.when))
    return (_("It is stored only %(when)s.")(when=when),)


def parts(one: DataStatement) -> tuple[Phrase, ...]:
    """Return what belongs to a record, and what does not."""
    lines: list[Phrase] = []
    if one.fields:
        lines.append(_("This is: %(parts)s.")(parts=Listing(tuple(terms.FIELDS[name] for name in one.fields))))
    if one.details:
        lines.append(one.details.phrase())
    if one.fields_not_stored:
        missing = Listing(tuple(terms.FIELDS[name] for name in one.fields_not_stored))
        lines.append(_("Not part of it: %(parts)s.")(parts=missing))
    if one.precision:
        lines.append(terms.PRECISIONS[one.precision])
    return tuple(lines)


def exceptions(one: DataStatement) -> tuple[Phrase, ...]:
    """Return the cases that have rules of their own."""
    return tuple(_exception(each) for each in one.exceptions)


def _exception(each: Exception_) -> Phrase:
    when = terms.condition(each.when)
    if each.stored is Stored.NO:
        line = _("Exception: it is not stored %(when)s.")(when=when)
    elif each.retention is None:
        line = _("Exception: it is stored %(when)s.")(when=when)
    else:
        long = time.how_long(each.retention.limit)
        line = _("Exception: %(when)s, it is stored %(how_long)s.")(when=when, how_long=long)
    extra: list[Phrase] = []
    if each.fields:
        extra.append(_("This is: %(parts)s.")(parts=Listing(tuple(terms.FIELDS[name] for name in each.fields))))
    if each.text:
        extra.append(each.text.phrase())
    for more in extra:
        line = _("%(first)s %(second)s")(first=line, second=more)
    return line


def control(one: DataStatement) -> tuple[Phrase, ...]:
    """Return whether it can be switched off, by whom, where, and what stays all the same."""
    if one.control is None:
        return ()
    lines: list[Phrase] = [switching(one.control)]
    if isinstance(one.control.remains, Last):
        lines.append(_("Even when it is off, the last %(n)s are kept in any case.")(n=str(one.control.remains.last)))
    elif one.control.remains is not None:
        long = time.how_long(one.control.remains)
        lines.append(_("Even when it is off, some of it is kept %(how_long)s.")(how_long=long))
    if one.control.text:
        lines.append(one.control.text.phrase())
    return tuple(lines)


def switching(how: Control) -> Phrase:
    """Return one sentence: on or off from the start, who may change it and where."""
    sentences = {
        ("on", Switcher.USER): _("It is on from the start, and you can switch it off."),
        ("off", Switcher.USER): _("It is off until you switch it on, and you can switch it off again."),
        ("on", Switcher.ROOM_OWNER): _("It is on from the start, and the owner of the group chat can switch it off."),
        ("off", Switcher.ROOM_OWNER): _("It is off until the owner of the group chat switches it on."),
        ("on", Switcher.DOMAIN_ADMIN): _("It is on from the start, and the admin of your domain can switch it off."),
        ("off", Switcher.DOMAIN_ADMIN): _("It is off until the admin of your domain switches it on."),
        ("on", Switcher.OPERATOR): _("It is on, and only we can change that."),
        ("off", Switcher.OPERATOR): _("It is off, and only we can change that."),
        ("on", Switcher.NOBODY): _("It is on, and it cannot be switched off."),
        ("off", Switcher.NOBODY): _("It is off, and it cannot be switched on."),
    }
    sentence = sentences[(how.default, how.who)]
    if not how.where:
        return sentence
    where = Listing(terms.ways(how.where), "or")
    return _("%(sentence)s (Where: %(where)s.)")(sentence=sentence, where=where)


def form(one: Form) -> Phrase:
    """Return one sentence: in what form it lies on the server."""
    sentences = {
        FormKind.PLAIN: _("It lies on the server in plain text."),
        FormKind.HASH: _("Only a hash of it lies on the server, from which it cannot be read back."),
        FormKind.CIPHERTEXT: _("It lies on the server encrypted."),
        FormKind.MIXED: _("Some of it is encrypted by the app before it reaches us, some of it is not."),
    }
    sentence = sentences[one.kind]
    if one.algorithm:
        sentence = _("%(sentence)s (Method: %(method)s.)")(sentence=sentence, method=one.algorithm)
    if one.text:
        sentence = _("%(first)s %(second)s")(first=sentence, second=one.text.phrase())
    return sentence


def visibility(policy: Policy, one: DataStatement) -> tuple[Phrase, ...]:
    """Return who among the users can see it."""
    what = statement_object(policy, one)
    return tuple(terms.VISIBILITY[kind](object=what) for kind in one.visibility)


def purposes(policy: Policy, one: DataStatement) -> tuple[Phrase, ...]:
    """Return what it is used for; nothing when the statement does not say."""
    lines: list[Phrase] = []
    if one.purposes:
        named = Listing(tuple(terms.PURPOSES[each] for each in one.purposes))
        lines.append(_("We use %(object)s for: %(purposes)s.")(object=statement_object(policy, one), purposes=named))
    if one.purpose_text:
        lines.append(one.purpose_text.phrase())
    return tuple(lines)


def legal_basis(policy: Policy, one: DataStatement) -> tuple[Phrase, ...]:
    """Return on which legal basis it is processed; nothing when the statement does not say."""
    if not one.legal_basis:
        return ()
    named = Listing(tuple(terms.basis(each) for each in one.legal_basis))
    what = statement_object(policy, one)
    return (_("We process %(object)s on this legal basis: %(basis)s.")(object=what, basis=named),)


def erasing(policy: Policy, one: DataStatement) -> tuple[Phrase, ...]:
    """Return how one erases it; nothing when the statement does not say."""
    if one.erasing is None:
        return ()
    ways = Listing(terms.ways(one.erasing.ways), "or")
    what = statement_object(policy, one)
    lines: list[Phrase] = [_("You can delete %(object)s: %(ways)s.")(object=what, ways=ways)]
    if one.erasing.text:
        lines.append(one.erasing.text.phrase())
    return tuple(lines)


def lines(policy: Policy, one: DataStatement, day: date) -> tuple[Line, ...]:
    """Return all that a statement says, sentence by sentence."""
    found = [says(stored(policy, one, day)), only(keeping(policy, one, day), Aspect.HOW_LONG)]
    found += [only(text, Aspect.HOW_LONG) for text in conditions(one)]
    found += [says(text, Aspect.HOW_LONG) for text in time.around(one.retention, day)]
    found += [says(text) for text in parts(one)]
    found += [says(text, Aspect.HOW_LONG) for text in exceptions(one)]
    found += [says(text, Aspect.SWITCH_OFF) for text in control(one)]
    if one.form:
        found.append(says(form(one.form), Aspect.ENCRYPTED))
    if not one.personal:
        found.append(says(_("No person can be derived from it."), Aspect.WHO))
    if one.temporary:
        found.append(says(_("This is switched on only for a time, when it is needed.")))
    found += [only(text, Aspect.WHO) for text in visibility(policy, one)]
    found += [only(text, Aspect.WHY) for text in purposes(policy, one)]
    found += [only(text, Aspect.LEGAL_BASIS) for text in legal_basis(policy, one)]
    found += [only(text, Aspect.ERASE) for text in erasing(policy, one)]
    if one.text:
        found.append(says(one.text.phrase()))
    return tuple(found)
