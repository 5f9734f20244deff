"""All commands, in the order of the help."""

from bot.commands import (
    account,
    admin,
    announcing,
    changes,
    erasing,
    exporting,
    gaps,
    general,
    glass_box,
    my_data,
    news,
    questions,
    requests,
)
from bot.commands.services import BotCommand, Services
from bot.dialogue.registry import Registry
from bot.i18n import languages

COMMANDS: tuple[BotCommand, ...] = (
    general.HELP,
    *my_data.COMMANDS,
    *exporting.COMMANDS,
    *erasing.COMMANDS,
    *questions.COMMANDS,
    *changes.COMMANDS,
    *account.COMMANDS,
    *news.COMMANDS,
    *glass_box.COMMANDS,
    *requests.COMMANDS,
    *admin.COMMANDS,
    *announcing.COMMANDS,
    *gaps.COMMANDS,
    general.VERSION,
)


def registry(spoken: tuple[str, ...] | None = None) -> Registry[Services]:
    """Return the commands, with the words for them in the languages *spoken*, or in all that have a catalogue."""
    return Registry(COMMANDS, spoken or languages())
