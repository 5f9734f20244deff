"""What the kinds of data are called: as a title, and as the object of a sentence."""

from __future__ import annotations

from bot.i18n import Message, Phrase, p_
from bot.policy.data import DataStatement
from bot.policy.model import Policy
from bot.policy.terms import Category

TITLES: dict[Category, Message] = {
    Category.ACCOUNT: p_("title", "Account"),
    Category.PASSWORD: p_("title", "Password"),
    Category.ROSTER: p_("title", "Contact list"),
    Category.PRESENCE: p_("title", "Presence and status"),
    Category.LAST_ACTIVITY: p_("title", "Last login"),
    Category.OFFLINE_MESSAGES: p_("title", "Waiting messages"),
    Category.ARCHIVE: p_("title", "Message archive"),
    Category.ROOM_ARCHIVE: p_("title", "Group chat archive"),
    Category.ROOM_MEMBERSHIPS: p_("title", "Group chat memberships"),
    Category.UPLOADS: p_("title", "Uploaded files"),
    Category.PROFILE: p_("title", "Profile and picture"),
    Category.CLIENT_DATA: p_("title", "Bookmarks and app data"),
    Category.BLOCKLIST: p_("title", "Block list"),
    Category.PUSH_REGISTRATIONS: p_("title", "Push registrations"),
    Category.SESSIONS: p_("title", "Current sessions"),
    Category.ACCESS_TOKENS: p_("title", "Access tokens"),
    Category.IP_ADDRESSES: p_("title", "IP addresses"),
    Category.LOGS: p_("title", "Server logs"),
    Category.STATISTICS: p_("title", "Statistics"),
    Category.TRANSPORT_CREDENTIALS: p_("title", "Logins for other networks"),
    Category.PAYMENTS: p_("title", "Payments"),
    Category.MAILBOX: p_("title", "Mailbox"),
    Category.ADDRESS_BOOK: p_("title", "Address book"),
    Category.MAIL_LOGS: p_("title", "Mail logs"),
    Category.SEARCH_QUERIES: p_("title", "Searches"),
    Category.WEBSITE_VISITS: p_("title", "Visits to the website"),
    Category.BOT_RECORDS: p_("title", "Records of this bot"),
}

_OBJECTS: dict[Category, Message] = {
    Category.ACCOUNT: p_("object", "your account details"),
    Category.PASSWORD: p_("object", "your password"),
    Category.ROSTER: p_("object", "your contact list"),
    Category.PRESENCE: p_("object", "your last presence and status message"),
    Category.LAST_ACTIVITY: p_("object", "the time of your last login"),
    Category.OFFLINE_MESSAGES: p_("object", "messages that wait for you while you are offline"),
    Category.ARCHIVE: p_("object", "your message archive"),
    Category.ROOM_ARCHIVE: p_("object", "the archive of group chats"),
    Category.ROOM_MEMBERSHIPS: p_("object", "your memberships in group chats"),
    Category.UPLOADS: p_("object", "the files you upload (photos, videos, voice messages …)"),
    Category.PROFILE: p_("object", "your profile and picture"),
    Category.CLIENT_DATA: p_("object", "bookmarks, settings and other things that your app puts on the server"),
    Category.BLOCKLIST: p_("object", "the list of people you block"),
    Category.PUSH_REGISTRATIONS: p_("object", "the registrations of your devices for push notifications"),
    Category.SESSIONS: p_("object", "the list of your devices that are online"),
    Category.ACCESS_TOKENS: p_("object", "the access tokens of your devices"),
    Category.IP_ADDRESSES: p_("object", "your IP address"),
    Category.LOGS: p_("object", "server logs"),
    Category.STATISTICS: p_("object", "statistics"),
    Category.TRANSPORT_CREDENTIALS: p_("object", "your logins for other networks"),
    Category.PAYMENTS: p_("object", "your payments"),
    Category.MAILBOX: p_("object", "the mail you receive and send"),
    Category.ADDRESS_BOOK: p_("object", "your address book"),
    Category.MAIL_LOGS: p_("object", "logs of mail delivery"),
    Category.SEARCH_QUERIES: p_("object", "what you search for"),
    Category.WEBSITE_VISITS: p_("object", "visits to the website"),
    Category.BOT_RECORDS: p_("object", "this bot's own notes about you"),
}


def category_title(policy: Policy, category: Category | str) -> Phrase:
    """Return the heading for a kind of data, shipped or the operator's own."""
    if isinstance(category, Category):
        return TITLES[category]
    return _own_name(policy, category)


def category_object(policy: Policy, category: Category | str) -> Phrase:
    """Return the kind of data as the object of a sentence."""
    if isinstance(category, Category):
        return _OBJECTS[category]
    return _own_name(policy, category)


def statement_title(policy: Policy, statement: DataStatement) -> Phrase:
    """Return the heading of a statement: its own title, else that of its category."""
    return statement.title.phrase() if statement.title else category_title(policy, statement.category)


def statement_object(policy: Policy, statement: DataStatement) -> Phrase:
    """Return what a statement is about, as the object of a sentence."""
    if statement.title:
        return p_("object", "“%(name)s”")(name=statement.title.phrase())
    return category_object(policy, statement.category)


def _own_name(policy: Policy, id_: str) -> Phrase:
    return next((own.name.phrase() for own in policy.categories if own.id == id_), id_)
