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
"""What can be asked for: every command has one form, so there is no `next` and no `prev`."""


@dataclass(frozen=True, slots=True)
class _Session:
    owner: str
    command: BotCommand
    opened: datetime


class Sessions:
    """The forms that are being filled in: at most *per_account* for one bare JID, *at_most* in all."""

    def __init__(
        self, keep: timedelta = timedelta(minutes=10), per_account: int = 5, at_most: int = 1_000
    ) -> None:
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

    def close(self, sid: str, owner: str, node: str, now: datetime) -> tuple[BotCommand | None, str]:
        """End a session; return its command, or None and the error of XEP-0050 §4.4."""
        session = self._sessions.get(sid)
        if session is None or session.owner != owner or session.command.name != node:
            return None, "bad-sessionid"
        del self._sessions[sid]
        if now - session.opened > self._keep:
            return None, "session-expired"
        return session.command, ""


class AdHoc:
    """Answers the IQs of XEP-0050."""

    def __init__(self, desk: Desk, sessions: Sessions | None = None) -> None:
        self._desk = desk
        self._sessions = sessions if sessions is not None else Sessions()

    async def answer(self, iq: Element, now: datetime) -> Element:
        """Return the answer to a `set` with a command element."""
        request = iq.find(f"{{{ns.COMMANDS}}}command")
        if request is None:
            return error(iq, "modify", "bad-request")
        action, node, sid = (
            request.get("action", "execute"),
            request.get("node", ""),
            request.get("sessionid"),
        )
        if action not in _ACTIONS:
            return error(iq, "modify", "bad-request", (ns.COMMANDS, "bad-action"))
        command = self._desk.services.registry.get(node)
        if command is None:
            return error(iq, "cancel", "item-not-found")
        sender = iq.get("from", "")
        if sid is not None:
            command, problem = self._sessions.close(sid, sender, node, now)
            if command is None:
                type_, condition = (
                    ("cancel", "not-allowed") if problem == "session-expired" else ("modify", "bad-request")
                )
                return error(iq, type_, condition, (ns.COMMANDS, problem))
        if action == "cancel":
            return self._canceled(iq, node, sid)
        arguments = submitted(request.find(f"{{{ns.DATA_FORM}}}x"))
        if arguments is None:
            return error(iq, "modify", "bad-request", (ns.COMMANDS, "bad-payload"))
        filled = await self._desk.form(
            command,
            arguments if sid is not None or arguments else None,
            sender=bare(sender),
            language=iq.get(ns.XML_LANG),
            now=now,
        )
        return self._show(iq, command, filled, sid, now)

    def _show(
        self, iq: Element, command: BotCommand, filled: Filled, sid: str | None, now: datetime
    ) -> Element:
        answer = result(iq, filled.language)
        if filled.is_result:
            status, sid = "completed", sid or secrets.token_urlsafe(16)
        else:
            status, sid = "executing", self._sessions.open(iq.get("from", ""), command, now)
        shown = child(answer, ns.COMMANDS, "command", node=command.name, sessionid=sid, status=status)
        if not filled.is_result:
            # Without `execute`, "execute" would mean "next", which is not offered (XEP-0050 §3.4).
            child(child(shown, ns.COMMANDS, "actions", execute="complete"), ns.COMMANDS, "complete")
        if filled.note:
            child(shown, ns.COMMANDS, "note", filled.note, type_=filled.outcome.value)
        add_form(shown, filled.form, "result" if filled.is_result else "form")
        return answer

    @staticmethod
    def _canceled(iq: Element, node: str, sid: str | None) -> Element:
        answer = result(iq)
        child(answer, ns.COMMANDS, "command", node=node, sessionid=sid, status="canceled")
        return answer
