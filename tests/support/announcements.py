"""A bot that announces, on a server in memory: what was delivered, what came back, versions of a policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot import files
from bot.announcements.announcer import Announcer
from bot.announcements.arrivals import Arrivals
from bot.announcements.courier import Letter
from bot.announcements.versions import History
from bot.dialogue.understanding import Understander
from bot.policy.model import policy_of
from bot.servers import Unreachable
from bot.store import Store
from tests.support.backend import MemoryServer
from tests.support.policies import FILE, LEAST
from tests.support.rights import HOST, START, House

BOSS = f"boss@{HOST}"


def policy_text(version: str, effective: str, *, days: int = 7, words: str = "", languages: str = "en, de") -> str:
    """A policy that keeps archives for some days, with a remark in its first language."""
    head = LEAST.replace('"1"', f'"{version}"').replace("2026-01-01", effective).replace("en, de", languages)
    remark = f", text: {words}" if words else ""
    return f"{head}host: {HOST}\ndata: [{{category: archive, retention: {days} days{remark}}}]\n"


FIRST = policy_text("1", "2026-01-01")
LONGER = policy_text("2", "2026-12-01", days=30)
SHORTER = policy_text("2", "2026-12-01", days=3)
REWORDED = policy_text("2", "2026-12-01", words="For your other devices.")


@dataclass
class Post:
    """A `Courier` that keeps what it is given.

    Attributes:
        sent: every letter that reached the server, in order, repeated ones too.
        down: whether there is no connection.
        bounces: accounts whose letters come back, and why.
        announcer: is told of letters that come back.
    """

    sent: list[Letter] = field(default_factory=list)
    down: bool = False
    bounces: dict[str, str] = field(default_factory=dict)
    announcer: Announcer | None = None

    async def deliver(self, letters: Sequence[Letter]) -> float:
        for letter in letters:
            if self.down:
                raise Unreachable("down")
            self.sent.append(letter)
            if letter.to in self.bounces and self.announcer is not None:
                self.announcer.returned(letter.to, letter.id, self.bounces[letter.to])
        return 0.01

    def to(self, name: str) -> list[str]:
        """What somebody (a local part) got: each letter once, as clients show it."""
        return list({one.id: one.said.body for one in self.sent if one.to == f"{name}@{HOST}"}.values())

    def times(self) -> Counter[str]:
        """How often each id was sent."""
        return Counter(one.id for one in self.sent)


class Town(House):
    """A server in memory with people, and a bot that tells them things.

    Attributes:
        post: what was delivered.
        history: the versions of the policy.
        arrivals: takes logins.
        announcer: announces.
    """

    post: Post
    history: History
    arrivals: Arrivals
    announcer: Announcer

    @classmethod
    async def of(
        cls,
        understanding: Understander,
        store: Store,
        names: Sequence[str],
        *texts: str,
        post: Post | None = None,
        server: MemoryServer | None = None,
    ) -> Town:
        """Return one that has had *texts* as its policy, one after the other, and has people called *names*."""
        history = History(store)
        for number, text in enumerate(texts or (FIRST,)):
            document = files.parse(text, FILE)
            await history.take(policy_of(document), document, START - timedelta(days=30 - number))
        town = cls(history.current, understanding, store, server=server or MemoryServer({name: {} for name in names}))
        town.post, town.history = post or Post(), history
        town.arrivals = Arrivals(town.world, history, town.post, town._report)
        town.announcer = Announcer(town.world, history, town.post, town._report, town.arrivals.settle)
        town.post.announcer = town.announcer
        town.desk.services = replace(town.desk.services, announcer=town.announcer, arrivals=town.arrivals)
        return town

    async def take(self, text: str) -> None:
        """Give the bot another version of the policy."""
        document = files.parse(text, FILE)
        await self.history.take(policy_of(document), document, self.now)
        self.world.policy = self.history.current
        self.desk.services = replace(self.desk.services, policy=self.history.current)

    async def pass_time(self, later: timedelta = timedelta()) -> None:
        """Do what is due after some time."""
        self.now += later
        while not await self.announcer.runner.round():
            pass

    async def begin(self) -> str:
        """Have the administrator begin what is drafted, and do it; return the answer."""
        answer = await self.ask("boss", await self.code("boss", "announcement start"))
        await self.pass_time()
        return answer


def people(number: int) -> list[str]:
    """So many names, and the administrator."""
    return [*(f"person{index:05}" for index in range(number)), "boss"]


def written(path: Path, text: str) -> Path:
    """Write a file and return where."""
    path.write_text(text, encoding="utf-8")
    return path


def days(number: int) -> datetime:
    """Return the beginning of the tests, some days later."""
    return START + timedelta(days=number)
