"""Whatever two people, a stranger and an administrator write in whatever order, nobody touches another's data."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Coroutine, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot.claims.erasure import ACCOUNT, ERASABLE, EVERYTHING, Erasure
from bot.dialogue.understanding import Understander
from bot.export import reading
from bot.policy.model import Policy
from bot.policy.terms import Category
from bot.rights import exporter
from bot.store import Store, open_store
from tests.conftest import ENGINES
from tests.support.backend import Item, MemoryServer
from tests.support.postgresql import Postgresql
from tests.support.rights import HOST, House, Recorder, belongings

T = TypeVar("T")

PEOPLE = ("romeo", "juliet", "boss")
STRANGER = "romeo@elsewhere.example"
WRITERS = (*PEOPLE, STRANGER)
DEVICES = ("phone", "tablet")
WHAT = (*ERASABLE, EVERYTHING, ACCOUNT)
THERE = (Category.ARCHIVE, Category.UPLOADS, Category.ROSTER, Category.PROFILE, EVERYTHING, ACCOUNT)
"""What somebody has, so that erasing it has to be confirmed."""

QUESTIONS = tuple(
    json.loads(line)["text"]
    for line in (Path(__file__).parent.parent / "data" / "blind_questions.jsonl").read_text().splitlines()
)
CODE = re.compile(r"\b[bcdfghjkmnpqrstvwxz]{6}\b")
LASTS = timedelta(minutes=10)

COMMANDS = st.one_of(
    st.builds(lambda what: f"erase {what}", st.sampled_from(WHAT)),
    st.builds(
        lambda what, days: f"erase {what} {days}",
        st.sampled_from(("archive", "uploads", "everything")),
        st.integers(0, 200),
    ),
    st.builds(lambda who: f"my data {who}", st.sampled_from((*PEOPLE, *ERASABLE, "all"))),
    st.builds(lambda who: f"delete {who}@{HOST}", st.sampled_from(PEOPLE)),
    st.builds(lambda number: f"withdraw {number}", st.integers(0, 4)),
    st.builds(lambda number: f"answer {number} So be it.", st.integers(0, 4)),
    st.builds(lambda number: f"extend {number} Not yet.", st.integers(0, 4)),
    st.builds(lambda kind: f"request {kind} Listen!", st.sampled_from(("complaint", "human", "access"))),
    st.sampled_from(
        (
            "my data",
            "export",
            "export plain",
            "export roster",
            "cancel export",
            "keep my account",
            "receipts",
            "requests",
            "desk",
            "forget me",
            "delete all my data",
            "lösche mein konto",
            "yes",
            "no",
            "help",
        )
    ),
    st.builds(str, st.integers(1, 6)),
)

speaking: ContextVar[str | None] = ContextVar("speaking", default=None)
"""Who wrote the message that is being dealt with, also in the tasks that it begins."""


def marker(name: str) -> str:
    """What is in the data of *name* and in nobody else's."""
    return f"zq{name}qz"


def marked(name: str) -> dict[str, list[Item]]:
    """Something of every kind, in all of which the name is hidden."""
    mark = marker(name)
    held = belongings()
    for items in held.values():
        for item in items:
            item |= {"xml": f"<message>{mark}</message>", "name": mark, "subject": mark}
    held[Category.ROSTER] = [{"jid": f"{mark}@elsewhere.example", "name": mark, "xml": f"<item name='{mark}'/>"}]
    held[Category.SESSIONS] = [{"resource": device, "ip": "192.0.2.1"} for device in (*DEVICES, mark)]
    held[Category.ACCOUNT] = [{"name": "email", "value": f"{mark}@mail.example"}]
    return held


@dataclass(frozen=True)
class Shown:
    """A code that somebody was shown, when, and for what line."""

    code: str
    line: str
    at: datetime


class Guard:
    """Stands before the server: notes every call that is not about the account of whoever caused it."""

    def __init__(self, behind: MemoryServer, confirmed: Callable[[str], bool]) -> None:
        self._behind, self._confirmed = behind, confirmed
        self.wrong: list[tuple[str | None, str, str]] = []

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._behind, name)
        if not iscoroutinefunction(value) or name in ("hello", "settings"):
            return value

        async def called(account: str, *more: Any, **named: Any) -> Any:
            who = speaking.get()
            # Nobody speaks when something is due: then it is about somebody who has confirmed something,
            # or whose request is being answered.
            if who is not None and who != account and not (name == "identify" and who == "boss"):
                self.wrong.append((who, name, account))
            if who is None and not self._confirmed(account):
                self.wrong.append((who, name, account))
            if name == "erase" and not self._confirmed(account):
                self.wrong.append((who, name, account))
            return await value(account, *more, **named)

        return called


class TwoAccounts(RuleBasedStateMachine):
    """Sends whatever people can send, and looks after every step at what it did."""

    policy: Policy
    understanding: Understander
    postgresql: Postgresql

    @initialize(engine_name=st.sampled_from(ENGINES))
    def begin(self, engine_name: str) -> None:
        self.loop = asyncio.new_event_loop()
        place = self.postgresql.place() if engine_name == "postgresql" else "sqlite+aiosqlite://"
        self.store_manager = open_store(place, b"k" * 32)
        self.store: Store = self.loop.run_until_complete(self.store_manager.__aenter__())
        self.server = MemoryServer({name: marked(name) for name in PEOPLE})
        self.guard = Guard(self.server, lambda account: account in self.confirmed)
        self.confirmed: set[str] = set()
        self.shown: dict[str, list[Shown]] = {name: [] for name in PEOPLE}
        self.known: set[str] = set()
        self.heard = 0
        self.messenger = Recorder()
        through = {id(self.server): self.guard}
        self.house = House(
            self.policy,
            self.understanding,
            self.store,
            server=self.server,
            messenger=self.messenger,
            through=lambda behind: through.get(id(behind), behind),
        )
        self.before = self.held()

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.loop.run_until_complete(self.house.rights.exporter.stop())
            self.loop.run_until_complete(self.house.rights.work.idle())
            self.loop.run_until_complete(self.store_manager.__aexit__(None, None, None))
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()

    def run(self, what: Coroutine[Any, Any, T], who: str | None = None) -> T:
        async def spoken() -> T:
            speaking.set(who)
            return await what

        return self.loop.run_until_complete(spoken())

    def held(self) -> dict[str, dict[str, int]]:
        """How much everybody has."""
        return {
            name: {category: len(items) for category, items in held.items()}
            for name, held in self.server.accounts_held.items()
        }

    def _say(self, who: str, text: str, device: str) -> None:
        local = who if who in PEOPLE else "the stranger"
        spoken = self.run(self.house.say(who, text, device=device), local)
        lines = [line for line, _label in spoken.message.responses]
        self._note(who, [spoken.message.body, *lines, *(label for _line, label in spoken.message.responses)], lines)
        self._noted_erasures_are_confirmed(who, text)

    def _note(self, who: str, words: list[str], lines: list[str]) -> None:
        """Nobody hears of what others have; codes are remembered with their lines."""
        self._harmless(who, words)
        for line in lines:
            head, _space, code = line.rpartition(" ")
            if who in self.shown and head.startswith("erase") and CODE.fullmatch(code):
                self.shown[who].append(Shown(code, head, self.house.now))

    def _harmless(self, who: str, words: list[str]) -> None:
        for other in PEOPLE:
            if other != who:
                assert not [text for text in words if marker(other) in text], f"{who} sees what {other} has"

    def _noted_erasures_are_confirmed(self, who: str, text: str) -> None:
        """A new erasure is the sender's own, and they wrote its code, which they had been shown for just that."""
        for name in PEOPLE:
            for noted in self.run(self.store.erasures.of(f"{name}@{HOST}"), None):
                if noted.reference in self.known:
                    continue
                self.known.add(noted.reference)
                assert name == who
                assert self._proof(name, noted, text), text
                self.confirmed.add(name)

    def _proof(self, name: str, noted: Erasure, text: str) -> bool:
        days = 0 if noted.older_than is None else (noted.asked_at - noted.older_than).days
        line = f"erase {noted.what}" + (f" {days}" if days else "")
        written = CODE.findall(text.casefold())
        return any(
            one.line == line and one.code in written and self.house.now - one.at < LASTS for one in self.shown[name]
        )

    def _settled(self) -> None:
        """Everything that was told since, and everything that is there, is as it may be."""
        for told in self.messenger.told[self.heard :]:
            account = told.to.partition("/")[0]
            assert account.endswith(f"@{HOST}"), "the stranger is told nothing unasked"
            self._harmless(account.partition("@")[0], [told.words])
        self.heard = len(self.messenger.told)
        assert self.guard.wrong == []
        now = self.held()
        for name in PEOPLE:
            if name not in self.confirmed:
                assert now[name] == self.before[name], f"{name} confirmed nothing"
        assert not self.house.reported

    @rule(who=st.sampled_from(WRITERS), text=COMMANDS, device=st.sampled_from(DEVICES))
    def command(self, who: str, text: str, device: str) -> None:
        self._say(who, text, device)
        self._settled()

    @rule(who=st.sampled_from(WRITERS), text=st.sampled_from(QUESTIONS))
    def free_text(self, who: str, text: str) -> None:
        self._say(who, text, "phone")
        self._settled()

    @rule(who=st.sampled_from(PEOPLE), what=st.sampled_from(THERE), data=st.data())
    def ask_and_somebody_uses_the_code(self, who: str, what: str, data: st.DataObject) -> None:
        self._say(who, f"erase {what}", "phone")
        if self.shown[who]:
            writer = data.draw(st.sampled_from((who, who, who, *WRITERS)), "who uses it")
            one = data.draw(st.sampled_from(self.shown[who][-3:]), "which")
            other = data.draw(st.sampled_from(WHAT), "for what else")
            text = data.draw(st.sampled_from((one.code, f"{one.line} {one.code}", f"erase {other} {one.code}")))
            self.house.now += timedelta(minutes=data.draw(st.sampled_from((0, 0, 4, 9, 10, 15, 30)), "when"))
            self._say(writer, text, data.draw(st.sampled_from(DEVICES)))
        self._settled()

    @rule(
        who=st.sampled_from(WRITERS),
        name=st.sampled_from(
            ("erase", "export", "request", "my-data", "withdraw", "desk", "answer", "keep-my-account")
        ),
        what=st.sampled_from((*WHAT, "all", "romeo", "")),
        days=st.sampled_from(("0", "30", "x")),
        owner=st.sampled_from(PEOPLE),
        with_code=st.booleans(),
    )
    def form(self, who: str, name: str, what: str, days: str, owner: str, with_code: bool) -> None:  # noqa: FBT001
        command = self.house.desk.services.registry.get(name)
        assert command is not None
        code = self.shown[owner][-1].code if with_code and self.shown[owner] else ""
        values = {
            "what": what,
            "category": what,
            "account": owner,
            "jid": f"{owner}@{HOST}",
            "days": days,
            "number": "1",
            "kind": "human",
            "form": "plain",
            "text": "Listen!",
        } | ({"confirm": code} if code else {})
        sender = f"{who if '@' in who else f'{who}@{HOST}'}/tablet"
        local = who if who in PEOPLE else "the stranger"
        # The receipt is not waited for: nobody is at work until the next round.
        filled = self.run(
            self.house.desk.form(command, values, sender=sender, language="en", now=self.house.now), local
        )
        words = [text for field in filled.form.fields for text in (field.label, *field.values)]
        words += [str(filled.form.table), filled.note, filled.form.title]
        self._harmless(who, words)
        found = [code_ for text in words for code_ in CODE.findall(text)]
        if name == "erase" and who in self.shown and not filled.is_result and "confirm" in str(filled.form):
            line = f"erase {what}" + (f" {days}" if days != "0" else "")
            self.shown[who] += [Shown(one, line, self.house.now) for one in found]
        self._noted_erasures_are_confirmed(who, code)
        self._settled()

    @rule(minutes=st.sampled_from((1, 4, 6, 11, 60, 60 * 24, 60 * 24 * 4)))
    def time_passes_and_work_is_done(self, minutes: int) -> None:
        self.run(self.house.work(timedelta(minutes=minutes)))
        self.run(self.house.rights.exporter.idle())
        self._settled()


@pytest.fixture(scope="module", autouse=True)
def _in_no_time() -> Iterator[None]:
    """Nobody waits: neither between attempts nor for a receipt in a form."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exporter, "_PAUSE", 0.0)
        patched.setattr(reading, "PAUSES", (0.0, 0.0))
        patched.setattr("bot.commands.erasing._SOON", 0.0)
        yield


@pytest.mark.timeout(600)  # to find the shortest sequence that fails
def test_nobody_touches_or_sees_what_belongs_to_another(
    policy_of: Callable[[str], Policy], understanding: Understander, postgresql: Postgresql
) -> None:
    TwoAccounts.policy, TwoAccounts.understanding = policy_of("mail-and-chat"), understanding
    TwoAccounts.postgresql = postgresql
    run_state_machine_as_test(TwoAccounts, settings=settings(max_examples=30, stateful_step_count=25, deadline=None))
