"""What must not go wrong when things happen at the same time, twice, or too late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.claims.erasure import State
from bot.commands.events import greet
from bot.dialogue.reply import Reply
from bot.dialogue.understanding import Understander
from bot.policy.model import Policy
from bot.policy.observed import Erased
from bot.policy.terms import Category
from bot.rights.world import Terms
from bot.servers import Unreachable
from bot.store import Store
from tests.support.rights import HOST, House, code_in

ROMEO = f"romeo@{HOST}"


@pytest.fixture
def house(policy_of: Callable[[str], Policy], understanding: Understander, store: Store) -> House:
    return House(policy_of("mail-and-chat"), understanding, store)


async def states(house: House, account: str = ROMEO) -> list[State]:
    return [noted.state for noted in await house.world.store.erasures.of(account)]


async def test_an_account_whose_end_was_confirmed_twice_is_kept_altogether(house: House) -> None:
    first = await house.code("romeo", "erase account")
    house.now += timedelta(minutes=5)
    second = await house.code("romeo", "erase account")
    for code in (first, second):
        assert "is removed on" in await house.ask("romeo", f"erase account {code}")
    assert "stays" in await house.ask("romeo", "keep my account")
    await house.work(timedelta(days=4))
    assert await states(house) == [State.CANCELLED, State.CANCELLED]
    assert "romeo" in house.server.accounts_held


async def test_an_account_that_is_kept_while_others_are_reminded_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("juliet", "romeo"):
        await house.confirmed(who, "erase account")
        house.now += timedelta(minutes=1)
    tell = house.messenger.tell

    async def slow(to: str, reply: Reply, language: str, *, replacing: str | None = None) -> str:
        if to.startswith("juliet"):
            monkeypatch.setattr(house.messenger, "tell", tell)
            assert "stays" in await house.ask("juliet", "keep my account")
            assert "stays" in await house.ask("romeo", "keep my account")
        return await tell(to, reply, language, replacing=replacing)

    monkeypatch.setattr(house.messenger, "tell", slow)
    await house.work(timedelta(days=2, hours=1))
    assert "reminder" not in "".join(house.messenger.to(ROMEO))
    for account in ("juliet", "romeo"):
        assert await states(house, f"{account}@{HOST}") == [State.CANCELLED]
    await house.work(timedelta(days=2))
    assert set(house.server.accounts_held) == {"romeo", "juliet", "boss"}


async def test_an_account_that_is_kept_when_its_end_is_due_stays(house: House) -> None:
    await house.confirmed("romeo", "erase account")
    house.now += timedelta(days=4)
    answer, _done = await asyncio.gather(house.ask("romeo", "keep my account"), house.rights.work.round())
    await house.work()
    assert ("stays" in answer) == ("romeo" in house.server.accounts_held)
    assert ("stays" in answer) != ("too late" in answer)


async def test_when_it_is_too_late_to_keep_an_account_that_is_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: object) -> Erased:
        raise Unreachable("away")

    await house.confirmed("romeo", "erase account")
    with monkeypatch.context() as patched:
        patched.setattr(house.server, "erase", away)
        await house.work(timedelta(days=4))
        assert "too late" in await house.ask("romeo", "keep my account")
        assert "nothing to do" in await house.ask("juliet", "keep my account")
    await house.work(timedelta(hours=1))
    assert set(house.server.accounts_held) == {"juliet", "boss"}


async def test_an_account_that_waited_for_days_is_not_given_up_at_the_first_failure(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: object, **_more: object) -> None:
        raise Unreachable("away")

    await house.confirmed("romeo", "erase account")
    with monkeypatch.context() as patched:
        patched.setattr(house.server, "inventory", away)
        await house.work(timedelta(days=3, hours=1))
    assert await states(house) == [State.SCHEDULED]
    await house.work(timedelta(hours=1))
    assert "romeo" not in house.server.accounts_held


async def test_what_failed_is_tried_at_once_when_the_server_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: object) -> Erased:
        raise Unreachable("away")

    await house.confirmed("juliet", "erase account")
    with monkeypatch.context() as patched:
        patched.setattr(house.server, "erase", away)
        await house.confirmed("romeo", "erase uploads")
    await house.work()
    assert house.count("romeo", Category.UPLOADS) == 2
    await greet(house.desk.services)
    await house.work()
    assert house.count("romeo", Category.UPLOADS) == 0
    assert "juliet" in house.server.accounts_held, "what waits for its day goes on waiting"


async def test_after_a_pause_of_days_it_is_tried_more_than_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_arguments: object) -> Erased:
        raise Unreachable("away")

    await house.ask("romeo", await house.code("romeo", "erase uploads"))
    with monkeypatch.context() as patched:
        patched.setattr(house.server, "erase", away)
        await house.work(timedelta(days=5))
    await house.work(timedelta(hours=1))
    assert await states(house) == [State.DONE]
    assert house.count("romeo", Category.UPLOADS) == 0


async def test_an_end_that_cannot_be_carried_out_is_told_although_goodbye_was_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: object) -> Erased:
        raise Unreachable("away")

    monkeypatch.setattr(house.server, "erase", away)
    await house.confirmed("romeo", "erase account")
    await house.work(timedelta(days=3))
    for _time in range(60):
        await house.work(timedelta(hours=1))
    told = house.messenger.to(ROMEO)
    assert len([words for words in told if "Goodbye" in words]) == 1
    assert "I could not finish this" in told[-1]
    assert "Uploaded files: not erased yet" in told[-1]


async def test_nobody_is_held_up_by_a_reminder_that_does_not_arrive(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.confirmed("romeo", "erase account")
    house.now += timedelta(days=2, hours=1)
    await house.ask("juliet", await house.code("juliet", "erase uploads"))
    with monkeypatch.context() as patched:
        patched.setattr(house.messenger, "down", True)
        await house.work()
    assert house.count("juliet", Category.UPLOADS) == 0
    assert not house.reported
    await house.work()
    assert "reminder" in house.messenger.to(ROMEO)[-1]


async def test_a_receipt_that_comes_late_is_not_for_a_stranger_of_the_same_name(house: House) -> None:
    code = await house.code("romeo", "erase uploads")
    await house.ask("romeo", code)
    told = len(house.messenger.told)
    house.messenger.down = True
    await house.work()
    assert house.count("romeo", Category.UPLOADS) == 0
    house.server.identities.pop("romeo")  # as a removal and a registration do
    house.messenger.down = False
    await house.work(timedelta(hours=1))
    assert len(house.messenger.told) == told
    (noted,) = await house.world.store.erasures.of(ROMEO)
    assert (noted.state, noted.whose) == (State.DONE, None)


async def test_a_reminder_is_not_for_a_stranger_of_the_same_name(house: House) -> None:
    await house.confirmed("romeo", "erase account")
    told = len(house.messenger.told)
    house.server.identities.pop("romeo")
    await house.work(timedelta(days=2, hours=1))
    assert len(house.messenger.told) == told


async def test_who_wants_the_same_again_gets_another_code_that_works(house: House) -> None:
    first = await house.code("romeo", "erase uploads")
    await house.ask("romeo", first)
    await house.work()
    house.server.accounts_held["romeo"][Category.UPLOADS] = [{"time": 1, "bytes": 1}]
    second = await house.code("romeo", "erase uploads")
    assert second != first
    assert "wrong, was used already" in await house.ask("romeo", f"erase uploads {first}")
    assert "I am erasing it now" in await house.ask("romeo", f"erase uploads {second}")
    await house.work()
    assert house.count("romeo", Category.UPLOADS) == 0


async def test_what_is_over_stays_as_it_is(house: House) -> None:
    await house.ask("romeo", await house.code("romeo", "erase account"))
    (known,) = await house.world.store.erasures.of(ROMEO)
    assert await house.rights.keep(ROMEO)
    assert not await house.world.store.erasures.save(known)
    assert await states(house) == [State.CANCELLED]


async def test_without_grace_an_account_can_be_kept_until_it_is_begun(
    policy_of: Callable[[str], Policy], understanding: Understander, store: Store
) -> None:
    house = House(policy_of("mail-and-chat"), understanding, store, terms=Terms(grace=timedelta()))
    shown = await house.ask("romeo", "erase account")
    await house.ask("romeo", code_in(shown))
    assert "stays" in await house.ask("romeo", "keep my account")
    await house.work()
    assert "romeo" in house.server.accounts_held
