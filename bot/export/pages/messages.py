"""Messages as in a chat: by day and correspondent, about a thousand on a page, with links between the pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.export.moments import day_of
from bot.export.pages.said import Said
from bot.export.pages.site import NAMES, Site
from bot.export.pages.text import element, shown
from bot.export.spool import Spool
from bot.export.stanza import parsed_together
from bot.export.zipping import Zip
from bot.i18n import Day, Phrase, _, n_, p_

PAGE = 1000
"""Messages on a page."""

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that was written, with the times of its first and last message."""

    name: str
    first: int | None
    last: int | None
    messages: int


class MessagePages:
    """Writes the pages of one category with messages, and their index."""

    def __init__(self, site: Site, archive: Zip, category: str) -> None:
        self._site, self._zip, self._category = site, archive, category
        self._stem = NAMES[category]
        self._you = site.say(p_("message", "You"))
        self._pages: list[_Page] = []

    def write(self, spool: Spool) -> Iterator[int]:
        """Write everything; yields how many messages were dealt with."""
        waiting: list[Said] = []
        for records in spool.records(self._category):
            messages = parsed_together([record.get("xml") for record in records])
            account = self._site.account
            waiting += [Said(record, message, account) for record, message in zip(records, messages, strict=True)]
            while len(waiting) > PAGE:  # more follow, so that this page has a next one
                self._write_page(waiting[:PAGE], is_last=False)
                del waiting[:PAGE]
                yield PAGE
        if waiting:
            self._write_page(waiting, is_last=True)
            yield len(waiting)
        with self._zip.entry(f"{self._stem}.html") as entry:
            entry.write(self._index(spool.count(self._category)))

    def _write_page(self, said: Sequence[Said], *, is_last: bool) -> None:
        number = len(self._pages) + 1
        times = [one.seconds for one in said if one.seconds is not None]
        page = _Page(self._name(number), min(times, default=None), max(times, default=None), len(said))
        self._pages.append(page)
        links = self._links(number, is_last=is_last)
        title = _("%(title)s, page %(number)s")(title=self._site.title(self._category), number=str(number))
        lead = _("%(days)s; times are in UTC")(days=self._span(page))
        with self._zip.entry(page.name) as entry:
            entry.write(f"{self._site.head(title, lead)}{links}")
            entry.write("".join(self._days(said)))
            entry.write(f"{links}{self._site.foot()}")

    def _name(self, number: int) -> str:
        return f"{self._stem}-{number:04}.html"

    def _links(self, number: int, *, is_last: bool) -> str:
        say = self._site.say
        earlier, later, every = say(p_("page", "Earlier")), say(p_("page", "Later")), say(_("All pages"))
        before = f'<a rel="prev" href="{self._name(number - 1)}">← {earlier}</a>' if number > 1 else "<span></span>"
        after = "<span></span>" if is_last else f'<a rel="next" href="{self._name(number + 1)}">{later} →</a>'
        index = f'<a href="{self._stem}.html">{every}</a>'
        return element("nav", before + index + after, class_="pages", aria_label=self._site.tr(_("Pages")))

    def _span(self, page: _Page) -> Phrase:
        """Return from when to when a page is."""
        if page.first is None or page.last is None:
            return _("Without a date")
        first, last = _day(page.first), _day(page.last)
        return first if first == last else _("%(first)s to %(last)s")(first=first, last=last)

    def _days(self, said: Sequence[Said]) -> Iterator[str]:
        """Yield the messages of each day, and of a day those with each correspondent together."""
        start = 0
        for index in range(1, len(said) + 1):
            if index == len(said) or said[index].day != said[start].day:
                yield from self._one_day(said[start:index])
                start = index

    def _one_day(self, said: Sequence[Said]) -> Iterator[str]:
        seconds = said[0].seconds
        day = self._site.say(_("Without a date") if seconds is None else _day(seconds))
        yield f'<h2 class="day"><span>{day}</span></h2>'
        by_peer: dict[str, list[Said]] = {}
        for one in said:
            by_peer.setdefault(one.peer, []).append(one)
        for peer, messages in by_peer.items():
            name = shown(peer)
            yield f'<h3 class="with"><bdi>{name}</bdi></h3><ol class="chat">'
            yield from (self._bubble(one, name) for one in messages)
            yield "</ol>"

    def _bubble(self, said: Said, peer: str) -> str:
        inside, is_event = said.html(self._site)
        clock = "" if said.seconds is None else self._site.clock(said.seconds)
        who = self._you if said.is_mine else peer
        return f'<li class="{_CLASSES[said.is_mine, is_event]}"><span class="vh">{who}: </span>{inside}{clock}</li>'

    def _index(self, count: int) -> str:
        site = self._site
        columns = (_("Days"), _("Messages"))
        body = site.head(site.title(self._category), n_("%(n)s message", "%(n)s messages", count))
        body += site.table_start(columns, numbers=(1,))
        for page in self._pages:
            days = f'<a href="{page.name}">{site.say(self._span(page))}</a>'
            body += site.row((days, site.number(page.messages)), columns, numbers=(1,))
        return f"{body}</tbody></table>{site.foot()}"


_CLASSES = {
    (True, True): "mine event",
    (True, False): "mine",
    (False, True): "event",
    (False, False): "theirs",
}


def _day(seconds: int) -> Phrase:
    day = day_of(seconds)
    return Day(day) if day else ""
