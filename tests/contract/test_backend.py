"""What every server that can be asked owes the bot: the same tests for the real ones and the one in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import XML

import pytest

from bot.policy.observed import Inventory
from bot.policy.terms import Category
from bot.servers import NoSuchAccount, Refused, ServerBackend, Unsupported
from tests.contract.conftest import House
from tests.support.inhabitants import BLOCKED, FILES, HELD, NODES

ODD_NAMES = ("o\\27neil", "100%_sure", "日本.jürgen")
"""Names that a JID may have, and that quoting, patterns or file names could stumble over."""

IN_XML = (
    Category.ARCHIVE,
    Category.OFFLINE_MESSAGES,
    Category.ROSTER,
    Category.PROFILE,
    Category.CLIENT_DATA,
    Category.BLOCKLIST,
    Category.ROOM_ARCHIVE,
)


def counts(inventory: Inventory) -> Mapping[str, int | None]:
    return {holding.category: holding.count for holding in inventory.holdings if holding.category in HELD}


async def items(backend: ServerBackend, account: str, category: str) -> tuple[dict[str, Any], ...]:
    holding = (await backend.inventory(account, [category], details=200)).holding(category)
    assert holding is not None
    return holding.items


async def records(backend: ServerBackend, account: str, category: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = await backend.records(account, category, after, limit)
        assert len(page.items) <= limit
        found += page.items
        if page.next is None:
            return found
        after = page.next


async def test_it_tells_what_it_can_do(house: House) -> None:
    hello = await house.backend.hello()
    assert hello.protocol == 1
    assert hello.operations >= {"hello", "settings", "accounts", "inventory", "records", "erase"}
    assert hello.categories >= set(HELD)
    assert hello.erasable >= {Category.UPLOADS, Category.ARCHIVE, Category.ACCOUNT}
    assert house.backend.address == f"{hello.node}@{house.backend.host}"
    assert house.server is None or hello.version.startswith(house.server.version)


async def test_every_setting_names_the_line_that_makes_it(house: House) -> None:
    settings = await house.backend.settings()
    keys = {setting.key for setting in settings.settings}
    assert keys >= {
        "archive", "archive.retention", "uploads", "uploads.retention", "password.format", "registration.open",
        "logs.level",
    }  # fmt: skip
    assert not [setting for setting in settings.settings if setting.set and not setting.place]
    assert [setting.value for setting in settings.of("archive")] == [True]
    assert [setting.value for setting in settings.of("password.format")] == ["scram"]


async def test_pages_have_every_account_once(house: House) -> None:
    for name in ("one", "two"):
        await house.settle(name)
    found: list[str] = []
    after: str | None = None
    while True:
        page = await house.backend.accounts(after, 1)
        found += page.accounts
        after = page.next
        if after is None:
            break
    whole = await house.backend.accounts()
    assert found == list(whole.accounts)
    assert len(set(found)) == len(found)
    assert {"one", "two"} <= set(found)
    assert whole.total in (None, len(found))


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_everything_is_counted_whatever_the_name(house: House, name: str) -> None:
    began = time.time() - 2
    await house.settle(name)
    found = await house.backend.inventory(name)
    assert counts(found) == HELD
    assert found.failed == ()
    possible = (await house.backend.hello()).categories
    assert {holding.category for holding in found.holdings} - {"other"} == possible
    assert not possible & set(found.absent)
    for category in (Category.ARCHIVE, Category.UPLOADS, Category.OFFLINE_MESSAGES):
        holding = found.holding(category)
        assert holding is not None
        assert holding.oldest is not None
        assert holding.newest is not None
        assert began <= holding.oldest.timestamp() <= holding.newest.timestamp() <= time.time() + 2
    assert name in (await house.backend.accounts(None, 1000)).accounts


async def test_only_what_was_asked_for_is_looked_up(house: House, romeo: str) -> None:
    found = await house.backend.inventory(romeo, [Category.UPLOADS, Category.ROSTER])
    assert {holding.category for holding in found.holdings} == {Category.UPLOADS, Category.ROSTER}
    assert all(not holding.items for holding in found.holdings)


async def test_the_things_themselves_are_shown_when_wanted(house: House, romeo: str) -> None:
    files = await items(house.backend, romeo, Category.UPLOADS)
    assert len(files) == len(FILES)
    assert FILES[0] in {file["name"] for file in files}  # ejabberd simplifies the other name
    assert all(file["expires"] > file["time"] for file in files if file.get("expires"))
    assert [item["jid"] for item in await items(house.backend, romeo, Category.BLOCKLIST)] == [BLOCKED]
    assert {item["node"] for item in await items(house.backend, romeo, Category.CLIENT_DATA)} >= NODES
    assert [item["affiliation"] for item in await items(house.backend, romeo, Category.ROOM_MEMBERSHIPS)] == ["owner"]
    one = (await house.backend.inventory(romeo, [Category.ROSTER], details=1)).holding(Category.ROSTER)
    assert one is not None
    assert (one.count, [item["jid"] for item in one.items]) == (2, ["benvolio@elsewhere.example"])


@pytest.mark.parametrize("limit", [1, 200])
async def test_pages_have_every_record_once(house: House, romeo: str, limit: int) -> None:
    for category in (*IN_XML, Category.UPLOADS):
        found = await records(house.backend, romeo, category, limit)
        assert HELD.get(category) in (None, len(found)), category
        assert len({str(record) for record in found}) == len(found), category
    for category in IN_XML:
        for record in await records(house.backend, romeo, category, limit):
            XML(record["xml"])


async def test_passwords_are_never_given_out(house: House, romeo: str) -> None:
    for category in (Category.PASSWORD, Category.ACCOUNT):
        told = str(await house.backend.records(romeo, category)) + str(
            await house.backend.inventory(romeo, [category], details=200)
        )
        assert not any(word in told.lower() for word in ("stored", "salt", "server_key", "serverkey", "secret"))


async def test_an_erased_category_is_gone_and_nothing_else(house: House, romeo: str, benvolio: str) -> None:
    before = counts(await house.backend.inventory(benvolio))
    erasable = (await house.backend.hello()).erasable & set(HELD) - {Category.ACCOUNT}
    left = dict(HELD)
    for category in sorted(erasable):
        erased = await house.backend.erase(romeo, category)
        assert erased.erased == left[Category(category)], category
        left[Category(category)] = 0
        assert counts(await house.backend.inventory(romeo)) == left, category
        assert (await house.backend.erase(romeo, category)).erased == 0, category
    assert len(erasable) > 5
    assert counts(await house.backend.inventory(benvolio)) == before


async def test_an_erased_account_is_gone_with_everything(house: House, romeo: str, benvolio: str) -> None:
    before = counts(await house.backend.inventory(benvolio))
    left = (await house.backend.erase(romeo, Category.ACCOUNT)).left
    # What was said in rooms belongs to the rooms, and is told.
    assert {holding.category for holding in left} <= {Category.ROOM_ARCHIVE}
    for ask in (
        house.backend.inventory(romeo),
        house.backend.records(romeo, Category.ARCHIVE),
        house.backend.erase(romeo, Category.ACCOUNT),
    ):
        with pytest.raises(NoSuchAccount):
            await ask
    assert romeo not in (await house.backend.accounts(None, 1000)).accounts
    assert counts(await house.backend.inventory(benvolio)) == before
    await house.settle(romeo)
    again = counts(await house.backend.inventory(romeo))
    assert {**again, Category.ROOM_ARCHIVE: HELD[Category.ROOM_ARCHIVE]} == HELD, "nothing else was left"


async def test_accounts_that_are_not_there_are_told_apart(house: House) -> None:
    with pytest.raises(NoSuchAccount):
        await house.backend.inventory("nobody")
    for impossible in ("", "romeo@elsewhere.example", "romeo/boat", "a b"):
        with pytest.raises(Refused):
            await house.backend.inventory(impossible)


async def test_what_nobody_can_do_is_refused_and_changes_nothing(house: House, romeo: str) -> None:
    assert (await house.backend.inventory(romeo, ["telepathy"])).absent == ("telepathy",)
    for ask in (
        house.backend.erase(romeo, "telepathy"),
        house.backend.erase(romeo, Category.PASSWORD),
        house.backend.records(romeo, "telepathy"),
    ):
        with pytest.raises(Unsupported):
            await ask
    for senseless in (
        house.backend.accounts(None, 0),
        house.backend.records(romeo, Category.ARCHIVE, None, 0),
        house.backend.records(romeo, Category.ARCHIVE, "no cursor of ours"),
    ):
        with pytest.raises(Refused):
            await senseless
    assert counts(await house.backend.inventory(romeo)) == HELD


async def test_an_account_that_is_erased_meanwhile_is_there_or_not(house: House, romeo: str) -> None:
    asked = [asyncio.ensure_future(house.backend.inventory(romeo)) for _ in range(10)]
    erased = asyncio.ensure_future(house.backend.erase(romeo, Category.ACCOUNT))
    asked += [asyncio.ensure_future(house.backend.inventory(romeo)) for _ in range(10)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    await erased
    assert all(isinstance(answer, Inventory | NoSuchAccount) for answer in answers)
    with pytest.raises(NoSuchAccount):
        await house.backend.inventory(romeo)


async def test_many_requests_wait_their_turn(house: House, romeo: str) -> None:
    answers = await asyncio.gather(*(house.backend.inventory(romeo) for _ in range(200)))
    assert [counts(answer) for answer in answers] == [HELD] * 200
