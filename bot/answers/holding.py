"""One kind of data that a server holds for the person who asks, in detail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from bot.answers.ending import Ending, ending
from bot.answers.holdings import disagreements, goes, title_of
from bot.dialogue.reply import Block, Choice, Column, Heading, Lead, Paragraph, Reply, Table
from bot.i18n import Day, Moment, Phrase, Size, _, n_, p_
from bot.policy.model import Policy
from bot.policy.observed import Holding, Inventory, moment
from bot.policy.terms import Category
from bot.policy.vocabulary import Aspect
from bot.policy.wording import data
from bot.policy.wording.holdings import access, affiliation, how_much, node, part, subscription

_LONGEST = 120
"""Characters of a text that are shown."""

OTHER = "other"
OTHER_STORES = p_("category", "Other stores")
"""Stores of the server that the companion module does not know."""

Item: TypeAlias = Mapping[str, Any]
Cell: TypeAlias = Callable[[Item], Phrase | None]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column, and how its cell is made of an item."""

    column: Column
    cell: Cell


def _text(key: str) -> Cell:
    """Show a text as one line: what others put there must not look like words of ours."""
    return lambda item: " ".join(str(item[key]).split())[:_LONGEST] or None if item.get(key) is not None else None


def _through(key: str, wording: Callable[[str], Phrase]) -> Cell:
    return lambda item: wording(str(item[key])) if item.get(key) else None


def _when(key: str, kind: type[Day | Moment]) -> Cell:
    def cell(item: Item) -> Phrase | None:
        time = moment(item.get(key))
        if time is None:
            return None
        return Moment(time) if kind is Moment else Day(time.date())

    return cell


def _size(item: Item) -> Phrase | None:
    found = item.get("bytes")
    return Size(found) if isinstance(found, int) else None


def _entries(key: str) -> Cell:
    return lambda item: n_("%(n)s entry", "%(n)s entries", int(item[key])) if isinstance(item.get(key), int) else None


def _yes(key: str, wording: Phrase, otherwise: Phrase | None = None) -> Cell:
    return lambda item: None if item.get(key) is None else wording if item[key] else otherwise


def _shown(label: Phrase, cell: Cell, *, brief: bool = True) -> _Shown:
    return _Shown(Column(label, brief), cell)


_COLUMNS: Mapping[str, tuple[_Shown, ...]] = {
    Category.UPLOADS: (
        _shown(_("File"), _text("name")),
        _shown(_("Size"), _size),
        _shown(_("Kind"), _text("type"), brief=False),
        _shown(_("Uploaded"), _when("time", Moment), brief=False),
    ),
    Category.ROSTER: (
        _shown(_("Address"), _text("jid")),
        _shown(_("Name"), _text("name")),
        _shown(_("Relation"), _through("subscription", subscription), brief=False),
    ),
    Category.ROOM_MEMBERSHIPS: (
        _shown(_("Group chat"), _text("room")),
        _shown(_("Your role"), _through("affiliation", affiliation)),
        _shown(_("Your nickname"), _text("nick")),
        _shown(_("At the moment"), _yes("present", p_("room", "you are in it"))),
    ),
    Category.ROOM_ARCHIVE: (
        _shown(_("Group chat"), _text("room")),
        _shown(
            _("Messages"),
            lambda item: n_("%(n)s message of yours", "%(n)s messages of yours", int(item.get("count") or 0)),
        ),
    ),
    Category.SESSIONS: (
        _shown(_("Device"), _text("resource")),
        _shown(_("IP address"), _text("ip")),
        _shown(_("Since"), _when("since", Moment)),
        _shown(_("Connection"), _yes("secure", p_("connection", "encrypted"), p_("connection", "not encrypted"))),
    ),
    Category.PRESENCE: (
        _shown(_("Device"), _text("resource")),
        _shown(_("State"), _text("show")),
        _shown(_("Status message"), _text("status")),
    ),
    Category.CLIENT_DATA: (
        _shown(_("Name"), _through("node", node)),
        _shown(_("How much"), _entries("items")),
        _shown(_("Size"), _size, brief=False),
        _shown(_("Visible to"), _through("access", access)),
    ),
    Category.PROFILE: (
        _shown(_("What"), _through("part", part)),
        _shown(_("Size"), _size),
        _shown(_("Visible to"), _through("access", access)),
    ),
    Category.OFFLINE_MESSAGES: (_shown(_("From"), _text("from")), _shown(_("Since"), _when("time", Moment))),
    Category.IP_ADDRESSES: (
        _shown(_("IP address"), _text("ip")),
        _shown(_("Where"), _text("store"), brief=False),
        _shown(_("Since"), _when("time", Moment)),
    ),
    Category.ACCOUNT: (
        _shown(_("Given at registration"), _text("name")),
        _shown(p_("registration", "What you wrote"), _text("value")),
    ),
    Category.BLOCKLIST: (_shown(_("Address"), _text("jid")),),
    Category.PUSH_REGISTRATIONS: (_shown(_("Push service"), _text("service")),),
    Category.ACCESS_TOKENS: (
        _shown(_("Name"), _text("name")),
        _shown(_("Created"), _when("created", Day)),
        _shown(_("Last used"), _when("used", Day)),
        _shown(_("Ends"), _when("expires", Day), brief=False),
    ),
}
"""What is shown of each item; of other categories there are no items."""


def detail(policy: Policy, inventory: Inventory, category: str, host: str, now: datetime) -> Reply:
    """Return all about one category: the things themselves, what goes when, what the policy says."""
    found = tuple(holding for holding in inventory.holdings if holding.category == category)
    blocks: list[Block] = [block for holding in found for block in _about(policy, holding, now)]
    if not found:
        blocks.append(Lead(_missing(inventory, category, host)))
    only_this = inventory.model_copy(update={"holdings": found})
    blocks += [Paragraph(text) for text in disagreements(policy, only_this, now)]
    blocks += _policy_on(policy, category, now)
    title = OTHER_STORES if category == OTHER else title_of(Holding(category=category))
    return Reply(title, tuple(blocks), (Choice(p_("choice", "All my data"), "my data"),), personal=True)


def _missing(inventory: Inventory, category: str, host: str) -> Phrase:
    if category == OTHER:
        return _("I know every store that there is about you; there are no others.")
    title = title_of(Holding(category=category))
    if any(one.category == category for one in inventory.failed):
        return _("I could not look this up just now: %(categories)s. Please try again later.")(categories=title)
    return _("%(host)s has no place for this at all: %(category)s.")(host=host, category=title)


def _about(policy: Policy, holding: Holding, now: datetime) -> Iterator[Block]:
    if holding.count == 0:
        yield Lead(_("Nothing is held of: %(categories)s.")(categories=title_of(holding)))
        return
    yield Lead(_("%(category)s: %(amount)s.")(category=title_of(holding), amount=how_much(holding)))
    if holding.items:
        yield _table(policy, holding, now)
    more = (holding.count or 0) - len(holding.items)
    if holding.items and more > 0:
        yield Paragraph(n_("… and %(n)s more.", "… and %(n)s more.", more))
    if holding.oldest and holding.newest and not holding.items:
        sentence = _("The oldest is from %(oldest)s, the newest from %(newest)s.")
        yield Paragraph(sentence(oldest=Moment(holding.oldest), newest=Moment(holding.newest)))
        when = ending(policy, holding, holding.oldest, now)
        if when is not None and holding.category in (Category.ARCHIVE, Category.OFFLINE_MESSAGES):
            yield Paragraph(
                p_("sentence", "What goes when: %(what)s.")(what=goes(when, p_("subject", "the oldest"), now))
            )
    if holding.category == Category.ARCHIVE:
        yield Paragraph(_("Messages you sent are also in the archives of those you wrote to; I do not look there."))


def _table(policy: Policy, holding: Holding, now: datetime) -> Table:
    shown = list(_COLUMNS.get(holding.category, (_shown(_("Name"), _text("name")),)))
    if holding.category == Category.UPLOADS:
        shown.append(_shown(_("Goes"), lambda item: _file_goes(policy, holding, item, now)))
    rows = (tuple(one.cell(item) for one in shown) for item in holding.items)
    return Table(tuple(one.column for one in shown), tuple(row for row in rows if any(row)))


def _file_goes(policy: Policy, holding: Holding, item: Item, now: datetime) -> Phrase | None:
    expires = moment(item.get("expires"))
    when = Ending(expires.date()) if expires else ending(policy, holding, moment(item.get("time")), now)
    if when is None:
        return None
    if when.by_policy:
        return p_("file", "by the policy, goes by %(day)s")(day=Day(when.day))
    if when.day <= now.date():
        return p_("file", "goes today or tomorrow")
    return p_("file", "goes on %(day)s")(day=Day(when.day))


def _policy_on(policy: Policy, category: str, now: datetime) -> Iterator[Block]:
    """Return what the policy says about the category: the statement, who can see it, how to erase it."""
    statements = policy.about(category, day=now.date())
    if statements:
        yield Heading(_("What the policy says about it"))
    for statement in statements:
        for line in data.lines(policy, statement, now.date()):
            if line.aspects & {Aspect.WHO, Aspect.ERASE} or line.aspects == {Aspect.WHAT}:
                yield Paragraph(line.text)
