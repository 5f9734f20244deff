"""Commands of administrators."""

from __future__ import annotations

import logging

from bot.answers.audited import audited
from bot.answers.under_way import under_way
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


async def _work(_request: Request, services: Services) -> Reply:
    if services.rights is None:
        return _impossible()
    erasures = await services.rights.world.store.erasures.unfinished()
    exports = [
        (job.export.reference, job.export.asked_at, job.done, job.total) for job in services.rights.exporter.jobs()
    ]
    return under_way(erasures, exports)


WORK: BotCommand = Command(
    "work",
    _("Work under way"),
    _("Shows exports and erasures that are being done or planned, without names."),
    _work,
    words=(p_("command", "work"),),
    access=Access.ADMIN,
)

COMMANDS: tuple[BotCommand, ...] = (AUDIT, WORK)
