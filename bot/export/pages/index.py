"""The first page: what this is, what is in it and what is not, how to read it and take it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.export.manifest import FILES, Manifest, Missing, Part, Reason
from bot.export.pages.site import NAMES, Site
from bot.export.pages.text import element, shown
from bot.i18n import Message, Moment, Phrase, _, n_, p_
from bot.policy.terms import Category
from bot.policy.wording.categories import TITLES

REASONS: dict[Reason, Message] = {
    Reason.SECRET: p_("not in the copy", "secret: nobody is given it, not even you"),
    Reason.ABSENT: p_("not in the copy", "this server cannot hold it or cannot give it out"),
    Reason.FAILED: p_("not in the copy", "the server did not answer; please ask for another copy"),
    Reason.FEWER: p_("not in the copy", "some went while the copy was made, or could not be read"),
    Reason.NOT_ORDERED: p_("not in the copy", "not asked for"),
    Reason.GONE: p_("not in the copy", "no longer on the server"),
    Reason.TOO_LARGE: p_("not in the copy", "too large for the copy"),
    Reason.NO_LINK: p_("not in the copy", "the server told no address of it"),
}

_MOST_LISTED = 20
"""Names of files; manifest.json has them all."""


def index(site: Site, manifest: Manifest) -> Iterator[str]:
    """Yield the page."""
    say = site.say
    lead = _("Everything that this server holds about you, as of %(time)s.")(time=Moment(site.created))
    yield site.head(_("Your data"), lead, is_index=True)
    yield '<div class="card"><dl>'
    yield element("dt", say(_("Account"))) + f"<dd><bdi>{shown(site.account)}</bdi></dd>"
    if manifest.server:
        yield element("dt", say(_("Server"))) + f"<dd>{shown(manifest.server)}</dd>"
    yield "</dl></div>"
    if not manifest.complete:
        yield element(
            "p", say(_("Some of what you asked for is missing; below it says what, and why.")), class_="card note"
        )
    yield element("h2", say(_("What is in it")))
    yield from _contents(site, manifest.parts)
    yield element("h2", say(_("What is not in it")))
    yield from _missing(site, manifest)
    yield from _help(site)
    yield site.foot()


def _contents(site: Site, parts: Sequence[Part]) -> Iterator[str]:
    columns = (_("What"), _("Entries"))
    yield site.table_start(columns, numbers=(1,))
    for part in parts:
        if part.reason is Reason.ABSENT:
            continue
        name = site.say(site.title(part.category))
        title = f'<a href="{NAMES[part.category]}.html">{name}</a>' if has_page(part) else name
        note = "" if part.complete or part.reason is None else site.say(REASONS[part.reason])
        remark = f'<br><span class="quiet">{note}</span>' if note else ""
        yield site.row(
            (title + remark, site.number(part.records or (part.counted or 0) * has_page(part))), columns, numbers=(1,)
        )
    yield "</tbody></table>"


def has_page(part: Part) -> bool:
    """Return whether there is something to be shown of a category."""
    return part.records > 0 or bool(part.counted and part.category in (Category.ACCOUNT, Category.LAST_ACTIVITY))


def _missing(site: Site, manifest: Manifest) -> Iterator[str]:
    """Yield what is not in it, once for each reason."""
    absent = [Missing(part.category, Reason.ABSENT) for part in manifest.parts if part.reason is Reason.ABSENT]
    by_reason: dict[Reason, list[str]] = {}
    for one in (*absent, *manifest.missing):
        what = f"<bdi>{shown(one.name)}</bdi>" if one.name else site.say(_title(site, one.what))
        by_reason.setdefault(one.reason, []).append(what)
    yield "<ul>"
    for reason, things in by_reason.items():
        listed = ", ".join(things[:_MOST_LISTED])
        more = len(things) - _MOST_LISTED
        rest = " " + site.say(n_("and %(n)s more", "and %(n)s more", more)) if more > 0 else ""
        yield f"<li>{listed}{rest}: {site.say(REASONS[reason])}</li>"
    beyond: Phrase = _("Server logs, backups and what other servers hold: nobody can look these up for one account.")
    yield f"<li>{site.say(beyond)}</li></ul>"


def _title(site: Site, what: str) -> Phrase:
    if what == FILES:
        return p_("title", "The uploaded files themselves")
    return TITLES[Category.PASSWORD] if what == Category.PASSWORD else site.title(what)


def _help(site: Site) -> Iterator[str]:
    say = site.say
    yield element("h2", say(_("How to read it"))) + "<ul>"
    yield element("li", say(_("These pages are for you: they open in every browser and need no network.")))
    yield _about("data.json", say(_("has everything, exactly as the server gave it, for programs.")))
    yield _about("account.xml", say(_("has what another server can import (XEP-0227).")))
    yield _about("manifest.json", say(_("lists the contents, with checksums.")))
    yield "</ul>" + element("h2", say(_("How to take it elsewhere"))) + "<ol>"
    yield element("li", say(_("Make an account on the new server. Your password is not in here.")))
    ask = _("Give the file account.xml to the people who run the new server and ask them to import it.")
    yield f"<li>{say(ask)}</li>"
    tell = _("Tell your contacts the new address; they have to add it themselves.")
    yield f"<li>{say(tell)}</li></ol>"
    careful = _("Keep this copy as safe as your phone: whoever has it can read your messages.")
    yield f'<p class="card note">{say(careful)}</p>'


def _about(name: str, text: str) -> str:
    return f'<li><a href="{name}"><code>{name}</code></a> {text}</li>'
