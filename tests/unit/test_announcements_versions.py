"""Versions of the policy: which one the bot answers from, which one is to come, and which file is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot import files
from bot.announcements.versions import History
from bot.claims.announcement import Announcement, Cause, Stage
from bot.claims.version import first_day
from bot.files import BadFile
from bot.policy.model import policy_of
from bot.store import Store
from bot.store.schema import POLICIES
from tests.support.policies import FILE, LEAST

TODAY = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def text(version: str, effective: str, days: int = 7) -> str:
    """A policy that keeps contact lists for some days."""
    head = LEAST.replace('"1"', f'"{version}"').replace("2026-01-01", effective)
    return f"{head}data: [{{category: roster, retention: {days} days}}]\n"


FIRST = text("1", "2026-01-01")
SECOND = text("2", "2026-07-01", 30)
ON_THE_DAY = datetime(2026, 7, 1, 0, 0, 5, tzinfo=UTC)


async def take(history: History, content: str, now: datetime = TODAY) -> None:
    document = files.parse(content, FILE)
    await history.take(policy_of(document), document, now)


async def refused(history: History, content: str, now: datetime = TODAY) -> list[str]:
    """Take something that is refused; return why, after making sure that nothing else changed."""
    before = (history.current, history.upcoming, history.versions)
    with pytest.raises(BadFile) as caught:
        await take(history, content, now)
    assert (history.current, history.upcoming, history.versions) == before
    return [str(problem) for problem in caught.value.problems]


async def announced(store: Store, version: str) -> int:
    new = Announcement(0, Cause.POLICY, Stage.SCHEDULED, version, {}, mandatory=False, made_at=TODAY, starts_at=TODAY)
    number = await store.announcements.add(new)
    assert number is not None
    return number


def state(history: History) -> tuple[str, str | None]:
    return history.current.version, history.upcoming.version if history.upcoming else None


@pytest.fixture
async def history(store: Store) -> History:
    """A bot that has been running with the first version for a while."""
    one = History(store)
    await take(one, FIRST, TODAY - 30 * DAY)
    return one


async def test_the_first_is_in_force_at_once(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    history = History(store)
    with pytest.raises(LookupError):
        _ = history.current
    await take(history, SECOND)
    assert state(history) == ("2", None)
    assert "in force before 2026-07-01" in caplog.text
    [kept] = history.versions
    assert first_day(kept) == TODAY.date()
    assert not await history.turn(ON_THE_DAY)


async def test_another_layout_is_the_same_version(history: History, store: Store) -> None:
    await take(
        history,
        "# so far\n"
        + FIRST.replace("{category: roster, retention: 7 days}", "{retention: 7 days,\n  category: roster}"),
    )
    [kept] = await store.versions.all()
    assert (kept.version, kept.text) == ("1", FIRST)


async def test_one_whose_day_is_today_replaces_the_old_one(history: History) -> None:
    await take(history, text("2", "2026-06-01", 30))
    assert state(history) == ("2", None)
    first, second = history.versions
    assert first.until == second.since == TODAY


async def test_one_that_is_to_come_waits_for_its_day(
    history: History, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "privacy-bot")
    await take(history, SECOND)
    assert state(history) == ("1", "2")
    assert "version 2 of the policy comes into force on 2026-07-01, until then 1 is" in caplog.text
    assert not await history.turn(ON_THE_DAY - timedelta(seconds=10))
    assert state(history) == ("1", "2")
    assert await history.turn(ON_THE_DAY)
    assert state(history) == ("2", None)
    assert not await history.turn(ON_THE_DAY - 10 * DAY), "a clock that goes back takes nothing back"
    later = History(store)
    await take(later, SECOND, ON_THE_DAY - 10 * DAY)
    assert state(later) == ("2", None)
    old = later.policy_of("1")
    assert old is not None
    assert (old.version, str(old.effective)) == ("1", "2026-01-01")
    assert later.policy_of("0") is None


async def test_the_day_can_pass_while_the_bot_is_away(
    history: History, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "privacy-bot")
    await take(history, SECOND)
    later = History(store)
    await take(later, SECOND, ON_THE_DAY + 5 * DAY)
    assert state(later) == ("2", None)
    assert "5 days ago: the bot was away, or the clock was set" in caplog.text
    assert [str(first_day(one)) for one in later.versions] == ["2026-01-01", "2026-07-01"]


async def test_a_bot_that_starts_before_the_day_answers_from_the_old_one(history: History, store: Store) -> None:
    await take(history, SECOND)
    later = History(store)
    await take(later, SECOND, TODAY + DAY)
    assert state(later) == ("1", "2")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            FIRST.replace("7 days", "9 days"),
            ["policy.yaml:1:1: there was another version '1' already, read on 2026-05-02"],
        ),
        (text("0.9", "2026-07-01"), ["policy.yaml:1:1: version '0.9' does not come after '1'"]),
        (text("1.0", "2026-07-01"), ["policy.yaml:1:1: version '1.0' does not come after '1'"]),
        (text("2", "2026-05-31"), ["policy.yaml:2:1: in force from 2026-05-31, which is past: nobody was told"]),
        (
            text("2", "2026-01-01"),
            ["policy.yaml:2:1: in force from 2026-01-01, which is not after 2026-01-01", "policy.yaml:2:1: in force"],
        ),
        (text("0", "2026-05-31"), ["policy.yaml:1:1: version '0'", "policy.yaml:2:1: in force from 2026-05-31"]),
    ],
)
async def test_what_cannot_follow_is_refused(history: History, content: str, said: list[str]) -> None:
    reasons = await refused(history, content)
    assert len(reasons) == len(said)
    for reason, beginning in zip(reasons, said, strict=True):
        assert reason.startswith(beginning)


async def test_what_is_over_does_not_come_back(history: History) -> None:
    await take(history, text("spring", "2026-06-01"))
    await take(history, text("summer", "2026-06-02"), TODAY + DAY)
    [reason] = await refused(history, text("spring", "2026-06-01"), TODAY + DAY)
    assert "another version 'spring' already" in reason


async def test_what_nobody_knows_yet_can_be_corrected_and_taken_back(history: History, store: Store) -> None:
    await take(history, SECOND)
    await take(history, text("2", "2026-08-01", 9))
    assert state(history) == ("1", "2")
    [before] = await refused(history, text("1.5", "2026-09-01"))
    assert before.startswith("policy.yaml:1:1: version '1.5' does not come after '2', to come on 2026-08-01")
    assert "which is past" in (await refused(history, text("2", "2026-05-01", 9)))[0]
    await take(history, text("3", "2026-07-15"))
    assert state(history) == ("1", "3")
    await take(history, FIRST)
    assert state(history) == ("1", None)
    assert [kept.version for kept in await store.versions.all()] == ["1"]


async def test_a_correction_can_be_in_force_at_once(history: History) -> None:
    await take(history, SECOND)
    await take(history, text("2", "2026-06-01", 30))
    assert state(history) == ("2", None)


async def test_what_was_announced_stays_as_it_is(history: History, store: Store) -> None:
    await take(history, SECOND)
    number = await announced(store, "2")
    assert "was announced" in (await refused(history, text("2", "2026-07-01", 31)))[0]
    assert "does not come after '2'" in (await refused(history, FIRST))[0]
    await store.announcements.move(number, Stage.CANCELLED, TODAY)
    await take(history, FIRST)
    assert state(history) == ("1", None)


async def test_after_an_announced_one_another_one_can_come(history: History) -> None:
    await take(history, SECOND)
    await announced(history._store, "2")
    await take(history, text("3", "2026-08-01", 9))
    assert state(history) == ("1", "3")
    assert [one.version for one in history.versions] == ["1", "2", "3"]
    await history.turn(ON_THE_DAY)
    assert state(history) == ("2", "3")
    await history.turn(ON_THE_DAY + 40 * DAY)
    assert state(history) == ("3", None)


async def test_an_announced_one_that_is_overtaken_never_comes(history: History) -> None:
    await take(history, SECOND)
    await announced(history._store, "2")
    await take(history, text("3", "2026-06-15", 9))
    assert state(history) == ("1", "3")
    assert await history.turn(ON_THE_DAY + DAY)
    assert not await history.turn(ON_THE_DAY + 2 * DAY)
    assert state(history) == ("3", None)
    assert [one.version for one in history.versions] == ["1", "3"]
    assert history.policy_of("2") is not None, "who was told of it is told what changed since"


async def test_two_days_can_pass_at_once(history: History) -> None:
    await take(history, SECOND)
    await announced(history._store, "2")
    await take(history, text("3", "2026-08-01", 9))
    assert await history.turn(ON_THE_DAY + 100 * DAY)
    assert state(history) == ("3", None)


async def test_a_clock_that_was_ahead_does_not_hold_up_what_comes(store: Store) -> None:
    history = History(store)
    await take(history, FIRST, TODAY + 3_000 * DAY)
    await take(history, SECOND)
    assert state(history) == ("1", "2")
    assert await history.turn(ON_THE_DAY)
    assert state(history) == ("2", None)


async def test_a_text_that_this_program_cannot_read_any_more(
    history: History, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Another program wrote it, whose format this one does not know."""
    await take(history, SECOND)
    async with store._database.transaction() as connection:
        lost = update(POLICIES).where(POLICIES.c.version == "1").values(text="format: 0", digest=b"0" * 32)
        await connection.execute(lost)
    later = History(store)
    [reason] = await refused_at_start(later, SECOND)
    assert "version '1' is in force, but cannot be read any more" in reason
    await take(later, FIRST)
    assert state(later) == ("1", None)
    assert "cannot be read any more" in caplog.text


async def refused_at_start(history: History, content: str) -> list[str]:
    with pytest.raises(BadFile) as caught:
        await take(history, content)
    return [str(problem) for problem in caught.value.problems]
