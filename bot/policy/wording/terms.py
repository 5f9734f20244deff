"""The words of the closed vocabularies."""

from __future__ import annotations

from bot.i18n import Message, Phrase, _, p_
from bot.policy.data import Basis, When
from bot.policy.terms import (
    Condition,
    FieldName,
    LegalBasis,
    Precision,
    Purpose,
    Visibility,
    Way,
)

FIELDS: dict[FieldName, Message] = {
    FieldName.USER_NAME: p_("part", "user name"),
    FieldName.DOMAIN: p_("part", "domain"),
    FieldName.PASSWORD_HASH: p_("part", "hash of the password"),
    FieldName.PASSWORD: p_("part", "the password itself"),
    FieldName.CREATED: p_("part", "when the account was made"),
    FieldName.LAST_LOGIN: p_("part", "time of the last login"),
    FieldName.LOGIN_TIMES: p_("part", "times of logins"),
    FieldName.CONTACTS: p_("part", "contacts"),
    FieldName.PRESENCE: p_("part", "presence (available, away …)"),
    FieldName.STATUS_MESSAGE: p_("part", "status message"),
    FieldName.SENDER: p_("part", "sender"),
    FieldName.RECIPIENT: p_("part", "recipient"),
    FieldName.TIME: p_("part", "time"),
    FieldName.REASON: p_("part", "reason"),
    FieldName.SIZE: p_("part", "size"),
    FieldName.MESSAGE_ID: p_("part", "message id"),
    FieldName.SUBJECT: p_("part", "subject"),
    FieldName.CONTENT: p_("part", "content"),
    FieldName.NICKNAME: p_("part", "nickname"),
    FieldName.AVATAR: p_("part", "picture"),
    FieldName.NAME: p_("part", "name"),
    FieldName.EMAIL_ADDRESS: p_("part", "e-mail address"),
    FieldName.PHONE_NUMBER: p_("part", "phone number"),
    FieldName.IP_ADDRESS: p_("part", "IP address"),
    FieldName.SHORTENED_IP_ADDRESS: p_("part", "shortened IP address"),
    FieldName.FILE: p_("part", "the file itself"),
    FieldName.FILE_NAME: p_("part", "file name"),
    FieldName.BOOKMARKS: p_("part", "bookmarks"),
    FieldName.SETTINGS: p_("part", "settings"),
    FieldName.VISITOR_ID: p_("part", "a number that tells visitors apart"),
    FieldName.SESSION_ID: p_("part", "a number for the session"),
    FieldName.PREVIOUS_PAGE: p_("part", "the page visited before"),
    FieldName.OPERATING_SYSTEM: p_("part", "name and version of the operating system"),
    FieldName.BROWSER: p_("part", "name and version of the browser"),
    FieldName.BROWSER_LANGUAGE: p_("part", "language of the browser"),
    FieldName.PAGES_VISITED: p_("part", "pages visited here"),
    FieldName.REQUEST_KIND: p_("part", "kind of request"),
    FieldName.SCREEN: p_("part", "screen resolution and colour depth"),
    FieldName.TECHNIQUES: p_("part", "techniques and formats that the browser supports"),
    FieldName.SERVER_LOAD: p_("part", "load of the server"),
    FieldName.PSEUDONYM: p_("part", "a pseudonym instead of the address"),
    FieldName.CHOSEN_LANGUAGE: p_("part", "the language chosen"),
    FieldName.CREDENTIALS: p_("part", "user name and password of the other network"),
    FieldName.FOREIGN_IDENTITY: p_("part", "identity in the other network"),
}

PURPOSES: dict[Purpose, Message] = {
    Purpose.OPERATE: p_("purpose", "running the service"),
    Purpose.LOG_IN: p_("purpose", "letting you log in"),
    Purpose.DELIVER: p_("purpose", "delivering messages"),
    Purpose.SYNC_DEVICES: p_("purpose", "keeping all your devices in step"),
    Purpose.NEWCOMERS: p_("purpose", "showing newcomers the last messages"),
    Purpose.SHARE_FILES: p_("purpose", "passing on files"),
    Purpose.SHOW_OTHERS: p_("purpose", "showing it to other people"),
    Purpose.SECURITY: p_("purpose", "security"),
    Purpose.ABUSE: p_("purpose", "tracing misuse"),
    Purpose.FAULTS: p_("purpose", "finding faults"),
    Purpose.STATISTICS: p_("purpose", "statistics"),
    Purpose.IMPROVE_WEBSITE: p_("purpose", "improving the website"),
    Purpose.FIND_UNUSED: p_("purpose", "finding accounts that nobody uses"),
    Purpose.CONTACT: p_("purpose", "reaching you"),
    Purpose.PAYMENT: p_("purpose", "payments"),
    Purpose.LEGAL: p_("purpose", "legal duties"),
}

BASES: dict[LegalBasis, Message] = {
    LegalBasis.CONSENT: p_("basis", "Art. 6(1)(a) GDPR (your consent)"),
    LegalBasis.CONTRACT: p_("basis", "Art. 6(1)(b) GDPR (the contract with you)"),
    LegalBasis.LEGAL_OBLIGATION: p_("basis", "Art. 6(1)(c) GDPR (a legal obligation)"),
    LegalBasis.VITAL_INTERESTS: p_("basis", "Art. 6(1)(d) GDPR (vital interests)"),
    LegalBasis.PUBLIC_TASK: p_("basis", "Art. 6(1)(e) GDPR (a public task)"),
    LegalBasis.LEGITIMATE_INTERESTS: p_("basis", "Art. 6(1)(f) GDPR (legitimate interests)"),
}

_CONDITIONS: dict[Condition, Message] = {
    Condition.CLIENT_USES_IT: p_("condition", "if your app supports and uses it"),
    Condition.CLIENT_DECIDES: p_("condition", "if your app puts it there"),
    Condition.USER_ENABLES: p_("condition", "if you switch it on"),
    Condition.ROOM_ENABLES: p_("condition", "if it is switched on for the group chat"),
    Condition.FAILED_LOGIN: p_("condition", "when a login fails"),
    Condition.DELIVERY_FAILS: p_("condition", "when a message cannot be delivered"),
    Condition.FAULT: p_("condition", "while a fault is looked into"),
    Condition.ABUSE: p_("condition", "when the service is misused"),
    Condition.BLOCKED: p_("condition", "when an address is blocked"),
    Condition.WEB_REGISTRATION: p_("condition", "when an account is made on the website"),
    Condition.IN_BAND_REGISTRATION: p_("condition", "when an account is made in an app"),
    Condition.SCRIPTS_ENABLED: p_("condition", "if JavaScript is on"),
    Condition.COURT_ORDER: p_("condition", "with a court order"),
    Condition.PAID_ACCOUNT: p_("condition", "for paid accounts"),
}

VISIBILITY: dict[Visibility, Message] = {
    Visibility.SELF: _("You can see %(object)s; other users cannot."),
    Visibility.CONTACTS: _("Your contacts can see %(object)s."),
    Visibility.CORRESPONDENTS: _("The people you write with can see %(object)s."),
    Visibility.ROOM: _("The people in the group chat can see %(object)s."),
    Visibility.LINK: _("Everybody who has the link can open %(object)s."),
    Visibility.PUBLIC: _("Everybody can see %(object)s."),
    Visibility.CLIENT_DECIDES: _("You decide in your app who can see %(object)s: everybody, or only you."),
    Visibility.NOBODY: _("No other user can see %(object)s."),
}

_WAYS: dict[Way, Message] = {
    Way.CLIENT: p_("way", "in your app"),
    Way.ROOM_SETTINGS: p_("way", "in the settings of the group chat"),
    Way.WEBSITE: p_("way", "on our website"),
    Way.BROWSER: p_("way", "in your browser"),
    Way.BOT: p_("way", "by writing to this bot"),
    Way.CONTACT: p_("way", "by writing to us"),
    Way.AUTOMATIC: p_("way", "by simply waiting"),
}

PRECISIONS: dict[Precision, Message] = {
    Precision.EXACT: _("Times are kept exactly."),
    Precision.DAY: _("Of times, only the day is kept."),
    Precision.WEEK: _("Of times, only the week is kept."),
    Precision.MONTH: _("Of times, only the month is kept."),
    Precision.QUARTER: _("Of times, only the quarter is kept."),
    Precision.YEAR: _("Of times, only the year is kept."),
}


def condition(when: When) -> Phrase:
    """Return a condition as a clause, to stand at the end of a sentence."""
    return when.text.phrase() if when.text else _CONDITIONS[when.condition]


def bare_condition(kind: Condition) -> Phrase:
    """Return one of the shipped conditions as a clause."""
    return _CONDITIONS[kind]


def ways(chosen: tuple[Way, ...]) -> tuple[Phrase, ...]:
    """Return ways of acting as adverbials."""
    return tuple(_WAYS[way] for way in chosen)


def basis(one: Basis) -> Phrase:
    """Return a legal basis, with the interest where it rests on one."""
    if one.interest is None:
        return BASES[one.basis]
    return _("%(basis)s: %(interest)s")(basis=BASES[one.basis], interest=one.interest.phrase())
