"""What only an account of this server can have done: whose it is, and what is said to others."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.commands.services import Services
from bot.dialogue.command import Request
from bot.dialogue.reply import Choice, Lead, Outcome, Paragraph, Reply
from bot.i18n import Phrase, _
from bot.policy.model import Policy
from bot.policy.vocabulary import Topic
from bot.policy.wording.people import reach
from bot.policy.wording.topics import TOPICS
from bot.rights.rights import Rights
from bot.servers import NoSuchAccount, ServerError

_LOG = logging.getLogger("privacy-bot")


@dataclass(frozen=True, slots=True)
class Own:
    """Somebody with an account here: bare JID and local part, as the server stamped them."""

    account: str
    name: str
    rights: Rights
    policy: Policy

    def unavailable(self, error: ServerError, title: Phrase) -> Reply:
        """Return that the server cannot be asked just now; nothing was done."""
        if not isinstance(error, NoSuchAccount):
            _LOG.warning("the server cannot be asked: %s", error)
        return Reply(
            title,
            (
                Lead(_("I cannot do this just now, because the server does not do its part. Nothing was done.")),
                Paragraph(
                    _("Please try again in a few minutes. If it keeps happening, please tell %(contact)s.")(
                        contact=reach(self.policy.controller)
                    )
                ),
            ),
            outcome=Outcome.ERROR,
        )


def own(request: Request, services: Services) -> Own | Reply:
    """Return whose data the request is about: the sender's and nobody else's; others get a reply."""
    name = services.account(request.sender)
    if name is None or services.rights is None or request.sender is None:
        return _stranger(services)
    return Own(request.sender, name, services.rights, services.policy)


def _stranger(services: Services) -> Reply:
    host: Phrase = services.server.host if services.server else services.policy.host or _("this server")
    return Reply(
        _("Only for accounts of this server"),
        (
            Lead(_("I can do this only for somebody who writes to me from an account on %(host)s.")(host=host)),
            Paragraph(
                _("If %(host)s holds something about you, please write to %(contact)s.")(
                    host=host, contact=reach(services.policy.controller)
                )
            ),
        ),
        (
            Choice(TOPICS[Topic.RIGHTS], f"topics {Topic.RIGHTS}"),
            Choice(TOPICS[Topic.CONTROLLER_CONTACT], "contact"),
        ),
        Outcome.WARN,
    )
