"""The announcement that is drafted or under way: looked at, tried, begun, held."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from bot.announcements.announcer import Announcer
from bot.answers import announcing as words
from bot.answers.announcement_progress import TITLE, counted, held, status
from bot.claims.announcement import Announcement, Refusal
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Access, Asking, Command, Request
from bot.dialogue.parameter import Kind, Option, Parameter
from bot.dialogue.rendering import chat_notice
from bot.dialogue.reply import Reply
from bot.i18n import _, languages, p_, translator
from bot.servers import ServerError

_LOG = logging.getLogger("privacy-bot")

_STATUS, _PREVIEW, _TEST, _COUNT = "status", "preview", "test", "count"
_START, _SCHEDULE, _PAUSE, _RESUME, _CANCEL = "start", "schedule", "pause", "resume", "cancel"

Step = Callable[[Announcer, Request], Awaitable[Reply]]


def previews(announcer: Announcer, one: Announcement) -> Mapping[str, str]:
    """Return how an announcement reads in every language; raises `LookupError` when what it is about is lost."""
    planner = announcer.planner
    address = planner.world.policy.form_of_address
    return {code: chat_notice(planner.preview(one, code), translator(code, address)).body for code in languages()}


async def _announcement(request: Request, services: Services) -> Reply:
    if services.announcer is None:
        return words.unreachable()
    try:
        return await _STEPS[request.arguments["do"]](services.announcer, request)
    except ServerError as error:
        _LOG.warning("the server cannot be asked: %s", error)
        return words.unreachable()
    except LookupError:
        return words.refused(Refusal.LOST)


async def _status(announcer: Announcer, _request: Request) -> Reply:
    known = await announcer.status()
    if known is None:
        return words.refused(Refusal.NONE)
    return status(known.announcement, known.per_second, is_stuck=known.is_stuck)


async def _preview(announcer: Announcer, request: Request) -> Reply:
    one = await announcer.pending()
    if one is None:
        return words.refused(Refusal.NONE)
    announcer.show(one, request.sender)
    return words.preview(one, previews(announcer, one))


async def _test(announcer: Announcer, request: Request) -> Reply:
    one = await announcer.pending()
    if one is None or request.sender is None:
        return words.refused(Refusal.NONE)
    await announcer.planner.test(one, request.sender)
    announcer.show(one, request.sender)
    return words.tried(one)


async def _count(announcer: Announcer, _request: Request) -> Reply:
    one = await announcer.pending()
    if one is None:
        return words.refused(Refusal.NONE)
    return counted(await announcer.planner.count(one, lambda _done, _total: None), one)


async def _start(announcer: Announcer, request: Request) -> Reply:
    begins = _time(request)
    if isinstance(begins, Refusal):
        return words.refused(begins)
    begun = await announcer.start(announcer.shown_to(request.sender), begins)
    if isinstance(begun, Refusal):
        return words.refused(begun)
    return words.begun(begun, announcer.planner.world.clock())


def _time(request: Request) -> datetime | Refusal | None:
    """Return when it is to begin; None for now."""
    if request.arguments["do"] == _START:
        return None
    try:
        time = datetime.fromisoformat(f"{request.arguments['day']} {request.arguments['time']}")
    except ValueError:
        return Refusal.PAST
    return time.replace(tzinfo=UTC)


async def _pause(announcer: Announcer, _request: Request) -> Reply:
    paused = await announcer.pause()
    return words.refused(paused) if isinstance(paused, Refusal) else held(paused)


async def _resume(announcer: Announcer, _request: Request) -> Reply:
    resumed = await announcer.resume()
    return words.refused(resumed) if isinstance(resumed, Refusal) else words.resumed()


async def _cancel(announcer: Announcer, _request: Request) -> Reply:
    cancelled = await announcer.cancel()
    return words.refused(cancelled) if isinstance(cancelled, Refusal) else held(cancelled)


_STEPS: Mapping[str, Step] = {
    _STATUS: _status,
    _PREVIEW: _preview,
    _TEST: _test,
    _COUNT: _count,
    _START: _start,
    _SCHEDULE: _start,
    _PAUSE: _pause,
    _RESUME: _resume,
    _CANCEL: _cancel,
}


async def _look(request: Request, services: Services) -> Asking | Reply | None:
    """Show what would begin; everything else needs no confirmation."""
    announcer = services.announcer
    if announcer is None or request.arguments["do"] not in (_START, _SCHEDULE):
        return None
    one, begins = await announcer.pending(), _time(request)
    if one is None or isinstance(begins, Refusal):
        return words.refused(begins if isinstance(begins, Refusal) else Refusal.NONE)
    refusal = announcer.objection(one, begins)
    if refusal is not None:
        return words.refused(refusal)
    try:
        total = (await announcer.planner.world.server.accounts(limit=1)).total
        shown = words.about_to_begin(one, previews(announcer, one), total, begins)
    except ServerError:
        return words.unreachable()
    announcer.show(one, request.sender)
    return Asking(_("Tell everybody?"), shown)


ANNOUNCEMENT: BotCommand = Command(
    "announcement",
    TITLE,
    _("Shows how far the announcement is; looks at it, tries, begins, holds it."),
    _announcement,
    (
        Parameter(
            "do",
            _("What shall be done?"),
            (
                Option(_STATUS, p_("choice", "How far is it?")),
                Option(_PREVIEW, p_("choice", "Show it in every language")),
                Option(_TEST, p_("choice", "Send it to me only")),
                Option(_COUNT, p_("choice", "Count whom it reaches")),
                Option(_START, p_("choice", "Begin now")),
                Option(_SCHEDULE, p_("choice", "Begin later")),
                Option(_PAUSE, p_("choice", "Pause")),
                Option(_RESUME, p_("choice", "Go on")),
                Option(_CANCEL, p_("choice", "Cancel it")),
            ),
            default=_STATUS,
        ),
        Parameter("day", _("To begin later: on which day? (2030-12-31)"), default="", kind=Kind.DAY),
        Parameter("time", _("To begin later: at what time, in UTC?"), default="09:00", kind=Kind.CLOCK),
    ),
    words=(p_("command", "announcement"),),
    access=Access.ADMIN,
    confirm=_look,
)
