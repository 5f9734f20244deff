"""What an erasure does to people's devices, and what it cannot reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from bot.answers.clause import in_force
from bot.claims.erasure import ACCOUNT
from bot.i18n import Message, Phrase, _, p_
from bot.policy.model import Policy
from bot.policy.services import Remains
from bot.policy.terms import Category
from bot.policy.wording import services
from bot.policy.wording.services import REMAINS

EFFECTS: Mapping[str, Message] = {
    Category.UPLOADS: _(
        "The links to these files stop working, for everybody whom you sent them to. "
        "What somebody has downloaded stays with them."
    ),
    Category.ARCHIVE: _(
        "Your devices keep the messages that they have; a new device can no longer fetch them. "
        "Whether new messages are archived does not change."
    ),
    Category.OFFLINE_MESSAGES: _("Messages that wait for you and that no device has fetched are lost unread."),
    Category.PROFILE: _("Your contacts no longer get your name and picture from the server."),
    Category.CLIENT_DATA: _(
        "Your apps lose bookmarks of group chats and settings, and your keys for encrypted chats are no longer "
        "published: log in again with each app, so that it publishes its keys anew."
    ),
    Category.BLOCKLIST: _("People whom you have blocked can write to you again."),
    Category.ROSTER: _(
        "Your contact list is empty on all devices, and your contacts no longer see when you are there."
    ),
    Category.PUSH_REGISTRATIONS: _("Your devices are not woken for new messages until your app registers again."),
    Category.ACCESS_TOKENS: _("Apps that log in with a token have to ask for your password again."),
    Category.LAST_ACTIVITY: _("Your next login is noted again."),
    Category.IP_ADDRESSES: _("Your next login is noted again."),
    Category.ROOM_MEMBERSHIPS: _(
        "You lose your role in these group chats, also as an owner; closed ones must invite you again."
    ),
    Category.ROOM_ARCHIVE: _("Your messages are gone from the archives of this server's group chats, for everybody."),
    ACCOUNT: _("You can no longer log in, and nobody can reach you at this address."),
}
"""What people notice, by category and for the whole account."""

_COPIES: Mapping[str, Phrase] = {
    Category.UPLOADS: p_("remains", "copies that others have downloaded"),
    Category.ARCHIVE: p_("remains", "the same messages on devices, and in the archives of the people you wrote with"),
    Category.ROOM_ARCHIVE: p_("remains", "what the others in the group chats have received"),
    Category.PROFILE: p_("remains", "copies that the apps of your contacts keep"),
    Category.ROSTER: REMAINS[Remains.OTHER_ROSTERS],
}

_ANYWAY = (Remains.OTHER_SERVERS, Remains.OTHER_ARCHIVES, Remains.OTHER_ROSTERS, Remains.ROOM_ARCHIVES)
"""What outlives an account whatever the policy says: no server can reach it."""


def remaining(policy: Policy, categories: Sequence[str], day: date, *, whole_account: bool) -> tuple[Phrase, ...]:
    """Return what stays, and until when, of what is erased on *day*."""
    return distinct(_remaining(policy, categories, day, whole_account=whole_account))


def distinct(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """Return *phrases* in their order, each once."""
    found: list[Phrase] = []
    for phrase in phrases:
        if phrase not in found:
            found.append(phrase)
    return tuple(found)


def _remaining(policy: Policy, categories: Sequence[str], day: date, *, whole_account: bool) -> Iterator[Phrase]:
    if whole_account:
        named = [what for one in in_force(policy.account_erasure, day) for what in one.remains]
        # Uploads go too, whatever the policy expects of the server; backups follow with their date.
        kept = [what for what in (*named, *_ANYWAY) if what not in (Remains.UPLOADS, Remains.BACKUPS)]
        yield from (REMAINS[what] for what in dict.fromkeys(kept))
    else:
        yield from (_COPIES[category] for category in categories if category in _COPIES)
        if any(Remains.LEGAL_HOLD in one.remains for one in in_force(policy.account_erasure, day)):
            yield REMAINS[Remains.LEGAL_HOLD]
    for backup in in_force(policy.backups, day):
        if whole_account or not set(categories) <= set(backup.excludes):
            yield services.gone_from_backups(backup, day) or REMAINS[Remains.BACKUPS]
    yield p_("remains", "a record of this erasure, without your address: what, how much, when")
