"""What is said when no command answers."""

from __future__ import annotations

from enum import Enum

from bot.commands.services import Services
from bot.dialogue.reply import Choice, Lead, Outcome, Paragraph, Reply
from bot.i18n import _
from bot.measures import Unanswered
from bot.policy.wording.people import reach


class Notice(Enum):
    """Occasions to say something without having been asked a question."""

    ENCRYPTED = "encrypted"
    TOO_FAST = "too_fast"
    TOO_LONG = "too_long"
    FAILED = "failed"


ONLY_FOR_ADMINS = Reply(
    _("Only for administrators"),
    (Lead(_("Only the administrators of this server can use this.")),),
    (Choice(_("What I can do"), "help"),),
    Outcome.ERROR,
    unanswered=Unanswered.NOT_ALLOWED,
)

WRONG_CODE = _("This code is wrong, was used already, or has run out. Nothing was done.")

NOTHING_TO_CONFIRM = Reply(
    _("Nothing to confirm"), (Lead(WRONG_CODE),), (Choice(_("What I can do"), "help"),), Outcome.WARN
)

NOTHING_DONE = Reply(_("Nothing was done"), (Lead(_("All right, nothing was done.")),))


def notice(what: Notice, services: Services, incident: str = "") -> Reply:
    """Return the words for *what*; *incident* is the number of a failure in the log."""
    match what:
        case Notice.ENCRYPTED:
            return Reply(
                _("I cannot read this message"),
                (
                    Lead(_("Your message is encrypted end to end, and I have no key to read it.")),
                    Paragraph(
                        _(
                            "I am a program on the server, so encryption would protect nothing here: "
                            "the connection to the server is what protects this chat."
                        )
                    ),
                    Paragraph(
                        _(
                            "Please switch encryption off for this chat only (usually the padlock beside the "
                            "text field, then “unencrypted”) and send it again."
                        )
                    ),
                ),
                outcome=Outcome.WARN,
            )
        case Notice.TOO_FAST:
            return Reply(
                _("One moment, please"),
                (Lead(_("That was a lot at once. Please wait a minute, then I will answer again.")),),
                outcome=Outcome.WARN,
            )
        case Notice.TOO_LONG:
            return Reply(
                _("That is too long for me"),
                (Lead(_("That is too long for me. Please ask your question in a few sentences.")),),
                (Choice(_("What I can do"), "help"),),
                outcome=Outcome.WARN,
            )
        case Notice.FAILED:
            return Reply(
                _("Something went wrong"),
                (
                    Lead(_("Something went wrong on my side, and I could not answer. Please try again later.")),
                    Paragraph(
                        _("If it keeps happening, please tell %(contact)s, with the number %(incident)s.")(
                            contact=reach(services.policy.controller), incident=incident
                        )
                    ),
                ),
                outcome=Outcome.ERROR,
            )
