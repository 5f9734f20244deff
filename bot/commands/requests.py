"""The desk for requests that a machine cannot fulfil: for those who ask, and for the administrators."""

from __future__ import annotations

from bot.answers import tickets as words
from bot.claims.ticket import TicketKind
from bot.claims.whose import Whose
from bot.commands.own import own
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Access, Command, Request
from bot.dialogue.parameter import Kind, Option, Parameter
from bot.dialogue.reply import Choice, Lead, Outcome, Reply
from bot.i18n import Number, Phrase, _, p_
from bot.servers import ServerError


async def _request(request: Request, services: Services) -> Reply:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    tickets = mine.rights.tickets
    if not tickets.is_open:
        return words.nobody_there(mine.policy)
    whose = Whose(mine.account, request.device or mine.account)
    text = request.arguments["text"].strip()
    taken = await tickets.take(whose, TicketKind(request.arguments["kind"]), text, request.language)
    return words.nobody_there(mine.policy) if taken is None else words.taken(mine.policy, taken, request.now)


async def _requests(request: Request, services: Services) -> Reply:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    return words.listed(await mine.rights.world.store.tickets.of(mine.account), request.now)


async def _withdraw(request: Request, services: Services) -> Reply:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    number = int(request.arguments["number"])
    if await mine.rights.tickets.withdraw(mine.account, number) is None:
        return _none_such(WITHDRAW.title)
    return _said(WITHDRAW.title, _("Request no. %(number)s is withdrawn.")(number=Number(number)))


async def _desk(request: Request, services: Services) -> Reply:
    if services.rights is None:
        return _none_such(DESK.title)
    return words.desk(await services.rights.world.store.tickets.unfinished(), request.now)


async def _answer(request: Request, services: Services) -> Reply:
    if services.rights is None:
        return _none_such(ANSWER.title)
    number = int(request.arguments["number"])
    try:
        done = await services.rights.tickets.answer(number, request.arguments["text"].strip())
    except ServerError:
        return _unreached(ANSWER.title)
    if done is None:
        return _none_such(ANSWER.title)
    return _said(ANSWER.title, _("Your answer to request no. %(number)s was delivered.")(number=Number(number)))


async def _extend(request: Request, services: Services) -> Reply:
    if services.rights is None:
        return _none_such(EXTEND.title)
    number = int(request.arguments["number"])
    try:
        done = await services.rights.tickets.extend(number, request.arguments["reason"].strip())
    except ServerError:
        return _unreached(EXTEND.title)
    if done is None:
        lead = _("This request cannot be extended: there is no open one with this number, or it was extended already.")
        return Reply(EXTEND.title, (Lead(lead),), (Choice(DESK.title, "desk"),), Outcome.WARN)
    return _said(EXTEND.title, _("Request no. %(number)s is extended, and its owner was told.")(number=Number(number)))


def _said(title: Phrase, lead: Phrase) -> Reply:
    return Reply(title, (Lead(lead),))


def _none_such(title: Phrase) -> Reply:
    return Reply(title, (Lead(_("There is no open request with this number.")),), outcome=Outcome.WARN)


def _unreached(title: Phrase) -> Reply:
    return Reply(
        title, (Lead(_("The server does not do its part just now. Nothing was sent.")),), outcome=Outcome.ERROR
    )


_NUMBER = Parameter("number", _("Which number?"), kind=Kind.NUMBER)

REQUEST: BotCommand = Command(
    "request",
    words.TITLE,
    _("Passes on to people what I cannot do: an objection, a correction, a complaint …"),
    _request,
    (
        Parameter("kind", _("What is it about?"), tuple(Option(kind, title) for kind, title in words.KINDS.items())),
        Parameter(
            "text",
            _("What would you like to say? Write it in one message; I pass it on as it is. (“no” ends this.)"),
            kind=Kind.TEXT,
        ),
    ),
    words=(p_("command", "request"),),
)

REQUESTS: BotCommand = Command(
    "requests",
    _("My requests"),
    _("Shows your requests, and until when they have to be answered."),
    _requests,
    words=(p_("command", "my requests"),),
)

WITHDRAW: BotCommand = Command(
    "withdraw",
    _("Withdraw a request"),
    _("Takes a request of yours back."),
    _withdraw,
    (_NUMBER,),
    words=(p_("command", "withdraw"),),
)

DESK: BotCommand = Command(
    "desk",
    _("Requests of users"),
    _("Shows the open requests, the first due first."),
    _desk,
    words=(p_("command", "desk"),),
    access=Access.ADMIN,
)

ANSWER: BotCommand = Command(
    "answer",
    _("Answer a request"),
    _("Sends your answer to whoever made a request, and closes it."),
    _answer,
    (_NUMBER, Parameter("text", _("What is the answer?"), kind=Kind.TEXT)),
    words=(p_("command", "answer"),),
    access=Access.ADMIN,
)

EXTEND: BotCommand = Command(
    "extend",
    _("Extend a request"),
    _("Gives a request two months more, once, and tells its owner why."),
    _extend,
    (_NUMBER, Parameter("reason", _("For what reason?"), kind=Kind.TEXT)),
    words=(p_("command", "extend"),),
    access=Access.ADMIN,
)

COMMANDS: tuple[BotCommand, ...] = (REQUEST, REQUESTS, WITHDRAW, DESK, ANSWER, EXTEND)
