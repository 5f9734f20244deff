"""New accounts are told once, in their language, whatever fails; known ones cost an entry in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import files
from bot.announcements import hearing
from bot.announcements import welcome as welcoming
from bot.announcements.arrivals import Arrivals
from bot.announcements.courier import Letter
from bot.announcements.versions import History
from bot.claims.announcement import Announcement, Cause, Stage
from bot.commands.events import greet, happened, logged_in
from bot.dialogue.understanding import Understander
from bot.policy.model import Policy, policy_of
from bot.policy.observed import Event, Newcomer, NewcomersPage
from bot.servers import Unreachable, Unsupported
from bot.store import Store, StoreError
from tests.conftest import shipped
from tests.support.backend import MemoryServer
from tests.support.rights import HOST, START, House, failing

ROMEO = f"romeo@{HOST}"


class Post:
    """A `Courier` that keeps letters; *down* before they are sent, *lost* after, when nobody confirms them."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.down = self.lost = False

    async def deliver(self, letters: Sequence[Letter]) -> float:
        if self.down:
            raise Unreachable("down")
        self.letters += letters
        if self.lost:
            raise Unreachable("lost")
        return 0.01


class Hall:
    """A house whose bot welcomes."""

    def __init__(self, house: House, history: History, *, is_welcome: bool = True) -> None:
        self.house, self.server, self.store = house, house.server, house.world.store
        self.post = Post()
        self.arrivals = Arrivals(house.world, history, self.post, house._report, is_welcome=is_welcome)
        house.desk.services = replace(house.desk.services, history=history, arrivals=self.arrivals)
        self.services = house.desk.services

    def enter(self, name: str, language: str | None = "en") -> None:
        """Have a client of somebody be ready for messages, and tell the bot."""
        self.server.accounts_held.setdefault(name, {})
        assert logged_in(self.server.log_in(name, language, self.house.now), self.services)

    async def round(self) -> None:
        await self.arrivals._welcome.round()

    def told(self) -> list[tuple[str, str]]:
        """Who was told, and in which language."""
        return [(letter.to.partition("@")[0], letter.language) for letter in self.post.letters]


@pytest.fixture
async def hall(policy_of: Callable[[str], Policy], understanding: Understander, store: Store) -> Hall:
    history = History(store)
    await history.take(policy_of("searx-chat"), files.read(shipped("searx-chat")), START)
    return Hall(House(policy_of("searx-chat"), understanding, store, server=MemoryServer()), history)


async def test_a_newcomer_is_told_who_where_what_and_how_to_go_on(hall: Hall) -> None:
    hall.enter("romeo")
    await hall.round()
    [letter] = hall.post.letters
    assert (letter.to, letter.language) == (ROMEO, "en")
    for said in (
        f"Welcome to {HOST}!",
        "Responsible for your data is Alex Beispiel, chat.example (privacy@chat.example",
        "for 365 days, if your app supports and uses it",
        "(photos, videos, voice messages …) for 7 days",
        "your IP address until the device logs out",
        "It is your right to",
        "• All my data: my data",
    ):
        assert said in letter.said.body, said
    assert "1." not in letter.said.body.splitlines()[-1], "a number would choose from what was asked last"
    assert len(letter.said.body.splitlines()) < 20
    for line, _label in letter.said.responses:
        answer = await hall.house.ask("romeo", line)
        assert "not sure" not in answer
        assert "cannot help" not in answer


async def test_a_newcomer_is_addressed_as_the_policy_says(understanding: Understander, store: Store) -> None:
    document = files.parse(shipped("searx-chat").read_text() + "form_of_address: formal\n", "policy.yaml")
    history = History(store)
    await history.take(policy_of(document), document, START)
    hall = Hall(House(history.current, understanding, store, server=MemoryServer()), history)
    hall.enter("romeo", "de")
    await hall.round()
    [letter] = hall.post.letters
    assert "Schreiben Sie mir einfach" in letter.said.body


async def test_everybody_is_told_in_their_language_and_once(hall: Hall) -> None:
    for name, language in (("romeo", "en"), ("juliet", "de-AT"), ("paris", "xx"), ("nurse", None)):
        hall.enter(name, language)
        hall.enter(name, language)
    await hall.round()
    first = hall.house.world.policy.languages[0]
    assert hall.told() == [("juliet", "de"), ("nurse", first), ("paris", first), ("romeo", "en")]
    assert "Willkommen" in hall.post.letters[0].said.body
    await hall.round()
    hall.enter("romeo", "de")
    await hall.round()
    assert len(hall.post.letters) == 4
    assert hall.server.newcomers_held == {}
    assert len({letter.id for letter in hall.post.letters}) == 4


async def test_who_came_while_the_bot_was_away_is_welcomed_when_the_server_is_there(hall: Hall) -> None:
    names = [f"user{number:03}" for number in range(2 * welcoming._PAGE + 5)]
    for name in names:
        hall.server.log_in(name, "en", START)
    running = asyncio.create_task(hall.arrivals.run())
    await greet(hall.services)
    async with asyncio.timeout(10):
        while hall.server.newcomers_held:  # noqa: ASYNC110 -- the server tells nobody
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert hall.told() == [(name, "en") for name in names]
    known = await hall.store.acquaintances.of([f"{names[0]}@{HOST}"])
    assert known[f"{names[0]}@{HOST}"].language == "en", "not the policy's first"


async def test_a_chosen_language_comes_first(hall: Hall) -> None:
    await hall.store.choose_language(ROMEO, "de", START)
    hall.enter("romeo", "en")
    await hall.round()
    assert hall.told() == [("romeo", "de")]


async def test_what_fails_is_done_again_and_says_so_by_the_same_id(hall: Hall) -> None:
    hall.enter("romeo")
    hall.post.down = True
    with pytest.raises(Unreachable):
        await hall.round()
    assert hall.post.letters == []
    hall.post.down, hall.post.lost = False, True
    with pytest.raises(Unreachable):
        await hall.round()
    hall.post.lost = False
    async with failing(hall.store.acquaintances, "welcomed", StoreError("full")):
        with pytest.raises(StoreError):
            await hall.round()
    async with failing(hall.server, "welcomed", Unreachable("away")):
        with pytest.raises(Unreachable):
            await hall.round()
    assert len(hall.post.letters) == 3
    assert len({letter.id for letter in hall.post.letters}) == 1
    await hall.round()
    assert len(hall.post.letters) == 3, "who is noted is not told again"
    assert hall.server.newcomers_held == {}


async def test_the_work_goes_on_after_failures(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(welcoming, "_RETRIES", (0.01,))
    running = asyncio.create_task(hall.arrivals.run())
    hall.post.down = True
    hall.enter("romeo")
    async with failing(hall.server, "newcomers", ZeroDivisionError()):
        while not hall.house.reported:  # noqa: ASYNC110 -- reported, and nothing else
            await asyncio.sleep(0.01)
    hall.post.down = False
    async with asyncio.timeout(10):
        while hall.server.newcomers_held:  # noqa: ASYNC110 -- see above
            await asyncio.sleep(0.01)
    assert hall.told() == [("romeo", "en")]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_account_that_is_removed_and_registered_again_is_new(hall: Hall) -> None:
    hall.enter("romeo")
    await hall.round()
    await hall.server.erase("romeo", "account")
    await happened(Event(event="removed", account="romeo"), hall.services)
    assert await hall.store.acquaintances.kept(ROMEO) is None
    hall.house.now += timedelta(seconds=1)
    hall.enter("romeo")
    await hall.round()
    await hall.server.erase("romeo", "account")  # and nobody tells the bot
    hall.house.now += timedelta(days=1)
    hall.enter("romeo", "de")
    await hall.round()
    assert hall.told() == [("romeo", "en"), ("romeo", "en"), ("romeo", "de")]
    assert len({letter.id for letter in hall.post.letters}) == 3


async def test_a_clock_that_was_set_back_makes_no_difference(hall: Hall) -> None:
    hall.enter("romeo")
    await hall.round()
    await hall.server.erase("romeo", "account")
    hall.house.now -= timedelta(days=9)
    hall.enter("romeo")
    await hall.round()
    assert len(hall.post.letters) == 2


async def test_who_is_removed_while_being_welcomed_is_forgotten(hall: Hall) -> None:
    hall.enter("romeo", "de")
    deliver, removed = hall.post.deliver, asyncio.Event()

    async def slowly(letters: Sequence[Letter]) -> float:
        removed.set()
        await asyncio.sleep(0.01)
        return await deliver(letters)

    hall.post.deliver = slowly  # type: ignore[method-assign]
    round_ = asyncio.create_task(hall.round())
    await removed.wait()
    await happened(Event(event="removed", account="romeo"), hall.services)
    await round_
    assert await hall.store.acquaintances.kept(ROMEO) is None


async def test_an_old_module_tells_by_events_alone(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    old = hall.server

    async def unknown(*_arguments: object) -> NewcomersPage:
        raise Unsupported("feature-not-implemented")

    old.newcomers = old.welcomed = unknown  # type: ignore[method-assign, assignment]
    hello = await old.hello()

    async def short() -> object:
        return hello.model_copy(update={"operations": hello.operations - {"newcomers", "welcomed"}})

    old.hello = short  # type: ignore[method-assign, assignment]
    await greet(hall.services)
    assert "install the one that comes with this bot" in caplog.text
    hall.enter("romeo")
    async with failing(old, "newcomers", Unreachable("away")):
        with pytest.raises(Unreachable):
            await hall.round()
    hall.post.down = True
    with pytest.raises(Unreachable):
        await hall.round()
    hall.post.down = False
    hall.enter("juliet", "de")
    await hall.round()
    await hall.round()
    assert sorted(hall.told()) == [("juliet", "de"), ("romeo", "en")]


async def test_an_operator_who_wants_no_welcome(hall: Hall) -> None:
    silent = Hall(hall.house, hall.services.history or History(hall.store), is_welcome=False)
    silent.enter("romeo", "en")
    await silent.round()
    assert silent.post.letters == []
    assert hall.server.newcomers_held == {}, "who came meanwhile is no newcomer later"
    assert await hall.store.acquaintances.kept(ROMEO) is None


async def test_a_version_that_others_were_told_of_is_part_of_the_welcome(hall: Hall) -> None:
    text = shipped("searx-chat").read_text()
    text = text.replace('version: "2.1"', 'version: "3"').replace("effective: 2024-05-01", "effective: 2027-01-01")
    text = text.replace("retention: 7 days", "retention: 9 days")
    document = files.parse(text, "policy.yaml")
    history = hall.services.history
    assert history is not None
    await history.take(policy_of(document), document, START)
    hall.enter("early")
    await hall.round()
    made = Announcement(
        0, Cause.POLICY, Stage.RUNNING, "3", {}, mandatory=True, made_at=START, starts_at=START, began_at=START
    )
    await hall.store.announcements.add(made)
    hall.enter("late")
    await hall.round()
    early, late = (letter.said.body for letter in hall.post.letters)
    assert "January 1, 2027" not in early
    assert "From January 1, 2027 on, version 3 of the privacy policy is in force." in late
    assert "• What changes then: changes 3" in late
    known = await hall.store.acquaintances.of([f"early@{HOST}", f"late@{HOST}"])
    assert [one.version for one in known.values()] == ["2.1", "3"]
    assert "9 days" in await hall.house.ask("late", "changes 3")


async def hear(hall: Hall) -> None:
    await hall.arrivals._hearing._write_all()


async def test_languages_are_noted_where_they_are_not_the_policys_first(hall: Hall) -> None:
    hall.server.met |= {"romeo", "juliet", "paris", "nurse"}
    first, other = hall.house.world.policy.languages
    for name, language in (("romeo", other), ("juliet", first), ("paris", "xx"), ("nurse", None)):
        hall.enter(name, language)
    assert await hall.store.acquaintances.kept(ROMEO) is None, "written later, together"
    await hear(hall)
    known = await hall.store.acquaintances.of([f"{name}@{HOST}" for name in ("romeo", "juliet", "paris", "nurse")])
    assert [one.language for one in known.values()] == [other, None, None, None]
    hall.enter("romeo", None)
    await hear(hall)
    assert (await hall.store.acquaintances.of([ROMEO]))[ROMEO].language == other, "a client that says none changes none"
    hall.enter("romeo", first)
    await hear(hall)
    assert await hall.store.acquaintances.kept(ROMEO) is None
    assert hall.post.letters == []


async def test_a_flood_of_logins_is_written_in_batches_and_what_is_left_at_the_end(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    hear_ = hall.store.acquaintances.hear

    async def counted(languages: dict[str, str | None]) -> None:
        await hear_(languages)
        sizes.append(len(languages))

    monkeypatch.setattr(hall.store.acquaintances, "hear", counted)
    other = hall.house.world.policy.languages[1]
    names = [f"user{number}" for number in range(2 * hearing._BATCH + 7)]
    hall.server.met |= set(names)
    running = asyncio.create_task(hall.arrivals.run())
    for name in names:
        for _device in range(3):
            hall.enter(name, other)
    async with asyncio.timeout(10):
        while sum(sizes) < len(names):  # noqa: ASYNC110 -- the database tells nobody
            await asyncio.sleep(0.01)
    assert len(sizes) == 3
    hall.server.met.add("last")
    hall.enter("last", other)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    known = await hall.store.acquaintances.of([f"{name}@{HOST}" for name in (*names[-999:], "last")])
    assert {one.language for one in known.values()} == {other}


async def test_languages_wait_for_a_database_that_is_away(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    first, other = hall.house.world.policy.languages
    hall.server.met |= {"romeo", "juliet"}
    hall.enter("romeo", other)
    hall.enter("juliet", other)
    async with failing(hall.store.acquaintances, "hear", StoreError("full")):
        await hear(hall)
    assert "wait to be noted: full" in caplog.text
    hall.enter("juliet", first)
    await hear(hall)
    assert await hall.store.acquaintances.kept(f"juliet@{HOST}") is None
    assert (await hall.store.acquaintances.of([ROMEO]))[ROMEO].language == other


async def test_no_more_languages_wait_than_fit(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "_MOST", 1)
    hall.server.met |= {"romeo", "juliet"}
    other = hall.house.world.policy.languages[1]
    hall.enter("romeo", other)
    hall.enter("juliet", other)
    await hear(hall)
    assert await hall.store.acquaintances.kept(f"juliet@{HOST}") is None


async def test_people_see_what_is_noted_and_can_have_it_forgotten(hall: Hall) -> None:
    other = hall.house.world.policy.languages[1]
    hall.enter("romeo", other)
    await hall.round()
    await hear(hall)
    shown = await hall.house.ask("romeo", "my data bot_records")
    assert "I told you of version 2.1 of the policy, on November 20, 2026" in shown
    assert "your app is set to" in shown
    assert "know who logs in" in shown
    assert "Records of this bot: 1" in await hall.house.ask("romeo", "my data")
    await hall.store.acquaintances.take_news(ROMEO, START, wanted=False)
    assert "you want no news" in await hall.house.ask("romeo", "my data bot_records")
    hall.enter("romeo", other)  # not written yet
    answer = await hall.house.confirmed("romeo", "forget me")
    assert "I have forgotten you" in answer
    await hear(hall)
    assert await hall.store.acquaintances.kept(ROMEO) is None
    assert "nothing about you" in await hall.house.ask("romeo", "my data bot_records")
    await hall.round()
    assert len(hall.post.letters) == 1, "forgetting makes nobody new"


async def test_a_newcomer_of_whom_no_time_is_known_is_welcomed_all_the_same(hall: Hall) -> None:
    hall.server.newcomers_held["romeo"] = Newcomer(account="romeo", time=START)
    logged_in(Event(event="login", account="romeo", first=True), hall.services)
    await hall.round()
    assert len(hall.post.letters) == 1
