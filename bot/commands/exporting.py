"""Copies of one's data."""

from __future__ import annotations

from bot.answers import copying as words
from bot.claims.whose import Whose
from bot.commands.own import own
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Asking, Command, Request
from bot.dialogue.parameter import Option, Parameter
from bot.dialogue.reply import Reply
from bot.i18n import _, p_
from bot.servers import ServerError


async def _warn(request: Request, services: Services) -> Asking | Reply | None:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    return words.warning() if request.arguments["form"] == words.PLAIN else None


async def _export(request: Request, services: Services) -> Reply:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    whose = Whose(mine.account, request.device or mine.account)
    wanted, form = request.arguments["what"], request.arguments["form"]
    try:
        return await mine.rights.exporter.begin(whose, wanted, form, request.language)
    except ServerError as error:
        return mine.unavailable(error, EXPORT.title)


async def _cancel(request: Request, services: Services) -> Reply:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    reference = await mine.rights.exporter.cancel(mine.account)
    return words.none_under_way() if reference is None else words.cancelled(reference)


EXPORT: BotCommand = Command(
    "export",
    words.TITLE,
    _("Gives you a copy of your data, as a file to keep or to take to another server."),
    _export,
    (
        Parameter(
            "what",
            _("Of what would you like a copy?"),
            tuple(Option(value, label) for value, label in words.WHAT.items()),
            default=words.ALL,
        ),
        Parameter(
            "form",
            _("In which form?"),
            (
                Option(words.ENCRYPTED, p_("choice", "Encrypted: only with the link")),
                Option(words.PLAIN, p_("choice", "Not encrypted")),
            ),
            default=words.ENCRYPTED,
        ),
    ),
    words=(p_("command", "export"),),
    confirm=_warn,
)

CANCEL: BotCommand = Command(
    "cancel-export",
    _("Cancel the export"),
    _("Stops making a copy of your data."),
    _cancel,
    words=(p_("command", "cancel export"),),
)

COMMANDS: tuple[BotCommand, ...] = (EXPORT, CANCEL)
