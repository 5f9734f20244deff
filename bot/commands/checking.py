"""Before a command runs: whether one may, whether everything is there, whether it is confirmed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.commands.notices import NOTHING_DONE, ONLY_FOR_ADMINS, WRONG_CODE
from bot.commands.services import Services
from bot.dialogue.command import CONFIRM, DECLINED, Asking, Call, Missing, Ready, Refused, Request, prepare
from bot.dialogue.confirmation import is_like_a_code
from bot.dialogue.reply import Paragraph, Reply


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """It has to be confirmed first: what *line* would do, and the *code* that says that it is wanted."""

    asking: Asking
    line: str
    code: str


Checked: TypeAlias = Request | Missing | Refused | Unconfirmed | Reply
"""The request to run, what is missing or wrong, what has to be confirmed, or an answer instead."""

_WRONG_CODE = Paragraph(WRONG_CODE)


async def checked(call: Call[Services], request: Request, services: Services) -> Checked:
    """Check *call*, which *request* makes."""
    command, sender = call.command, request.sender
    if not services.may(sender, command):
        return ONLY_FOR_ADMINS
    prepared = prepare(command, call.arguments)
    if not isinstance(prepared, Ready):
        return prepared
    complete = replace(request, arguments=prepared.arguments)
    if command.confirm is None or sender is None:
        return complete
    line = Call(command, prepared.arguments).line()
    given = call.arguments.get(CONFIRM)
    if given == DECLINED:
        return NOTHING_DONE
    if given and services.confirmations.redeem(sender, line, given, request.now):
        return replace(complete, code=given.casefold())
    asking = await command.confirm(complete, services)
    if not isinstance(asking, Asking):
        return asking if asking is not None else complete
    if given and is_like_a_code(given):
        shown = asking.reply or Reply(command.title)
        asking = replace(asking, reply=replace(shown, blocks=(_WRONG_CODE, *shown.blocks)))
    return Unconfirmed(asking, line, services.confirmations.code(sender, line, request.now))
