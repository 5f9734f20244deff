"""From a request to erase something, in somebody's own words, to the command that shows what that would mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.answers.erasing import WHAT
from bot.claims.erasure import ACCOUNT, EVERYTHING
from bot.commands.services import Services
from bot.dialogue.command import Call
from bot.dialogue.reply import Choice, Lead, Reply
from bot.dialogue.understanding import UNREADABLE, Understanding
from bot.i18n import _, p_
from bot.policy.terms import Category
from bot.policy.vocabulary import Intent, Label, Topic


def wished_erasure(read: Understanding, services: Services) -> Call[Services] | Reply | None:
    """Return the call that erases what a plain request names; it only shows what it would do, and asks."""
    if not read.erasing or services.rights is None:
        return None
    if not read.certain and len(read.ranked) > 1:
        return None  # the choices ask which
    kinds, days = _kinds(read), read.older_than
    command = services.registry.get("erase")
    if not kinds or command is None:
        return None
    # An age that cannot be read is asked for: never is more erased than was meant.
    if len(kinds) == 1 or days == UNREADABLE:
        return Call(command, {"what": kinds[0]} | ({} if days is None else {"days": str(days)}))
    after = "" if days is None else f" {days}"
    return Reply(
        _("What do you mean?"),
        (Lead(_("What shall be erased? I show you what it would mean before anything happens.")),),
        tuple(Choice(WHAT[kind], f"erase {kind}{after}") for kind in kinds),
    )


def _kinds(read: Understanding) -> tuple[str, ...]:
    """Return what a request to erase may be about; several where people use one word for them."""
    label = read.ranked[0]
    if label is Intent.ERASE_ACCOUNT and Intent.MY_DATA in read.ranked:
        return (EVERYTHING, ACCOUNT) if read.older_than is None else (EVERYTHING,)
    if label is Intent.ERASE_ARCHIVE and Topic.MUC_ARCHIVE in read.ranked:
        return (Category.ROOM_ARCHIVE, Category.ARCHIVE)
    if label is Topic.CLIENT_DATA:
        return (Category.CLIENT_DATA, Category.BLOCKLIST, Category.PUSH_REGISTRATIONS)
    return (ERASED[label],) if label in ERASED else ()


ERASED: Mapping[Label, str] = {
    Intent.ERASE_UPLOADS: Category.UPLOADS,
    Intent.ERASE_ARCHIVE: Category.ARCHIVE,
    Intent.ERASE_OFFLINE: Category.OFFLINE_MESSAGES,
    Intent.ERASE_PROFILE: Category.PROFILE,
    Intent.ERASE_ACCOUNT: ACCOUNT,
    Topic.UPLOADS: Category.UPLOADS,
    Topic.ARCHIVE: Category.ARCHIVE,
    Topic.MUC_ARCHIVE: Category.ROOM_ARCHIVE,
    Topic.OFFLINE_MESSAGES: Category.OFFLINE_MESSAGES,
    Topic.PROFILE: Category.PROFILE,
    Topic.ROSTER: Category.ROSTER,
    Topic.IP_ADDRESSES: Category.IP_ADDRESSES,
    Topic.ACCOUNT: ACCOUNT,
    Topic.ACCOUNT_DELETION: ACCOUNT,
}
"""What a request to erase is about."""


def possible_erasures(read: Understanding, services: Services) -> Iterator[Choice]:
    """Return what a request to erase may be about."""
    if read.erasing and services.rights is not None:
        for what in dict.fromkeys(ERASED[label] for label in read.ranked if label in ERASED):
            title = p_("choice", "Erase: %(what)s")(what=WHAT[what])
            yield Choice(title, f"erase {what}")
