"""Announcements as people and administrators notice them: who is told what, once; and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.announcements.courier import Letter
from bot.claims.announcement import TEXT, Announcement, Cause, Stage
from bot.commands.events import happened, logged_in
from bot.dialogue.understanding import Understander
from bot.policy.observed import AccountsPage, Event
from bot.servers import Unreachable
from bot.store import Store, StoreError
from tests.support.announcements import BOSS, FIRST, LONGER, REWORDED, SHORTER, Town, people, policy_text
from tests.support.backend import MemoryServer
from tests.support.rights import HOST, code_in, failing

DAY = timedelta(days=1)


@pytest.fixture
async def town(understanding: Understander, store: Store) -> Town:
    """Romeo speaks English, Julia German by choice, Giulia by her client; of Rosalind nothing is known."""
    one = await Town.of(understanding, store, ("romeo", "julia", "giulia", "rosalind", "boss"))
    await store.choose_language(f"julia@{HOST}", "de", one.now)
    await store.acquaintances.hear({f"giulia@{HOST}": "de", f"romeo@{HOST}": "en"})
    return one


@asynccontextmanager
async def at_work(town: Town) -> AsyncIterator[None]:
    """Let the bot tell those who log in within the block."""
    working = asyncio.create_task(town.announcer.latecomers.run())
    try:
        yield
        await town.announcer.latecomers.idle()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def newest(town: Town) -> Announcement:
    known = await town.announcer.status()
    assert known is not None
    return known.announcement


async def test_a_changed_policy_reaches_everybody_once_in_their_language(town: Town) -> None:
    await town.take(LONGER)
    draft = await town.ask("boss", "announce policy")
    assert "Nobody was told yet" in draft
    assert "for 30 days instead of 7 days" in draft
    assert "30 Tage lang" in draft
    assert "also those who want no news" in draft
    assert not town.post.sent
    answer = await town.begin()
    assert "I am telling everybody now" in answer
    for name in ("romeo", "rosalind", "boss"):
        (said,) = (one for one in town.post.to(name) if "over" not in one)
        assert said.startswith("From December 1, 2026 on, version 2")
        assert "erase archive" in said
        assert "request objection" in said
        assert "news off" not in said
    for name in ("julia", "giulia"):
        (said,) = town.post.to(name)
        assert said.startswith("Ab dem 1. Dezember 2026")
    assert set(town.post.times().values()) == {1}
    one = await newest(town)
    assert one.stage is Stage.DONE
    assert (one.counts.told, one.counts.skipped, one.counts.total) == ({"en": 3, "de": 2}, {}, 5)
    (report,) = (one for one in town.post.to("boss") if "is over" in one)
    assert "5 accounts were looked at" in report
    assert "Told: 5" in report
    assert "English: 3 and German: 2" in report


async def test_a_login_just_before_tells_the_language(town: Town) -> None:
    """What is heard is noted some seconds later; nobody is told in the wrong language because of that."""

    def log_in(name: str, language: str) -> None:
        event = Event(event="login", account=name, resource="phone", language=language, first=False)
        assert logged_in(event, town.desk.services)

    await town.take(LONGER)
    await town.ask("boss", "announce policy")
    log_in("rosalind", "de")
    town.post.bounces[f"romeo@{HOST}"] = "service-unavailable"
    await town.begin()
    assert town.post.to("rosalind")[0].startswith("Ab dem 1. Dezember 2026")
    town.post.bounces.clear()
    town.post.sent.clear()
    async with at_work(town):
        log_in("romeo", "de")
    assert town.post.to("romeo")[0].startswith("Ab dem 1. Dezember 2026")


async def test_people_are_addressed_as_the_policy_says(understanding: Understander, store: Store) -> None:
    town = await Town.of(understanding, store, ("julia", "boss"), FIRST + "form_of_address: formal\n")
    await store.choose_language(f"julia@{HOST}", "de", town.now)
    await town.ask("boss", "announce news The server moves.")
    await town.begin()
    assert "Sie können schreiben" in town.post.to("julia")[0]


async def test_languages_that_cannot_be_noted_hold_an_announcement_up(town: Town) -> None:
    await town.take(LONGER)
    await town.ask("boss", "announce policy")
    town.arrivals.login(Event(event="login", account="rosalind", language="de", first=False))
    code = await town.code("boss", "announcement start")
    async with failing(town.world.store.acquaintances, "hear", StoreError("full")):
        await town.ask("boss", code)
        assert await town.announcer.runner.round() > 0
    assert town.announcer.runner.is_stuck
    assert not town.post.sent
    await town.pass_time()
    assert town.post.to("rosalind")[0].startswith("Ab dem 1. Dezember 2026")


async def test_who_knows_it_and_who_wants_no_news_is_left_alone(town: Town, store: Store) -> None:
    await town.take(SHORTER)
    await store.acquaintances.welcomed({f"romeo@{HOST}": town.now}, "2", town.now)
    assert "keine Neuigkeiten" in await town.ask("julia", "news off")
    draft = await town.ask("boss", "announce policy")
    assert "Those who want no news are told only if more changes for them" in draft
    assert "It would reach 3 accounts" in await town.ask("boss", "announcement count")
    await town.begin()
    assert town.post.to("romeo") == town.post.to("julia") == []
    assert "news off" in town.post.to("rosalind")[0]
    counts = (await newest(town)).counts
    assert counts.skipped == {"knows": 1, "opted_out": 1}
    assert sum(counts.told.values()) == 3


async def test_what_matters_reaches_those_too_who_want_no_news(town: Town) -> None:
    await town.ask("julia", "news off")
    await town.take(LONGER)
    await town.ask("boss", "announce policy")
    await town.begin()
    assert len(town.post.to("julia")) == 1


async def test_everybody_gets_what_changed_since_they_were_told_last(town: Town, store: Store) -> None:
    await town.take(SHORTER)
    await store.acquaintances.welcomed({f"romeo@{HOST}": town.now}, "2", town.now)
    await town.pass_time(11 * DAY)
    await town.history.turn(town.now)
    await town.take(policy_text("3", "2027-01-01", days=4))
    await town.ask("boss", "announce policy")
    await town.begin()
    assert "for 4 days instead of 3 days" in town.post.to("romeo")[0]
    assert "instead of version 2" in town.post.to("rosalind")[0]


async def test_of_somebody_who_knows_only_an_old_version_all_that_changed_since(town: Town, store: Store) -> None:
    await store.acquaintances.welcomed({f"romeo@{HOST}": town.now}, "1", town.now)
    await town.take(SHORTER)
    await town.pass_time(11 * DAY)
    await town.history.turn(town.now)
    await town.take(policy_text("3", "2027-01-01", days=9))
    await town.ask("boss", "announce policy")
    await town.begin()
    assert "for 9 days instead of 7 days" in town.post.to("romeo")[0]
    assert "for 9 days instead of 3 days" in town.post.to("rosalind")[0]


@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        (None, "no new version", "higher version"),
        (REWORDED, "Only the wording changed", "announce policy anyway"),
    ],
)
async def test_what_need_not_be_told_is_refused(town: Town, text: str | None, said: str, remedy: str) -> None:
    if text is not None:
        await town.take(text)
    for line in ("announce policy", "announce"):
        answer = await town.ask("boss", line)
        assert said in answer
        assert remedy in answer
    if text is not None:
        assert "Nobody was told yet" in await town.ask("boss", "announce policy anyway")


async def test_what_matters_is_told_before_it_is_in_force(town: Town) -> None:
    await town.take(LONGER)
    await town.ask("boss", "announce policy")
    late = await town.ask("boss", "announcement schedule 2026-12-01 09:00")
    assert "in force already at that time" in late
    assert "(Art. 13(3) GDPR)" in late
    await town.pass_time(12 * DAY)
    await town.history.turn(town.now)
    assert "in force already" in await town.ask("boss", "announcement start")
    await town.ask("boss", "announcement cancel")
    assert "in force already" in await town.ask("boss", "announce policy")
    assert "Nobody was told yet" in await town.ask("boss", "announce policy anyway")
    await town.begin()
    assert town.post.to("romeo")[0].startswith("Since December 1, 2026")


async def test_a_version_is_announced_once(town: Town) -> None:
    await town.take(LONGER)
    await town.ask("boss", "announce policy")
    await town.begin()
    assert "Everybody was told of this version" in await town.ask("boss", "announce policy")


async def test_only_one_at_a_time(town: Town) -> None:
    assert "Nobody was told yet" in await town.ask("boss", "announce news The server moves.")
    refused = await town.ask("boss", "announce news Another one.")
    assert "not over" in refused
    assert "announcement cancel" in refused or "Cancel it" in refused
    await town.ask("boss", "announcement cancel")
    assert "Nobody was told yet" in await town.ask("boss", "announce news Another one.")


async def test_of_many_at_the_same_moment_one_is_made(town: Town) -> None:
    answers = await asyncio.gather(*(town.ask("boss", f"announce news Number {number}.") for number in range(8)))
    assert sum("Nobody was told yet" in answer for answer in answers) == 1


async def test_only_administrators_announce(town: Town) -> None:
    for line in (
        "announce",
        "announce policy",
        "announce news Free beer!",
        "announcement start",
        "announcement cancel",
    ):
        assert "Only the administrators" in await town.ask("romeo", line)
        assert "Only the administrators" in await town.ask("boss@elsewhere.example", line)
    assert await town.announcer.status() is None


async def test_only_what_was_looked_at_is_begun(town: Town) -> None:
    await town.ask("boss", "announce news The server moves.")
    code = await town.code("boss", "announcement start")
    await town.announcer.cancel()
    other = await town.announcer.make(town.announcer.planner.of_operator(Cause.NEWS, {TEXT: {"en": "Something else."}}))
    assert isinstance(other, Announcement)
    assert "another one than you have looked at" in await town.ask("boss", f"announcement start {code}")
    await town.pass_time()
    assert not town.post.sent


async def test_news_are_marked_in_other_languages_and_can_be_switched_off(town: Town) -> None:
    draft = await town.ask("boss", "announce news The server moves on Monday.")
    assert "The server moves on Monday." in draft
    await town.begin()
    said = town.post.to("julia")[0]
    assert "The server moves on Monday." in said
    assert "Englisch" in said
    assert "news off" in said
    assert "only" not in town.post.to("romeo")[0]


async def test_a_breach_is_asked_for_part_by_part_and_reaches_everybody(town: Town) -> None:
    await town.ask("julia", "news off")
    assert "What happened" in await town.ask("boss", "announce breach")
    assert "Whom can people ask" in await town.ask("boss", "Somebody copied\nthe list of accounts.")
    assert "What can come of it" in await town.ask("boss", "kim@example.org")
    assert "What was done" in await town.ask("boss", "Unwanted messages.")
    draft = await town.ask("boss", "The hole is closed. Change your password.")
    parts = ("the list of accounts", "kim@example.org", "Unwanted messages", "Change your password")
    assert all(part in draft for part in parts)
    await town.begin()
    for name in ("romeo", "julia"):
        (said,) = town.post.to(name)
        assert all(part in said for part in parts)
        assert "news off" not in said


async def test_a_test_goes_to_the_administrator_only(town: Town) -> None:
    await town.ask("boss", "announce news The server moves.")
    assert "sent it to you" in await town.ask("boss", "announcement test")
    (told,) = town.messenger.told
    assert told.to == BOSS
    assert "The server moves." in told.words
    assert not town.post.sent


async def test_it_begins_at_its_time_also_when_the_clock_jumps(town: Town) -> None:
    await town.ask("boss", "announce news The server moves.")
    assert "past" in await town.ask("boss", "announcement schedule 2026-11-20 11:00")
    assert "past" in await town.ask("boss", "announcement schedule 2026-11-31 11:00")
    code = await town.code("boss", "announcement schedule 2026-11-21 09:00")
    assert "begins on November 21, 2026" in await town.ask("boss", code)
    await town.pass_time(timedelta(hours=20))
    await town.pass_time(timedelta(hours=-40))
    assert not town.post.sent
    await town.pass_time(timedelta(days=30))
    assert len(town.post.to("romeo")) == 1
    await town.pass_time(timedelta(days=-60))
    assert len(town.post.to("romeo")) == 1


async def test_whom_it_did_not_reach_is_told_at_the_next_login(town: Town) -> None:
    town.post.bounces[f"romeo@{HOST}"] = "service-unavailable"
    await town.take(LONGER)
    await town.ask("boss", "announce policy")
    await town.begin()
    counts = (await newest(town)).counts
    assert counts.failed == {"service-unavailable": 1}
    assert sum(counts.told.values()) == 5
    report = town.post.to("boss")[-1]
    assert "1 of them did not get it and is told at the next login (service-unavailable: 1)" in report
    town.post.bounces.clear()
    town.post.sent.clear()
    async with at_work(town):
        for name in ("julia", "romeo", "romeo"):
            assert logged_in(Event(event="login", account=name, resource="phone"), town.desk.services)
    (letter,) = town.post.sent
    assert letter.to == f"romeo@{HOST}"
    assert "version 2" in letter.said.body
    counts = (await newest(town)).counts
    assert counts.failed == {}
    assert sum(counts.told.values()) == 5


async def test_what_comes_back_again_is_not_sent_for_ever(town: Town) -> None:
    town.post.bounces[f"romeo@{HOST}"] = "not-acceptable"
    await town.ask("boss", "announce news The server moves.")
    await town.begin()
    async with at_work(town):
        for _time in range(3):
            town.announcer.latecomers.come("romeo")
    assert len([one for one in town.post.sent if one.to == f"romeo@{HOST}"]) == 2
    assert (await newest(town)).counts.failed == {"not-acceptable": 1}


async def test_a_letter_that_comes_back_late_counts_and_one_of_somebody_else_does_not(town: Town, store: Store) -> None:
    await town.ask("boss", "announce news The server moves.")
    await town.begin()
    number = (await newest(town)).number
    mine = store.announcements.letter(number, f"romeo@{HOST}")
    for account, id_ in ((f"julia@{HOST}", mine), (f"romeo@{HOST}", "told-1-x"), (f"romeo@{HOST}", "")):
        assert not town.announcer.returned(account, id_, "gone")
        await town.announcer.returned_late(account, id_, "gone")
    assert (await newest(town)).counts.failed == {}
    await town.announcer.returned_late(f"romeo@{HOST}", mine, "recipient-unavailable")
    await town.announcer.returned_late(f"romeo@{HOST}", mine, "recipient-unavailable")
    assert (await newest(town)).counts.failed == {"recipient-unavailable": 1}


async def test_accounts_that_are_removed_meanwhile(understanding: Understander, store: Store) -> None:
    town = await Town.of(understanding, store, people(60))
    await town.ask("boss", "announce news The server moves.")
    gone, later = f"person00001@{HOST}", f"person00050@{HOST}"
    town.post.bounces[gone] = "service-unavailable"
    deliver = town.post.deliver

    async def removing(letters: Sequence[Letter]) -> float:
        if letters[0].to == f"boss@{HOST}":
            for account in (gone, later):
                await happened(Event(event="removed", account=account.partition("@")[0]), town.desk.services)
        return await deliver(letters)

    town.post.deliver = removing  # type: ignore[method-assign]
    await town.begin()
    counts = (await newest(town)).counts
    assert counts.skipped == {"gone": 2}
    assert sum(counts.told.values()) == 59
    assert not [one for one in town.post.sent if one.to == later]


async def test_removed_after_it_was_missed_nobody_remembers_who(town: Town, store: Store) -> None:
    town.post.bounces[f"romeo@{HOST}"] = "service-unavailable"
    await town.ask("boss", "announce news The server moves.")
    await town.begin()
    await happened(Event(event="removed", account="romeo"), town.desk.services)
    counts = (await newest(town)).counts
    assert counts.failed == {"gone": 1}
    assert await store.announcements.missed(10) == set()
    assert "Not reached, account removed: 1" in await town.ask("boss", "announcement")


async def test_pause_and_resume_and_cancel(understanding: Understander, store: Store) -> None:
    town = await Town.of(understanding, store, people(200))
    await town.ask("boss", "announce news The server moves.")
    assert "nothing to pause" in await town.ask("boss", "announcement pause")
    assert "not paused" in await town.ask("boss", "announcement resume")
    deliver = town.post.deliver
    answers: list[str] = []
    pauses: list[asyncio.Task[None]] = []

    async def pausing(letters: Sequence[Letter]) -> float:
        seconds = await deliver(letters)
        if len(town.post.sent) > 50 and not answers:
            answers.append("")
            pauses.append(asyncio.create_task(pause()))
            delivery = town.announcer.runner.delivery
            assert delivery is not None
            await delivery._stopped.wait()
        return seconds

    async def pause() -> None:
        answers.append(await town.ask("boss", "announcement pause"))

    town.post.deliver = pausing  # type: ignore[method-assign]
    await town.begin()
    one = await newest(town)
    assert one.stage is Stage.PAUSED
    assert 0 < one.counts.done == len(town.post.sent) < 201
    assert "It is paused" in answers[-1]
    assert "has begun" in await town.ask("boss", "announcement start")
    await town.pass_time(10 * DAY)
    assert len(town.post.sent) == one.counts.done
    assert "goes on" in await town.ask("boss", "announcement resume")
    await town.pass_time()
    assert (await newest(town)).counts.told == {"en": 201}
    assert set(town.post.times().values()) == {1}
    assert "no announcement under way" in await town.ask("boss", "announcement cancel")


async def test_a_pause_that_comes_while_it_is_about_to_begin_counts(town: Town, store: Store) -> None:
    await town.ask("boss", "announce news The server moves.")
    await town.ask("boss", await town.code("boss", "announcement start"))
    await store.announcements.move((await newest(town)).number, Stage.RUNNING, town.now)
    read = store.announcements.pending
    paused: list[str] = []

    async def overtaken() -> Announcement | None:
        one = await read()
        if not paused:
            paused.append("")
            paused[0] = await town.ask("boss", "announcement pause")
        return one

    store.announcements.pending = overtaken  # type: ignore[method-assign]
    await town.pass_time()
    assert "It is paused" in paused[0]
    assert not town.post.sent


async def test_a_server_that_names_no_more_accounts_makes_nobody_hear_twice(
    understanding: Understander, store: Store
) -> None:
    class Tired(MemoryServer):
        """It fails at the second page, once."""

        failures = 1

        async def accounts(self, after: str | None = None, limit: int = 500) -> AccountsPage:
            if after is not None and self.failures:
                self.failures -= 1
                raise Unreachable("overloaded")
            return await super().accounts(after, min(limit, 20))

    town = await Town.of(understanding, store, (), server=Tired({name: {} for name in people(70)}))
    await town.ask("boss", "announce news The server moves.")
    await town.begin()
    await town.pass_time()
    assert (await newest(town)).counts.told == {"en": 71}
    assert set(town.post.times().values()) == {1}


async def test_whoever_gets_news_twice_by_a_list_that_names_them_twice_gets_it_once(
    understanding: Understander, store: Store
) -> None:
    class Twice(MemoryServer):
        async def accounts(self, after: str | None = None, limit: int = 500) -> AccountsPage:
            page = await super().accounts(after, limit)
            return page.model_copy(update={"accounts": (*page.accounts, *page.accounts)})

    town = await Town.of(understanding, store, (), server=Twice({"romeo": {}, "boss": {}}))
    await town.ask("boss", "announce news The server moves.")
    await town.begin()
    assert len([one for one in town.post.sent if "moves" in one.said.body]) == 2


async def test_the_bot_tells_itself_nothing(understanding: Understander, store: Store) -> None:
    town = await Town.of(understanding, store, ("privacy", "romeo", "boss"))
    await town.ask("boss", "announce news The server moves.")
    assert "It would reach 2 accounts" in await town.ask("boss", "announcement count")
    await town.begin()
    assert town.post.to("privacy") == []
    assert sum((await newest(town)).counts.told.values()) == 2


async def test_in_a_form(town: Town) -> None:
    registry = town.desk.services.registry
    breach = registry.get("announce-breach")
    assert breach is not None
    values = {"nature": "A", "contact": "B", "consequences": "C", "measures": "D"}
    filled = await town.desk.form(breach, values, sender=f"{BOSS}/phone", language="en", now=town.now)
    assert filled.is_result
    begin = registry.get("announcement")
    assert begin is not None
    shown = await town.desk.form(begin, {"do": "start"}, sender=f"{BOSS}/phone", language="en", now=town.now)
    assert not shown.is_result
    code = code_in("\n".join(field.label for field in shown.form.fields))
    done = await town.desk.form(
        begin, {"do": "start", "confirm": code}, sender=f"{BOSS}/phone", language="en", now=town.now
    )
    assert done.is_result
    await town.pass_time()
    assert len(town.post.to("romeo")) == 1


async def test_in_own_words(town: Town, store: Store) -> None:
    answer = await town.ask("romeo", "please stop sending me announcements")
    assert "no news" in answer
    assert (await store.acquaintances.of([f"romeo@{HOST}"]))[f"romeo@{HOST}"].no_news
    await town.ask("romeo", "news on")
    assert not (await store.acquaintances.of([f"romeo@{HOST}"]))[f"romeo@{HOST}"].no_news
    assert "only for somebody who writes to me from an account" in await town.ask("a@elsewhere.example", "news off")


async def test_a_version_that_nobody_keeps_any_more(town: Town, store: Store) -> None:
    await town.take(LONGER)
    await town.ask("boss", "announce policy")
    await store.versions.withdraw("2")
    await town.take(policy_text("1", "2026-01-01"))
    for line in ("announcement start", "announcement preview"):
        assert "not there any more" in await town.ask("boss", line)
    assert "cancelled" in await town.ask("boss", "announcement cancel")
