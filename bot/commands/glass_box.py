"""The bot as a glass box: what it keeps about the person who asks, what it may do, how to be forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.claims.announcement import Acquaintance
from bot.commands.events import forget
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Asking, Command, Request
from bot.dialogue.reply import Block, Choice, Heading, Items, Lead, Outcome, Paragraph, Reply
from bot.i18n import LanguageName, Moment, Phrase, _, n_, p_
from bot.policy.terms import Category
from bot.policy.wording.categories import TITLES
from bot.store import Records, Store, StoreError

_MAY: Mapping[str, Phrase] = {
    "settings": _("read how long the server is set to keep things"),
    "accounts": _("list the accounts, so that everybody can be told of changes of the policy"),
    "newcomers": _("know who logs in, and the language of the app, so that new accounts are welcomed in it"),
    "inventory": _("see how much of what an account holds, and from when"),
    "records": _("read the data themselves, for a copy that the owner of the account asks for"),
    "erase": _("erase data that the owner of the account asks me to erase"),
}
"""What the operations of the companion module let the bot do."""


async def own_records(request: Request, services: Services) -> int:
    """Return how many records the bot itself keeps about the sender."""
    store = services.store
    if store is None or request.sender is None:
        return 0
    try:
        notes = [await store.kept(request.sender), await store.acquaintances.kept(request.sender)]
        return len(list(filter(None, notes))) + sum(
            [len(await records.of(request.sender)) for records in _records(store)]
        )
    except StoreError:
        return 0


def _records(store: Store) -> tuple[Records[Any], ...]:
    return (store.erasures, store.exports, store.tickets)


async def glass_box(request: Request, services: Services, account: str) -> Reply:
    """Return what the bot keeps about the sender and what it may do on the server; raises `ServerError`."""
    assert services.server is not None  # noqa: S101 -- there is an account
    inventory = await services.server.inventory(account, [Category.BOT_RECORDS])
    hello = await services.server.hello()
    noted = inventory.holding(Category.BOT_RECORDS)
    items = await _own(request, services)
    if noted is not None and noted.count:
        items.append(_("My module on the server notes that you have logged in before, so that you are greeted once."))
    items.append(_("What we talked about last stays in memory for a few minutes, without your words."))
    blocks: list[Block] = [
        Lead(_("This is all that I, the bot, keep about you:")),
        Items(tuple(items)),
        Heading(_("What I may do on this server")),
        Items(tuple(text for operation, text in _MAY.items() if operation in hello.operations)),
        Paragraph(_("I show everybody only their own data: the server tells me who is writing.")),
    ]
    return Reply(
        TITLES[Category.BOT_RECORDS],
        tuple(blocks),
        (Choice(FORGET.title, FORGET.spoken), Choice(p_("choice", "All my data"), "my data")),
        personal=True,
    )


async def _own(request: Request, services: Services) -> list[Phrase]:
    """Return what there is in the database; raises `StoreError`."""
    if services.store is None or request.sender is None:
        return [_("In my database there is nothing about you.")]
    said: list[Phrase] = []
    kept = await services.store.kept(request.sender)
    if kept is not None:
        said.append(
            _("In my database, under a pseudonym: that you chose %(language)s, on %(time)s.")(
                language=LanguageName(kept.language), time=Moment(kept.chosen_at)
            )
        )
    said += _told(await services.store.acquaintances.kept(request.sender))
    wishes = [(await records.of(request.sender)) for records in _records(services.store)]
    number = sum(map(len, wishes))
    if number:
        said.append(
            n_(
                "In my database, under a pseudonym: %(n)s record of what I did for you (see: receipts, my requests).",
                "In my database, under a pseudonym: %(n)s records of what I did for you (see: receipts, my requests).",
                number,
            )
        )
    if any(one.whose is not None for one in sum(wishes, ())):
        said.append(_("As long as one of them is under way: your address, encrypted."))
    return said or [_("In my database there is nothing about you.")]


def _told(kept: Acquaintance | None) -> Iterator[Phrase]:
    """Return what is noted about who was told what."""
    if kept is None:
        return
    if kept.version is not None and kept.told_at is not None:
        yield _(
            "In my database, under a pseudonym: that I told you of version %(version)s of the policy, on %(time)s."
        )(version=kept.version, time=Moment(kept.told_at))
    if kept.language is not None:
        yield _("In my database, under a pseudonym: that your app is set to %(language)s, so that I write in it.")(
            language=LanguageName(kept.language)
        )
    if kept.no_news:
        yield _("In my database, under a pseudonym: that you want no news which I need not tell you.")


async def _forget(request: Request, services: Services) -> Reply:
    if services.store is None or request.sender is None:
        return Reply(FORGET.title, (Lead(_("I keep nothing about you here.")),), outcome=Outcome.WARN)
    had_any = await forget(request.sender, services)
    lead = _("Done: I have forgotten you.") if had_any else _("There was nothing that I kept about you.")
    return Reply(
        FORGET.title,
        (
            Lead(lead),
            Paragraph(_("This was only about my own notes. Your account and your data on the server are untouched.")),
            Paragraph(
                _("When you log in again, I may note the language of your app again, so that I can write to you in it.")
            ),
            Paragraph(
                _("Records of erasures, copies and requests stay as proof, without your address, for a limited time.")
            ),
        ),
        personal=True,
    )


async def _ask_to_forget(_request: Request, _services: Services) -> Asking:
    return Asking(_("Shall I forget what I remember about you, such as your language, or what I told you?"))


FORGET: BotCommand = Command(
    "forget-me",
    _("Forget me"),
    _("Erases what I myself remember about you."),
    _forget,
    words=(p_("command", "forget me"),),
    confirm=_ask_to_forget,
)

COMMANDS: tuple[BotCommand, ...] = (FORGET,)
