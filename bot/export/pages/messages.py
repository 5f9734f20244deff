"""Messages as in a chat: by day and correspondent, about a thousand on a page, with links between the pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

from bot.export.pages.site import NAMES, Site
from bot.export.pages.text import link, linked, shown
from bot.export.spool import Spool
from bot.export.stanza import parsed, split
from bot.export.zipping import Zip
from bot.i18n import Day, Message, Phrase, _, n_, p_
from bot.policy.observed import moment

PAGE = 1000
"""Messages on a page."""

Record = dict[str, Any]

_EVENTS: tuple[tuple[str, Message], ...] = (
    ("urn:xmpp:omemo:", p_("message", "Encrypted; only your devices can read it")),
    ("eu.siacs.conversations.axolotl", p_("message", "Encrypted; only your devices can read it")),
    ("urn:xmpp:openpgp:", p_("message", "Encrypted; only your devices can read it")),
    ("jabber:x:encrypted", p_("message", "Encrypted; only your devices can read it")),
    ("urn:xmpp:receipts", p_("message", "Confirmed that a message arrived")),
    ("urn:xmpp:chat-markers:", p_("message", "Told how far a chat was read")),
    ("urn:xmpp:message-retract:", p_("message", "Withdrew a message")),
    ("urn:xmpp:jingle", p_("message", "A call")),
    ("urn:xmpp:call-invites", p_("message", "A call")),
    ("http://jabber.org/protocol/muc", p_("message", "About a group chat")),
    ("jabber:x:conference", p_("message", "An invitation to a group chat")),
    ("http://jabber.org/protocol/chatstates", p_("message", "Was writing")),
)
"""What messages without a text are, by the beginning of the namespace of something in them."""

_ENCRYPTED = 4
"""The first of them, which have a text, but one that only says that it is encrypted."""

_REACTIONS = "{urn:xmpp:reactions:0}reactions"
_URL = "{jabber:x:oob}x/{jabber:x:oob}url"


@dataclass(frozen=True, slots=True)
class _Page:
    name: str
    first: datetime | None
    last: datetime | None
    messages: int


class MessagePages:
    """Writes the pages of one category with messages, and their index."""

    def __init__(self, site: Site, archive: Zip, category: str) -> None:
        self._site, self._zip, self._category = site, archive, category
        self._stem = NAMES[category]
        self._pages: list[_Page] = []

    def write(self, spool: Spool) -> Iterator[int]:
        """Write everything; yields how many messages were dealt with."""
        waiting: list[Record] = []
        for page in spool.records(self._category):
            waiting += page
            while len(waiting) > PAGE:  # more follow, so that this page has a next one
                self._write_page(waiting[:PAGE], is_last=False)
                del waiting[:PAGE]
                yield PAGE
        if waiting:
            self._write_page(waiting, is_last=True)
            yield len(waiting)
        with self._zip.entry(f"{self._stem}.html") as entry:
            entry.write(self._index(spool.count(self._category)))

    def _write_page(self, records: Sequence[Record], *, is_last: bool) -> None:
        number = len(self._pages) + 1
        times = [time for time in (moment(record.get("time")) for record in records) if time]
        page = _Page(self._name(number), min(times, default=None), max(times, default=None), len(records))
        self._pages.append(page)
        links = self._links(number, is_last=is_last)
        title = _("%(title)s, page %(number)s")(title=self._site.title(self._category), number=str(number))
        with self._zip.entry(page.name) as entry:
            entry.write(f"{self._site.head(title, self._span(page))}{links}")
            entry.write("".join(self._days(records)))
            entry.write(f"{links}{self._site.foot()}")

    def _name(self, number: int) -> str:
        return f"{self._stem}-{number:04}.html"

    def _links(self, number: int, *, is_last: bool) -> str:
        say = self._site.say
        before = f'<a rel="prev" href="{self._name(number - 1)}">← {say(p_("page", "Earlier"))}</a>'
        after = f'<a rel="next" href="{self._name(number + 1)}">{say(p_("page", "Later"))} →</a>'
        return (
            f'<nav class="pages" aria-label="{say(_("Pages"))}">{before if number > 1 else "<span></span>"}'
            f'<a href="{self._stem}.html">{say(_("All pages"))}</a>{"<span></span>" if is_last else after}</nav>'
        )

    def _span(self, page: _Page) -> Phrase:
        if page.first is None or page.last is None:
            return ""
        return _("%(first)s to %(last)s")(first=Day(page.first.date()), last=Day(page.last.date()))

    def _days(self, records: Sequence[Record]) -> Iterator[str]:
        """Yield the messages of each day, and of a day those with each correspondent together."""
        said = [_Said(record, self._site.account) for record in records]
        start = 0
        for index in range(1, len(said) + 1):
            if index == len(said) or said[index].date != said[start].date:
                yield from self._one_day(said[start:index])
                start = index

    def _one_day(self, said: Sequence[_Said]) -> Iterator[str]:
        time = said[0].time
        day = self._site.day(time) if time else self._site.say(_("Without a date"))
        yield f'<h2 class="day"><span>{day}</span></h2>'
        by_peer: dict[str, list[_Said]] = {}
        for one in said:
            by_peer.setdefault(one.peer, []).append(one)
        for peer, messages in by_peer.items():
            yield f'<h3 class="with"><bdi>{shown(peer) or "?"}</bdi></h3><ol class="chat">'
            yield from (self._bubble(one) for one in messages)
            yield "</ol>"

    def _bubble(self, said: _Said) -> str:
        who = self._site.say(p_("message", "You")) if said.is_mine else shown(said.peer)
        inside, is_event = said.html(self._site)
        kinds = " ".join(kind for kind, holds in (("mine", said.is_mine), ("event", is_event)) if holds)
        marked = f' class="{kinds}"' if kinds else ""
        clock = self._site.clock(said.time) if said.time else ""
        return f'<li{marked}><span class="vh">{who}: </span>{inside}{clock}</li>'

    def _index(self, count: int) -> str:
        site = self._site
        body = site.head(site.title(self._category), n_("%(n)s message", "%(n)s messages", count))
        if self._pages:
            columns = (_("Days"), _("Messages"))
            body += site.table_start(columns, numbers=(1,))
            for page in self._pages:
                days = f'<a href="{page.name}">{site.say(self._span(page) or page.name)}</a>'
                body += site.row((days, site.number(page.messages)), columns, numbers=(1,))
            body += "</tbody></table>"
        return body + site.foot()


class _Said:
    """A message, read."""

    __slots__ = ("_message", "_record", "date", "is_mine", "peer", "time")

    def __init__(self, record: Record, account: str) -> None:
        self._record = record
        self._message = message = parsed(record.get("xml"))
        self.time = moment(record.get("time"))
        self.date = self.time.date() if self.time else None
        sender = _bare(message.get("from", "")) if message is not None else ""
        self.is_mine = sender in ("", account) or "room" in record
        other = _bare(message.get("to", "")) if message is not None else ""
        self.peer = str(record.get("room") or (other or account if self.is_mine else sender))

    def html(self, site: Site) -> tuple[str, bool]:
        """Return the contents as HTML, and whether they are only something that happened."""
        message = self._message
        if message is None:
            damaged = site.say(_("This message is damaged:"))
            return f"<p>{damaged}</p><pre>{shown(self._record.get('xml', ''))}</pre>", False
        spaces = {split(child.tag)[0] for child in message}
        encrypted = _kind(spaces, _EVENTS[:_ENCRYPTED])
        if encrypted is not None:
            return f"<p>{site.say(encrypted)}</p>", True
        text, url = _text(message, "body"), message.findtext(_URL) or ""
        if not text and not url:
            return f"<p>{self._event(site, message, spaces)}</p>", True
        subject = _text(message, "subject")
        heading = f"<p><strong>{shown(subject)}</strong></p>" if subject else ""
        return heading + _contents(site, text, url), False

    @staticmethod
    def _event(site: Site, message: Element, spaces: set[str]) -> str:
        reactions = message.find(_REACTIONS)
        if reactions is not None:
            return site.say(p_("message", "Reacted:")) + " " + shown(" ".join(each.text or "" for each in reactions))
        subject = _text(message, "subject")
        if subject:
            return f"{site.say(p_('message', 'Subject:'))} {shown(subject)}"
        return site.say(_kind(spaces, _EVENTS) or p_("message", "A message without a text"))


def _contents(site: Site, text: str, url: str) -> str:
    alone = text.strip() or url
    local = site.files.get(alone)
    if local is not None:
        name = shown(local.path.rpartition("/")[2])
        if local.is_picture:
            picture = f'<img class="photo" loading="lazy" src="{shown(local.path)}" alt="{name}">'
            return f'<a href="{shown(local.path)}">{picture}</a>'
        return f'<p><a href="{shown(local.path)}">{name}</a></p>' if local.type else f"<p>{name}</p>"
    address = f"<p>{link(url)}</p>" if url and url not in text else ""
    return (f"<p>{linked(text)}</p>" if text else "") + address


def _kind(spaces: set[str], kinds: Sequence[tuple[str, Message]]) -> Message | None:
    return next((what for start, what in kinds if any(space.startswith(start) for space in spaces)), None)


def _text(message: Element, name: str) -> str:
    """Return a text of the message; the stream's namespace may be written on it or not."""
    for child in message:
        if split(child.tag)[1] == name and split(child.tag)[0] == split(message.tag)[0]:
            return child.text or ""
    return ""


def _bare(jid: str) -> str:
    return jid.partition("/")[0].lower()
