"""People with accounts on the server in memory, a desk, and everything that the bot tells them unasked."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.commands.build import services
from bot.commands.desk import Desk, Spoken
from bot.dialogue.confirmation import Confirmations
from bot.dialogue.rendering import chat_notice
from bot.dialogue.reply import Reply
from bot.dialogue.understanding import Understander
from bot.i18n import translator
from bot.measures import NOTHING, Measures
from bot.policy.model import Policy
from bot.policy.terms import Category
from bot.rights.jumps import Jumps
from bot.rights.places import Places
from bot.rights.rights import Rights
from bot.rights.world import Terms, World
from bot.servers import Unreachable
from bot.store import Store
from tests.support.backend import Item, MemoryServer

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOST = "memory.example"
ADMIN = f"boss@{HOST}"


@dataclass
class Told:
    """What somebody was told: in words, and what it took the place of."""

    to: str
    words: str
    language: str
    replacing: str | None


@dataclass
class Recorder:
    """A `Messenger` that keeps what it is given; *down* is one whose server is away."""

    told: list[Told] = field(default_factory=list)
    down: bool = False

    async def tell(self, to: str, reply: Reply, language: str, *, replacing: str | None = None) -> str:
        if self.down:
            raise Unreachable("down")
        words = chat_notice(reply, translator(language)).body
        self.told.append(Told(to, words, language, replacing))
        return f"id-{len(self.told)}"

    def to(self, account: str) -> list[str]:
        """What was told to an account, whatever the device."""
        return [one.words for one in self.told if one.to.partition("/")[0] == account]


def belongings(when: datetime = START) -> dict[str, list[Item]]:
    """Something of every kind, some of it old."""

    def items(number: int, age: timedelta = timedelta()) -> list[Item]:
        time = (when - age).timestamp() - 60
        return [{"id": str(index), "time": time + index, "bytes": 10, "xml": "<message/>"} for index in range(number)]

    return {
        Category.ARCHIVE: [*items(4, timedelta(days=100)), *items(3)],
        Category.UPLOADS: items(2),
        Category.ROSTER: [{"jid": "juliet@elsewhere.example", "xml": "<item/>"}],
        Category.PROFILE: [{"part": "vcard", "xml": "<vCard xmlns='vcard-temp'/>"}],
        Category.ACCOUNT: [{}],
        Category.SESSIONS: [{"resource": "phone"}, {"resource": "tablet"}],
    }


class House:
    """A server in memory, the bot, and those who write to it.

    *through* puts something between the bot and what it speaks with: the server, the messenger.
    """

    def __init__(
        self,
        policy: Policy,
        understanding: Understander,
        store: Store,
        *,
        terms: Terms | None = None,
        server: MemoryServer | None = None,
        messenger: Recorder | None = None,
        places: Places | None = None,
        now: datetime = START,
        measures: Measures = NOTHING,
        steady: Callable[[], float] | None = None,
        through: Callable[[Any], Any] = lambda it: it,
    ) -> None:
        self.server = server or MemoryServer({name: belongings() for name in ("romeo", "juliet", "boss")})
        self.messenger = messenger or Recorder()
        self.now = now
        self.reported: list[Exception] = []
        self.world = World(
            policy,
            through(self.server),
            store,
            through(self.messenger),
            lambda: self.now,
            terms or Terms(),
            frozenset({ADMIN}),
            measures,
            Jumps(lambda: self.now, steady).are_recent if steady else lambda: False,
        )
        self.rights = Rights(self.world, self._report, places)
        made = services(policy, store, self.world.server, self.world.admins, self.rights)
        self.desk = Desk(replace(made, measures=measures, confirmations=Confirmations(b"k" * 32)), understanding)

    def _report(self, error: Exception) -> str:
        self.reported.append(error)
        return "abc"

    async def say(self, who: str, text: str, lang: str = "en", device: str = "phone") -> Spoken:
        """Have *who* (a local part, or a whole address) write something."""
        sender = who if "@" in who else f"{who}@{HOST}"
        return await self.desk.chat(
            text, sender=f"{sender}/{device}", conversation=f"{sender}\0", language=lang, now=self.now
        )

    async def ask(self, who: str, text: str, lang: str = "en") -> str:
        """Have *who* write something; return the words of the answer."""
        return (await self.say(who, text, lang)).message.body

    async def code(self, who: str, text: str, lang: str = "en") -> str:
        """Have *who* ask for something that has to be confirmed; return the code."""
        return code_in(await self.ask(who, text, lang))

    async def confirmed(self, who: str, text: str) -> str:
        """Have *who* ask for something and confirm it, and do what is due; return the answer."""
        answer = await self.ask(who, await self.code(who, text))
        await self.work()
        return answer

    async def work(self, later: timedelta = timedelta()) -> None:
        """Do what is due after some time."""
        self.now += later
        await self.rights.work.round()
        await self.rights.work.idle()

    def count(self, who: str, category: str) -> int:
        """Return how much there is."""
        return len(self.server.accounts_held[who].get(category, []))


def code_in(words: str) -> str:
    """Return the code by which something is to be confirmed."""
    found = re.search(r": ([bcdfghjkmnpqrstvwxz]{6})\.", words)
    assert found is not None, words
    return found[1]


@asynccontextmanager
async def failing(owner: object, name: str, error: Exception) -> AsyncIterator[None]:
    """Let one operation fail."""

    async def fail(*_arguments: object, **_named: object) -> None:
        raise error

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(owner, name, fail)
        yield
