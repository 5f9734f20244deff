"""What changed in the policy, and what will."""

from __future__ import annotations

from bot.answers.changed import TITLE
from bot.answers.versions import Known, difference, overview
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Command, Request
from bot.dialogue.parameter import Kind, Parameter
from bot.dialogue.reply import Question, Reply
from bot.i18n import _, p_
from bot.policy.vocabulary import Topic


async def _changes(request: Request, services: Services) -> Reply:
    return policy_changes(request, services, request.arguments["version"].strip())


def policy_changes(request: Request, services: Services, version: str = "") -> Reply:
    """Return what came with *version*; without one, all that there is to say about changes of the policy."""
    history, day = services.history, request.now.date()
    if history is None:
        return services.answers.reply(Question(Topic.POLICY_CHANGES), day)
    versions = tuple(Known(one, history.policy_of(one.version)) for one in history.versions)
    if version:
        return difference(versions, version, day)
    return services.answers.once("changes", day, lambda: overview(services.policy, versions, day))


CHANGES: BotCommand = Command(
    "changes",
    TITLE,
    _("Says what changed in the privacy policy, and what will change."),
    _changes,
    (
        Parameter(
            "version",
            _("What was new in which version? (Empty: what changed last, and all versions)"),
            default="",
            kind=Kind.TEXT,
        ),
    ),
    words=(p_("command", "changes"),),
)

COMMANDS: tuple[BotCommand, ...] = (CHANGES,)
