"""The closed vocabularies of data: kinds, parts, purposes, conditions, visibility.

The words that people read for them are in `bot.policy.wording`.
"""

from enum import StrEnum


class Category(StrEnum):
    """The kinds of data that an XMPP server and the services beside it can hold."""

    ACCOUNT = "account"
    PASSWORD = "password"  # noqa: S105 -- a category, no secret
    ROSTER = "roster"
    PRESENCE = "presence"
    LAST_ACTIVITY = "last_activity"
    OFFLINE_MESSAGES = "offline_messages"
    ARCHIVE = "archive"
    ROOM_ARCHIVE = "room_archive"
    ROOM_MEMBERSHIPS = "room_memberships"
    UPLOADS = "uploads"
    PROFILE = "profile"
    CLIENT_DATA = "client_data"
    BLOCKLIST = "blocklist"
    PUSH_REGISTRATIONS = "push_registrations"
    SESSIONS = "sessions"
    ACCESS_TOKENS = "access_tokens"
    IP_ADDRESSES = "ip_addresses"
    LOGS = "logs"
    STATISTICS = "statistics"
    TRANSPORT_CREDENTIALS = "transport_credentials"
    PAYMENTS = "payments"
    MAILBOX = "mailbox"
    ADDRESS_BOOK = "address_book"
    MAIL_LOGS = "mail_logs"
    SEARCH_QUERIES = "search_queries"
    WEBSITE_VISITS = "website_visits"
    BOT_RECORDS = "bot_records"


class Stored(StrEnum):
    """Whether something is stored."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"
    MEMORY_ONLY = "memory_only"
    UNKNOWN = "unknown"


class LegalBasis(StrEnum):
    """Art. 6(1)(a) to (f) GDPR."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class Purpose(StrEnum):
    """What data are used for (Art. 5(1)(b) GDPR)."""

    OPERATE = "operate"
    LOG_IN = "log_in"
    DELIVER = "deliver"
    SYNC_DEVICES = "sync_devices"
    NEWCOMERS = "newcomers"
    SHARE_FILES = "share_files"
    SHOW_OTHERS = "show_others"
    SECURITY = "security"
    ABUSE = "abuse"
    FAULTS = "faults"
    STATISTICS = "statistics"
    IMPROVE_WEBSITE = "improve_website"
    FIND_UNUSED = "find_unused"
    CONTACT = "contact"
    PAYMENT = "payment"
    LEGAL = "legal"


class FieldName(StrEnum):
    """Parts of a record."""

    USER_NAME = "user_name"
    DOMAIN = "domain"
    PASSWORD_HASH = "password_hash"  # noqa: S105 -- a field, no secret
    PASSWORD = "password"  # noqa: S105
    CREATED = "created"
    LAST_LOGIN = "last_login"
    LOGIN_TIMES = "login_times"
    CONTACTS = "contacts"
    PRESENCE = "presence"
    STATUS_MESSAGE = "status_message"
    SENDER = "sender"
    RECIPIENT = "recipient"
    TIME = "time"
    REASON = "reason"
    SIZE = "size"
    MESSAGE_ID = "message_id"
    SUBJECT = "subject"
    CONTENT = "content"
    NICKNAME = "nickname"
    AVATAR = "avatar"
    NAME = "name"
    EMAIL_ADDRESS = "email_address"
    PHONE_NUMBER = "phone_number"
    IP_ADDRESS = "ip_address"
    SHORTENED_IP_ADDRESS = "shortened_ip_address"
    FILE = "file"
    FILE_NAME = "file_name"
    BOOKMARKS = "bookmarks"
    SETTINGS = "settings"
    VISITOR_ID = "visitor_id"
    SESSION_ID = "session_id"
    PREVIOUS_PAGE = "previous_page"
    OPERATING_SYSTEM = "operating_system"
    BROWSER = "browser"
    BROWSER_LANGUAGE = "browser_language"
    PAGES_VISITED = "pages_visited"
    REQUEST_KIND = "request_kind"
    SCREEN = "screen"
    TECHNIQUES = "techniques"
    SERVER_LOAD = "server_load"
    PSEUDONYM = "pseudonym"
    CHOSEN_LANGUAGE = "chosen_language"
    CREDENTIALS = "credentials"
    FOREIGN_IDENTITY = "foreign_identity"


class Condition(StrEnum):
    """When something conditional, or an exception, happens."""

    CLIENT_USES_IT = "client_uses_it"
    CLIENT_DECIDES = "client_decides"
    USER_ENABLES = "user_enables"
    ROOM_ENABLES = "room_enables"
    FAILED_LOGIN = "failed_login"
    DELIVERY_FAILS = "delivery_fails"
    FAULT = "fault"
    ABUSE = "abuse"
    BLOCKED = "blocked"
    WEB_REGISTRATION = "web_registration"
    IN_BAND_REGISTRATION = "in_band_registration"
    SCRIPTS_ENABLED = "scripts_enabled"
    COURT_ORDER = "court_order"
    PAID_ACCOUNT = "paid_account"
    OTHER = "other"


class FormKind(StrEnum):
    """In what form data lie on the server."""

    PLAIN = "plain"
    HASH = "hash"
    CIPHERTEXT = "ciphertext"
    MIXED = "mixed"


class Precision(StrEnum):
    """How exactly a time is kept."""

    EXACT = "exact"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Visibility(StrEnum):
    """Who can see data, apart from those who run the machine."""

    SELF = "self"
    CONTACTS = "contacts"
    CORRESPONDENTS = "correspondents"
    ROOM = "room"
    LINK = "link"
    PUBLIC = "public"
    CLIENT_DECIDES = "client_decides"
    NOBODY = "nobody"


class Switcher(StrEnum):
    """Who may switch a thing on and off."""

    USER = "user"
    ROOM_OWNER = "room_owner"
    DOMAIN_ADMIN = "domain_admin"
    OPERATOR = "operator"
    NOBODY = "nobody"


class Way(StrEnum):
    """Where and how one acts."""

    CLIENT = "client"
    ROOM_SETTINGS = "room_settings"
    WEBSITE = "website"
    BROWSER = "browser"
    BOT = "bot"
    CONTACT = "contact"
    AUTOMATIC = "automatic"
