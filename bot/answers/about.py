"""What the policy says as a whole: overview, purposes, rights, who, where, versions, the bot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.answers.clause import Clause, in_force, law_says, policy_says, program_says, stated
from bot.i18n import Day, Listing, Phrase, _
from bot.policy.data import DataStatement
from bot.policy.model import Policy, Version
from bot.policy.organisation import Contact
from bot.policy.terms import Category, FormKind, Stored
from bot.policy.vocabulary import Aspect
from bot.policy.wording import data, people, services, terms, time
from bot.policy.wording.categories import statement_title
from bot.policy.wording.line import says


def overview(policy: Policy, day: date) -> Iterator[Clause]:
    """Return everything that is stored, one line each, and what is not."""
    statements = [one for one in policy.data if one.holds(day)]
    kept = [one for one in statements if one.stored is not Stored.NO]
    where: Phrase = policy.host or policy.controller.name.phrase()
    yield policy_says(
        _("This is what %(host)s stores about you, and for how long:")(host=where),
        Aspect.HOW_LONG,
        Aspect.GET,
    )
    for one in kept:
        yield from stated([says(_in_short(policy, one, day), Aspect.HOW_LONG)], one)
    missing = [statement_title(policy, one) for one in statements if one.stored is Stored.NO]
    if missing:
        yield policy_says(_("Not stored: %(list)s.")(list=Listing(tuple(missing))))


def _in_short(policy: Policy, one: DataStatement, day: date) -> Phrase:
    title = statement_title(policy, one)
    if one.form and one.form.kind is FormKind.HASH:
        title = _("%(title)s (only as a hash)")(title=title)
    if one.when:
        when = Listing(tuple(terms.condition(each) for each in one.when))
        line = _("• %(title)s: %(how_long)s, %(when)s")
        return line(title=title, how_long=_briefly(one, day), when=when)
    return _("• %(title)s: %(how_long)s")(title=title, how_long=_briefly(one, day))


def _briefly(one: DataStatement, day: date) -> Phrase:
    current = time.in_force(one.retention, day)
    if one.stored is Stored.UNKNOWN:
        return _("the policy does not say whether this is stored")
    if one.stored is Stored.MEMORY_ONLY:
        if current is None:
            return _("in memory only")
        return _("in memory only, %(how_long)s")(how_long=time.how_long(current.limit))
    if current is not None:
        return time.how_long(current.limit)
    return _("for a time that the policy does not state")


def purposes(policy: Policy, day: date) -> Iterator[Clause]:
    """Return what data are used for: in general, then kind by kind."""
    if policy.purposes:
        named = Listing(tuple(terms.PURPOSES[each] for each in policy.purposes))
        yield policy_says(_("We use data for: %(purposes)s.")(purposes=named), Aspect.WHY)
    for one in policy.data:
        if one.holds(day):
            yield from stated([says(text, Aspect.WHY) for text in data.purposes(policy, one)], one)


def legal_basis(policy: Policy, day: date) -> Iterator[Clause]:
    """Return the legal bases: in general, then kind by kind."""
    if policy.legal_basis:
        named = Listing(tuple(terms.basis(each) for each in policy.legal_basis))
        sentence = _("We process data on this legal basis: %(basis)s.")(basis=named)
        yield policy_says(sentence, Aspect.LEGAL_BASIS)
    for one in policy.data:
        if one.holds(day):
            texts = data.legal_basis(policy, one)
            yield from stated([says(text, Aspect.LEGAL_BASIS) for text in texts], one)


def rights(policy: Policy, day: date) -> Iterator[Clause]:
    """Return the rights that the policy names, then those that the law gives anyway."""
    named = set()
    for one in in_force(policy.rights, day):
        named.add(one.right)
        yield from stated(people.right(one), one)
    missing = [right for right in people.RIGHTS if right not in named]
    if missing:
        if named:
            yield law_says(_("The law gives you these rights as well, although the policy does not name them:"))
        else:
            yield law_says(_("The policy does not name your rights, but the law gives you these:"))
    for right in missing:
        aspects = people.RIGHT_ASPECTS.get(right, ())
        yield law_says(_("• %(right)s.")(right=people.RIGHTS[right]), *aspects)
    if policy.supervisory_authority:
        authority = people.reach(policy.supervisory_authority)
        sentence = _("Supervisory authority: %(contact)s.")(contact=authority)
        yield policy_says(sentence, Aspect.CONTACT)


def controller(policy: Policy, _day: date) -> Iterator[Clause]:
    """Return who is responsible and how to reach them (Art. 13(1)(a) and (b) GDPR)."""
    sentence = _("%(name)s is responsible for this server and for your data.")
    yield policy_says(sentence(name=policy.controller.name.phrase()), Aspect.CONTACT, Aspect.WHO, Aspect.WHERE)
    yield from _reach(policy.controller)
    others: list[tuple[Phrase, Contact | None]] = [
        (_("Data protection officer"), policy.data_protection_officer),
        (_("Supervisory authority"), policy.supervisory_authority),
    ]
    for label, contact in others:
        if contact:
            line = _("%(label)s: %(value)s")(label=label, value=people.reach(contact))
            yield policy_says(line, Aspect.CONTACT)
    if policy.data_protection_officer is None:
        yield policy_says(_("The policy names no data protection officer."), Aspect.CONTACT)


def _reach(contact: Contact) -> Iterator[Clause]:
    for label, value in people.contact_facts(contact):
        yield policy_says(_("%(label)s: %(value)s")(label=label, value=value), Aspect.CONTACT, Aspect.WHERE)
    if contact.text:
        yield policy_says(contact.text.phrase(), Aspect.CONTACT)


def location(policy: Policy, day: date) -> Iterator[Clause]:
    """Return where the machines stand and whose law applies."""
    for one in in_force(policy.hosting, day):
        yield from stated(people.hosting(one), one)
    for backup in in_force(policy.backups, day):
        lines = [line for line in services.backup(backup, day) if Aspect.WHERE in line.aspects]
        if lines:
            yield policy_says(_("About the backups:"), Aspect.WHERE)
        yield from stated(lines, backup)


def changes(policy: Policy, day: date) -> Iterator[Clause]:
    """Return which version is in force, what came before, and how people learn of changes."""
    effective = Day(policy.effective)
    if policy.effective <= day:
        sentence = _("Version %(version)s of the policy is in force since %(day)s.")
    else:
        sentence = _("Version %(version)s of the policy comes into force on %(day)s.")
    yield policy_says(sentence(version=policy.version, day=effective))
    yield from (policy_says(earlier(old)) for old in history(policy))
    yield from notices(policy)


def history(policy: Policy) -> list[Version]:
    """Return the earlier versions that the policy names, the newest first."""
    return sorted(policy.history, key=lambda one: one.effective, reverse=True)


def earlier(old: Version) -> Phrase:
    """Return a line about an earlier version that the policy names."""
    line: Phrase = _("Before: version %(version)s, in force from %(day)s.")(version=old.version, day=Day(old.effective))
    if old.text:
        line = _("%(first)s %(second)s")(first=line, second=old.text.phrase())
    if old.url:
        line = _("%(first)s %(second)s")(first=line, second=old.url)
    return line


def notices(policy: Policy) -> Iterator[Clause]:
    """Return how people learn of changes."""
    told = policy.notices
    if told is None:
        yield policy_says(_("The policy does not say how you learn of changes."))
        return
    if told.material:
        channels = Listing(told.material)
        yield policy_says(_("You learn of changes that matter by: %(channels)s.")(channels=channels))
    if told.minor:
        yield policy_says(_("You learn of small changes by: %(channels)s.")(channels=Listing(told.minor)))
    if told.text:
        yield policy_says(told.text.phrase())


def bot(policy: Policy, day: date) -> Iterator[Clause]:
    """Return what this program is and what it keeps: true whatever the policy says."""
    yield program_says(
        _(
            "I am a program on this server. I answer from the operator's policy and ask no other service: "
            "no artificial intelligence elsewhere reads what you write to me."
        ),
        Aspect.WHO,
        Aspect.WHERE,
    )
    yield program_says(
        _(
            "I keep no messages. If you choose a language, I keep that choice under a pseudonym instead of "
            "your address, until you write “forget me” or “language auto”, or your account is gone."
        ),
        Aspect.HOW_LONG,
        Aspect.ERASE,
    )
    yield program_says(
        _(
            "I note under the pseudonym which version of the policy I told you of and when, and the language of your "
            "app if it is not the policy's first: so everybody is told once, in their language. “forget me” erases it."
        ),
        Aspect.HOW_LONG,
    )
    yield program_says(
        _(
            "I look into an account only when its owner asks me for it, and show it to nobody else. "
            "What I may do on the server, “my data bot_records” shows."
        ),
        Aspect.WHO,
    )
    yield program_says(
        _(
            "When you have me erase something, make a copy or pass on a request, I keep a record of it under the "
            "pseudonym: what, how much and when. As long as it is under way, I keep your address too, encrypted."
        ),
        Aspect.HOW_LONG,
    )
    yield program_says(
        _("What we talked about stays in memory for a few minutes, so that you can ask “why?”."),
        Aspect.HOW_LONG,
    )
    unencrypted = _(
        "This chat is not encrypted end to end, because I have to read it; the connection to the server protects it."
    )
    yield program_says(unencrypted, Aspect.ENCRYPTED)
    if policy.about(Category.ARCHIVE, day=day):
        yield program_says(
            _("Your server may keep this chat in your message archive, like any other chat."), Aspect.HOW_LONG
        )


def gone_from_backups(policy: Policy, day: date, *, only_dates: bool = False) -> Iterator[Clause]:
    """Return when something that is erased on *day* is gone from the backups.

    Where no date can be computed, that is said, unless *only_dates* are wanted.
    """
    for one in in_force(policy.backups, day):
        text = services.gone_from_backups(one, day)
        if text is None and not only_dates:
            text = _("It can live on in the backups for a while; the policy does not say exactly how long.")
        if text is not None:
            yield from stated([says(text, Aspect.HOW_LONG, Aspect.ERASE)], one)
