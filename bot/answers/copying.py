"""What is said about copies of one's data (Art. 15(3) and 20 GDPR)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.answers.holdings import ORDER
from bot.dialogue.command import Asking
from bot.dialogue.reply import Block, Choice, Fact, Lead, Outcome, Paragraph, Reply
from bot.i18n import Listing, Message, Moment, Number, Phrase, Size, _, n_, p_
from bot.policy.model import Policy
from bot.policy.terms import Category
from bot.policy.wording.categories import TITLES
from bot.policy.wording.people import reach

TITLE = _("Export my data")
ALL = "all"
ENCRYPTED, PLAIN = "encrypted", "plain"

WHAT: Mapping[str, Phrase] = {
    ALL: p_("choice", "All my data"),
    **{category: TITLES[category] for category in ORDER if category is not Category.PASSWORD},
}
"""What there can be a copy of, and what it is called."""


class Failure(Enum):
    """Why there is no copy."""

    TOO_LARGE = "too_large"
    QUOTA = "quota"
    UPLOAD = "upload"
    NO_SPACE = "no_space"
    SERVER = "server"


_REASONS: Mapping[Failure, Message] = {
    Failure.TOO_LARGE: _("The copy is larger than the server's upload service takes."),
    Failure.QUOTA: _("The upload service takes nothing more from you at the moment; your quota is used up."),
    Failure.UPLOAD: _("The server's upload service did not take the copy."),
    Failure.NO_SPACE: _("I have no room on my own disk for it just now. The administrators are told."),
    Failure.SERVER: _("The server has not answered me for too long."),
}


@dataclass(frozen=True, slots=True)
class Ready:
    """A copy that can be fetched.

    Attributes:
        link: where; of an encrypted one, with the key.
        form: `encrypted` or `plain`.
        size: in bytes.
        records: how many there are in it.
        files: how many uploaded files are in it.
        expires: when the server removes it; None when it does not say.
        missing: categories of which something could not be read.
        left_out: uploaded files that are only listed, with their links.
    """

    link: str
    form: str
    size: int
    records: int
    files: int
    expires: datetime | None
    missing: tuple[Phrase, ...] = ()
    left_out: int = 0


def begun(reference: str, ahead: int) -> Reply:
    """Return that a copy is being made, and how many are before it."""
    blocks: list[Block] = [Lead(_("I am putting your copy together, and write to you here as soon as it is ready."))]
    if ahead:
        waiting = n_("%(n)s other copy is made before yours.", "%(n)s other copies are made before yours.", ahead)
        blocks.append(Paragraph(waiting))
    blocks.append(Paragraph(_("Reference: %(reference)s")(reference=reference)))
    return Reply(TITLE, tuple(blocks), (_CANCEL,), personal=True)


_CANCEL = Choice(_("Cancel the export"), "cancel export")


def again(reference: str) -> Reply:
    """Return that a copy is begun anew after an interruption."""
    return Reply(
        TITLE,
        (
            Lead(_("I was interrupted while I made your copy. I begin anew; nothing is lost.")),
            Paragraph(_("Reference: %(reference)s")(reference=reference)),
        ),
        (_CANCEL,),
        personal=True,
    )


def progress(done: int, total: int | None) -> Reply:
    """Return how far a copy is."""
    if total:
        text: Phrase = _("Your copy: %(percent)s %% done.")(percent=Number(min(99, done * 100 // total)))
    else:
        text = _("Your copy is being made.")
    return Reply(TITLE, (Lead(text),), personal=True)


def already(done: int, total: int | None) -> Reply:
    """Return that a copy is being made already."""
    said = progress(done, total).blocks[0]
    hint = Paragraph(_("One at a time: please wait for it, or cancel it."))
    return Reply(TITLE, (said, hint), (_CANCEL,), Outcome.WARN, personal=True)


def ready(copy: Ready) -> Reply:
    """Return that a copy is ready; the link follows in a message of its own, as clients want it."""
    blocks: list[Block] = [Lead(_("Your copy is ready. The link follows.")), Fact(_("Size"), Size(copy.size))]
    blocks.append(Fact(_("Records"), Number(copy.records)))
    if copy.files:
        blocks.append(Fact(_("Uploaded files in it"), Number(copy.files)))
    if copy.expires is not None:
        blocks.append(Fact(_("The link works until"), Moment(copy.expires)))
    blocks += _how_to_open(copy)
    if copy.missing:
        text = _("This could not be read completely: %(what)s. The file manifest.json says more.")
        blocks.append(Paragraph(text(what=Listing(copy.missing))))
    if copy.left_out:
        blocks.append(
            Paragraph(
                n_(
                    "%(n)s uploaded file is not in it, but listed with its link.",
                    "%(n)s uploaded files are not in it, but listed with their links.",
                    copy.left_out,
                )
            )
        )
    return Reply(TITLE, tuple(blocks), personal=True)


def _how_to_open(copy: Ready) -> Iterator[Block]:
    yield Paragraph(_("It is one of your uploaded files: fetch it before you erase those, or your account."))
    yield Paragraph(_("It is a ZIP: open index.html in it to read; account.xml is for moving to another server."))
    if copy.form == ENCRYPTED:
        yield Paragraph(
            _(
                "The link has the key in it: keep it to yourself. Most chat apps open it. If yours does not, fetch "
                "the file with https instead of aesgcm and decrypt it with “privacy-bot decrypt LINK FILE”, "
                "or write “export plain”."
            )
        )
    else:
        yield Paragraph(_("It is not encrypted: whoever has the link can read it."))


def link(copy: Ready) -> Reply:
    """Return the link alone: clients make a file of a message that is nothing else."""
    return Reply(TITLE, (Lead(copy.link),), personal=True)


def failed(policy: Policy, why: Failure, reference: str) -> Reply:
    """Return that there is no copy, why, and what works instead."""
    instead = _(
        "What works: a part of it (such as: export roster), “my data” here in the chat, or a request to %(contact)s."
    )
    return Reply(
        TITLE,
        (
            Lead(_("I could not make your copy.")),
            Paragraph(_REASONS[why]),
            Paragraph(instead(contact=reach(policy.controller))),
            Paragraph(_("Reference: %(reference)s")(reference=reference)),
        ),
        (_REQUEST, Choice(p_("choice", "All my data"), "my data")),
        Outcome.ERROR,
        personal=True,
    )


_REQUEST = Choice(_("Send a request"), "request access")


def no_service(policy: Policy) -> Reply:
    """Return that the server has nowhere to put a copy, and what works instead."""
    return Reply(
        TITLE,
        (
            Lead(_("This server has no upload service, so I have no place to put a copy for you.")),
            Paragraph(
                _("What works: “my data” here in the chat, or a request to %(contact)s, who can send you a copy.")(
                    contact=reach(policy.controller)
                )
            ),
        ),
        (_REQUEST, Choice(p_("choice", "All my data"), "my data")),
        Outcome.WARN,
    )


def warning() -> Asking:
    """Return what one should know before a copy is made without encryption."""
    return Asking(
        _(
            "Without encryption, whoever gets the link can read your copy, and so can those who run the server, until "
            "it expires. Make it all the same?"
        )
    )


def cancelled(reference: str) -> Reply:
    """Return that a copy is no longer made."""
    told = Paragraph(_("Reference: %(reference)s")(reference=reference))
    return Reply(TITLE, (Lead(_("The export is cancelled.")), told))


def none_under_way() -> Reply:
    """Return that there is nothing to cancel."""
    return Reply(TITLE, (Lead(_("No export of yours is under way.")),))
