"""Erasing what the server holds, the account too; keeping the account after all; receipts."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.answers import erasing, receipt
from bot.claims.erasure import ACCOUNT, State
from bot.claims.whose import Whose
from bot.commands.own import Own, own
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Asking, Command, Origin, Request
from bot.dialogue.parameter import Kind, Option, Parameter
from bot.dialogue.reply import Lead, Outcome, Reply
from bot.i18n import _, p_
from bot.servers import ServerError

_LOG = logging.getLogger("privacy-bot")

_SOON = 5.0
"""Seconds that a form waits for the receipt; a chat gets it as a message of its own."""

_LONGEST_AGO = 36_500
"""Days; before that there was nothing."""


_OPTIONS = tuple(Option(value, label) for value, label in erasing.WHAT.items())


async def _look(request: Request, services: Services) -> Asking | Reply:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    try:
        return await _would(request, mine)
    except ServerError as error:
        return mine.unavailable(error, ERASE.title)


async def _would(request: Request, mine: Own) -> Asking | Reply:
    what, older = request.arguments["what"], _older(request)
    eraser, policy = mine.rights.eraser, mine.policy
    if older is not None and what == ACCOUNT:
        return erasing.cannot_erase(policy, erasing.WHAT[what], dated=True)
    possible = await eraser.possible(what, dated=older is not None)
    if not possible:
        dated = older is not None and bool(await eraser.possible(what))
        return erasing.cannot_erase(policy, erasing.WHAT[what], dated=dated)
    held = await eraser.held(mine.name, possible, older)
    if what == ACCOUNT:
        waiting = await mine.rights.waiting_end(mine.account)
        if waiting is not None:
            return erasing.scheduled(mine.account, waiting.due_at, waiting.reference)
        due = request.now + mine.rights.world.terms.grace
        shown = erasing.preview_of_account(policy, mine.account, held, due, request.now)
        return Asking(_("Remove your account for good?"), shown)
    if not held:
        return erasing.nothing_there([erasing.WHAT[category] for category in possible])
    return Asking(_("Erase this for good? It cannot be undone."), erasing.preview(policy, held, older, request.now))


async def _erase(request: Request, services: Services) -> Reply:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    what, grace = request.arguments["what"], mine.rights.world.terms.grace
    due = request.now + grace if what == ACCOUNT and grace else None
    whose = Whose(mine.account, request.device or mine.account)
    try:
        noted = await mine.rights.eraser.note(
            whose, what, request.language, code=request.code or "", older_than=_older(request), due=due
        )
    except ServerError as error:
        return mine.unavailable(error, ERASE.title)
    if noted is None:
        return erasing.used_code()
    await mine.rights.warn_others(noted)
    if noted.state is State.SCHEDULED:
        return erasing.scheduled(mine.account, noted.due_at, noted.reference)
    if request.origin is Origin.FORM and what != ACCOUNT:
        done = await mine.rights.work.finished(noted.reference, _SOON)
        if done is not None:
            return receipt.receipt(mine.policy, done)
    mine.rights.work.wake()
    return erasing.begun(noted.reference, after_copy=mine.rights.exporter.under_way(mine.account) is not None)


def _older(request: Request) -> datetime | None:
    days = min(int(request.arguments["days"]), _LONGEST_AGO)
    return request.now - timedelta(days=days) if days else None


async def _keep(request: Request, services: Services) -> Reply:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    if await mine.rights.keep(mine.account):
        return erasing.kept(mine.account)
    return erasing.too_late() if await mine.rights.is_ending(mine.account) else erasing.nothing_to_keep()


async def _receipts(request: Request, services: Services) -> Reply:
    mine = own(request, services)
    if isinstance(mine, Reply):
        return mine
    known = await mine.rights.world.store.erasures.of(mine.account)
    wanted = request.arguments["reference"].strip().upper()
    if not wanted:
        return receipt.overview(known)
    found = next((one for one in known if one.reference == wanted), None)
    if found is None:
        return Reply(RECEIPTS.title, (Lead(_("You have no receipt with this number.")),), outcome=Outcome.WARN)
    return receipt.overview((found,)) if found.ended_at is None else receipt.receipt(mine.policy, found)


ERASE: BotCommand = Command(
    "erase",
    _("Erase data"),
    _("Erases what the server holds about you, after you have confirmed it."),
    _erase,
    (
        Parameter(
            "what", _("What shall be erased?"), tuple(Option(value, label) for value, label in erasing.WHAT.items())
        ),
        Parameter("days", _("Only what is older than so many days (0 for all of it)"), default="0", kind=Kind.NUMBER),
    ),
    words=(p_("command", "delete"),),
    confirm=_look,
)

KEEP: BotCommand = Command(
    "keep-my-account",
    _("Keep my account"),
    _("Takes back that your account is to be removed."),
    _keep,
    words=(p_("command", "keep my account"),),
)

RECEIPTS: BotCommand = Command(
    "receipts",
    _("My receipts"),
    _("Shows what you had erased, with what became of it."),
    _receipts,
    (Parameter("reference", _("Which one? (E-…; empty for all of them)"), default="", kind=Kind.TEXT),),
    words=(p_("command", "receipts"),),
)

COMMANDS: tuple[BotCommand, ...] = (ERASE, KEEP, RECEIPTS)
