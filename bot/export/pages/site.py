"""What all pages have in common: head, foot, moments, numbers, and the pictures that may be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import lru_cache

from babel.dates import format_time

from bot.export.moments import DAY, stamp
from bot.export.order import OTHER
from bot.export.pages.style import STYLE
from bot.export.pages.text import element, shown
from bot.i18n import Moment, Number, Phrase, Size, Translator, _, p_
from bot.policy.observed import moment
from bot.policy.terms import Category
from bot.policy.wording.categories import TITLES

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
"""What a browser is allowed to load (CSP Level 3): nothing but styles and pictures from here."""

NAMES: Mapping[str, str] = {
    Category.ARCHIVE: "messages",
    Category.OFFLINE_MESSAGES: "waiting",
    Category.ROOM_ARCHIVE: "rooms",
    Category.ROSTER: "contacts",
    Category.PROFILE: "profile",
    Category.CLIENT_DATA: "app-data",
    Category.BLOCKLIST: "blocked",
    Category.ROOM_MEMBERSHIPS: "memberships",
    Category.UPLOADS: "files",
    Category.ACCOUNT: "account",
    Category.LAST_ACTIVITY: "last-login",
    Category.SESSIONS: "sessions",
    Category.PUSH_REGISTRATIONS: "push",
    Category.ACCESS_TOKENS: "tokens",
    Category.IP_ADDRESSES: "ip-addresses",
    Category.PRESENCE: "presence",
    Category.BOT_RECORDS: "bot",
    OTHER: "other",
}
"""The files of the categories, without ``.html``; some have further pages: ``messages-0001.html``."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """An uploaded file that is in the ZIP; *type* is what its first bytes say, "" if that is not safe to open."""

    path: str
    type: str

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it."""
        return self.type.startswith("image/")


@dataclass(slots=True)
class Site:
    """The pages of one copy.

    Attributes:
        tr: the language.
        account: the bare JID.
        created: when the copy was made.
        files: the uploaded files that are in the ZIP, by the address they were fetched from.
    """

    tr: Translator
    account: str
    created: datetime
    files: Mapping[str, LocalFile] = field(default_factory=dict)

    def head(self, title: Phrase, lead: Phrase = "", *, is_index: bool = False) -> str:
        """Return the beginning of a page."""
        name = shown(self.tr(title))
        overview, skip = self.say(_("Overview")), self.say(_("To the content"))
        back = "" if is_index else f'<nav><a href="index.html">← {overview}</a></nav>'
        return (
            f'<!DOCTYPE html>\n<html lang="{shown(self.tr.language)}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
            f"<title>{name} · {shown(self.account)}</title><style>{STYLE}</style></head><body>"
            f'<a class="skip" href="#content">{skip}</a>'
            f'<header>{back}<h1>{name}</h1></header><main id="content">'
            + (element("p", self.say(lead), class_="lead") if lead else "")
        )

    def foot(self) -> str:
        """Return the end of a page."""
        made = _("Copy of the data of %(account)s, made on %(time)s.")
        return (
            f"</main><footer>{self.say(made(account=self.account, time=Moment(self.created)))}</footer></body></html>\n"
        )

    def say(self, phrase: Phrase) -> str:
        """Return a phrase as HTML."""
        return shown(self.tr(phrase))

    def title(self, category: str) -> Phrase:
        """Return what a category is called."""
        return p_("title", "Other stores of the server") if category == OTHER else TITLES[Category(category)]

    def moment(self, seconds: object) -> str:
        """Return a point in time as HTML; "" if it is none."""
        known = moment(seconds)
        if known is None:
            return ""
        return f'<time datetime="{known.isoformat(timespec="seconds")}">{self.say(Moment(known))}</time>'

    def clock(self, seconds: int) -> str:
        """Return the time of day as HTML."""
        minute = seconds % DAY // 60
        return f'<time datetime="{stamp(seconds)}">{_clock(self.tr.language, minute)}</time>'

    def number(self, count: int) -> str:
        """Return a number as HTML."""
        return self.say(Number(count))

    def size(self, value: object) -> str:
        """Return a size as HTML; "" if it is none."""
        return self.say(Size(value)) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else ""

    def table_start(self, columns: Sequence[Phrase], *, numbers: Sequence[int] = ()) -> str:
        """Return the beginning of a table, which ends with ``</tbody></table>``.

        One of more than two columns becomes a list where the screen is narrow.
        """
        stack = ' class="stack"' if len(columns) > _NARROW else ""
        head = "".join(
            f'<th scope="col"{_mark(index, numbers)}>{self.say(column)}</th>' for index, column in enumerate(columns)
        )
        return f"<table{stack}><thead><tr>{head}</tr></thead><tbody>"

    def row(self, cells: Sequence[str], columns: Sequence[Phrase], *, numbers: Sequence[int] = ()) -> str:
        """Return a row; the cells are HTML, the first one is its heading."""
        rest = "".join(
            f'<td data-label="{self.say(columns[index])}"{_mark(index, numbers)}>{cells[index]}</td>'
            for index in range(1, len(cells))
        )
        return f'<tr><th scope="row">{cells[0]}</th>{rest}</tr>'


_NARROW = 2


def _mark(index: int, numbers: Sequence[int]) -> str:
    return ' class="n"' if index in numbers else ""


@lru_cache(maxsize=4096)
def _clock(language: str, minute: int) -> str:
    text: str = format_time(time(minute // 60, minute % 60), "short", locale=language.replace("-", "_"))
    return shown(text)


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)


def type_of(beginning: bytes) -> str:
    """Return what kind of file begins so, of those that a browser shows without running anything; else ""."""
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    if beginning[4:8] == b"ftyp":
        return "video/mp4"
    return next((kind for magic, kind in _MAGIC if beginning.startswith(magic)), "")
