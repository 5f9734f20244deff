"""News that nobody has to be told: wanted or not."""

from __future__ import annotations

from bot.commands.own import own
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Command, Request
from bot.dialogue.parameter import Option, Parameter
from bot.dialogue.reply import Choice, Lead, Paragraph, Reply
from bot.i18n import _, p_

_OFF, _ON = "off", "on"


async def _news(request: Request, services: Services) -> Reply:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    wanted = request.arguments["wanted"] == _ON
    await mine.rights.world.store.acquaintances.take_news(mine.account, request.now, wanted=wanted)
    if wanted:
        return Reply(NEWS.title, (Lead(_("From now on I tell you news of this server again.")),), (_SWITCH_OFF,))
    lead = _("From now on I tell you no news.")
    rest = _(
        "What the law wants you to know, I still tell you: changes of the privacy policy that matter, "
        "and breaches of security."
    )
    return Reply(NEWS.title, (Lead(lead), Paragraph(rest)), (Choice(p_("choice", "Undo"), f"news {_ON}"),))


_SWITCH_OFF = Choice(p_("choice", "Undo"), f"news {_OFF}")

NEWS: BotCommand = Command(
    "news",
    _("News"),
    _("Chooses whether I tell you what you need not know."),
    _news,
    (
        Parameter(
            "wanted",
            _("Shall I tell you news of this server?"),
            (Option(_ON, p_("news", "Yes")), Option(_OFF, p_("news", "No, only what I have to know"))),
        ),
    ),
    words=(p_("command", "news"),),
)

COMMANDS: tuple[BotCommand, ...] = (NEWS,)
