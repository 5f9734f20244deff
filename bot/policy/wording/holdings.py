"""What a server holds for an account, in words: how many of what, in what state, seen by whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.i18n import Day, Message, Phrase, Size, _, n_, p_
from bot.policy.observed import Holding, moment
from bot.policy.terms import Category, Visibility

_COUNTS: Mapping[str, Callable[[int], Message]] = {
    Category.ROSTER: lambda n: n_("%(n)s contact", "%(n)s contacts", n),
    Category.PRESENCE: lambda n: n_("of %(n)s device", "of %(n)s devices", n),
    Category.OFFLINE_MESSAGES: lambda n: n_("%(n)s message", "%(n)s messages", n),
    Category.ARCHIVE: lambda n: n_("%(n)s message", "%(n)s messages", n),
    Category.ROOM_ARCHIVE: lambda n: n_("%(n)s message of yours", "%(n)s messages of yours", n),
    Category.ROOM_MEMBERSHIPS: lambda n: n_("%(n)s group chat", "%(n)s group chats", n),
    Category.UPLOADS: lambda n: n_("%(n)s file", "%(n)s files", n),
    Category.PROFILE: lambda n: n_("%(n)s part", "%(n)s parts", n),
    Category.BLOCKLIST: lambda n: n_("%(n)s blocked address", "%(n)s blocked addresses", n),
    Category.PUSH_REGISTRATIONS: lambda n: n_("%(n)s device", "%(n)s devices", n),
    Category.SESSIONS: lambda n: n_("%(n)s device", "%(n)s devices", n),
    Category.ACCESS_TOKENS: lambda n: n_("%(n)s token", "%(n)s tokens", n),
    Category.IP_ADDRESSES: lambda n: n_("%(n)s address", "%(n)s addresses", n),
}
"""What is counted, where it is something else than entries."""

_BRIEF_VISIBILITY: dict[Visibility, Message] = {
    Visibility.SELF: p_("visible to", "you"),
    Visibility.CONTACTS: p_("visible to", "your contacts"),
    Visibility.CORRESPONDENTS: p_("visible to", "the people you write with"),
    Visibility.ROOM: p_("visible to", "the people in the group chat"),
    Visibility.LINK: p_("visible to", "everybody who has the link"),
    Visibility.PUBLIC: p_("visible to", "everybody"),
    Visibility.CLIENT_DECIDES: p_("visible to", "as you decide in your app"),
    Visibility.NOBODY: p_("visible to", "no other user"),
}

_ACCESS: dict[str, Message] = {
    "open": p_("visible to", "everybody"),
    "presence": p_("visible to", "your contacts"),
    "roster": p_("visible to", "some of your contacts"),
    "authorize": p_("visible to", "those you allow"),
    "whitelist": p_("visible to", "you"),
}
"""Access models of XEP-0060 §4.5."""

_AFFILIATIONS: dict[str, Message] = {
    "owner": p_("role", "owner"),
    "admin": p_("role", "administrator"),
    "member": p_("role", "member"),
    "outcast": p_("role", "banned"),
}

_SUBSCRIPTIONS: dict[str, Message] = {
    "both": p_("contact", "you see each other's presence"),
    "to": p_("contact", "you see their presence"),
    "from": p_("contact", "they see your presence"),
    "none": p_("contact", "only in your list"),
}

_PARTS: dict[str, Message] = {
    "vcard": p_("profile", "Card (older format)"),
    "vcard4": p_("profile", "Card"),
    "avatar": p_("profile", "Picture"),
    "nickname": p_("profile", "Nickname"),
}

_NODES: tuple[tuple[str, Message], ...] = (
    ("urn:xmpp:bookmarks:1", p_("node", "Bookmarks of group chats")),
    ("storage:bookmarks", p_("node", "Bookmarks of group chats (older format)")),
    ("urn:xmpp:omemo:", p_("node", "Public keys for encrypted chats")),
    ("eu.siacs.conversations.axolotl.", p_("node", "Public keys for encrypted chats")),
    ("urn:xmpp:openpgp:", p_("node", "Public keys for encrypted chats")),
    ("urn:xmpp:mds:displayed:", p_("node", "How far you have read")),
    ("storage:rosternotes", p_("node", "Notes about contacts")),
    ("http://jabber.org/protocol/mood", p_("node", "Mood")),
    ("http://jabber.org/protocol/activity", p_("node", "Activity")),
    ("http://jabber.org/protocol/geoloc", p_("node", "Location")),
    ("http://jabber.org/protocol/tune", p_("node", "Music you listen to")),
    ("urn:xmpp:microblog:0", p_("node", "Blog")),
)
"""What is in nodes and private elements, by the beginning of their names."""


def how_much(holding: Holding) -> Phrase:
    """Return what there is, as one short phrase: "3 files, 4.2 MB", "as a hash (SCRAM-SHA-1)"."""
    match holding.category:
        case Category.ACCOUNT:
            return _account(holding)
        case Category.PASSWORD:
            return _password(str(holding.facts.get("format", "")))
        case Category.LAST_ACTIVITY if holding.newest:
            return Day(holding.newest.date())
    if holding.count is None:
        return _("there is something, but I cannot tell how much")
    counted: Message = _COUNTS.get(holding.category, _entries)(holding.count)
    if holding.bytes:
        counted = _("%(count)s (%(size)s)")(count=counted, size=Size(holding.bytes))
    if holding.partial:
        counted = _("at least %(count)s")(count=counted)
    return _("%(count)s, only in memory")(count=counted) if holding.memory else counted


def _account(holding: Holding) -> Phrase:
    created, given = moment(holding.facts.get("created")), holding.facts.get("given")
    since: Phrase = _("since %(day)s")(day=Day(created.date())) if created else p_("account", "exists")
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        return since
    details = n_("%(n)s detail that you gave at registration", "%(n)s details that you gave at registration", given)
    return _("%(since)s, with %(details)s")(since=since, details=details)


def _entries(n: int) -> Message:
    return n_("%(n)s entry", "%(n)s entries", n)


def _password(form: str) -> Phrase:
    if form == "plain":
        return _("in plain text")
    if form.startswith("scram"):
        return _("as a hash (%(algorithm)s)")(algorithm=form.upper())
    return _("in a form that I do not know")


def visible_to(kind: Visibility) -> Phrase:
    """Return who can see something, in a word or two."""
    return _BRIEF_VISIBILITY[kind]


def access(model: str) -> Phrase:
    """Return who can see a node with this access model; an unknown one as it is called."""
    return _ACCESS.get(model, model)


def affiliation(name: str) -> Phrase:
    """Return what somebody is in a room."""
    return _AFFILIATIONS.get(name, p_("role", "none"))


def subscription(name: str) -> Phrase:
    """Return how it stands with a contact."""
    return _SUBSCRIPTIONS.get(name, name)


def part(name: str) -> Phrase:
    """Return what a part of the profile is called."""
    return _PARTS.get(name, name)


def node(name: str) -> Phrase:
    """Return what is in a node; an unknown one as it is called."""
    known = next((title for beginning, title in _NODES if name.startswith(beginning)), None)
    return _("%(title)s (%(name)s)")(title=known, name=name) if known else name
