"""Whatever people send in whatever order, nobody goes on with the session of somebody else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast
from xml.etree.ElementTree import Element, SubElement

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from bot.commands.desk import Desk, Filled
from bot.commands.services import BotCommand
from bot.dialogue.command import Command, Request
from bot.dialogue.parameter import Option, Parameter
from bot.dialogue.registry import Registry
from bot.dialogue.rendering import Form
from bot.dialogue.reply import Reply
from bot.i18n import Translator, translator
from bot.xmpp import namespaces as ns
from bot.xmpp.adhoc import AdHoc, Sessions

PEOPLE = ("alice@a.example/1", "alice@a.example/2", "alice@a.example", "bob@b.example/1", "carol@c.example/1")
KEEP = timedelta(minutes=10)
PER_ACCOUNT, AT_MOST = 3, 6
ACTIONS = ("execute", "complete", "cancel", "next", "prev", "destroy", None)


async def _nothing(_request: Request, _services: object) -> Reply:
    return Reply("")


COMMANDS = cast(
    "tuple[BotCommand, ...]",
    tuple(Command(name, name, "", _nothing, (Parameter("p", "", (Option("v", ""),)),)) for name in ("first", "second")),
)


@dataclass
class _Services:
    registry: Registry[object]


class _Desk:
    """Runs a command when its value is there, and notes for whom."""

    def __init__(self) -> None:
        self.services = _Services(cast("Registry[object]", Registry(COMMANDS)))
        self.ran: list[str] = []

    async def form(
        self, _command: BotCommand, arguments: dict[str, str] | None, *, sender: str, **_rest: object
    ) -> Filled:
        done = arguments == {"p": "v"}
        if done:
            self.ran.append(sender)
        return Filled("en", Form(""), is_result=done)

    async def translator_for(self, _sender: str, _language: str | None) -> Translator:
        return translator("en")


@dataclass(frozen=True)
class _Opened:
    sid: str
    owner: str
    node: str
    at: datetime


class AdHocMachine(RuleBasedStateMachine):
    """Opens sessions, and goes on with them as everybody, rightly and wrongly."""

    opened = Bundle("opened")

    @initialize()
    def begin(self) -> None:
        self.desk = _Desk()
        self.sessions = Sessions(KEEP, PER_ACCOUNT, AT_MOST)
        self.adhoc = AdHoc(cast("Desk", self.desk), self.sessions)
        self.now = datetime(2026, 11, 20, tzinfo=UTC)
        self.over: set[str] = set()

    def _send(self, sender: str, node: str, sid: str | None, action: str | None, value: str | None) -> Element:
        iq = Element(f"{{{ns.COMPONENT}}}iq", {"from": sender, "to": "bot", "id": "1", "type": "set"})
        given = {"node": node, "sessionid": sid, "action": action}
        command = SubElement(
            iq, f"{{{ns.COMMANDS}}}command", {key: text for key, text in given.items() if text is not None}
        )
        if value is not None:
            x = SubElement(command, f"{{{ns.DATA_FORM}}}x", {"type": "submit"})
            field = SubElement(x, f"{{{ns.DATA_FORM}}}field", {"var": "p"})
            SubElement(field, f"{{{ns.DATA_FORM}}}value").text = value
        return asyncio.run(self.adhoc.answer(iq, self.now))

    @rule(target=opened, sender=st.sampled_from(PEOPLE), node=st.sampled_from(("first", "second")))
    def open(self, sender: str, node: str) -> _Opened:
        command = self._send(sender, node, None, "execute", None)[0]
        assert command.get("status") == "executing"
        return _Opened(command.get("sessionid") or "", sender, node, self.now)

    @rule(
        one=opened,
        sender=st.sampled_from(PEOPLE),
        node=st.sampled_from(("first", "second")),
        action=st.sampled_from(ACTIONS),
        value=st.sampled_from(("v", "w", None)),
    )
    def go_on(self, one: _Opened, sender: str, node: str, action: str | None, value: str | None) -> None:
        ran = len(self.desk.ran)
        answer = self._send(sender, node, one.sid, action, value)
        may = sender == one.owner and node == one.node and one.sid not in self.over and self.now - one.at <= KEEP
        if not may:
            assert answer.get("type") == "error"
            assert len(self.desk.ran) == ran
        elif answer.get("type") == "result" and answer[0].get("status") != "executing":
            self.over.add(one.sid)
        if len(self.desk.ran) > ran:
            assert self.desk.ran[-1] == one.owner

    @rule(target=opened, one=consumes(opened), minutes=st.integers(0, 12))
    def wait(self, one: _Opened, minutes: int) -> object:
        self.now += timedelta(minutes=minutes)
        return multiple(one)

    @rule(sender=st.sampled_from(PEOPLE), sid=st.text(max_size=24), action=st.sampled_from(ACTIONS))
    def guess(self, sender: str, sid: str, action: str | None) -> None:
        assert self._send(sender, "first", sid, action, "v").get("type") == "error"

    @invariant()
    def there_are_only_so_many(self) -> None:
        assert len(self.sessions) <= AT_MOST


TestAdHoc = AdHocMachine.TestCase
TestAdHoc.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
