"""Ad-hoc commands (XEP-0050): forms of the same commands that the chat knows.

A session belongs to the full JID that opened it, is forgotten after some minutes, and there are
only so many of them; nobody can go on with the session of somebody else.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from bot.commands.desk import Desk, Filled
from bot.commands.services import BotCommand
from bot.xmpp import namespaces as ns
from bot.xmpp.elements import add_form, child, error, result, submitted
from bot.xmpp.jid import bare

_ACTIONS = frozenset({"execute", "complete", "cancel"})
"""What can be asked for: every command has one form, so nothing comes before or after it."""

_STEPS = frozenset({"next", "prev"})


@dataclass(frozen=True, slots=True)
class Problem:
    """An error of XEP-0050 §4.4: type and condition of the stanza error, and its own element."""

    type: str
    condition: str
    detail: str


_BAD_ACTION = Problem("modify", "bad-request", "bad-action")
_MALFORMED_ACTION = Problem("modify", "bad-request", "malformed-action")
_BAD_PAYLOAD = Problem("modify", "bad-request", "bad-payload")
_BAD_SESSION = Problem("modify", "bad-request", "bad-sessionid")
_EXPIRED = Problem("cancel", "not-allowed", "session-expired")


@dataclass(frozen=True, slots=True)
class _Session:
    owner: str
    command: BotCommand
    opened: datetime


class Sessions:
    """The forms that are being filled in: at most *per_account* for one bare JID, *at_most* in all."""

    def __init__(self, keep: timedelta = timedelta(minutes=10), per_account: int = 5, at_most: int = 1_000) -> None:
        self._keep, self._per_account, self._at_most = keep, per_account, at_most
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, owner: str, command: BotCommand, now: datetime) -> str:
        """Begin a session for the full JID *owner*; the oldest ones give way.  Returns its id."""
        mine = [sid for sid, one in self._sessions.items() if bare(one.owner) == bare(owner)]
        for sid in mine[: max(0, len(mine) - self._per_account + 1)]:
            del self._sessions[sid]
        while len(self._sessions) >= self._at_most:
            self._sessions.popitem(last=False)
        sid = secrets.token_urlsafe(16)
        self._sessions[sid] = _Session(owner, command, now)
        return sid

    def problem(self, sid: str, owner: str, node: str, now: datetime) -> Problem | None:
        """Return why *owner* cannot go on with a session; None when nothing is wrong."""
        session = self._sessions.get(sid)
        if session is None or session.owner != owner or session.command.name != node:
            return _BAD_SESSION
        if now - session.opened > self._keep:
            del self._sessions[sid]
            return _EXPIRED
        return None

    def close(self, sid: str) -> None:
        """End a session."""
        self._sessions.pop(sid, None)


class AdHoc:
    """Answers the IQs of XEP-0050."""

    def __init__(self, desk: Desk, sessions: Sessions | None = None) -> None:
        self._desk = desk
        self._sessions = sessions if sessions is not None else Sessions()

    async def answer(self, iq: Element, now: datetime) -> Element:
        """Return the answer to a `set` whose only child is a command element."""
        request, sender = iq[0], iq.get("from", "")
        action, node = request.get("action", "execute"), request.get("node", "")
        sid = request.get("sessionid")
        command = self._desk.services.registry.get(node)
        if command is None:
            return error(iq, "cancel", "item-not-found")
        problem = _action_problem(action, sid)
        if problem is None and sid is not None:
            problem = self._sessions.problem(sid, sender, node, now)
        if problem is not None:
            return _refused(iq, problem)
        if action == "cancel" and sid is not None:
            self._sessions.close(sid)
            return await self._canceled(iq, node, sid)
        arguments = submitted(request.find(f"{{{ns.DATA_FORM}}}x"))
        if arguments is None:
            return _refused(iq, _BAD_PAYLOAD)
        filled = await self._desk.form(
            command,
            arguments if sid is not None or arguments else None,
            sender=sender,
            language=iq.get(ns.XML_LANG),
            now=now,
        )
        return self._show(iq, command, filled, sid, now)

    def _show(self, iq: Element, command: BotCommand, filled: Filled, sid: str | None, now: datetime) -> Element:
        answer = result(iq, filled.language)
        if not filled.is_result:
            sid = sid or self._sessions.open(iq.get("from", ""), command, now)
        elif sid is not None:
            self._sessions.close(sid)
        else:  # a session that is over at once: its id is only required by the form of the answer
            sid = secrets.token_urlsafe(16)
        status = "completed" if filled.is_result else "executing"
        shown = child(answer, ns.COMMANDS, "command", node=command.name, sessionid=sid, status=status)
        if not filled.is_result:
            # Without `execute`, "execute" would mean "next", which is not offered (XEP-0050 §3.4).
            child(child(shown, ns.COMMANDS, "actions", execute="complete"), ns.COMMANDS, "complete")
        if filled.note:
            child(shown, ns.COMMANDS, "note", filled.note, type_=filled.outcome.value)
        add_form(shown, filled.form, "result" if filled.is_result else "form")
        return answer

    async def _canceled(self, iq: Element, node: str, sid: str) -> Element:
        tr = await self._desk.translator_for(bare(iq.get("from", "")), iq.get(ns.XML_LANG))
        answer = result(iq, tr.language)
        child(answer, ns.COMMANDS, "command", node=node, sessionid=sid, status="canceled")
        return answer


def _action_problem(action: str, sid: str | None) -> Problem | None:
    if action not in _ACTIONS:
        return _BAD_ACTION if action in _STEPS else _MALFORMED_ACTION
    return _BAD_SESSION if action == "cancel" and sid is None else None


def _refused(iq: Element, problem: Problem) -> Element:
    return error(iq, problem.type, problem.condition, (ns.COMMANDS, problem.detail))
