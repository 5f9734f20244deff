"""Announcements, for administrators: what could be, and drafts of it."""

from __future__ import annotations

import logging

from bot.announcements.announcer import Announcer
from bot.answers import announcing as words
from bot.claims.announcement import BREACH_PARTS, TEXT, Announcement, Cause, Refusal
from bot.commands.announcement import ANNOUNCEMENT, previews
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Access, Command, Request
from bot.dialogue.parameter import Kind, Option, Parameter
from bot.dialogue.reply import Reply
from bot.i18n import _, p_

_LOG = logging.getLogger("privacy-bot")

_ANYWAY, _NO = "anyway", "no"


async def _announce(_request: Request, services: Services) -> Reply:
    announcer = services.announcer
    if announcer is None:
        return words.unreachable()
    proposed = await announcer.planner.of_policy()
    new = announcer.planner.versions.policy_of(proposed.version or "") if isinstance(proposed, Announcement) else None
    known = await announcer.status()
    return words.overview(proposed, new.effective if new is not None else None, known.announcement if known else None)


async def _policy(request: Request, services: Services) -> Reply:
    if services.announcer is None:
        return words.unreachable()
    made = await services.announcer.planner.of_policy(anyway=request.arguments["anyway"] == _ANYWAY)
    return await _draft(services.announcer, made, request)


async def _news(request: Request, services: Services) -> Reply:
    return await _operator(Cause.NEWS, (TEXT,), request, services)


async def _breach(request: Request, services: Services) -> Reply:
    return await _operator(Cause.BREACH, BREACH_PARTS, request, services)


async def _operator(cause: Cause, parts: tuple[str, ...], request: Request, services: Services) -> Reply:
    """Draft what the operator says; in a chat that is in one language, the policy's first."""
    if services.announcer is None:
        return words.unreachable()
    first = services.policy.languages[0]
    texts = {part: {first: request.arguments[part].strip()} for part in parts}
    return await _draft(services.announcer, services.announcer.planner.of_operator(cause, texts), request)


async def _draft(announcer: Announcer, made: Announcement | Refusal, request: Request) -> Reply:
    kept = await announcer.make(made) if isinstance(made, Announcement) else made
    if isinstance(kept, Refusal):
        return words.refused(kept)
    announcer.show(kept, request.sender)
    return words.drafted(kept, previews(announcer, kept))


ANNOUNCE: BotCommand = Command(
    "announce",
    _("Tell everybody something"),
    _("Shows what could be announced to everybody, and how."),
    _announce,
    words=(p_("command", "announce"),),
    access=Access.ADMIN,
)

POLICY: BotCommand = Command(
    "announce-policy",
    _("Announce a new policy"),
    _("Drafts an announcement of what changes with the new version of the policy."),
    _policy,
    (
        Parameter(
            "anyway",
            _("Also if it need not be told, or should have been told before?"),
            (Option(_NO, p_("choice", "No")), Option(_ANYWAY, p_("choice", "Yes, all the same"))),
            default=_NO,
        ),
    ),
    words=(p_("command", "announce policy"),),
    access=Access.ADMIN,
)

NEWS: BotCommand = Command(
    "announce-news",
    _("Announce news"),
    _("Drafts an announcement in your words, of which people can opt out."),
    _news,
    (
        Parameter(
            TEXT,
            _("What shall everybody be told? Write it in one message, in the first language of the policy."),
            kind=Kind.TEXT,
        ),
    ),
    words=(p_("command", "announce news"),),
    access=Access.ADMIN,
)

BREACH: BotCommand = Command(
    "announce-breach",
    _("Announce a breach of security"),
    _("Drafts what everybody has to know of a breach of the security of their data (Art. 34 GDPR)."),
    _breach,
    tuple(
        Parameter(part, prompt, kind=Kind.TEXT)
        for part, prompt in zip(
            BREACH_PARTS,
            (
                _("What happened, in plain words? Write it in the first language of the policy."),
                _("Whom can people ask about it, and how?"),
                _("What can come of it for people?"),
                _("What was done and will be done about it, and what can people do themselves?"),
            ),
            strict=True,
        )
    ),
    words=(p_("command", "announce breach"),),
    access=Access.ADMIN,
)

COMMANDS: tuple[BotCommand, ...] = (ANNOUNCE, POLICY, NEWS, BREACH, ANNOUNCEMENT)
