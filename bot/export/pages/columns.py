"""Which columns the tables of the categories have, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bot.export.contacts import contact
from bot.export.pages.site import Site
from bot.export.pages.text import link, shown
from bot.i18n import Phrase, _, p_
from bot.policy.terms import Category
from bot.policy.wording.holdings import affiliation, subscription

Record = dict[str, Any]
Cell: TypeAlias = Callable[[Site, Record], str]
"""Makes the HTML of a cell."""


def _plain(key: str) -> Cell:
    return lambda _site, record: shown(record.get(key) or "")


def _isolated(key: str) -> Cell:
    return lambda _site, record: f"<bdi>{shown(record.get(key) or '')}</bdi>"


def _moment(key: str) -> Cell:
    return lambda site, record: site.moment(record.get(key))


def _yes(key: str) -> Cell:
    return lambda site, record: site.say(p_("table", "yes")) if record.get(key) else ""


def _contact(_site: Site, record: Record) -> str:
    found = contact(record)
    return f"<bdi>{shown(found.name or found.jid)}</bdi>"


def _address(_site: Site, record: Record) -> str:
    return f"<bdi>{shown(contact(record).jid)}</bdi>"


def _groups(_site: Site, record: Record) -> str:
    return shown(", ".join(contact(record).groups))


def _subscription(site: Site, record: Record) -> str:
    found = contact(record)
    if found.pending:
        return site.say(p_("contact", "asks to see your presence"))
    return site.say(subscription(found.subscription or "none"))


def _role(site: Site, record: Record) -> str:
    return site.say(affiliation(str(record.get("affiliation") or "none")))


def _file(site: Site, record: Record) -> str:
    """Return the name, with a picture and a link where the file is in the ZIP and safe to open."""
    name = f"<bdi>{shown(record.get('name') or record.get('id') or '')}</bdi>"
    url = str(record.get("url") or "")
    local = site.files.get(url)
    if local is None:
        online = link(url, site.tr(_("its address on the server"))) if url else ""
        return f'{name} <span class="quiet">{online}</span>'
    path = shown(local.path)
    if local.is_picture:
        return f'<a href="{path}"><img class="thumb" loading="lazy" src="{path}" alt="">{name}</a>'
    return f'<a href="{path}">{name}</a>' if local.type else f'{name} <span class="quiet">{path}</span>'


COLUMNS: Mapping[str, tuple[tuple[Phrase, Cell], ...]] = {
    Category.ROSTER: (
        (_("Name"), _contact),
        (p_("table", "Address"), _address),
        (_("Presence"), _subscription),
        (_("Groups"), _groups),
    ),
    Category.BLOCKLIST: ((p_("table", "Address"), _address),),
    Category.ROOM_MEMBERSHIPS: (
        (_("Group chat"), _isolated("room")),
        (_("Role"), _role),
        (_("Nickname"), _isolated("nick")),
        (_("There now"), _yes("present")),
    ),
    Category.UPLOADS: (
        (_("File"), _file),
        (_("Kind"), _plain("type")),
        (_("Size"), lambda site, record: site.size(record.get("bytes"))),
        (_("Uploaded"), _moment("time")),
        (_("Goes"), _moment("expires")),
    ),
    Category.SESSIONS: (
        (_("Device"), _isolated("resource")),
        (_("IP address"), _plain("ip")),
        (_("Since"), _moment("since")),
        (_("Encrypted"), _yes("secure")),
    ),
    Category.PUSH_REGISTRATIONS: ((_("Service"), _isolated("service")),),
    Category.ACCESS_TOKENS: (
        (_("Name"), _isolated("name")),
        (_("Created"), _moment("created")),
        (_("Expires"), _moment("expires")),
        (_("Last used"), _moment("used")),
    ),
    Category.IP_ADDRESSES: (
        (_("IP address"), _plain("ip")),
        (_("Stored in"), _plain("store")),
        (_("Time"), _moment("time")),
    ),
    Category.PRESENCE: (
        (_("Device"), _isolated("resource")),
        (_("State"), _plain("show")),
        (_("Status message"), _isolated("status")),
    ),
    Category.ACCOUNT: ((_("Detail"), _plain("name")), (_("Value"), _isolated("value"))),
    Category.BOT_RECORDS: ((_("Stored in"), _plain("store")),),
}

FACTS: Mapping[str, Phrase] = {
    "created": _("Account made"),
    "login": _("Last login"),
    "logout": _("Last logout"),
    "newest": _("Last time"),
    "default": _("Archived, by your own choice"),
}
"""What is said above a table, of the facts that servers tell."""

MOMENTS = frozenset({"created", "login", "logout", "newest"})
