"""What the bot remembers for an account."""

from __future__ import annotations

from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Command, Request
from bot.dialogue.parameter import Option, Parameter
from bot.dialogue.reply import Choice, Lead, Outcome, Paragraph, Reply
from bot.i18n import LanguageName, _, languages, p_

_AUTO = "auto"


async def _language(request: Request, services: Services) -> Reply:
    chosen = request.arguments["language"]
    if services.store is None or request.sender is None:
        return Reply(
            LANGUAGE.title,
            (Lead(_("I can remember a language only for somebody who writes to me in a chat.")),),
            outcome=Outcome.WARN,
        )
    if chosen == _AUTO:
        await services.store.choose_language(request.sender, None, request.now)
        return Reply(
            LANGUAGE.title,
            (Lead(_("I have forgotten your choice and will answer in the language you write in.")),),
            (_HELP,),
        )
    is_guest = services.account(request.sender) is None
    await services.store.choose_language(request.sender, chosen, request.now, is_guest=is_guest)
    return Reply(
        LANGUAGE.title,
        (
            Lead(_("From now on I will answer you in %(language)s.")(language=LanguageName(chosen))),
            Paragraph(_("I remember this under a pseudonym. To undo it, write: forget me")),
        ),
        (Choice(p_("choice", "Undo"), f"language {_AUTO}"), _HELP),
        language=chosen,
    )


_HELP = Choice(_("What I can do"), "help")

LANGUAGE: BotCommand = Command(
    "language",
    _("Language"),
    _("Chooses the language in which I answer you."),
    _language,
    (
        Parameter(
            "language",
            _("In which language shall I answer?"),
            (
                *(Option(code, LanguageName(code)) for code in languages()),
                Option(_AUTO, p_("language", "The language I write in")),
            ),
        ),
    ),
    words=(p_("command", "language"),),
)

COMMANDS: tuple[BotCommand, ...] = (LANGUAGE,)
