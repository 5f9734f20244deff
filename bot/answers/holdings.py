"""What a server holds for the person who asks, beside what the policy says about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from bot.answers.ending import Ending, ending, is_late, promised, statement_on
from bot.dialogue.reply import Block, Choice, Column, Lead, Paragraph, Reply, Table
from bot.i18n import Day, Listing, Moment, Phrase, _, p_
from bot.policy.data import DataStatement
from bot.policy.model import Policy
from bot.policy.observed import Holding, Inventory
from bot.policy.terms import Category, Stored
from bot.policy.wording import time
from bot.policy.wording.categories import TITLES
from bot.policy.wording.holdings import how_much, visible_to
from bot.policy.wording.people import reach

ORDER: tuple[Category, ...] = (
    Category.ARCHIVE,
    Category.OFFLINE_MESSAGES,
    Category.UPLOADS,
    Category.ROOM_MEMBERSHIPS,
    Category.ROOM_ARCHIVE,
    Category.ROSTER,
    Category.BLOCKLIST,
    Category.PROFILE,
    Category.CLIENT_DATA,
    Category.ACCOUNT,
    Category.PASSWORD,
    Category.LAST_ACTIVITY,
    Category.IP_ADDRESSES,
    Category.SESSIONS,
    Category.PRESENCE,
    Category.PUSH_REGISTRATIONS,
    Category.ACCESS_TOKENS,
    Category.BOT_RECORDS,
)
"""What a server can be asked about, what people ask for most first."""

_SAID_WHOLE = frozenset({Category.ACCOUNT, Category.PASSWORD, Category.LAST_ACTIVITY, Category.BOT_RECORDS})
"""What has no details as a rule, or is offered in any case."""

_MOST_CHOICES = 4

_KNOWN: frozenset[str] = frozenset(Category)

_NEVER_COUNTED = (Category.LOGS, Category.STATISTICS)
"""What no server can tell for a single account."""

_COLUMNS = (
    Column(_("What")),
    Column(_("How much")),
    Column(_("Oldest"), brief=False),
    Column(_("Newest"), brief=False),
    Column(_("What goes when")),
    Column(_("The policy says"), brief=False),
    Column(_("Visible to"), brief=False),
)


def summary(policy: Policy, inventory: Inventory, host: str, now: datetime) -> Reply:
    """Return everything on one page: what there is, what there is not, what could not be looked up."""
    held = [holding for holding in _in_order(inventory) if holding.count != 0]
    blocks: list[Block] = [
        Lead(_("This is what %(host)s holds about you now, %(time)s:")(host=host, time=Moment(now))),
        Table(_COLUMNS, tuple(_row(policy, holding, now) for holding in held)),
    ]
    blocks += [Paragraph(text) for text in _remarks(policy, inventory, now)]
    return Reply(p_("title", "Your data"), tuple(blocks), _choices(held), personal=True)


def _choices(held: list[Holding]) -> tuple[Choice, ...]:
    """Return the details that most people want to see; the others can be asked for by name."""
    there = {one.category for one in held if one.category not in _SAID_WHOLE or _has_more(one)}
    wanted = [category for category in ORDER if category in there]
    return (
        *(Choice(TITLES[category], f"my data {category}") for category in wanted[:_MOST_CHOICES]),
        Choice(TITLES[Category.BOT_RECORDS], f"my data {Category.BOT_RECORDS}"),
    )


def _has_more(holding: Holding) -> bool:
    """Return whether there is more to an account than that it exists."""
    return holding.category == Category.ACCOUNT and bool(holding.items)


def title_of(holding: Holding) -> Phrase:
    """Return what a holding is called; a store that we do not know by the name it has on the server."""
    if holding.category in _KNOWN:
        return TITLES[Category(holding.category)]
    return _("Unknown store “%(name)s”")(name=holding.name or holding.category)


def goes(when: Ending, what: Phrase, now: datetime) -> Phrase:
    """Return when *what* (a subject) goes."""
    if when.by_policy:
        return _("by the policy, %(what)s goes by %(day)s")(what=what, day=Day(when.day))
    if when.day <= now.date():
        return _("%(what)s goes today or tomorrow")(what=what)
    return _("%(what)s goes on %(day)s")(what=what, day=Day(when.day))


def _in_order(inventory: Inventory) -> Iterator[Holding]:
    known: list[str] = list(ORDER)
    yield from sorted(
        inventory.holdings,
        key=lambda one: (known.index(one.category) if one.category in known else len(known), one.name),
    )


def _row(policy: Policy, holding: Holding, now: datetime) -> tuple[Phrase | None, ...]:
    statement = statement_on(policy, holding.category, now.date())
    seen = tuple(visible_to(kind) for kind in statement.visibility) if statement else ()
    return (
        title_of(holding),
        how_much(holding),
        Day(holding.oldest.date()) if holding.oldest else None,
        Day(holding.newest.date()) if holding.newest else None,
        _what_goes_when(policy, holding, now),
        _promise(statement, now.date()),
        Listing(seen) if seen else None,
    )


def _promise(statement: DataStatement | None, day: date) -> Phrase:
    if statement is None:
        return p_("policy", "nothing about this")
    if statement.stored is Stored.NO:
        return p_("policy", "not stored")
    kept = time.in_force(statement.retention, day)
    return time.how_long(kept.limit) if kept else p_("policy", "stored, without saying how long")


def _what_goes_when(policy: Policy, holding: Holding, now: datetime) -> Phrase | None:
    if holding.category in (Category.ACCOUNT, Category.PASSWORD, Category.LAST_ACTIVITY):
        return None
    when = ending(policy, holding, holding.oldest, now)
    if when is not None and not is_late(policy, holding, now):
        return goes(when, _oldest(holding), now)
    if holding.oldest is not None and not holding.memory:
        return _("the oldest from %(day)s")(day=Day(holding.oldest.date()))
    return None


def _oldest(holding: Holding) -> Phrase:
    if holding.category != Category.UPLOADS:
        return p_("subject", "the oldest")
    first = holding.items[0] if holding.items else {}
    kind = str(first.get("type") or "").partition("/")[0]
    return {"image": p_("subject", "your oldest photo"), "video": p_("subject", "your oldest video")}.get(
        kind, p_("subject", "your oldest file")
    )


def _remarks(policy: Policy, inventory: Inventory, now: datetime) -> Iterator[Phrase]:
    nothing = [TITLES[category] for category in ORDER if _is_empty(inventory, category)]
    if nothing:
        yield _("Nothing is held of: %(categories)s.")(categories=Listing(tuple(nothing)))
    failed = [title_of(Holding(category=one.category)) for one in inventory.failed]
    if failed:
        yield _("I could not look this up just now: %(categories)s. Please try again later.")(
            categories=Listing(tuple(failed))
        )
    yield from disagreements(policy, inventory, now)
    beyond = [TITLES[category] for category in _NEVER_COUNTED if policy.about(category, day=now.date())]
    if beyond:
        yield _("Nobody can look this up for a single account: %(categories)s. Ask me what the policy says.")(
            categories=Listing(tuple(beyond))
        )


def _is_empty(inventory: Inventory, category: Category) -> bool:
    holding = inventory.holding(category)
    return holding is not None and holding.count == 0


def disagreements(policy: Policy, inventory: Inventory, now: datetime) -> Iterator[Phrase]:
    """Return where what is held is not as the policy says, and whom to tell."""
    day = now.date()
    found: list[Phrase] = []
    unmentioned: list[Phrase] = []
    for holding in _in_order(inventory):
        if not holding.count or holding.category == Category.BOT_RECORDS:
            continue
        said = policy.about(holding.category, day=day)
        if not said and not holding.memory:
            unmentioned.append(title_of(holding))
        elif said and not holding.memory and all(one.stored is Stored.NO and not one.exceptions for one in said):
            found.append(_("By the policy, this is not stored: %(category)s.")(category=title_of(holding)))
        elif is_late(policy, holding, now) and (period := promised(policy, holding.category, day)):
            found.append(
                _("Some of this is older than the policy promises (%(period)s): %(category)s.")(
                    period=period, category=title_of(holding)
                )
            )
    if unmentioned:
        found.append(_("The policy does not mention: %(categories)s.")(categories=Listing(tuple(unmentioned))))
    yield from found
    if found:
        yield _("If you think that this should not be so, please tell %(contact)s.")(contact=reach(policy.controller))
