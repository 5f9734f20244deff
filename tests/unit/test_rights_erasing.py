"""Erasing through the desk: shown before, confirmed by a typed code, done once, and a receipt that is true."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.claims.erasure import State
from bot.commands.events import happened
from bot.dialogue.understanding import Understander
from bot.policy.model import Policy
from bot.policy.observed import Erased, Event
from bot.policy.terms import Category
from bot.rights.world import Terms
from bot.servers import Unreachable
from bot.store import Store
from tests.support.rights import HOST, House, code_in


@pytest.fixture
def house(policy_of: Callable[[str], Policy], understanding: Understander, store: Store) -> House:
    return House(policy_of("mail-and-chat"), understanding, store)


@pytest.mark.parametrize("text", ["delete uploads", "erase uploads", "please delete all my photos", "/delete uploads!"])
async def test_nothing_is_erased_before_the_code_was_typed(house: House, text: str) -> None:
    shown = await house.ask("romeo", text)
    assert "2 files (20 bytes)" in shown
    assert "links to these files stop working" in shown
    assert "gone from the backups by November 27, 2026" in shown
    await house.work(timedelta(minutes=1))
    assert house.count("romeo", Category.UPLOADS) == 2
    await house.ask("romeo", code_in(shown))
    await house.work()
    assert house.count("romeo", Category.UPLOADS) == 0
    (receipt,) = [words for words in house.messenger.to(f"romeo@{HOST}") if "Reference" in words]
    assert "Uploaded files: 2 files (20 bytes) before, nothing left" in receipt


async def test_a_number_or_a_yes_is_not_enough(house: House) -> None:
    await house.ask("romeo", "delete uploads")
    for slip in ("1", "2", "yes", "ja", "ok", "👍"):
        await house.ask("romeo", slip)
        await house.work()
    assert house.count("romeo", Category.UPLOADS) == 2


@pytest.mark.parametrize("slip", ["sí", "¡Sí!", "si", "SI\u0301"])
async def test_a_yes_asks_for_the_code_with_or_without_marks_on_its_letters(house: House, slip: str) -> None:
    await house.ask("romeo", "delete uploads")
    code_in(await house.ask("romeo", slip))
    await house.work()
    assert house.count("romeo", Category.UPLOADS) == 2


@pytest.mark.parametrize(
    "no",
    ["no", "No.", "nein", "erase uploads no", "nee doch nicht", "oh wait, I changed my mind", "stop!", "lieber nicht"],
)
async def test_saying_no_leaves_everything(house: House, no: str) -> None:
    code = await house.code("romeo", "delete uploads")
    assert "nothing was done" in await house.ask("romeo", no)
    assert "wrong, was used already, or has run out" in await house.ask("romeo", code)
    await house.work()
    assert house.count("romeo", Category.UPLOADS) == 2


async def test_the_code_is_worth_nothing_to_others_later_or_for_something_else(house: House) -> None:
    code = await house.code("romeo", "delete uploads")
    for who, line in (
        ("juliet", code),
        ("juliet", f"erase uploads {code}"),
        ("romeo", f"erase archive {code}"),
        ("romeo", f"erase account {code}"),
        ("romeo", f"erase uploads 30 {code}"),
        (f"romeo@{HOST}.evil.example", f"erase uploads {code}"),
        ("romeo@elsewhere.example", f"erase uploads {code}"),
    ):
        await house.ask(who, line)
        await house.work()
    house.now += timedelta(minutes=11)
    assert "has run out" in await house.ask("romeo", f"erase uploads {code}")
    await house.work()
    for who in ("romeo", "juliet"):
        assert house.count(who, Category.UPLOADS) == 2
        assert house.count(who, Category.ARCHIVE) == 7
    assert set(house.server.accounts_held) == {"romeo", "juliet", "boss"}


async def test_a_code_works_once_even_after_a_restart(
    house: House, policy_of: Callable[[str], Policy], understanding: Understander
) -> None:
    code = await house.code("romeo", "delete uploads")
    await house.ask("romeo", f"erase uploads {code}")
    await house.work()
    house.server.accounts_held["romeo"][Category.UPLOADS] = [{"time": 1, "bytes": 1}]
    again = House(policy_of("mail-and-chat"), understanding, house.world.store, server=house.server)
    assert "done only once" in await again.ask("romeo", f"erase uploads {code}")
    await again.work()
    assert again.count("romeo", Category.UPLOADS) == 1


async def test_only_what_is_older_is_erased(house: House) -> None:
    shown = await house.ask("romeo", "delete messages older than 30 days")
    assert "older than October 21, 2026" in shown
    assert "4 messages" in shown
    await house.ask("romeo", code_in(shown))
    await house.work()
    assert house.count("romeo", Category.ARCHIVE) == 3
    assert "4 messages (40 bytes) before, nothing left" in house.messenger.to(f"romeo@{HOST}")[-1]


async def test_an_age_that_cannot_be_read_is_asked_for(house: House) -> None:
    assert "so many days" in await house.ask("romeo", "delete messages older than my dog")
    assert "4 messages" in await house.ask("romeo", "30")
    assert "so many days" in await house.ask("romeo", "lösche nachrichten die älter als mein hund sind")
    assert "nothing was done" in await house.ask("romeo", "no")


async def test_what_has_no_age_is_not_erased_by_age(house: House) -> None:
    answer = await house.ask("romeo", "erase roster 30")
    assert "cannot erase only what is older" in answer
    answer = await house.ask("romeo", "erase account 30")
    assert "cannot erase only what is older" in answer


async def test_what_is_empty_or_impossible_is_said(house: House) -> None:
    assert "There is nothing to erase" in await house.ask("romeo", "erase offline_messages")
    assert "I cannot erase this on this server: IP addresses" in await house.ask("romeo", "erase ip_addresses")
    assert "cannot help" in await house.ask("romeo", "erase telepathy")


async def test_everything_but_the_account(house: House) -> None:
    assert "1. Everything but the account" in await house.ask("romeo", "delete all my data")
    shown = await house.ask("romeo", "1")
    assert "login" not in shown
    await house.ask("romeo", code_in(shown))
    await house.work()
    held = house.server.accounts_held["romeo"]
    assert {name for name, items in held.items() if items} == {Category.ACCOUNT, Category.SESSIONS}
    receipt = house.messenger.to(f"romeo@{HOST}")[-1]
    assert receipt.count("nothing left") == 4


async def test_the_receipt_says_what_the_server_shows_and_not_what_it_claims(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pretend(*_arguments: object) -> Erased:
        return Erased(erased=2)

    monkeypatch.setattr(house.server, "erase", pretend)
    await house.confirmed("romeo", "delete uploads")
    receipt = house.messenger.to(f"romeo@{HOST}")[-1]
    assert "Not everything could be erased" in receipt
    assert "still there: 2 files" in receipt
    assert "Send a request" in receipt


async def test_what_comes_in_meanwhile_is_told_apart(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    erase = house.server.erase

    async def busy(*arguments: object) -> Erased:
        done = await erase(*arguments)  # type: ignore[arg-type]
        late = (house.now + timedelta(seconds=5)).timestamp()
        house.server.accounts_held["romeo"][Category.ARCHIVE] = [{"time": late, "bytes": 1}]
        return done

    monkeypatch.setattr(house.server, "erase", busy)
    await house.confirmed("romeo", "delete archive")
    receipt = house.messenger.to(f"romeo@{HOST}")[-1]
    assert "nothing left (1 entry has come in since)" in receipt


async def test_other_devices_are_told(house: House) -> None:
    await house.confirmed("romeo", "delete uploads")
    (warned,) = [one for one in house.messenger.told if one.to == f"romeo@{HOST}/tablet"]
    assert "One of your devices has just had this erased: Uploaded files" in warned.words
    assert "change your password" in warned.words
    assert not [one for one in house.messenger.told if one.to == f"romeo@{HOST}/phone"]


async def test_a_server_that_is_away_is_tried_again_and_nothing_is_claimed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: object) -> Erased:
        raise Unreachable("away")

    code = await house.code("romeo", "delete uploads")
    with monkeypatch.context() as patched:
        patched.setattr(house.server, "erase", away)
        await house.ask("romeo", code)
        await house.work()
        assert "I go on trying" in house.messenger.to(f"romeo@{HOST}")[-1]
        for _time in range(5):
            await house.work(timedelta(hours=1))
    assert len([words for words in house.messenger.to(f"romeo@{HOST}") if "go on trying" in words]) == 1
    assert house.count("romeo", Category.UPLOADS) == 2
    await house.work(timedelta(hours=1))
    assert "nothing left" in house.messenger.to(f"romeo@{HOST}")[-1]
    assert house.count("romeo", Category.UPLOADS) == 0


async def test_what_came_in_while_the_server_was_away_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_arguments: object) -> Erased:
        raise Unreachable("away")

    with monkeypatch.context() as patched:
        patched.setattr(house.server, "erase", away)
        await house.confirmed("romeo", "delete archive")
    later = (house.now + timedelta(minutes=30)).timestamp()
    house.server.accounts_held["romeo"][Category.ARCHIVE].append({"time": later, "bytes": 1})
    await house.work(timedelta(hours=1))
    assert house.count("romeo", Category.ARCHIVE) == 1
    assert "nothing left (1 entry has come in since)" in house.messenger.to(f"romeo@{HOST}")[-1]


async def test_after_days_in_vain_the_truth_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_arguments: object) -> Erased:
        raise Unreachable("away")

    monkeypatch.setattr(house.server, "erase", away)
    await house.confirmed("romeo", "delete uploads")
    for _time in range(60):
        await house.work(timedelta(hours=1))
    last = house.messenger.to(f"romeo@{HOST}")[-1]
    assert "I could not finish this" in last
    assert "Uploaded files: not erased yet" in last


async def test_a_server_that_is_away_before_is_said_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_arguments: object, **_more: object) -> None:
        raise Unreachable("away")

    code = await house.code("romeo", "delete uploads")
    monkeypatch.setattr(house.server, "identify", away)
    assert "Nothing was done" in await house.ask("romeo", code)
    monkeypatch.setattr(house.server, "inventory", away)
    assert "Nothing was done" in await house.ask("romeo", "delete archive")


async def test_receipts_can_be_shown_again_to_their_owner_only(house: House) -> None:
    await house.confirmed("romeo", "delete uploads")
    shown = await house.ask("romeo", "receipts")
    found = re.search(r"E-\w{8}", shown)
    assert found is not None
    assert "nothing left" in await house.ask("romeo", f"receipts {found[0]}")
    assert "no receipt with this number" in await house.ask("juliet", f"receipts {found[0]}")
    assert "Nothing of yours was erased" in await house.ask("juliet", "receipts")


async def test_an_account_waits_is_announced_and_goes(house: House) -> None:
    answer = await house.confirmed("romeo", "delete my account")
    assert "November 23, 2026" in answer
    assert "keep my account" in answer
    await house.work(timedelta(days=1, hours=23))
    assert house.messenger.to(f"romeo@{HOST}")[1:] == []
    await house.work(timedelta(hours=2))
    assert "A reminder" in house.messenger.to(f"romeo@{HOST}")[-1]
    await house.work(timedelta(hours=1))
    assert len([words for words in house.messenger.to(f"romeo@{HOST}") if "reminder" in words]) == 1
    assert "romeo" in house.server.accounts_held
    await house.work(timedelta(days=1))
    assert "romeo" not in house.server.accounts_held
    goodbye = house.messenger.to(f"romeo@{HOST}")[-1]
    assert "Goodbye" in goodbye
    assert "gone from the backups by November 30, 2026" in goodbye
    assert set(house.server.accounts_held) == {"juliet", "boss"}


async def test_no_account_goes_because_the_clock_jumped(
    policy_of: Callable[[str], Policy], understanding: Understander, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    passed = 0.0
    house = House(policy_of("mail-and-chat"), understanding, store, steady=lambda: passed)
    await house.confirmed("romeo", "delete uploads")
    await house.confirmed("romeo", "delete account")
    await house.work(timedelta(days=5 * 365))
    assert "the clock went ahead by 43800 hours at once" in caplog.text
    assert "romeo" in house.server.accounts_held
    assert "A reminder" in house.messenger.to(f"romeo@{HOST}")[-1]
    passed = 3600.0
    await house.work(timedelta(days=-5 * 365))
    assert "the clock was set back" in caplog.text
    assert len(await store.erasures.of(f"romeo@{HOST}")) == 2, "no record was purged"
    assert "stays" in await house.ask("romeo", "keep my account")


async def test_after_some_hours_a_clock_that_jumped_is_believed(
    policy_of: Callable[[str], Policy], understanding: Understander, store: Store
) -> None:
    passed = 0.0
    house = House(policy_of("mail-and-chat"), understanding, store, steady=lambda: passed)
    await house.confirmed("romeo", "delete account")
    await house.work(timedelta(days=4))
    assert "romeo" in house.server.accounts_held
    passed = 6.5 * 3600
    await house.work(timedelta(hours=6.5))
    assert "romeo" not in house.server.accounts_held


async def test_an_account_can_be_kept(house: House) -> None:
    await house.confirmed("romeo", "delete account")
    assert "removed on November 23" in await house.ask("romeo", "delete my account")
    assert "stays" in await house.ask("romeo", "keep my account")
    assert "nothing to do" in await house.ask("romeo", "keep my account")
    await house.work(timedelta(days=10))
    assert "romeo" in house.server.accounts_held
    assert "nothing to do" in await house.ask("juliet", "keep my account")


async def test_without_grace_an_account_goes_at_once(
    policy_of: Callable[[str], Policy], understanding: Understander, store: Store
) -> None:
    house = House(policy_of("mail-and-chat"), understanding, store, terms=Terms(grace=timedelta()))
    assert "at once" in await house.ask("romeo", "delete account")
    await house.confirmed("romeo", "delete account")
    assert "romeo" not in house.server.accounts_held


async def test_a_stranger_who_gets_the_same_address_loses_nothing(house: House) -> None:
    await house.confirmed("romeo", "delete account")
    del house.server.accounts_held["romeo"]
    house.server.identities.pop("romeo")
    house.server.accounts_held["romeo"] = {Category.UPLOADS: [{"time": 1, "bytes": 1}], Category.ACCOUNT: [{}]}
    told = len(house.messenger.told)
    await house.work(timedelta(days=4))
    assert house.count("romeo", Category.UPLOADS) == 1
    assert len(house.messenger.told) == told, "and hears nothing of it"


async def test_an_account_that_is_removed_otherwise_is_forgotten(house: House) -> None:
    await house.confirmed("romeo", "delete account")
    await happened(Event(event="removed", account="romeo"), house.desk.services)
    (noted,) = await house.world.store.erasures.of(f"romeo@{HOST}")
    assert (noted.state, noted.whose) == (State.GONE, None)


async def test_whom_it_was_about_is_forgotten_with_the_receipt(house: House) -> None:
    await house.confirmed("romeo", "delete uploads")
    (noted,) = await house.world.store.erasures.of(f"romeo@{HOST}")
    assert noted.whose is None
    assert noted.counts[0].before == 2
    await house.work(timedelta(days=4 * 365))
    assert await house.world.store.erasures.of(f"romeo@{HOST}") == ()


@pytest.mark.parametrize(
    "text",
    [
        "delete everything",
        "delete the account of romeo",
        f"delete romeo@{HOST}",
        "erase account",
        "export my data",
        "receipts",
        "requests",
        "request complaint You are bad.",
        "keep my account",
    ],
)
@pytest.mark.parametrize("who", ["stranger@elsewhere.example", f"room@conference.{HOST}", f"romeo@sub.{HOST}"])
async def test_those_without_an_account_here_can_do_nothing(house: House, who: str, text: str) -> None:
    answer = await house.ask(who, text)
    refused = r"account on memory\.example|cannot help|What shall be erased|Do you mean|I tell nobody"
    assert re.search(refused, answer), answer
    await house.work()
    assert not house.messenger.told
    assert house.count("romeo", Category.UPLOADS) == 2


async def test_it_is_all_there_in_german(house: House) -> None:
    shown = await house.ask("romeo", "lösche bitte meine bilder", "de")
    assert "2 Dateien (20 Byte)" in shown
    await house.ask("romeo", code_in(shown), "de")
    await house.work()
    assert "nichts mehr da" in house.messenger.to(f"romeo@{HOST}")[-1]


async def test_a_form_shows_and_asks_the_same_and_has_the_receipt_as_its_result(house: House) -> None:
    command = house.desk.services.registry.get("erase")
    assert command is not None
    sender = f"romeo@{HOST}/phone"

    async def fill(values: dict[str, str] | None) -> tuple[bool, str]:
        filled = await house.desk.form(command, values, sender=sender, language="en", now=house.now)
        words = "\n".join(text for field in filled.form.fields for text in (field.label, *field.values))
        return filled.is_result, words

    assert "What shall be erased?" in (await fill(None))[1]
    result, shown = await fill({"what": "uploads", "days": "0"})
    assert not result
    assert "2 files (20 bytes)" in shown
    wrong, said = await fill({"what": "uploads", "days": "0", "confirm": "bcdfgh"})
    assert not wrong
    assert "wrong, was used" in said
    work = asyncio.create_task(house.rights.run())
    try:
        done, receipt = await fill({"what": "uploads", "days": "0", "confirm": code_in(shown).upper()})
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    assert done
    assert "nothing left" in receipt
    assert house.count("romeo", Category.UPLOADS) == 0


async def test_what_is_meant_is_asked_with_its_age(house: House) -> None:
    said = await house.say("romeo", "delete my group chat messages older than 30 days")
    assert [line for line, _label in said.message.responses] == ["erase room_archive 30", "erase archive 30"]
    assert "4 messages" in await house.ask("romeo", "2")
    assert "so many days" in await house.ask("romeo", "delete all my data older than my dog")
    assert "4 messages" in await house.ask("romeo", "30")


@pytest.mark.parametrize("text", ["how do I delete my photos?", "can I have my files deleted?"])
async def test_who_asks_how_to_erase_is_told_that_it_can_be_done_here(house: House, text: str) -> None:
    said = await house.say("romeo", text)
    assert "I can do that for accounts of this server" in said.message.body
    assert "erase uploads" in [line for line, _label in said.message.responses]
    assert "To confirm" not in said.message.body
