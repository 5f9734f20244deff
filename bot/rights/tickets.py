"""Requests that people decide: passed on, answered, extended, and never forgotten (Art. 12(3) GDPR)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.answers import tickets as words
from bot.claims.ticket import EXTENSION, MONTH, Ticket, TicketKind, TicketState, later
from bot.claims.whose import Whose
from bot.dialogue.reply import Reply
from bot.rights.world import World
from bot.servers import ServerError
from bot.store import StoreError

_REMIND = (timedelta(days=7), timedelta(days=1))
"""So long before a request is due, the administrators are reminded."""


class TicketDesk:
    """Takes requests and sees that they are answered."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def is_open(self) -> bool:
        """Whether there is anybody who could be told."""
        return bool(self._world.admins)

    async def take(self, whose: Whose, kind: TicketKind, text: str, language: str) -> Ticket | None:
        """Pass a request on to the administrators; None when none of them could be told.

        The text is in no database, so what nobody could be told is taken back.  Raises `StoreError`.
        """
        now = self._world.clock()
        known = replace(whose, identity=await self._identity(whose))
        new = Ticket(kind, language, known, now, later(now, MONTH))
        ticket = replace(new, number=await self._world.store.tickets.add(new))
        if await self._tell_admins(words.arrived(ticket, whose.account, text, now)):
            self._world.measures.ticket_opened(kind)
            return ticket
        await self._world.store.tickets.save(replace(ticket, state=TicketState.WITHDRAWN, ended_at=now))
        return None

    async def answer(self, number: int, text: str) -> Ticket | None:
        """Answer an open request; None when there is none with this number.

        Raises `ServerError` and `StoreError`: it stays open then.
        """
        ticket = await self._open(number)
        if ticket is None or ticket.whose is None:
            return None
        reply = words.answered(self._world.policy, ticket, text)
        await self._world.messenger.tell(ticket.whose.account, reply, ticket.language)
        done = replace(ticket, state=TicketState.ANSWERED, ended_at=self._world.clock())
        await self._world.store.tickets.save(done)
        return done

    async def extend(self, number: int, reason: str) -> Ticket | None:
        """Give an open request two months more, once, and say so; None when that cannot be.

        Raises `ServerError` and `StoreError`: nothing is extended then.
        """
        ticket, now = await self._open(number), self._world.clock()
        if ticket is None or ticket.whose is None or ticket.extended_at is not None or ticket.due_at < now:
            return None
        longer = replace(ticket, due_at=later(ticket.due_at, EXTENSION), extended_at=now, reminded_at=None)
        await self._world.messenger.tell(ticket.whose.account, words.extended(longer, reason, now), ticket.language)
        await self._world.store.tickets.save(longer)
        return longer

    async def withdraw(self, account: str, number: int) -> Ticket | None:
        """Take back a request of *account* (a bare JID), and tell the administrators; None when it has none such."""
        own = await self._world.store.tickets.of(account)
        ticket = next((one for one in own if one.number == number and one.state is TicketState.OPEN), None)
        if ticket is None:
            return None
        done = replace(ticket, state=TicketState.WITHDRAWN, ended_at=self._world.clock())
        await self._world.store.tickets.save(done)
        await self._tell_admins(words.withdrawn(done))
        return done

    async def remind(self) -> None:
        """Tell the administrators of what is about to expire; raises `StoreError`."""
        now = self._world.clock()
        for ticket in await self._world.store.tickets.unfinished():
            passed = [ticket.due_at - before for before in _REMIND if ticket.due_at - before <= now]
            if not passed or (ticket.reminded_at is not None and ticket.reminded_at >= max(passed)):
                continue
            if await self._tell_admins(words.about_to_expire(ticket, now)):
                await self._world.store.tickets.save(replace(ticket, reminded_at=now))

    async def _open(self, number: int) -> Ticket | None:
        """Return the open request with this number; one of an account that is gone is not open any more."""
        ticket = await self._world.store.tickets.find(number)
        if ticket is None or ticket.whose is None or ticket.state is not TicketState.OPEN:
            return None
        now_there = await self._identity(ticket.whose)
        if ticket.whose.identity and now_there and now_there != ticket.whose.identity:
            gone = replace(ticket, state=TicketState.GONE, ended_at=self._world.clock())
            await self._world.store.tickets.save(gone)
            return None
        return ticket

    async def _identity(self, whose: Whose) -> str:
        """Return the random name of the account; empty when the server cannot tell, which hinders no request."""
        try:
            return (await self._world.server.identify(whose.name)).id
        except ServerError:
            return ""

    async def _tell_admins(self, reply: Reply) -> bool:
        """Tell every administrator, in their language; return whether any was told."""
        told = False
        for admin in sorted(self._world.admins):
            try:
                await self._world.messenger.tell(admin, reply, await self._language(admin))
                told = True
            except ServerError:
                continue
        return told

    async def _language(self, account: str) -> str:
        try:
            chosen = await self._world.store.language(account)
        except StoreError:
            chosen = None
        return chosen or self._world.policy.languages[0]
