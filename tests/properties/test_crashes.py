"""The bot is killed at any operation, several times in a row: what was confirmed is done, and what is told is true."""

from __future__ import annotations

import asyncio
import copy
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.claims.erasure import ACCOUNT, ERASABLE, State
from bot.claims.export import ExportState
from bot.dialogue.reply import Reply
from bot.dialogue.understanding import Understander
from bot.export import decrypt, reading
from bot.i18n import translator
from bot.policy.model import Policy
from bot.policy.terms import Category
from bot.policy.wording.categories import TITLES
from bot.rights import exporter
from bot.rights.places import Places
from bot.rights.world import Terms
from bot.store import Store, open_store
from tests.conftest import ENGINES
from tests.support.backend import Item, MemoryServer
from tests.support.crashes import KEY, Blow, Fragile, Fuse, Killed, fragile_store
from tests.support.kept import content
from tests.support.postgresql import Postgresql
from tests.support.rights import HOST, START, House, Recorder, belongings, code_in
from tests.support.uploads import UploadService, upload_service

ROMEO = f"romeo@{HOST}"
DEVICE = "handy-7391"
SECRETS = (b"romeo", b"juliet", b"boss", HOST.encode(), DEVICE.encode())
"""What must be nowhere in the database."""

ENGLISH = translator("en")

Held = dict[str, dict[str, list[Item]]]

LOST = (Blow.LOST_BEFORE, Blow.LOST_AFTER)
BLOWS = st.lists(st.tuples(st.integers(0, 45), st.sampled_from(Blow)), max_size=4)
WISHES = st.lists(
    st.sampled_from(
        (
            "erase uploads",
            "erase archive 30",
            "erase archive",
            "erase everything",
            "erase account",
            "confirm account twice",
            "keep my account",
            "something comes in",
            "an hour passes",
            "a day passes",
        )
    ),
    min_size=1,
    max_size=5,
)
COPIES = st.lists(
    st.sampled_from(("export", "export roster", "export plain", "cancel export", "an hour passes")),
    min_size=1,
    max_size=4,
)


@dataclass
class Witness(Recorder):
    """Keeps with everything that is told how the server was at that moment."""

    server: MemoryServer = field(default_factory=MemoryServer)
    seen: list[Held] = field(default_factory=list)

    async def tell(self, to: str, reply: Reply, language: str, *, replacing: str | None = None) -> str:
        self.seen.append(copy.deepcopy(self.server.accounts_held))
        return await super().tell(to, reply, language, replacing=replacing)


@dataclass
class Street:
    """What outlives the bot, and the bot that lives at the moment.

    Attributes:
        place: where the database is.
        blows: what befalls the lives of the bot, one after the other; the last life is a quiet one.
        confirmed: what the person confirmed and was not told to have been taken back.
        stays: whether the person may rely on having an account; None when nothing was said.
        cancelled: how many copies the person was told to be cancelled.
        came_in: messages that were archived meanwhile.
        used: codes that confirmed something.
        meanwhile: what the bot did last while the person wrote.
    """

    policy: Policy
    understanding: Understander
    directory: Path
    place: str
    terms: Terms
    blows: list[tuple[int, Blow]]
    uploads: UploadService
    server: MemoryServer = field(init=False)
    witness: Witness = field(init=False)
    house: House = field(init=False)
    fuse: Fuse = field(init=False)
    now: datetime = START
    confirmed: list[str] = field(default_factory=list)
    stays: bool | None = None
    cancelled: int = 0
    came_in: list[Item] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    meanwhile: asyncio.Task[None] | None = None
    _life: AsyncExitStack = field(default_factory=AsyncExitStack)

    def __post_init__(self) -> None:
        names = ("romeo", "juliet", "boss")
        self.server = MemoryServer({name: belongings() for name in names}, place=self.uploads.address)
        self.witness = Witness(server=self.server)

    @property
    def scratch(self) -> Path:
        """Where copies are made."""
        return self.directory / "scratch"

    async def begin(self) -> None:
        """Start the bot, for its next life."""
        at, blow = self.blows.pop(0) if self.blows else (None, Blow.KILLED_BEFORE)
        self.fuse = Fuse(at, blow)
        self._life = AsyncExitStack()
        store = await self._life.enter_async_context(fragile_store(self.place, self.fuse))
        self.house = House(
            self.policy,
            self.understanding,
            store,
            terms=self.terms,
            server=self.server,
            messenger=self.witness,
            places=Places(self.scratch),
            now=self.now,
            through=lambda behind: Fragile(behind, self.fuse),
        )

    async def end(self) -> None:
        """Drop everything of the bot, as a killed process does: nothing it still does has an effect."""
        self.fuse.is_dead = True
        rights = self.house.rights
        tasks = [
            *([self.meanwhile] if self.meanwhile else []),
            *rights.work._active.values(),
            *(job.task for job in rights.exporter.jobs()),
        ]
        await asyncio.gather(*tasks, return_exceptions=True)  # each ends at its next operation
        self.now = self.house.now
        kept = await content(self.place)
        assert not [secret for secret in SECRETS if secret in kept]
        await self._life.aclose()

    async def say(self, text: str) -> tuple[str, bool]:
        """Have the person write until there is an answer; and whether it took several attempts."""
        again = False
        while True:
            try:
                spoken = await self.house.say("romeo", text, device=DEVICE)
                self.fuse.check()
            except Killed:
                again = True
                await self.end()
                await self.begin()
            else:
                return spoken.message.body, again

    async def work(self, later: timedelta = timedelta()) -> None:
        """Let the bot do what is due, and start it again whenever it is killed."""
        while True:
            try:
                await self.house.work(later)
                await self.house.rights.exporter.idle()
                self.fuse.check()
            except Killed:
                await self.end()
                await self.begin()
                later = timedelta()
            else:
                return

    async def erase(self, wish: str) -> None:
        """Have the person ask for an erasure, and confirm it."""
        shown, _again = await self.say(wish)
        if "To confirm" not in shown:
            return
        code = code_in(shown)
        answer, again = await self.say(f"{wish} {code}")
        if "Nothing was done" in answer:
            return
        if code in self.used:
            # After a restart, the code of minutes ago is shown once more; the database knows that it was used.
            assert "only once" in answer
            return
        self.used.add(code)
        assert re.search(r"I am erasing it now|is removed on", answer) or (again and "only once" in answer), answer
        self.confirmed.append(wish)
        if wish == "erase account":
            self.stays = None

    async def confirm_twice(self) -> None:
        """Have the person get two codes for the end of the account, one after the other, and use both."""
        codes = []
        for _time in range(2):
            shown, _again = await self.say("erase account")
            if "To confirm" in shown:
                codes.append(code_in(shown))
            self.house.now += timedelta(minutes=4, seconds=59)
        for code in dict.fromkeys(codes):
            answer, again = await self.say(f"erase account {code}")
            if code in self.used:
                assert "only once" in answer or "Nothing was done" in answer
            elif re.search(r"I am erasing it now|is removed on", answer) or (again and "only once" in answer):
                self.stays = None
                self.used.add(code)
                if "erase account" not in self.confirmed:
                    self.confirmed.append("erase account")

    async def keep(self) -> None:
        """Have the person want to keep the account while the bot is at work."""
        self.meanwhile = asyncio.create_task(self.house.rights.work.round())
        answer, _again = await self.say("keep my account")
        await asyncio.gather(self.meanwhile, return_exceptions=True)
        if "too late" in answer:
            self.stays = False
        elif "stays" in answer or "romeo" in self.server.accounts_held:
            # "Nothing to do": nothing was to be done, or it was taken back and the answer was lost.
            self.stays = True
            self.confirmed = [wish for wish in self.confirmed if wish != "erase account"]

    def comes_in(self, number: int) -> None:
        """Have the person receive a message."""
        if "romeo" in self.server.accounts_held:
            item: Item = {"id": f"new{number}", "time": self.house.now.timestamp(), "bytes": 1}
            self.server.accounts_held["romeo"][Category.ARCHIVE].append(item)
            self.came_in.append(item)


@pytest.fixture(scope="module", autouse=True)
def _in_no_time() -> Iterator[None]:
    """Nobody waits between attempts."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exporter, "_PAUSE", 0.0)
        patched.setattr(reading, "PAUSES", (0.0, 0.0))
        yield


@asynccontextmanager
async def street(
    policy: Policy, understanding: Understander, blows: list[tuple[int, Blow]], grace: timedelta, place: str | None
) -> AsyncIterator[Street]:
    """A street, with everything of it gone at the end; without a *place*, the database is a file."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "scratch").mkdir()
        place = place or str(Path(name) / "state.db")
        async with upload_service() as uploads:
            one = Street(policy, understanding, Path(name), place, Terms(grace=grace), list(blows), uploads)
            await one.begin()
            try:
                yield one
            finally:
                await one.end()


async def live(one: Street, wishes: list[str]) -> None:
    """Do what the person does, and then let time pass."""
    for number, wish in enumerate(wishes):
        match wish.split()[0]:
            case "erase":
                await one.erase(wish)
            case "confirm":
                await one.confirm_twice()
            case "keep":
                await one.keep()
            case "something":
                one.comes_in(number)
            case _:
                await one.work(timedelta(days=1) if "day" in wish else timedelta(hours=1))
    one.blows.clear()
    for hours in (0, 1, 1, 24, 24, 24, 24, 1, 1):
        await one.work(timedelta(hours=hours))


@pytest.mark.timeout(600)  # to find the shortest story that fails
@given(
    wishes=WISHES,
    blows=BLOWS,
    grace=st.sampled_from((timedelta(), timedelta(days=3))),
    engine_name=st.sampled_from(ENGINES),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@example(["erase account", "keep my account"], [], timedelta(days=3), "sqlite")
@example(["erase uploads"], [(9, Blow.KILLED_AFTER), (3, Blow.KILLED_BEFORE)], timedelta(), "sqlite")
@example(["erase uploads"], [(9, Blow.KILLED_AFTER), (3, Blow.KILLED_BEFORE)], timedelta(), "postgresql")
def test_whatever_was_confirmed_is_done_and_every_receipt_is_true(
    policy_of: Callable[[str], Policy],
    understanding: Understander,
    postgresql: Postgresql,
    wishes: list[str],
    blows: list[tuple[int, Blow]],
    grace: timedelta,
    engine_name: str,
) -> None:
    place = postgresql.place() if engine_name == "postgresql" else None

    async def run() -> None:
        async with street(policy_of("mail-and-chat"), understanding, blows, grace, place) as one:
            untouched = copy.deepcopy(one.server.accounts_held)
            await live(one, wishes)
            assert not one.house.reported
            async with open_store(one.place, KEY) as store:
                await check_erasures(one, store, untouched)

    asyncio.run(run())


async def check_erasures(one: Street, store: Store, before: Held) -> None:
    """Everything that has to be true at the end."""
    held = one.server.accounts_held
    for other in ("juliet", "boss"):
        assert held[other] == before[other]
    assert await store.erasures.unfinished() == ()
    wanted = [wish.split()[1] for wish in one.confirmed]
    if one.stays is not None:
        assert ("romeo" in held) == one.stays
    if ACCOUNT in wanted:
        assert "romeo" not in held
    else:
        assert "romeo" in held or one.stays is False
    if "romeo" in held:
        _only_what_was_confirmed_is_gone(one, before["romeo"], held["romeo"])
        assert not await store.erasures.of(ROMEO) or State.GONE not in {
            noted.state for noted in await store.erasures.of(ROMEO)
        }
        done = [noted for noted in await store.erasures.of(ROMEO) if noted.state is State.DONE]
        assert sorted(noted.what for noted in done) == sorted(wanted), "each once"
        for noted in done:
            assert any(_is_receipt(words, noted.reference) for words in one.witness.to(ROMEO))
    await _every_receipt_was_true(one, store)


def _is_receipt(words: str, reference: str) -> bool:
    return "I have looked at the server again" in words and reference in words


def _only_what_was_confirmed_is_gone(one: Street, before: dict[str, list[Item]], after: dict[str, list[Item]]) -> None:
    gone = {category for category in before if category in ERASABLE and "erase everything" in one.confirmed}
    gone |= {wish.split()[1] for wish in one.confirmed if wish in ("erase uploads", "erase archive")}
    for category, items in before.items():
        left = after.get(category, [])
        if category in gone:
            assert not [item for item in items if item in left], category
        elif category == Category.ARCHIVE:
            cut = "erase archive 30" in one.confirmed
            old = [item for item in items if item["time"] < (START - timedelta(days=30)).timestamp()]
            assert [item for item in items if item in left] == [item for item in items if not cut or item not in old]
        else:
            assert left == items, category
    if Category.ARCHIVE not in gone:  # what came in later is younger than any age that was named
        assert all(item in after[Category.ARCHIVE] for item in one.came_in)


async def _every_receipt_was_true(one: Street, store: Store) -> None:
    for told, seen in zip(one.witness.told, one.witness.seen, strict=True):
        assert told.to.startswith(ROMEO), "nobody else hears of it"
        found = re.search(r"E-\w{8}", told.words)
        if found is None or not _is_receipt(told.words, found[0]):
            continue
        noted = await store.erasures.find(found[0])
        assert noted is not None
        assert noted.began_at is not None
        cut = (noted.older_than or noted.began_at).timestamp()
        claimed = 0
        for category, title in TITLES.items():
            if re.search(rf"• {re.escape(ENGLISH(title))}: .* before, nothing left", told.words):
                claimed += 1
                there = seen.get("romeo", {}).get(category, [])
                assert not [item for item in there if item.get("time", 0) < cut], category
        assert claimed == len(noted.counts) == told.words.count("nothing left")


@pytest.mark.timeout(600)  # to find the shortest story that fails
@given(wishes=COPIES, blows=BLOWS, engine_name=st.sampled_from(ENGINES))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@example(["export"], [(20, Blow.KILLED_BEFORE), (16, Blow.KILLED_AFTER)], "sqlite")
@example(["export", "cancel export"], [(7, Blow.KILLED_AFTER)], "postgresql")
def test_every_copy_that_was_begun_is_delivered_or_told_to_have_failed(
    policy_of: Callable[[str], Policy],
    understanding: Understander,
    postgresql: Postgresql,
    wishes: list[str],
    blows: list[tuple[int, Blow]],
    engine_name: str,
) -> None:
    place = postgresql.place() if engine_name == "postgresql" else None

    async def run() -> None:
        async with street(policy_of("mail-and-chat"), understanding, blows, timedelta(days=3), place) as one:
            untouched = copy.deepcopy(one.server.accounts_held)
            for wish in wishes:
                await _copy(one, wish)
            one.blows.clear()
            for _round in range(3):
                await one.work(timedelta(hours=1))
            assert not one.house.reported
            assert one.server.accounts_held == untouched
            await check_copies(one)

    asyncio.run(run())


async def _copy(one: Street, wish: str) -> None:
    if wish == "an hour passes":
        await one.work(timedelta(hours=1))
        return
    answer, again = await one.say(wish)
    if "To confirm" in answer:
        answer, again = await one.say(f"{wish} {code_in(answer)}")
    if wish == "cancel export":
        assert re.search(r"is cancelled|No export of yours", answer), answer
    else:
        assert re.search(r"putting your copy together|One at a time|Nothing was done", answer) or again, answer
    one.cancelled += "is cancelled" in answer
    async with open_store(one.place, KEY) as store:
        running = await store.exports.unfinished()
    assert len(running) <= 1, "one at a time for each account"
    assert len([job for job in one.house.rights.exporter.jobs() if not job.task.done()]) <= 1


async def check_copies(one: Street) -> None:
    """Everything that has to be true at the end."""
    assert list(one.scratch.iterdir()) == []
    words = one.witness.to(ROMEO)
    async with open_store(one.place, KEY) as store:
        noted = await store.exports.of(ROMEO)
        assert await store.exports.unfinished() == ()
    assert all(export.whose is None for export in noted)
    count = {state: sum(export.state is state for export in noted) for state in ExportState}
    links = [text for text in words if re.match(r"(aesgcm|http):\S+$", text)]
    assert len(links) >= count[ExportState.DONE]
    assert count[ExportState.CANCELLED] >= one.cancelled
    for export in noted:
        if export.state is ExportState.FAILED:
            assert any("could not make your copy" in text and export.reference in text for text in words)
    for link in links:
        _opens(one, link)
    assert all(told.to == f"{ROMEO}/{DEVICE}" for told in one.witness.told), "only the device that asked"


def _opens(one: Street, link: str) -> None:
    encrypted, plain = one.directory / "encrypted", one.directory / "plain.zip"
    if link.startswith("aesgcm:"):
        encrypted.write_bytes(one.uploads.file(link))
        decrypt(link, encrypted, plain)
    else:
        plain.write_bytes(one.uploads.file(link))
    with ZipFile(plain) as copy_:
        assert copy_.testzip() is None
        assert b"juliet@elsewhere.example" in copy_.read("data.json")


def test_a_blow_is_felt() -> None:
    """The tests above can fail: every kind of blow does what it says."""

    async def run(blow: Blow) -> tuple[bool, int]:
        server = MemoryServer({"romeo": belongings()})
        fuse = Fuse(0, blow)
        try:
            await Fragile(server, fuse).erase("romeo", Category.UPLOADS)
        except Killed:
            assert blow not in LOST
        except Exception:  # noqa: BLE001 -- the others
            assert blow in LOST
        return fuse.is_dead, len(server.accounts_held["romeo"][Category.UPLOADS])

    found = {blow: asyncio.run(run(blow)) for blow in Blow}
    assert found == {
        Blow.KILLED_BEFORE: (True, 2),
        Blow.KILLED_AFTER: (True, 0),
        Blow.LOST_BEFORE: (False, 2),
        Blow.LOST_AFTER: (False, 0),
    }
