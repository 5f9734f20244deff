"""Questions that could not be answered, so that administrators can mend the policy or the phrases."""

from __future__ import annotations

from bot.answers.unanswered import unanswered
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Access, Command, Request
from bot.dialogue.parameter import Option, Parameter
from bot.dialogue.reply import Lead, Outcome, Reply
from bot.i18n import _, p_

_SHOW, _RESET = "show", "reset"


async def _gaps(request: Request, services: Services) -> Reply:
    if services.store is None:
        return Reply(GAPS.title, (Lead(_("Nothing is counted without a database.")),), outcome=Outcome.WARN)
    if request.arguments["do"] == _RESET:
        await services.store.gaps.reset()
        return Reply(GAPS.title, (Lead(_("All right, I begin to count anew.")),))
    await services.gaps.write(services.store, request.now)
    return unanswered(await services.store.gaps.all(), GAPS.title)


GAPS: BotCommand = Command(
    "gaps",
    _("Questions we could not answer"),
    _("Counts what I could not answer, by topic and language, without texts and names."),
    _gaps,
    (
        Parameter(
            "do",
            _("What shall I do?"),
            (Option(_SHOW, p_("choice", "Show the counts")), Option(_RESET, p_("choice", "Begin to count anew"))),
            default=_SHOW,
        ),
    ),
    words=(p_("command", "questions we could not answer"),),
    access=Access.ADMIN,
)

COMMANDS: tuple[BotCommand, ...] = (GAPS,)
