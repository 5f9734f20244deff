"""What the server holds for the person who asks: "my data"."""

from __future__ import annotations

import logging

from bot.answers.holding import OTHER, OTHER_STORES, detail
from bot.answers.holdings import ORDER, summary
from bot.commands.glass_box import glass_box, own_records
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Command, Origin, Request
from bot.dialogue.parameter import Option, Parameter
from bot.dialogue.reply import Block, Choice, Items, Lead, Outcome, Paragraph, Reply
from bot.i18n import Phrase, _, p_
from bot.policy.observed import Holding, Inventory
from bot.policy.terms import Category
from bot.policy.vocabulary import Topic
from bot.policy.wording.categories import TITLES
from bot.policy.wording.people import reach
from bot.policy.wording.topics import TOPICS
from bot.servers import NoSuchAccount, ServerError

_LOG = logging.getLogger("privacy-bot")

_ALL = "all"

_DETAILS = {Origin.CHAT: 20, Origin.FORM: 200}
"""How many things of one kind are shown: a form has a table for them."""


async def _my_data(request: Request, services: Services) -> Reply:
    account = services.account(request.sender)
    if services.server is None or account is None:
        return await _stranger(request, services)
    wanted = request.arguments["category"]
    try:
        if wanted == Category.BOT_RECORDS:
            return await glass_box(request, services, account)
        if wanted == _ALL:
            found = await services.server.inventory(account, details=1)
            whole = _with_own(found, await own_records(request, services))
            return summary(services.policy, whole, services.server.host, request.now)
        categories = [] if wanted == OTHER else [wanted]
        found = await services.server.inventory(account, categories, _DETAILS[request.origin])
    except ServerError as error:
        if not isinstance(error, NoSuchAccount):
            _LOG.warning("the server cannot be asked: %s", error)
        return _unavailable(services)
    return detail(services.policy, found, wanted, services.server.host, request.now)


def _with_own(inventory: Inventory, own: int) -> Inventory:
    """Return *inventory* with the bot's own records beside what its module keeps on the server."""
    kept = inventory.holding(Category.BOT_RECORDS)
    count = own + ((kept.count or 0) if kept else 0)
    others = tuple(one for one in inventory.holdings if one is not kept)
    return inventory.model_copy(update={"holdings": (*others, Holding(category=Category.BOT_RECORDS, count=count))})


def _unavailable(services: Services) -> Reply:
    """Say that the account cannot be looked into; the policy can be asked all the same."""
    return Reply(
        MY_DATA.title,
        (
            Lead(_("I cannot look into your account just now. Please try again in a few minutes.")),
            Paragraph(
                _("What the policy says, I can tell you at once. If it keeps happening, please tell %(contact)s.")(
                    contact=reach(services.policy.controller)
                )
            ),
        ),
        (Choice(TOPICS[Topic.OVERVIEW], f"topics {Topic.OVERVIEW}"), Choice(MY_DATA.title, "my data")),
        Outcome.WARN,
    )


async def _stranger(request: Request, services: Services) -> Reply:
    """Tell those who have no account here what can be here all the same, and whom to ask."""
    host: Phrase = services.server.host if services.server else services.policy.host or _("this server")
    if request.sender is None or services.server is None:
        lead = _("I can look up what %(host)s holds about you only when you write to me from your account there.")
    else:
        lead = _("You have no account on %(host)s, so there is nothing that I could look up for you.")
    blocks: list[Block] = [
        Lead(lead(host=host)),
        Paragraph(_("Of people without an account here, %(host)s can hold:")(host=host)),
        Items(
            (
                _("messages that you wrote to users here, in the archives of those users"),
                _("your address in the contact lists of users here"),
                _("what you wrote in group chats here, and your role in them"),
                _("your address and the time of your messages in the server's logs"),
            )
        ),
    ]
    if await own_records(request, services):
        blocks.append(Paragraph(_("I myself remember the language that you chose. To undo that, write: forget me")))
    blocks.append(
        Paragraph(
            _("To have this looked up, corrected or erased, please write to %(contact)s.")(
                contact=reach(services.policy.controller)
            )
        )
    )
    return Reply(
        MY_DATA.title,
        tuple(blocks),
        (
            Choice(TOPICS[Topic.OVERVIEW], f"topics {Topic.OVERVIEW}"),
            Choice(TOPICS[Topic.RIGHTS], f"topics {Topic.RIGHTS}"),
            Choice(TOPICS[Topic.CONTROLLER_CONTACT], "contact"),
        ),
        personal=True,
    )


MY_DATA: BotCommand = Command(
    "my-data",
    p_("title", "Your data"),
    _("Shows what the server holds about you now."),
    _my_data,
    (
        Parameter(
            "category",
            _("What would you like to see?"),
            (
                Option(_ALL, p_("choice", "All my data")),
                *(Option(category, TITLES[category]) for category in ORDER),
                Option(OTHER, OTHER_STORES),
            ),
            default=_ALL,
        ),
    ),
    words=(p_("command", "my data"),),
)

COMMANDS: tuple[BotCommand, ...] = (MY_DATA,)
