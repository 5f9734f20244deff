"""The bot is killed at any operation while it announces, several times in a row: nobody is missed, and it adds up."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.announcements import delivery, pace, runner
from bot.announcements.announcer import Announcer
from bot.announcements.courier import Letter
from bot.claims.announcement import TEXT, Announcement, Cause, Stage
from bot.commands.events import happened
from bot.dialogue.understanding import Understander
from bot.policy.observed import Event
from bot.servers import Unreachable
from bot.store import open_store
from tests.conftest import ENGINES
from tests.support.announcements import FIRST, LONGER, Post, Town, people
from tests.support.backend import MemoryServer
from tests.support.crashes import KEY, Blow, Fragile, Fuse, Killed, fragile_store
from tests.support.kept import content
from tests.support.postgresql import Postgresql
from tests.support.rights import HOST, START

PEOPLE, MOST = 50, 5
SECRETS = (b"person000", b"boss", f"@{HOST}".encode())
"""What must be nowhere in the database."""

BLOWS = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(Blow)), max_size=5)
HAPPENINGS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(("comes", "goes", "comes back", "pause", "unreachable person"))),
    max_size=5,
)


@dataclass
class FragilePost(Post):
    """A courier that can break in the middle of a batch; what happened before has happened."""

    fuse: Fuse = field(default_factory=Fuse)
    lives: list[list[str]] = field(default_factory=list)
    happenings: dict[int, str] = field(default_factory=dict)
    town: Town | None = None
    deliveries: int = 0

    async def deliver(self, letters: Sequence[Letter]) -> float:
        blow = self.fuse.next()
        half = blow in (Blow.KILLED_BEFORE, Blow.LOST_BEFORE)
        for letter in letters[: len(letters) // 2 if half else len(letters)]:
            self.lives[-1].append(letter.id)
            await super().deliver((letter,))
        self.deliveries += 1
        await self._happen(self.happenings.pop(self.deliveries, ""))
        if blow in (Blow.KILLED_BEFORE, Blow.KILLED_AFTER):
            self.fuse.kill()
        if blow is not None:
            raise Unreachable("lost")
        return 0.01

    async def _happen(self, what: str) -> None:
        assert self.town is not None
        held = self.town.server.accounts_held
        match what:
            case "comes":
                held[f"newcomer{self.deliveries:02}"] = {}
            case "goes" | "comes back":
                name = f"person{self.deliveries * 5:05}"
                held.pop(name, None)
                if what == "comes back":
                    held[name] = {}
                else:
                    self.bounces[f"{name}@{HOST}"] = "service-unavailable"
                    self.gone.add(name)
                    await happened(Event(event="removed", account=name), self.town.desk.services)
            case "unreachable person":
                self.bounces[f"person{self.deliveries * 6:05}@{HOST}"] = "resource-constraint"
            case "pause":
                await self.town.announcer._store.move(1, Stage.PAUSED, self.town.now)
                assert self.town.announcer.runner.delivery is not None or self.fuse.is_dead
                if self.town.announcer.runner.delivery is not None:
                    self.town.announcer.runner.delivery.stop()

    gone: set[str] = field(default_factory=set)


@dataclass
class Square:
    """What outlives the bot, and the bot that lives at the moment."""

    understanding: Understander
    place: str
    blows: list[tuple[int, Blow]]
    post: FragilePost
    text: str
    server: MemoryServer = field(default_factory=lambda: MemoryServer({name: {} for name in people(PEOPLE)}))
    now: datetime = START
    town: Town | None = None

    async def live(self) -> bool:
        """Start the bot and let it do what is due; return whether it was not killed."""
        at, blow = self.blows.pop(0) if self.blows else (None, Blow.KILLED_BEFORE)
        fuse = Fuse(at, blow)
        self.post.fuse, self.post.down = fuse, False
        self.post.lives.append([])
        async with AsyncExitStack() as stack:
            try:
                store = await stack.enter_async_context(fragile_store(self.place, fuse))
                fuse.at = None  # the versions are read before anything else
                texts = (FIRST, self.text) if len(self.post.lives) == 1 else (self.text,)
                self.town = await Town.of(self.understanding, store, (), *texts, post=self.post, server=self.server)
                self.town.world.server = Fragile(self.server, fuse)
                self.post.town = self.town
                fuse.at = at
                if await self.town.announcer.status() is None:
                    await self._make(self.town.announcer)
                await self._work(self.town.announcer)
                fuse.check()
            except Killed:
                return False
            finally:
                fuse.is_dead = True
        return True

    async def _make(self, one: Announcer) -> None:
        proposed = (
            one.planner.of_operator(Cause.NEWS, {TEXT: {"en": "The server moves."}})
            if self.text == FIRST
            else await one.planner.of_policy()
        )
        assert isinstance(proposed, Announcement)
        await one.make(proposed, Stage.SCHEDULED)

    async def _work(self, one: Announcer) -> None:
        for _round in range(40):
            await one.runner.round()
            known = await one.status()
            assert known is not None
            if known.announcement.stage is Stage.DONE:
                return
            if known.announcement.stage is Stage.PAUSED:
                await one.resume()
        pytest.fail("it never ends")


@pytest.fixture(scope="module", autouse=True)
def _in_no_time() -> Iterator[None]:
    """Small batches, and nobody waits between attempts."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pace, "_MOST", MOST)
        patched.setattr(pace, "_FIRST", 4)
        patched.setattr(delivery, "_PAGE", 23)
        patched.setattr(delivery, "_STORE_AGAIN", 0.0)
        patched.setattr(runner, "_AGAIN", 0.0)
        yield


@pytest.mark.timeout(600)  # to find the shortest story that fails
@given(
    blows=BLOWS,
    happenings=HAPPENINGS,
    text=st.sampled_from((FIRST, LONGER)),
    engine_name=st.sampled_from(ENGINES),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@example([(12, Blow.KILLED_AFTER), (9, Blow.KILLED_BEFORE), (7, Blow.LOST_AFTER)], [], FIRST, "postgresql")
@example([(20, Blow.LOST_BEFORE)], [(3, "pause"), (5, "goes"), (6, "unreachable person")], LONGER, "sqlite")
def test_everybody_is_told_and_a_crash_repeats_two_batches_at_most(
    understanding: Understander,
    postgresql: Postgresql,
    blows: list[tuple[int, Blow]],
    happenings: list[tuple[int, str]],
    text: str,
    engine_name: str,
) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as name:
            place = postgresql.place() if engine_name == "postgresql" else str(Path(name) / "state.db")
            post = FragilePost(happenings=dict(happenings))
            square = Square(understanding, place, list(blows), post, text)
            while not await square.live():
                kept = await content(place)
                assert not [secret for secret in SECRETS if secret in kept]
            async with open_store(place, KEY) as store:
                one = await store.announcements.newest()
            assert one is not None
            check(square, one)

    asyncio.run(run())


def check(square: Square, one: Announcement) -> None:
    """Everything that has to be true at the end."""
    post = square.post
    stayed = {f"{name}@{HOST}" for name in people(PEOPLE) if name not in post.gone}
    got = Counter(letter.to for letter in {sent.id: sent for sent in post.sent if sent.id.startswith("told-")}.values())
    assert stayed <= set(got), "somebody was missed"
    assert set(got.values()) == {1}, "somebody got two ids"
    assert len({sent.id for sent in post.sent if sent.id.startswith("report-")}) == 1
    assert one.counts.done == one.counts.total
    newcomers = {account for account in got if account.startswith("newcomer")}
    assert len(stayed | newcomers) <= sum(one.counts.told.values()) <= len(got)
    assert set(one.counts.failed) <= {"resource-constraint", "gone"}
    seen: set[str] = set()
    for life in post.lives:
        again = [id_ for id_ in life if id_ in seen and id_.startswith("told-")]
        assert len(again) <= 2 * MOST, "more than what was under way is repeated"
        seen |= set(life)
