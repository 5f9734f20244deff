"""What is said about requests that people decide: to those who ask, and to the administrators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.claims.ticket import Ticket, TicketKind, TicketState
from bot.dialogue.reply import Block, Choice, Fact, Items, Lead, Outcome, Paragraph, Reply
from bot.i18n import Day, Message, Number, Phrase, _, n_, p_
from bot.policy.model import Policy
from bot.policy.wording.people import reach

KINDS: Mapping[TicketKind, Message] = {
    TicketKind.OBJECTION: p_("request", "Objection to a processing (Art. 21 GDPR)"),
    TicketKind.RESTRICTION: p_("request", "Restriction of a processing (Art. 18 GDPR)"),
    TicketKind.RECTIFICATION: p_("request", "Correction of wrong data (Art. 16 GDPR)"),
    TicketKind.ACCESS: p_("request", "Information about my data (Art. 15 GDPR)"),
    TicketKind.ERASURE: p_("request", "Erasure that I cannot do myself (Art. 17 GDPR)"),
    TicketKind.COMPLAINT: p_("request", "Complaint"),
    TicketKind.HUMAN: p_("request", "Talk to a human"),
}

_STATES: Mapping[TicketState, Message] = {
    TicketState.OPEN: p_("request", "open"),
    TicketState.ANSWERED: p_("request", "answered"),
    TicketState.WITHDRAWN: p_("request", "withdrawn"),
    TicketState.GONE: p_("request", "over, the account is gone"),
}

TITLE = _("Send a request")


def taken(policy: Policy, ticket: Ticket, now: datetime) -> Reply:
    """Return that a request was passed on: its number, and until when it has to be answered."""
    blocks: list[Block] = [
        Lead(
            _("I have passed it on to the people in charge. Your request has the number %(number)s.")(
                number=Number(ticket.number)
            )
        ),
        Fact(_("What"), KINDS[ticket.kind]),
        Fact(_("Answer due by"), _due(ticket, now)),
        Paragraph(_("The answer comes here. I keep number, kind and dates, but not what you wrote.")),
    ]
    if ticket.kind in (TicketKind.COMPLAINT, TicketKind.OBJECTION):
        blocks += _authority(policy)
    return Reply(TITLE, tuple(blocks), (Choice(_("My requests"), "requests"),), personal=True)


def _authority(policy: Policy) -> Iterator[Block]:
    """Return where one can complain about the operator (Art. 77 GDPR)."""
    if policy.supervisory_authority is not None:
        sentence = _("You can complain to the supervisory authority at any time: %(authority)s.")
        yield Paragraph(sentence(authority=reach(policy.supervisory_authority)))


def _due(ticket: Ticket, now: datetime) -> Phrase:
    days = ticket.days_left(now)
    if days < 0:
        return _("%(day)s, which is over")(day=Day(ticket.due_at.date()))
    left = n_("%(n)s day left", "%(n)s days left", days)
    return _("%(day)s (%(left)s)")(day=Day(ticket.due_at.date()), left=left)


def nobody_there(policy: Policy) -> Reply:
    """Return that nobody can be told here, and whom to write to."""
    return Reply(
        TITLE,
        (
            Lead(_("I cannot pass anything on here, and have not done so.")),
            Paragraph(_("Please write to %(contact)s.")(contact=reach(policy.controller))),
        ),
        outcome=Outcome.WARN,
    )


def listed(tickets: Sequence[Ticket], now: datetime) -> Reply:
    """Return the requests of somebody, and how far they are."""
    if not tickets:
        return Reply(
            _("My requests"), (Lead(_("You have made no request.")),), (Choice(TITLE, "request"),), personal=True
        )
    rows = tuple(_row(one, now) for one in tickets)
    withdraw = tuple(
        Choice(_("Withdraw request %(number)s")(number=Number(one.number)), f"withdraw {one.number}")
        for one in tickets
        if one.state is TicketState.OPEN
    )
    return Reply(_("My requests"), (Lead(_("Your requests:")), Items(rows)), withdraw[:4], personal=True)


def _row(one: Ticket, now: datetime) -> Phrase:
    if one.state is TicketState.OPEN:
        line = _("No. %(number)s, %(kind)s: received %(received)s, answer due by %(due)s")
        return line(
            number=Number(one.number),
            kind=KINDS[one.kind],
            received=Day(one.received_at.date()),
            due=_due(one, now),
        )
    line = _("No. %(number)s, %(kind)s: received %(received)s, %(state)s")
    return line(
        number=Number(one.number),
        kind=KINDS[one.kind],
        received=Day(one.received_at.date()),
        state=_STATES[one.state],
    )


def desk(tickets: Sequence[Ticket], now: datetime) -> Reply:
    """Return the open requests, for administrators: the first due first."""
    title = _("Requests of users")
    if not tickets:
        return Reply(title, (Lead(_("No request is open.")),), personal=True)
    rows = tuple(_row(one, now) for one in tickets)
    how = _("To answer: answer NUMBER TEXT. To extend once, by two months: extend NUMBER REASON.")
    lead = n_("%(n)s request is open:", "%(n)s requests are open:", len(tickets))
    return Reply(title, (Lead(lead), Items(rows), Paragraph(how)), personal=True)


def arrived(ticket: Ticket, account: str, text: str, now: datetime) -> Reply:
    """Return what administrators are told of a new request; only they see what was written, once."""
    return Reply(
        _("Requests of users"),
        (
            Lead(
                _("New request no. %(number)s: %(kind)s")(number=Number(ticket.number), kind=KINDS[ticket.kind]),
            ),
            Fact(_("From"), account),
            Fact(_("Answer due by"), _due(ticket, now)),
            Fact(_("Text"), text),
            Paragraph(_("I do not keep this text. To answer: answer %(number)s TEXT")(number=str(ticket.number))),
        ),
        (Choice(_("Requests of users"), "desk"),),
    )


def withdrawn(ticket: Ticket) -> Reply:
    """Return what administrators are told when a request needs no answer any more."""
    lead = _("Request no. %(number)s (%(kind)s) was withdrawn.")
    said = lead(number=Number(ticket.number), kind=KINDS[ticket.kind])
    return Reply(_("Requests of users"), (Lead(said),), (Choice(_("Requests of users"), "desk"),))


def about_to_expire(ticket: Ticket, now: datetime) -> Reply:
    """Return what administrators are told when a request has to be answered soon."""
    return Reply(
        _("Requests of users"),
        (
            Lead(
                _("Request no. %(number)s (%(kind)s) is not answered yet; due by %(due)s.")(
                    number=Number(ticket.number), kind=KINDS[ticket.kind], due=_due(ticket, now)
                )
            ),
        ),
        (Choice(_("Requests of users"), "desk"),),
        Outcome.WARN,
    )


def answered(policy: Policy, ticket: Ticket, text: str) -> Reply:
    """Return the answer of the administrators, for the one who asked (Art. 12(3), (4) GDPR)."""
    head = _("The answer to your request no. %(number)s (%(kind)s), from the people in charge:")
    blocks: list[Block] = [Lead(head(number=Number(ticket.number), kind=KINDS[ticket.kind])), Paragraph(text)]
    if ticket.kind is not TicketKind.HUMAN:
        blocks += _authority(policy)
    return Reply(_("My requests"), tuple(blocks), (Choice(TITLE, "request"),))


def extended(ticket: Ticket, reason: str, now: datetime) -> Reply:
    """Return that an answer takes longer, and why, for the one who asked (Art. 12(3) GDPR)."""
    head = _("The answer to your request no. %(number)s (%(kind)s) takes longer, until %(due)s. The reason:")
    return Reply(
        _("My requests"),
        (
            Lead(head(number=Number(ticket.number), kind=KINDS[ticket.kind], due=_due(ticket, now))),
            Paragraph(reason),
        ),
    )
