"""The closed vocabularies of questions: what they are about, and which side of it is asked.

The names are those of the label guide that the measured questions use, so that what the
program understands can be scored without a table in between.
"""

from enum import StrEnum


class Topic(StrEnum):
    """What a question about the policy can be about."""

    OVERVIEW = "overview"
    ACCOUNT = "account"
    PASSWORD = "password"  # noqa: S105 -- a topic, no secret
    ROSTER = "roster"
    PRESENCE = "presence"
    OFFLINE_MESSAGES = "offline_messages"
    ARCHIVE = "archive"
    MUC_ARCHIVE = "muc_archive"
    UPLOADS = "uploads"
    PROFILE = "profile"
    CLIENT_DATA = "client_data"
    IP_ADDRESSES = "ip_addresses"
    LOGS = "logs"
    BACKUPS = "backups"
    INACTIVE_ACCOUNTS = "inactive_accounts"
    ACCOUNT_DELETION = "account_deletion"
    ENCRYPTION = "encryption"
    FEDERATION = "federation"
    THIRD_PARTIES = "third_parties"
    PURPOSES = "purposes"
    LEGAL_BASIS = "legal_basis"
    ABUSE = "abuse"
    AUTHORITIES = "authorities"
    STATISTICS = "statistics"
    EMAIL = "email"
    WEBMAIL_COOKIES = "webmail_cookies"
    SEARCH_ENGINE = "search_engine"
    WEB_ANALYTICS = "web_analytics"
    RIGHTS = "rights"
    CONTROLLER_CONTACT = "controller_contact"
    CHILDREN = "children"
    DATA_LOCATION = "data_location"
    POLICY_CHANGES = "policy_changes"
    BOT = "bot"


class Aspect(StrEnum):
    """Which side of a topic is asked."""

    WHAT = "what"
    HOW_LONG = "how_long"
    WHY = "why"
    LEGAL_BASIS = "legal_basis"
    WHO = "who"
    WHERE = "where"
    GET = "get"
    ERASE = "erase"
    SWITCH_OFF = "switch_off"
    ENCRYPTED = "encrypted"
    CONTACT = "contact"


class Polar(StrEnum):
    """What a question wants a yes or a no to."""

    STORED = "stored"
    READ = "read"
    SOLD = "sold"
    ADVERTISED = "advertised"
    TRACKED = "tracked"


class Intent(StrEnum):
    """What a message can want besides an answer about a topic."""

    MY_DATA = "my_data"
    EXPORT_DATA = "export_data"
    ERASE_UPLOADS = "delete_uploads"
    ERASE_ARCHIVE = "delete_archive"
    ERASE_OFFLINE = "delete_offline"
    ERASE_PROFILE = "delete_profile"
    ERASE_ACCOUNT = "delete_account"
    SET_LANGUAGE = "set_language"
    ANNOUNCEMENTS_ON = "announcements_on"
    ANNOUNCEMENTS_OFF = "announcements_off"
    HELP = "help"
    SHOW_POLICY = "show_policy"
    SHOW_CHANGES = "show_changes"
    GREETING = "greeting"
    THANKS = "thanks"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


Label = Topic | Intent

ERASURES = frozenset(
    {
        Intent.ERASE_UPLOADS,
        Intent.ERASE_ARCHIVE,
        Intent.ERASE_OFFLINE,
        Intent.ERASE_PROFILE,
        Intent.ERASE_ACCOUNT,
    }
)
"""Intents that would destroy something: never understood from a question."""
