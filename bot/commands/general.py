"""Help and version."""

from __future__ import annotations

from bot import __version__
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Command, Request
from bot.dialogue.reply import Choice, Fact, Items, Lead, Paragraph, Reply
from bot.i18n import Day, _, p_
from bot.policy.vocabulary import Topic


async def _help(request: Request, services: Services) -> Reply:
    offered = services.offered(request.sender)
    names = tuple(command.name for command in offered)
    return services.answers.once(("help", names), request.now.date(), lambda: _overview(services, offered))


def _overview(services: Services, offered: tuple[BotCommand, ...]) -> Reply:
    return Reply(
        HELP.title,
        (
            Lead(
                _("I tell you what %(host)s stores about you, why, for how long, and who can see it.")(
                    host=services.policy.host or services.policy.controller.name.phrase()
                )
            ),
            Paragraph(_("Just ask in your own words, for instance:")),
            Items(
                (
                    _("What do you store about me?"),
                    _("How long do you keep my photos?"),
                    _("Can the admin read my messages?"),
                )
            ),
            Paragraph(_("Or use one of these words:")),
            Items(
                tuple(
                    _("%(command)s: %(summary)s")(command=command.words[0], summary=command.summary)
                    for command in offered
                )
            ),
        ),
        (
            Choice(p_("choice", "All my data"), "my data"),
            Choice(p_("topic", "What is stored, in short"), f"topics {Topic.OVERVIEW}"),
            Choice(p_("choice", "All topics"), "topics"),
            Choice(_("Show the policy"), "policy"),
            Choice(_("Contact"), "contact"),
        ),
    )


async def _version(_request: Request, services: Services) -> Reply:
    policy = services.policy
    return Reply(
        VERSION.title,
        (
            Lead(_("I am xmpp-privacy-bot, version %(version)s.")(version=__version__)),
            Fact(_("Policy version"), policy.version),
            Fact(_("In force since"), Day(policy.effective)),
        ),
        (Choice(p_("topic", "Changes of the policy"), f"topics {Topic.POLICY_CHANGES}"),),
    )


HELP: BotCommand = Command(
    "help",
    _("Help"),
    _("Says what I can do."),
    _help,
    words=(p_("command", "help"),),
)

VERSION: BotCommand = Command(
    "version",
    _("Version"),
    _("Names the versions of the bot and the policy."),
    _version,
    words=(p_("command", "version"),),
)
