"""Requests that people decide: passed on as they are, kept without a word of them, and never forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.claims.erasure import EVERYTHING
from bot.claims.ticket import MONTH, Ticket, TicketKind, TicketState, later
from bot.commands.events import happened
from bot.dialogue.understanding import Understander
from bot.policy.model import Policy
from bot.policy.observed import Event
from bot.store import Store, open_store
from tests.support.kept import content
from tests.support.rights import ADMIN, HOST, House

ROMEO = f"romeo@{HOST}"
TEXT = "My nurse's address is wrong; it is Capulet Street 7."


@pytest.fixture
async def store(place: str) -> AsyncIterator[Store]:
    """A store whose bytes can be looked at."""
    async with open_store(place, b"k" * 32) as opened:
        yield opened


@pytest.fixture
def house(policy_of: Callable[[str], Policy], understanding: Understander, store: Store) -> House:
    policy = policy_of("mail-and-chat")
    return House(policy.model_copy(update={"supervisory_authority": policy.controller}), understanding, store)


async def tickets(house: House, who: str = ROMEO) -> tuple[Ticket, ...]:
    return await house.world.store.tickets.of(who)


async def form(house: House, who: str, name: str, values: dict[str, str]) -> str:
    command = house.desk.services.registry.get(name)
    assert command is not None
    filled = await house.desk.form(command, values, sender=f"{who}@{HOST}/phone", language="en", now=house.now)
    return "\n".join(text for field in filled.form.fields for text in (field.label, *field.values))


async def test_a_request_gets_a_number_and_a_day_and_reaches_the_administrators(house: House) -> None:
    answer = await house.ask("romeo", f"request rectification {TEXT}")
    assert "Your request has the number 1" in answer
    assert "December 20, 2026 (30 days left)" in answer
    (told,) = house.messenger.told
    assert told.to == ADMIN
    assert TEXT in told.words
    assert ROMEO in told.words
    assert "Correction of wrong data" in told.words
    assert "number 2" in await house.ask("juliet", "request human Call me.")
    assert "No. 1" in await house.ask("romeo", "requests")
    assert "No. 2" not in await house.ask("romeo", "requests")


async def test_what_was_written_and_who_wrote_it_is_nowhere_in_the_database(house: House, place: str) -> None:
    await house.ask("romeo", f"request complaint {TEXT}")
    await house.ask("boss", "extend 1 The archivist is ill.")
    await house.ask("boss", "answer 1 It is corrected.")
    kept = await content(place)
    assert b"complaint" in kept, "the right files"
    for secret in (b"nurse", b"Capulet", b"romeo", b"boss", b"phone", HOST.encode(), b"archivist", b"corrected"):
        assert secret not in kept


async def test_kind_and_text_are_asked_for(house: House) -> None:
    assert "What is it about?" in await house.ask("romeo", "request")
    assert "Write it in one message" in await house.ask("romeo", "request objection")
    answer = await house.ask("romeo", TEXT)
    assert "Your request has the number 1" in answer
    assert "supervisory authority" in answer
    assert TEXT in house.messenger.to(ADMIN)[0]


async def test_no_ends_it(house: House) -> None:
    await house.ask("romeo", "request objection")
    await house.ask("romeo", "no")
    assert await tickets(house) == ()
    assert house.messenger.told == []


async def test_a_form_with_several_lines_is_passed_on_as_it_is(house: House) -> None:
    lines = "First:\n  the roster\n\nThen: 2 files"
    assert "has the number 1" in await form(house, "romeo", "request", {"kind": "objection", "text": lines})
    assert lines in house.messenger.to(ADMIN)[0]
    assert "was delivered" in await form(house, "boss", "answer", {"number": "1", "text": "Yes,\nboth."})
    assert "Yes,\nboth." in house.messenger.to(ROMEO)[0]


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ((2026, 11, 20), (2026, 12, 20)),
        ((2027, 1, 31), (2027, 2, 28)),
        ((2028, 1, 31), (2028, 2, 29)),
        ((2026, 12, 31), (2027, 1, 31)),
    ],
)
def test_an_answer_is_due_within_a_calendar_month(received: tuple[int, int, int], due: tuple[int, int, int]) -> None:
    start, end = datetime(*received, 15, 30, tzinfo=UTC), datetime(*due, 15, 30, tzinfo=UTC)
    assert later(start, MONTH) == end
    ticket = Ticket(TicketKind.HUMAN, "en", None, start, end)
    assert ticket.days_left(end - timedelta(days=3)) == 3
    assert ticket.days_left(end + timedelta(days=2)) == -2


async def test_days_left_are_shown_until_it_is_over(house: House) -> None:
    await house.ask("romeo", "request human Hello?")
    house.now += timedelta(days=29)
    assert "(1 day left)" in await house.ask("romeo", "requests")
    assert "(1 day left)" in await house.ask("boss", "desk")
    house.now += timedelta(days=2)
    assert "December 20, 2026, which is over" in await house.ask("boss", "desk")


async def test_an_answer_reaches_the_person_and_closes_the_request(house: House) -> None:
    await house.ask("romeo", "request complaint You are bad.")
    assert "was delivered" in await house.ask("boss", "answer 1 We are sorry.")
    (answer,) = house.messenger.to(ROMEO)
    assert "We are sorry." in answer
    assert "supervisory authority" in answer
    assert "answered" in await house.ask("romeo", "requests")
    assert "No request is open" in await house.ask("boss", "desk")
    assert "no open request with this number" in await house.ask("boss", "answer 1 Again.")
    assert len(house.messenger.to(ROMEO)) == 1
    (ticket,) = await tickets(house)
    assert (ticket.state, ticket.whose) == (TicketState.ANSWERED, None)


async def test_an_extension_is_told_with_its_reason_and_given_once(house: House) -> None:
    await house.ask("romeo", "request access Everything, please.")
    assert "is extended, and its owner was told" in await house.ask("boss", "extend 1 There are so many files.")
    (told,) = house.messenger.to(ROMEO)
    assert "There are so many files." in told
    assert "February 20, 2027" in told
    assert "February 20, 2027" in await house.ask("romeo", "requests")
    assert "cannot be extended" in await house.ask("boss", "extend 1 Still too many.")
    assert len(house.messenger.to(ROMEO)) == 1


async def test_what_is_over_cannot_be_extended(house: House) -> None:
    await house.ask("romeo", "request access Everything, please.")
    house.now += timedelta(days=31)
    assert "cannot be extended" in await house.ask("boss", "extend 1 I forgot.")
    assert house.messenger.to(ROMEO) == []


async def test_a_request_can_be_withdrawn_by_its_owner_only(house: House) -> None:
    await house.ask("romeo", "request human Hello?")
    for other in ("juliet", "boss"):
        assert "no open request with this number" in await house.ask(other, "withdraw 1")
    assert "account on memory.example" in await house.ask("romeo@elsewhere.example", "withdraw 1")
    assert [ticket.state for ticket in await tickets(house)] == [TicketState.OPEN]
    assert "Request no. 1 is withdrawn" in await house.ask("romeo", "withdraw 1")
    assert "no open request" in await house.ask("romeo", "withdraw 1")
    assert "was withdrawn" in house.messenger.to(ADMIN)[-1]
    assert "no open request" in await house.ask("boss", "answer 1 Too late.")
    assert house.messenger.to(ROMEO) == []


async def test_administrators_are_reminded_once_at_seven_days_and_once_at_one(house: House) -> None:
    await house.ask("romeo", "request human Hello?")
    seen = []
    for day in range(1, 35):
        before = len(house.messenger.to(ADMIN))
        for _time in range(3):
            await house.work(timedelta(hours=8))
        seen += [day] * (len(house.messenger.to(ADMIN)) - before)
    assert seen == [23, 29]
    assert "is not answered yet; due by December 20, 2026 (7 days left)" in house.messenger.to(ADMIN)[1]
    assert TEXT not in house.messenger.to(ADMIN)[1]


async def test_a_reminder_is_repeated_until_an_administrator_can_be_told(house: House) -> None:
    await house.ask("romeo", "request human Hello?")
    house.messenger.down = True
    await house.work(timedelta(days=24))
    house.messenger.down = False
    for _time in range(3):
        await house.work(timedelta(hours=1))
    assert len(house.messenger.to(ADMIN)) == 2


async def test_an_extended_request_is_reminded_of_anew(house: House) -> None:
    await house.ask("romeo", "request human Hello?")
    await house.work(timedelta(days=24))
    await house.ask("boss", "extend 1 We think.")
    told = len(house.messenger.to(ADMIN))
    await house.work(timedelta(days=50))
    assert len(house.messenger.to(ADMIN)) == told
    await house.work(timedelta(days=12))
    assert len(house.messenger.to(ADMIN)) == told + 1


async def test_when_nobody_can_be_told_nothing_is_left_open_and_that_is_said(house: House) -> None:
    house.messenger.down = True
    assert "I cannot pass anything on here, and have not done so" in await house.ask("romeo", f"request human {TEXT}")
    assert not [ticket for ticket in await tickets(house) if ticket.state is TicketState.OPEN]
    house.messenger.down = False
    await house.work(timedelta(days=40))
    assert house.messenger.told == []


async def test_without_administrators_nothing_is_taken(house: House) -> None:
    house.world.admins = frozenset()
    answer = await house.ask("romeo", f"request human {TEXT}")
    assert "I cannot pass anything on here" in answer
    assert "Please write to" in answer
    assert await tickets(house) == ()


async def test_an_answer_that_does_not_arrive_leaves_the_request_open(house: House) -> None:
    await house.ask("romeo", "request human Hello?")
    house.messenger.down = True
    for line in ("answer 1 Hello!", "extend 1 We think."):
        assert "Nothing was sent" in await house.ask("boss", line)
    (ticket,) = await tickets(house)
    assert (ticket.state, ticket.extended_at) == (TicketState.OPEN, None)


@pytest.mark.parametrize("line", ["desk", "answer 1 I am the boss.", "extend 1 I am the boss."])
@pytest.mark.parametrize("who", ["juliet", "romeo", "boss@elsewhere.example", f"{ADMIN}.evil.example"])
async def test_others_cannot_use_the_desk(house: House, who: str, line: str) -> None:
    await house.ask("romeo", f"request human {TEXT}")
    answer = await house.ask(who, line)
    assert "romeo" not in answer
    assert "No. 1" not in answer
    assert "administrator" in answer
    assert house.messenger.to(ROMEO) == []
    (ticket,) = await tickets(house)
    assert (ticket.state, ticket.extended_at) == (TicketState.OPEN, None)


@pytest.mark.parametrize("name", ["desk", "answer", "extend"])
async def test_others_cannot_use_the_forms_of_the_desk_either(house: House, name: str) -> None:
    await house.ask("romeo", f"request human {TEXT}")
    values = {"number": "1", "text": "I am the boss.", "reason": "I am the boss."}
    assert "administrator" in await form(house, "juliet", name, values)
    assert house.messenger.to(ROMEO) == []


async def test_the_requests_of_an_account_that_is_removed_are_over(house: House) -> None:
    await house.ask("romeo", "request human Hello?")
    await house.ask("juliet", "request human Hello?")
    await happened(Event(event="removed", account="romeo"), house.desk.services)
    (gone,), (other,) = await tickets(house), await tickets(house, f"juliet@{HOST}")
    assert (gone.state, gone.whose) == (TicketState.GONE, None)
    assert other.state is TicketState.OPEN


async def test_the_answer_is_not_for_a_stranger_who_got_the_same_address(house: House) -> None:
    await house.ask("romeo", "request human Hello?")
    house.server.identities.pop("romeo")  # as a removal and a registration do
    assert "no open request" in await house.ask("boss", "answer 1 About your illness …")
    assert "cannot be extended" not in await house.ask("boss", "desk")
    assert house.messenger.to(ROMEO) == []
    (ticket,) = await tickets(house)
    assert (ticket.state, ticket.whose) == (TicketState.GONE, None)


async def test_an_erasure_that_is_impossible_leads_to_a_request(house: House) -> None:
    spoken = await house.say("romeo", "erase ip_addresses")
    assert "request erasure" in [line for line, _label in spoken.message.responses]
    assert "Write it in one message" in await house.ask("romeo", "request erasure")
    assert EVERYTHING not in await house.ask("romeo", "Please erase my addresses.")
    assert "Please erase my addresses." in house.messenger.to(ADMIN)[0]
