"""Sentences about backups, the end of accounts, encryption, other servers and the web."""

from __future__ import annotations

from datetime import date

from bot.i18n import Country, Day, Listing, Message, Number, Phrase, _, p_
from bot.policy.retention import Kept
from bot.policy.services import (
    AccountErasure,
    Analytics,
    Backup,
    Children,
    Cookie,
    Encryption,
    Federation,
    Inactivity,
    Place,
    Remains,
    SearchEngine,
    Service,
    Transport,
)
from bot.policy.terms import FieldName
from bot.policy.vocabulary import Aspect
from bot.policy.wording import terms, time
from bot.policy.wording.categories import TITLES
from bot.policy.wording.line import Line, says

_PLACES: dict[Place, Message] = {
    Place.SAME_MACHINE: _("They lie on the same machine."),
    Place.SAME_SITE: _("They lie on another machine at the same site."),
    Place.REMOTE: _("They lie at another place."),
}

REMAINS: dict[Remains, Message] = {
    Remains.BACKUPS: p_("remains", "copies in our backups, until these are erased"),
    Remains.OTHER_SERVERS: p_("remains", "what was sent to people on other servers"),
    Remains.OTHER_ARCHIVES: p_("remains", "your messages in the archives of the people you wrote with"),
    Remains.OTHER_ROSTERS: p_("remains", "your address in the contact lists of other people"),
    Remains.ROOM_ARCHIVES: p_("remains", "what you wrote in group chats"),
    Remains.UPLOADS: p_("remains", "uploaded files, until their time is over"),
    Remains.LOGS: p_("remains", "entries in logs, until these are erased"),
    Remains.LEGAL_HOLD: p_("remains", "what the law obliges us to keep"),
}


_SERVER_CONNECTIONS: dict[Transport, Message] = {
    Transport.REQUIRED: _("Connections to other servers are always encrypted."),
    Transport.OFFERED: _("Connections to other servers are encrypted if the other server can do it."),
    Transport.NONE: _("Connections to other servers are not encrypted."),
}


def backup(one: Backup, day: date) -> tuple[Line, ...]:
    """Return how often copies are made, how they are protected and how long they are kept."""
    lines: list[Line] = []
    if one.every:
        lines.append(says(_("A backup is made %(interval)s.")(interval=time.every(one.every))))
    lines.append(says(time.keeping((one.retention,), p_("object", "a backup"), day), Aspect.HOW_LONG))
    lines += [says(text, Aspect.HOW_LONG) for text in time.around((one.retention,), day)]
    if one.encrypted_in_transit:
        lines.append(says(_("Backups are encrypted before they leave the server."), Aspect.ENCRYPTED))
    if one.encrypted_at_rest:
        lines.append(says(_("They are stored encrypted."), Aspect.ENCRYPTED))
    if one.encrypted_at_rest is False:
        lines.append(says(_("They are not stored encrypted."), Aspect.ENCRYPTED))
    if one.place:
        lines.append(says(_PLACES[one.place], Aspect.WHERE))
    if one.country:
        lines.append(says(_("Country: %(country)s.")(country=Country(one.country)), Aspect.WHERE))
    if one.excludes:
        listed = Listing(tuple(TITLES[category] for category in one.excludes))
        lines.append(says(_("Not in the backups: %(what)s.")(what=listed)))
    if one.text:
        lines.append(says(one.text.phrase(), Aspect.HOW_LONG))
    return tuple(lines)


def gone_from_backups(one: Backup, day: date) -> Phrase | None:
    """Return when something erased on *day* is gone from the backups too; None when not computable.

    The last copy that can hold it is made just before the erasure, so it is gone one backup
    retention later, at the latest.
    """
    longest = one.retention.longest()
    if longest is None or one.retention.limit == Kept(kept="unlimited"):
        return None
    return _("What you delete today (%(today)s) is gone from the backups by %(day)s.")(
        today=Day(day), day=Day(longest.after(day))
    )


def inactivity(one: Inactivity) -> tuple[Line, ...]:
    """Return what happens to accounts that nobody uses."""
    sentences = {
        (False, True, False): _("We erase accounts that nobody has used for %(period)s."),
        (False, False, False): _("We may erase accounts that nobody has used for %(period)s."),
        (True, True, False): _("We erase accounts without any login after this time: %(period)s."),
        (True, False, False): _("We may erase accounts without any login after this time: %(period)s."),
        (False, True, True): _("We lock accounts that nobody has used for %(period)s."),
        (False, False, True): _("We may lock accounts that nobody has used for %(period)s."),
        (True, True, True): _("We lock accounts without any login after this time: %(period)s."),
        (True, False, True): _("We may lock accounts without any login after this time: %(period)s."),
    }
    first = sentences[(one.never_used, one.certain, one.disabled_only)](period=one.after)
    lines = [says(first, Aspect.HOW_LONG)]
    if one.use:
        lines.append(says(_("What counts as use: %(what)s")(what=one.use.phrase()), Aspect.HOW_LONG))
    if one.warning:
        lines.append(says(_("You are warned before; time left then: %(period)s.")(period=one.warning), Aspect.HOW_LONG))
    if one.text:
        lines.append(says(one.text.phrase(), Aspect.HOW_LONG))
    return tuple(lines)


def account_erasure(one: AccountErasure) -> tuple[Line, ...]:
    """Return how an account ends, and what lives on."""
    ways = Listing(terms.ways(one.ways), "or")
    lines = [says(_("You can delete your account: %(ways)s.")(ways=ways), Aspect.ERASE)]
    if one.grace:
        lines.append(says(_("Time to change your mind: %(period)s.")(period=one.grace), Aspect.HOW_LONG))
    if one.name_blocked is not None:
        lines.append(
            says(
                _("Nobody else gets the user name afterwards: blocked %(how_long)s.")(
                    how_long=time.how_long(one.name_blocked)
                ),
                Aspect.HOW_LONG,
            )
        )
    if one.remains:
        listed = Listing(tuple(REMAINS[what] for what in one.remains))
        lines.append(says(_("What lives on elsewhere: %(what)s.")(what=listed), Aspect.HOW_LONG))
    if one.text:
        lines.append(says(one.text.phrase(), Aspect.ERASE))
    return tuple(lines)


def encryption(one: Encryption) -> tuple[Line, ...]:
    """Return what is encrypted, and who could read what is not."""
    readable = {
        True: _("Technically, we could read messages that are not encrypted end to end."),
        False: _("We cannot read your messages."),
    }
    client = {
        Transport.REQUIRED: _("The connection between your app and the server is always encrypted."),
        Transport.OFFERED: _("The connection between your app and the server can be encrypted."),
        Transport.NONE: _("The connection between your app and the server is not encrypted."),
    }
    lines: list[Line] = []
    if one.operator_can_read is not None:
        lines.append(says(readable[one.operator_can_read], Aspect.ENCRYPTED, Aspect.WHO))
    if one.end_to_end:
        methods = Listing(one.end_to_end, "or")
        lines.append(
            says(
                _("Only you and the other side can read messages encrypted end to end (%(methods)s).")(methods=methods),
                Aspect.ENCRYPTED,
                Aspect.WHO,
            )
        )
    if one.client_connections:
        lines.append(says(client[one.client_connections], Aspect.ENCRYPTED))
    if one.server_connections:
        lines.append(says(_SERVER_CONNECTIONS[one.server_connections], Aspect.ENCRYPTED))
    if one.versions:
        lines.append(says(_("Method: %(method)s.")(method=one.versions), Aspect.ENCRYPTED))
    if one.disks_encrypted is True:
        lines.append(
            says(
                _("The disks are encrypted. That protects against theft, but not while the server runs."),
                Aspect.ENCRYPTED,
            )
        )
    if one.disks_encrypted is False:
        lines.append(says(_("The disks are not encrypted."), Aspect.ENCRYPTED))
    if one.key_holders:
        lines.append(says(_("Who has the key: %(name)s.")(name=one.key_holders.phrase()), Aspect.ENCRYPTED, Aspect.WHO))
    if one.text:
        lines.append(says(one.text.phrase(), Aspect.ENCRYPTED))
    return tuple(lines)


def federation(one: Federation) -> tuple[Line, ...]:
    """Return what goes to other servers."""
    lines: list[Line] = []
    if not one.enabled:
        text = _("This server does not talk to other servers; nothing leaves it that way.")
        lines.append(says(text, Aspect.WHO))
    else:
        lines += _leaves(one)
    if one.encrypted:
        lines.append(says(_SERVER_CONNECTIONS[one.encrypted], Aspect.ENCRYPTED))
    if one.text:
        lines.append(says(one.text.phrase()))
    return tuple(lines)


def _leaves(one: Federation) -> list[Line]:
    text = _("If you write with people on other servers, your messages go to those servers and stay there.")
    lines = [says(text, Aspect.WHO, Aspect.WHERE)]
    if one.data:
        listed = Listing(tuple(TITLES[category] for category in one.data))
        shown = _("This goes there as well, if you show it to people there: %(what)s.")(what=listed)
        lines.append(says(shown, Aspect.WHO))
    if one.rules_may_differ:
        differ = _("Other servers follow rules of their own; we have no influence on what they keep or erase.")
        lines.append(says(differ, Aspect.HOW_LONG, Aspect.ERASE))
    return lines


def cookie(one: Cookie) -> tuple[Line, ...]:
    """Return what a cookie is for and how long it lives."""
    life = time.how_long(one.life)
    if one.name:
        first: Phrase = _("The cookie “%(name)s” lives %(how_long)s.")(name=one.name, how_long=life)
    else:
        first = _("Cookies live %(how_long)s.")(how_long=life)
    lines = [says(first, Aspect.HOW_LONG)]
    if one.purpose:
        lines.append(says(_("Purpose: %(purpose)s")(purpose=one.purpose.phrase()), Aspect.WHY))
    if one.tracking is False:
        lines.append(says(_("It is not used for tracking."), Aspect.WHY, Aspect.WHO))
    if one.tracking is True:
        lines.append(says(_("It tells visitors apart over time."), Aspect.WHY))
    if one.can_be_disabled:
        lines.append(says(_("You can switch cookies off in your browser."), Aspect.SWITCH_OFF))
    if one.text:
        lines.append(says(one.text.phrase()))
    return tuple(lines)


def analytics(one: Analytics, day: date) -> tuple[Line, ...]:
    """Return what is counted about visitors of the website."""
    named = one.tool.phrase()
    own = _("Visits to the website are counted with %(tool)s, on our own machines.")
    elsewhere = _("Visits to the website are counted with %(tool)s.")
    lines = [says((own if one.self_hosted else elsewhere)(tool=named), Aspect.WHO, Aspect.WHERE)]
    if one.ip_shortened:
        lines.append(says(_("Your IP address is shortened first.")))
    if one.fields:
        lines.append(says(_("Collected: %(parts)s.")(parts=_listed(one.fields))))
    if one.with_scripts:
        lines.append(says(_("If JavaScript is on, also: %(parts)s.")(parts=_listed(one.with_scripts))))
    if one.legal_basis:
        lines.append(says(_("Legal basis: %(basis)s.")(basis=terms.basis(one.legal_basis)), Aspect.LEGAL_BASIS))
    if one.retention:
        lines.append(
            says(
                time.keeping((one.retention,), p_("object", "these figures about visits"), day),
                Aspect.HOW_LONG,
            )
        )
    if one.profiles is False:
        lines.append(says(_("No profiles of users are made.")))
    lines += _objection(one)
    if one.text:
        lines.append(says(one.text.phrase()))
    return tuple(lines)


def _objection(one: Analytics) -> list[Line]:
    lines: list[Line] = []
    if one.opt_out:
        lines.append(says(_("You can object here: %(url)s")(url=one.opt_out), Aspect.SWITCH_OFF))
    elif one.objection:
        lines.append(says(_("You can object by opting out on the website."), Aspect.SWITCH_OFF))
    if one.honours_do_not_track:
        lines.append(says(_("If your browser says “do not track”, nothing is counted."), Aspect.SWITCH_OFF))
    return lines


def _listed(fields: tuple[FieldName, ...]) -> Listing:
    return Listing(tuple(terms.FIELDS[name] for name in fields))


def search_engine(one: SearchEngine) -> tuple[Line, ...]:
    """Return what happens with searches."""
    named = one.tool.phrase()
    anybody = _("There is a search engine, %(tool)s, that anybody may use without an account.")
    plain = _("There is a search engine, %(tool)s.")
    lines = [says((anybody if one.open_to_everyone else plain)(tool=named))]
    if one.url:
        lines.append(says(_("Address: %(url)s")(url=one.url), Aspect.WHERE))
    if one.asks_others:
        lines.append(
            says(
                _("It asks other search engines in your place and passes your search words on to them."),
                Aspect.WHO,
            )
        )
    if one.hides_searcher is True:
        lines.append(says(_("The other search engines see our server and not you."), Aspect.WHO))
    if one.hides_searcher is False:
        lines.append(says(_("The other search engines can see you."), Aspect.WHO))
    if one.text:
        lines.append(says(one.text.phrase()))
    return tuple(lines)


def children(one: Children) -> tuple[Line, ...]:
    """Return from what age one may use the service."""
    lines: list[Line] = []
    if one.minimum_age is not None:
        lines.append(
            says(_("You must be at least %(years)s years old to use this service.")(years=Number(one.minimum_age)))
        )
    if one.text:
        lines.append(says(one.text.phrase()))
    return tuple(lines)


def service(one: Service) -> tuple[Line, ...]:
    """Return what one of the services is, in the operator's words."""
    lines: list[Line] = []
    if one.name and one.url:
        lines.append(says(_("%(label)s: %(value)s")(label=one.name.phrase(), value=one.url), Aspect.WHERE))
    if one.text:
        lines.append(says(one.text.phrase()))
    return tuple(lines)
