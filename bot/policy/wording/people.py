"""Sentences about who is responsible, who gets data, and what is never done."""

from __future__ import annotations

from bot.i18n import Country, Day, Listing, Message, Number, Phrase, _, n_, p_
from bot.policy.organisation import (
    Abuse,
    Authorities,
    Contact,
    Hosting,
    Never,
    Practice,
    Recipient,
    RecipientKind,
    Report,
    Right,
    RightName,
)
from bot.policy.terms import Condition
from bot.policy.vocabulary import Aspect
from bot.policy.wording import terms, time
from bot.policy.wording.categories import TITLES
from bot.policy.wording.line import Line, says

_RECIPIENTS: dict[RecipientKind, Message] = {
    RecipientKind.OTHER_SERVERS: p_("recipient", "the servers of the people you write with"),
    RecipientKind.CONTACTS: p_("recipient", "your contacts"),
    RecipientKind.ROOM_MEMBERS: p_("recipient", "the members of your group chats"),
    RecipientKind.PUBLIC: p_("recipient", "everybody"),
    RecipientKind.PUSH_SERVICES: p_("recipient", "push services of device makers"),
    RecipientKind.HOSTING: p_("recipient", "the hosting company"),
    RecipientKind.PROCESSOR: p_("recipient", "a processor working for us"),
    RecipientKind.OTHER_OPERATORS: p_("recipient", "operators of other servers"),
    RecipientKind.INTERNET_PROVIDER: p_("recipient", "internet providers"),
    RecipientKind.AUTHORITIES: p_("recipient", "authorities"),
    RecipientKind.RESEARCHERS: p_("recipient", "researchers"),
    RecipientKind.SEARCH_ENGINES: p_("recipient", "other search engines"),
    RecipientKind.TRANSPORTS: p_("recipient", "the other networks that you connect"),
}

_NEVER: dict[Practice, Message] = {
    Practice.SALE: _("We do not sell your data."),
    Practice.DISCLOSURE: _("We do not pass your data on to third parties."),
    Practice.ADVERTISING: _("We do not send advertising."),
    Practice.COMMERCIAL_USE: _("We do not use your data commercially."),
    Practice.PROFILING: _("We do not make profiles of users."),
    Practice.TRACKING: _("We do not track you."),
    Practice.AI_TRAINING: _("We do not train artificial intelligence with your data."),
    Practice.READING_MESSAGES: _("We do not read your messages."),
    Practice.PUBLISHING_ADDRESSES: _("We do not publish your address."),
    Practice.SHOWING_IP_ADDRESSES: _("We do not show your IP address to other users."),
    Practice.FORWARDING_CLIENT_IP_ADDRESSES: _(
        "The server neither reads nor forwards the IP addresses that apps exchange among themselves."
    ),
    Practice.AUTOMATED_DECISIONS: _("We make no automated decisions about you (Art. 22 GDPR)."),
    Practice.MORE_THAN_NECESSARY: _("We collect nothing beyond what is technically necessary."),
}

RIGHTS: dict[RightName, Message] = {
    RightName.ACCESS: _("You may know what is stored about you and get a copy (Art. 15 GDPR)"),
    RightName.RECTIFICATION: _("You may have wrong data corrected (Art. 16 GDPR)"),
    RightName.ERASURE: _("You may have your data erased (Art. 17 GDPR)"),
    RightName.RESTRICTION: _("You may have the processing restricted (Art. 18 GDPR)"),
    RightName.NOTIFICATION: _("You may know who was told of a correction or erasure (Art. 19 GDPR)"),
    RightName.PORTABILITY: _("You may take your data with you in a machine-readable form (Art. 20 GDPR)"),
    RightName.OBJECTION: _("You may object to the processing (Art. 21 GDPR)"),
    RightName.AUTOMATED_DECISIONS: _("You need not accept purely automated decisions (Art. 22 GDPR)"),
    RightName.WITHDRAW_CONSENT: _("You may withdraw a consent at any time (Art. 7(3) GDPR)"),
    RightName.COMPLAINT: _("You may complain to a supervisory authority (Art. 77 GDPR)"),
}


RIGHT_ASPECTS: dict[RightName, tuple[Aspect, ...]] = {
    RightName.ACCESS: (Aspect.GET,),
    RightName.PORTABILITY: (Aspect.GET,),
    RightName.ERASURE: (Aspect.ERASE,),
    RightName.OBJECTION: (Aspect.SWITCH_OFF,),
    RightName.WITHDRAW_CONSENT: (Aspect.SWITCH_OFF,),
    RightName.COMPLAINT: (Aspect.CONTACT,),
}


def reach(contact: Contact) -> Phrase:
    """Return a person with the ways to reach them, to stand in a sentence: "Jo (jo@example.org)"."""
    ways = [way for way in (contact.email, contact.jid and f"xmpp:{contact.jid}", contact.url, contact.phone) if way]
    if contact.name is None:
        return ", ".join(ways)
    return _("%(name)s (%(ways)s)")(name=contact.name.phrase(), ways=", ".join(ways)) if ways else contact.name.phrase()


def contact_facts(contact: Contact) -> tuple[tuple[Phrase, Phrase], ...]:
    """Return what is known of a contact: (label, value) pairs."""
    known: list[tuple[Phrase, Phrase | None]] = [
        (_("E-mail"), contact.email),
        (_("Chat"), contact.jid and f"xmpp:{contact.jid}"),
        (_("Website"), contact.url),
        (_("Phone"), contact.phone),
        (_("Address"), contact.address),
    ]
    return tuple((label, value) for label, value in known if value)


def never(one: Never) -> tuple[Line, ...]:
    """Return what is never done."""
    lines: list[Line] = []
    if one.practice is not Practice.OTHER:
        lines.append(says(_NEVER[one.practice], Aspect.WHO, Aspect.WHY))
    if one.text:
        lines.append(says(one.text.phrase(), Aspect.WHO, Aspect.WHY))
    return tuple(lines)


def recipient(one: Recipient) -> tuple[Line, ...]:
    """Return who gets which data, when, and whether one can prevent it."""
    who: Phrase = _RECIPIENTS[one.kind]
    if one.name:
        who = _("%(who)s (%(name)s)")(who=who, name=one.name.phrase())
    if one.country:
        who = _("%(who)s in %(country)s")(who=who, country=Country(one.country))
    lines = [says(_recipient_gets(one, who), Aspect.WHO)]
    if one.own_rules:
        lines.append(says(_("They treat it by rules of their own, which may differ from ours."), Aspect.WHO))
    if one.controllable is True:
        lines.append(says(_("You can prevent this."), Aspect.WHO))
    if one.controllable is False:
        lines.append(says(_("You cannot prevent this if you use the service this way."), Aspect.WHO))
    if one.text:
        lines.append(says(one.text.phrase(), Aspect.WHO))
    return tuple(lines)


def _recipient_gets(one: Recipient, who: Phrase) -> Phrase:
    if one.aggregated:
        return _("Only figures from which no person can be derived go to %(who)s.")(who=who)
    what: list[Phrase] = [p_("given", "messages")] if one.messages else []
    what += [TITLES[category] for category in one.data]
    given: Phrase = Listing(tuple(what)) if what else p_("given", "data")
    if one.condition and one.condition is not Condition.OTHER:  # that one is told by the text, which follows
        when = terms.bare_condition(one.condition)
        return _("Goes to %(who)s %(when)s: %(what)s.")(who=who, when=when, what=given)
    return _("Goes to %(who)s: %(what)s.")(who=who, what=given)


def right(one: Right) -> tuple[Line, ...]:
    """Return a right and how to use it."""
    head: Phrase = RIGHTS[one.right]
    if one.category:
        head = _("%(right)s, for: %(category)s")(right=head, category=TITLES[one.category])
    lines: list[Line] = []
    if not one.available:
        lines.append(says(_("%(right)s: not offered here.")(right=head), *RIGHT_ASPECTS.get(one.right, ())))
    elif one.ways:
        lines.append(
            says(
                _("%(right)s: %(ways)s.")(right=head, ways=Listing(terms.ways(one.ways), "or")),
                *RIGHT_ASPECTS.get(one.right, ()),
            )
        )
    else:
        lines.append(says(_("%(right)s.")(right=head), *RIGHT_ASPECTS.get(one.right, ())))
    if one.deadline:
        lines.append(
            says(
                _("You get an answer within this time: %(period)s.")(period=one.deadline),
                *RIGHT_ASPECTS.get(one.right, ()),
            )
        )
    if one.identity:
        lines.append(says(one.identity.phrase(), *RIGHT_ASPECTS.get(one.right, ())))
    if one.text:
        lines.append(says(one.text.phrase(), *RIGHT_ASPECTS.get(one.right, ())))
    return tuple(lines)


def hosting(one: Hosting) -> tuple[Line, ...]:
    """Return where the machines stand and whose law applies."""
    lines: list[Line] = []
    if one.country and one.place:
        lines.append(
            says(
                _("The servers stand in %(country)s (%(place)s).")(
                    country=Country(one.country), place=one.place.phrase()
                ),
                Aspect.WHERE,
            )
        )
    elif one.country:
        lines.append(says(_("The servers stand in %(country)s.")(country=Country(one.country)), Aspect.WHERE))
    if one.provider:
        lines.append(says(_("Hosting company: %(name)s.")(name=one.provider.phrase()), Aspect.WHERE))
    if one.rented is False:
        lines.append(says(_("The machines belong to us."), Aspect.WHERE))
    if one.jurisdiction:
        lines.append(says(_("Law that applies: that of %(country)s.")(country=Country(one.jurisdiction)), Aspect.WHERE))
    if one.text:
        lines.append(says(one.text.phrase(), Aspect.WHERE))
    return tuple(lines)


def authorities(one: Authorities) -> tuple[Line, ...]:
    """Return what happens when authorities ask for data; the counts are in `reports`."""
    lines: list[Line] = []
    if one.court_order_needed is True:
        lines.append(says(_("Authorities get data from us only with a court order."), Aspect.WHO))
    if one.court_order_needed is False:
        lines.append(
            says(
                _("Authorities can get data from us where the law says so, also without a court order."),
                Aspect.WHO,
            )
        )
    notices = {
        "yes": _("We tell you when somebody asks for your data."),
        "no": _("You are not told when somebody asks for your data."),
        "unless_forbidden": _("We tell you when somebody asks for your data, unless the law forbids it."),
    }
    if one.notify_user:
        lines.append(says(notices[one.notify_user], Aspect.WHO))
    if one.data:
        listed = Listing(tuple(TITLES[category] for category in one.data))
        lines.append(says(_("More than this could not be handed over: %(what)s.")(what=listed), Aspect.WHO))
    if one.canary:
        lines.append(
            says(
                _("Stated on %(day)s: %(text)s")(day=Day(one.canary.stated), text=one.canary.text.phrase()),
                Aspect.WHO,
            )
        )
        if one.canary.renewed_every:
            lines.append(
                says(
                    _("This statement is repeated %(interval)s.")(interval=time.every(one.canary.renewed_every)),
                    Aspect.WHO,
                )
            )
    if one.text:
        lines.append(says(one.text.phrase(), Aspect.WHO))
    return tuple(lines)


def reports(one: Authorities) -> tuple[Line, ...]:
    """Return the transparency report, the newest counts first."""
    lines = [says(_report(each), Aspect.WHO) for each in reversed(one.reports)]
    if one.url:
        lines.append(says(_("The report is published here: %(url)s")(url=one.url), Aspect.WHERE))
    return tuple(lines)


def _report(one: Report) -> Phrase:
    """Return the counts of a transparency report in one sentence."""
    count = n_("%(n)s request", "%(n)s requests", one.requests)
    if one.since:
        line = _("From %(since)s to %(until)s, authorities sent us %(count)s for data of users.")
        sentence: Phrase = line(since=Day(one.since), until=Day(one.until), count=count)
    else:
        line = _("Until %(until)s, authorities sent us %(count)s for data of users.")
        sentence = line(until=Day(one.until), count=count)
    if one.answered is not None and one.requests:
        answered = _("Answered with data: %(count)s.")(count=Number(one.answered))
        sentence = _("%(first)s %(second)s")(first=sentence, second=answered)
    if one.text:
        sentence = _("%(first)s %(second)s")(first=sentence, second=one.text.phrase())
    return sentence


def abuse(one: Abuse) -> tuple[Line, ...]:
    """Return what is done about spam and misuse."""
    lines: list[Line] = []
    if one.spam_forbidden:
        lines.append(says(_("Unsolicited advertising through this service is forbidden.")))
    if one.data:
        listed = Listing(tuple(TITLES[category] for category in one.data))
        lines.append(says(_("To trace misuse, we look at: %(what)s.")(what=listed)))
    if one.when:
        lines.append(says(one.when.phrase()))
    if one.guaranteed is False:
        lines.append(says(_("We cannot guarantee that everybody keeps to the rules.")))
    if one.contact:
        lines.append(says(_("Report misuse to: %(contact)s.")(contact=reach(one.contact)), Aspect.CONTACT))
    if one.text:
        lines.append(says(one.text.phrase()))
    return tuple(lines)
