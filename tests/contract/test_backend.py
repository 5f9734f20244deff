"""What every server that can be asked owes the bot: the same tests for the real ones and the one in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import XML, Element

import pytest

from bot.policy.observed import Inventory, Newcomer
from bot.policy.terms import Category
from bot.servers import Changed, NoSuchAccount, Refused, ServerBackend, Unsupported
from tests.contract.conftest import House
from tests.support.inhabitants import BLOCKED, FILES, HELD, NODES, PEP_NODE, PROFILE_NODES

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

PUBSUB = "http://jabber.org/protocol/pubsub"
LONG_AGO, IN_A_CENTURY = datetime.fromtimestamp(1, UTC), datetime(2126, 1, 1, tzinfo=UTC)
DATED = (Category.ARCHIVE, Category.OFFLINE_MESSAGES, Category.UPLOADS, Category.ROOM_ARCHIVE)


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


def is_configuration(record: Mapping[str, Any]) -> bool:
    """Whether a record is the configuration of a PEP node, which is none of the things that are counted."""
    return "xml" in record and XML(record["xml"]).tag == f"{{{PUBSUB}#owner}}pubsub"


async def test_it_tells_what_it_can_do(house: House) -> None:
    hello = await house.backend.hello()
    assert hello.protocol == 1
    assert hello.operations >= {
        "hello", "settings", "accounts", "inventory", "records", "erase", "identify", "slot", "newcomers", "welcomed",
    }  # fmt: skip
    assert hello.categories >= set(HELD)
    assert hello.erasable >= {Category.UPLOADS, Category.ARCHIVE, Category.ACCOUNT}
    assert hello.dated == set(DATED)
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
    index = found.index("one")
    assert list((await house.backend.accounts("one")).accounts) == found[index + 1 :], "a name is a cursor"


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
        held = [record for record in found if not is_configuration(record)]
        assert HELD.get(category) in (None, len(held)), category
        assert len({str(record) for record in found}) == len(found), category
    for category in IN_XML:
        for record in await records(house.backend, romeo, category, limit):
            XML(record["xml"])


def pep_node(element: Element) -> str:
    """Return the node that a record of PEP is of; it is a configuration, or one item."""
    [inner] = element
    node = inner.get("node")
    assert node
    if element.tag == f"{{{PUBSUB}#owner}}pubsub":
        [form] = inner
        assert (inner.tag, form.tag) == (f"{{{PUBSUB}#owner}}configure", "{jabber:x:data}x")
        assert form.get("type") == "submit"
        values = {field.get("var"): [value.text for value in field] for field in form}
        assert values["FORM_TYPE"] == [f"{PUBSUB}#node_config"]
    else:
        [item] = inner
        assert (element.tag, item.tag) == (f"{{{PUBSUB}}}pubsub", f"{{{PUBSUB}}}item")
        assert item.get("id")
        assert len(item) == 1
    return node


@pytest.mark.parametrize("limit", [1, 200])
async def test_the_configuration_of_a_pep_node_comes_before_its_items(house: House, romeo: str, limit: int) -> None:
    found: dict[str, list[bool]] = {}
    for category in (Category.CLIENT_DATA, Category.PROFILE):
        for record in await records(house.backend, romeo, category, limit):
            of_pep = "node" in record if category == Category.PROFILE else record["kind"] == "pep"
            assert category != Category.PROFILE or record["part"] in ("vcard", "vcard4", "avatar", "nickname")
            assert of_pep == ("pubsub" in XML(record["xml"]).tag)
            if of_pep:
                assert record["node"] == pep_node(XML(record["xml"]))
                found.setdefault(record["node"], []).append(is_configuration(record))
    filled = {PEP_NODE} if house.server is None else {PEP_NODE, *PROFILE_NODES}
    assert {node for node, records_of in found.items() if len(records_of) > 1} >= filled
    assert all(first and not any(others) for first, *others in found.values()), found


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
    await house.backend.accounts(None, 1)  # Prosody's later pages come from the list of the first
    behind = (await house.backend.accounts(romeo, 1000)).accounts
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
    assert (await house.backend.accounts(romeo, 1000)).accounts == behind, "its name is a cursor all the same"
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


async def test_an_account_has_one_identity_as_long_as_it_is_there(house: House, romeo: str, benvolio: str) -> None:
    his = (await house.backend.identify(romeo)).id
    assert len(his) >= 16
    assert (await house.backend.identify(romeo)).id == his
    assert (await house.backend.identify(benvolio)).id != his
    for category in (await house.backend.hello()).erasable - {Category.ACCOUNT}:
        await house.backend.erase(romeo, category, identity=his)
    assert (await house.backend.identify(romeo)).id == his, "no category takes it along"
    answers = await asyncio.gather(*(house.backend.identify(romeo) for _ in range(20)))
    assert {answer.id for answer in answers} == {his}


async def test_the_first_who_ask_are_told_the_same(house: House, romeo: str) -> None:
    assert len({one.id for one in await asyncio.gather(*(house.backend.identify(romeo) for _ in range(20)))}) == 1


async def test_another_account_of_the_same_name_is_not_erased(house: House, romeo: str) -> None:
    was = (await house.backend.identify(romeo)).id
    await house.backend.erase(romeo, Category.ACCOUNT, identity=was)
    await house.settle(romeo)
    settled = counts(await house.backend.inventory(romeo))
    for category in (Category.ACCOUNT, Category.UPLOADS):
        with pytest.raises(Changed):  # none was asked for yet
            await house.backend.erase(romeo, category, identity=was)
    now = (await house.backend.identify(romeo)).id
    assert now != was
    for wrong in (was, now.upper() + "0", now[:-1], ""):
        with pytest.raises(Changed):
            await house.backend.erase(romeo, Category.ACCOUNT, identity=wrong)
        with pytest.raises(Changed):
            await house.backend.erase(romeo, Category.ARCHIVE, IN_A_CENTURY, wrong)
    assert counts(await house.backend.inventory(romeo)) == settled
    await house.backend.erase(romeo, Category.ACCOUNT, identity=now)
    with pytest.raises(NoSuchAccount):
        await house.backend.identify(romeo)


async def test_what_is_older_than_everything_or_nothing(house: House, romeo: str) -> None:
    everything = counts(await house.backend.inventory(romeo))
    none = {category: 0 if category in DATED else count for category, count in everything.items()}
    found = await house.backend.inventory(romeo, details=200, before=LONG_AGO)
    assert counts(found) == none
    for category in DATED:
        holding = found.holding(category)
        assert holding is not None
        assert (holding.bytes or 0, holding.oldest, holding.newest, holding.items) == (0, None, None, ())
        assert (await house.backend.erase(romeo, category, LONG_AGO)).erased == 0
    assert counts(await house.backend.inventory(romeo)) == everything
    assert counts(await house.backend.inventory(romeo, before=IN_A_CENTURY)) == everything
    without = await house.backend.inventory(romeo, DATED, details=200)
    assert (await house.backend.inventory(romeo, DATED, details=200, before=IN_A_CENTURY)).holdings == without.holdings


async def test_everything_is_older_than_the_future(house: House, romeo: str, benvolio: str) -> None:
    theirs = counts(await house.backend.inventory(benvolio))
    left = dict(HELD)
    for category in DATED:
        erased = await house.backend.erase(romeo, category, IN_A_CENTURY)
        assert erased.erased == left[category], category
        assert [holding.count for holding in erased.left] == [0], category
        left[category] = 0
        assert counts(await house.backend.inventory(romeo)) == left, category
        assert (await house.backend.erase(romeo, category, IN_A_CENTURY)).erased == 0, category
    assert counts(await house.backend.inventory(benvolio)) == theirs


async def test_only_what_is_older_is_counted_and_goes(house: House, romeo: str) -> None:
    settled = HELD
    before = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    await asyncio.sleep(1.1)  # servers may keep whole seconds only
    await house.write_to(romeo)
    slot = await house.backend.slot(romeo, "newer.txt", 5, "text/plain")
    await house.put(romeo, slot, b"newer", "text/plain")
    for category in (Category.ARCHIVE, Category.OFFLINE_MESSAGES, Category.UPLOADS):
        [older] = (await house.backend.inventory(romeo, [category], details=200, before=before)).holdings
        [everything] = (await house.backend.inventory(romeo, [category], details=200)).holdings
        assert (older.count, everything.count) == (settled[category], settled[category] + 1), category
        assert older.newest is not None
        assert everything.newest is not None
        assert (older.newest < before, everything.newest >= before) == (True, True), category
        assert everything.bytes is None or (older.bytes or 0) < everything.bytes, category
        assert all(item["time"] < before.timestamp() for item in older.items)
        erased = await house.backend.erase(romeo, category, before)
        assert erased.erased == settled[category], category
        [left] = erased.left
        assert (left.count, left.newest) == (1, everything.newest), category
        assert left.oldest is not None
        assert left.oldest >= before
        assert (await house.backend.erase(romeo, category, before)).erased == 0, category
    assert await house.fetch(romeo, slot) == b"newer"
    await house.write_to(romeo)
    assert counts(await house.backend.inventory(romeo, [Category.ARCHIVE])) == {Category.ARCHIVE: 2}


async def test_what_has_no_time_is_not_erased_by_time(house: House, romeo: str) -> None:
    hello = await house.backend.hello()
    undated = hello.erasable - hello.dated
    assert Category.ACCOUNT in undated
    for category in undated:
        with pytest.raises(Unsupported):
            await house.backend.erase(romeo, category, IN_A_CENTURY)
    assert counts(await house.backend.inventory(romeo)) == HELD


async def test_a_file_can_be_uploaded_for_an_account(house: House, romeo: str) -> None:
    name, content = "your data (1).zip", b"PK and so on"
    slot = await house.backend.slot(romeo, name, len(content), "application/zip")
    assert slot.refused is None
    await house.put(romeo, slot, content, "application/zip")
    assert await house.fetch(romeo, slot) == content
    files = await items(house.backend, romeo, Category.UPLOADS)
    assert len(files) == len(FILES) + 1
    assert len(content) in [file["bytes"] for file in files]
    assert slot.retention is None or slot.retention in {
        setting.value for setting in (await house.backend.settings()).of("uploads.retention")
    }
    assert (await house.backend.erase(romeo, Category.UPLOADS)).erased == len(FILES) + 1


async def test_a_file_that_is_too_large_gets_no_slot(house: House, romeo: str) -> None:
    refused = await house.backend.slot(romeo, "all.zip", 10**12, "application/zip")
    assert refused.refused == "too_large"
    assert not refused.put
    assert refused.limit
    assert (await house.backend.slot(romeo, "all.zip", refused.limit + 1, "application/zip")).refused == "too_large"
    assert (await house.backend.slot(romeo, "all.zip", refused.limit, "application/zip")).refused is None


async def test_a_slot_is_for_somebody_and_for_something(house: House, romeo: str) -> None:
    for name, size, kind in (("", 1, "text/plain"), ("a", 0, "text/plain"), ("a", -1, "text/plain"), ("a", 1, "")):
        with pytest.raises(Refused):
            await house.backend.slot(romeo, name, size, kind)
    for ask in (house.backend.slot("nobody", "a", 1, "text/plain"), house.backend.identify("nobody")):
        with pytest.raises(NoSuchAccount):
            await ask
    assert counts(await house.backend.inventory(romeo)) == HELD


async def newcomers(backend: ServerBackend, limit: int = 1000) -> list[Newcomer]:
    found: list[Newcomer] = []
    after: str | None = None
    while True:
        page = await backend.newcomers(after, limit)
        assert len(page.newcomers) <= limit
        found += page.newcomers
        if page.next is None:
            return found
        after = page.next


async def newcomer(backend: ServerBackend, account: str) -> Newcomer:
    [found] = [one for one in await newcomers(backend) if one.account == account]
    return found


async def test_who_came_is_a_newcomer_until_welcomed(house: House) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    await house.settle("newcomer")
    came = await newcomer(house.backend, "newcomer")
    assert began <= came.time <= datetime.now(UTC)
    assert came.language == "en"
    await house.log_in("newcomer")
    assert await newcomer(house.backend, "newcomer") == came
    another = Newcomer(account="newcomer", time=came.time - timedelta(seconds=1))
    nobody = Newcomer(account="nobody", time=came.time)
    assert (await house.backend.welcomed([another, nobody])).forgotten == 0
    assert await newcomer(house.backend, "newcomer") == came
    assert (await house.backend.welcomed([came, nobody, came])).forgotten == 1
    assert (await house.backend.welcomed([came])).forgotten == 0
    await house.log_in("newcomer")
    assert "newcomer" not in {one.account for one in await newcomers(house.backend)}


async def test_pages_have_every_newcomer_once_in_order_also_while_some_are_welcomed(
    house: House, romeo: str, benvolio: str
) -> None:
    everybody = await newcomers(house.backend)
    assert {romeo, benvolio} <= {one.account for one in everybody}
    assert everybody == sorted(everybody, key=lambda one: one.time)
    assert len({one.account for one in everybody}) == len(everybody)
    assert await newcomers(house.backend, 1) == everybody
    found: list[Newcomer] = []
    after: str | None = None
    while after is not None or not found:
        page = await house.backend.newcomers(after, 2)
        assert (await house.backend.welcomed(page.newcomers)).forgotten == len(page.newcomers)
        found += page.newcomers
        after = page.next
    assert found == everybody
    assert await newcomers(house.backend) == []


async def test_an_entry_is_counted_and_goes_with_the_account(house: House, romeo: str) -> None:
    with_entry = await items(house.backend, romeo, Category.BOT_RECORDS)
    came = await newcomer(house.backend, romeo)
    entries = [item for item in with_entry if item["store"] == "privacy_bot_newcomers"]
    assert [item["time"] for item in entries] == [came.time.timestamp()]
    kept = await records(house.backend, romeo, Category.BOT_RECORDS, 50)
    assert [record for record in kept if entries[0].items() <= record.items()]
    await house.backend.erase(romeo, Category.ACCOUNT)
    assert romeo not in {one.account for one in await newcomers(house.backend)}
    await house.settle(romeo)
    again = await newcomer(house.backend, romeo)
    assert again.time >= came.time
    assert (await house.backend.welcomed([again])).forgotten == 1
    left = await items(house.backend, romeo, Category.BOT_RECORDS)
    assert "privacy_bot_newcomers" not in {item["store"] for item in left}
    assert len(left) == len(with_entry) - 1


async def test_senseless_questions_about_newcomers_are_refused(house: House, romeo: str) -> None:
    came = await newcomer(house.backend, romeo)
    for senseless in (
        house.backend.newcomers(None, 0),
        house.backend.newcomers("no cursor of ours"),
        house.backend.welcomed([came] * 1001),
        house.backend.welcomed([came, Newcomer(account="a b", time=came.time)]),
        house.backend.welcomed([came, Newcomer(account="", time=came.time)]),
    ):
        with pytest.raises(Refused):
            await senseless
    assert await newcomer(house.backend, romeo) == came
    assert (await house.backend.welcomed([])).forgotten == 0
