"""Announcements on behalf of the command line: made, looked at, begun and held by the running bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot import control
from bot.announcements.announcer import Announcer, Status
from bot.answers import announcing as words
from bot.answers.announcement_progress import counted, held, status
from bot.claims.announcement import Announcement, Cause, Refusal, Stage
from bot.commands.announcement import previews
from bot.commands.services import Services
from bot.dialogue.rendering import chat_notice
from bot.dialogue.reply import Reply
from bot.i18n import Translator, negotiate, translator
from bot.servers import ServerError
from bot.store import StoreError

_ANYWAY = (Refusal.WORDING, Refusal.LATE)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asks, of whom, and in which language it is answered."""

    announcer: Announcer
    request: Mapping[str, Any]
    progress: control.Progress
    tr: Translator

    def answer(self, reply: Reply, one: Announcement | None = None) -> Mapping[str, Any]:
        """Return *reply* in words, and *one* for programs."""
        said = chat_notice(replace(reply, choices=()), self.tr).body
        return {"text": said, "announcement": None if one is None else described(Status(one))}

    def refusal(self, why: Refusal) -> control.ControlError:
        """Return why something is not done."""
        here = " (on the command line: --anyway)" if why in _ANYWAY else ""
        return control.ControlError(chat_notice(replace(words.refused(why), choices=()), self.tr).body + here)


async def perform(services: Services, request: Mapping[str, Any], progress: control.Progress) -> Mapping[str, Any]:
    """Do a step of ``privacy-bot announce``; raises `ControlError` with why it is not done."""
    if services.announcer is None:
        raise control.ControlError("the bot has no server")
    language = negotiate((request.get("language"), *services.policy.languages), services.languages)
    tr = translator(language, services.policy.form_of_address)
    asked = _Asked(services.announcer, request, progress, tr)
    if request["step"] == "languages":
        return {"first": services.policy.languages[0], "offered": list(services.languages)}
    try:
        return await _STEPS[request["step"]](asked)
    except (ServerError, StoreError) as error:
        raise control.ControlError(f"not done: {error}") from error
    except LookupError:
        raise asked.refusal(Refusal.LOST) from None


def described(known: Status) -> Mapping[str, Any]:
    """Return how far an announcement is, for programs."""
    one = known.announcement
    return {
        "number": one.number,
        "about": one.cause.value,
        "version": one.version,
        "stage": one.stage.value,
        "starts_at": one.starts_at.isoformat(),
        "told": dict(one.counts.told),
        "skipped": dict(one.counts.skipped),
        "failed": dict(one.counts.failed),
        "done": one.counts.done,
        "pending": one.counts.pending,
        "total": one.counts.total,
        "per_second": known.per_second,
        "stuck": known.is_stuck,
    }


async def _subject(asked: _Asked) -> Announcement:
    """Return what it is about: what the file says, what is drafted or under way, or the new version of the policy."""
    planner, texts = asked.announcer.planner, asked.request.get("texts")
    if texts is not None:
        return planner.of_operator(Cause(asked.request["about"]), texts)
    known = await asked.announcer.pending()
    if known is not None:
        return known
    starts_at = asked.request.get("starts_at")
    proposed = await planner.of_policy(
        anyway=bool(asked.request.get("anyway")),
        starts_at=datetime.fromisoformat(starts_at) if starts_at else None,
    )
    if isinstance(proposed, Refusal):
        raise asked.refusal(proposed)
    return proposed


async def _preview(asked: _Asked) -> Mapping[str, Any]:
    one = await _subject(asked)
    return asked.answer(words.preview(one, previews(asked.announcer, one)), one)


async def _count(asked: _Asked) -> Mapping[str, Any]:
    one = await _subject(asked)
    counts = await asked.announcer.planner.count(one, asked.progress)
    return asked.answer(counted(counts, one), replace(one, counts=counts))


async def _test(asked: _Asked) -> Mapping[str, Any]:
    one = await _subject(asked)
    admins = sorted(asked.announcer.planner.world.admins)
    if not admins:
        raise control.ControlError("there is nobody to send it to; name yourself in 'admins' of the configuration")
    for admin in admins:
        await asked.announcer.planner.test(one, admin)
    return {"text": f"sent to {', '.join(admins)}, as everybody would get it", "announcement": None}


async def _start(asked: _Asked) -> Mapping[str, Any]:
    announcer, given = asked.announcer, asked.request.get("starts_at")
    one, begins = await _subject(asked), datetime.fromisoformat(given) if given else None
    if one.number:
        begun = await announcer.start(asked.request.get("number"), begins)
    elif begins is not None and begins < one.made_at:
        begun = Refusal.PAST
    else:
        begun = await announcer.make(replace(one, starts_at=begins or one.starts_at), Stage.SCHEDULED)
    if isinstance(begun, Refusal):
        raise asked.refusal(begun)
    return asked.answer(words.begun(begun, announcer.planner.world.clock()), begun)


def _holding(do: Callable[[Announcer], Awaitable[Announcement | Refusal]], say: Callable[[Announcement], Reply]) -> Any:
    async def step(asked: _Asked) -> Mapping[str, Any]:
        done = await do(asked.announcer)
        if isinstance(done, Refusal):
            raise asked.refusal(done)
        return asked.answer(say(done), done)

    return step


async def _status(asked: _Asked) -> Mapping[str, Any]:
    known = await asked.announcer.status()
    if known is None:
        raise asked.refusal(Refusal.NONE)
    reply = status(known.announcement, known.per_second, is_stuck=known.is_stuck)
    return {**asked.answer(reply), "announcement": described(known)}


_STEPS: Mapping[str, Callable[[_Asked], Awaitable[Mapping[str, Any]]]] = {
    "preview": _preview,
    "count": _count,
    "test": _test,
    "start": _start,
    "status": _status,
    "pause": _holding(Announcer.pause, held),
    "resume": _holding(Announcer.resume, lambda _one: words.resumed()),
    "cancel": _holding(Announcer.cancel, held),
}
