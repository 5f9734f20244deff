"""All commands, in the order of the help."""

from bot.commands import account, general, questions
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Registry
from bot.i18n import languages

COMMANDS: tuple[BotCommand, ...] = (
    general.HELP,
    *questions.COMMANDS,
    *account.COMMANDS,
    general.VERSION,
)


def registry() -> Registry[Services]:
    """Return the commands, with the words for them in every language that has a catalogue."""
    return Registry(COMMANDS, languages())
