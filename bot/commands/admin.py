"""Commands of administrators."""

from __future__ import annotations

import logging

from bot.answers.audited import audited
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Access, Command, Request
from bot.dialogue.reply import Lead, Outcome, Paragraph, Reply
from bot.i18n import _, p_
from bot.servers import ServerError
from bot.servers.evidence import audit_of

_LOG = logging.getLogger("privacy-bot")

_SAMPLE = 50
"""Accounts that are looked at in a chat, where somebody waits."""


async def _audit(request: Request, services: Services) -> Reply:
    if services.server is None:
        return _impossible()
    try:
        found = await audit_of(services.policy, services.server, request.now, sample=_SAMPLE)
    except ServerError as error:
        _LOG.warning("no audit: %s", error)
        return _impossible()
    return audited(found, AUDIT.title)


def _impossible() -> Reply:
    return Reply(
        AUDIT.title,
        (
            Lead(_("I cannot compare the policy with the server: it does not answer me.")),
            Paragraph(_("The log of the bot says why, and what to do.")),
        ),
        outcome=Outcome.ERROR,
    )


AUDIT: BotCommand = Command(
    "audit",
    _("Audit"),
    _("Compares the policy with the server's settings and with what lies there."),
    _audit,
    words=(p_("command", "audit"),),
    access=Access.ADMIN,
)

COMMANDS: tuple[BotCommand, ...] = (AUDIT,)
