"""Carries out erasures, so that one that is interrupted anywhere can be gone on with.

Everything is noted before and after it is done: what was there, then what a look at the server
shows.  Doing a step twice does no harm, and the account's random name on the server keeps a step
that comes late from hitting a stranger who has got the same address since.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.answers.erasing import goodbye
from bot.answers.receipt import receipt
from bot.claims.erasure import ACCOUNT, ERASABLE, EVERYTHING, OPEN, Counted, Erasure, Fate, State
from bot.claims.whose import Whose
from bot.policy.observed import Holding
from bot.policy.terms import Category
from bot.rights.world import World, reference
from bot.servers import Changed, NoSuchAccount, Unreachable, Unsupported

_LOG = logging.getLogger("privacy-bot")


_AT_ONCE = timedelta(minutes=2)
"""So long something that was begun counts as done at once."""


class _Over(Exception):  # noqa: N818 -- named after what is so
    """It was ended by somebody else meanwhile, and nothing more is to be done."""


class Eraser:
    """Looks what an erasure would do, notes it, and does it."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def possible(self, what: str, *, dated: bool = False) -> tuple[str, ...]:
        """Return the categories that *what* stands for and that this server can erase.

        With *dated*, only those of which it can erase what is older than some time.  Raises `ServerError`.
        """
        hello = await self._world.server.hello()
        wanted = ERASABLE if what in (EVERYTHING, ACCOUNT) else (what,)
        if what == ACCOUNT and ACCOUNT not in hello.erasable:
            return ()
        able = hello.erasable & hello.dated if dated else hello.erasable
        return tuple(category for category in wanted if category in able)

    async def held(
        self, account: str, categories: Sequence[str], older_than: datetime | None = None
    ) -> tuple[Holding, ...]:
        """Return what there is of *categories*; raises `ServerError`."""
        if not categories:
            return ()
        found = await self._world.server.inventory(account, categories, before=older_than)
        failed = tuple(Holding(category=one.category) for one in found.failed)
        return tuple(one for one in (*found.holdings, *failed) if one.count != 0)

    async def note(
        self,
        whose: Whose,
        what: str,
        language: str,
        *,
        code: str,
        older_than: datetime | None = None,
        due: datetime | None = None,
    ) -> Erasure | None:
        """Note an erasure that was confirmed by *code*; None when that code was used before.

        Raises `ServerError` and `StoreError`; nothing is noted then.
        """
        now = self._world.clock()
        identity = (await self._world.server.identify(whose.name)).id
        categories = await self.possible(what, dated=older_than is not None)
        counts = tuple(
            Counted(one.category, one.count, one.bytes) for one in await self.held(whose.name, categories, older_than)
        )
        erasure = Erasure(
            reference("E"),
            what,
            language,
            replace(whose, identity=identity),
            State.RUNNING if due is None else State.SCHEDULED,
            counts,
            now,
            due or now,
            older_than,
        )
        return erasure if await self._world.store.erasures.add(erasure, code) else None

    async def carry_on(self, erasure: Erasure) -> Erasure:
        """Do what is left to do of *erasure*, and tell its owner.

        Raises `ServerError` and `StoreError`: then it can be gone on with later.
        """
        if erasure.whose is None:
            return erasure
        try:
            async with self._world.turn(erasure.whose.account):
                return await self._carry_on(erasure)
        except _Over:
            return await self._world.store.erasures.find(erasure.reference) or erasure

    async def _carry_on(self, erasure: Erasure) -> Erasure:
        if erasure.state in OPEN:
            erasure = await self._do(erasure)
        if erasure.told_at is None and erasure.whose is not None:
            if await self._world.is_still_there(erasure.whose):
                reply = receipt(self._world.policy, erasure)
                await self._world.messenger.tell(erasure.whose.account, reply, erasure.language)
            erasure = await self._save(replace(erasure, told_at=self._world.clock()))
        return erasure

    async def _do(self, erasure: Erasure) -> Erasure:
        now = self._world.clock()
        if erasure.what == ACCOUNT:
            return await self._end_account(erasure)
        erasure = await self._save(replace(erasure, state=State.RUNNING, began_at=erasure.began_at or now))
        try:
            for index, one in enumerate(erasure.counts):
                if one.fate is Fate.WAITING:
                    done = await self._category(erasure, one)
                    counts = (*erasure.counts[:index], done, *erasure.counts[index + 1 :])
                    erasure = await self._save(replace(erasure, counts=counts))
        except (NoSuchAccount, Changed):
            return await self._ended(erasure, State.GONE, told=True)
        return await self._ended(erasure, State.DONE)

    async def _category(self, erasure: Erasure, one: Counted) -> Counted:
        server, whose = self._world.server, erasure.whose
        assert whose is not None and erasure.began_at is not None  # noqa: S101, PT018 -- it is under way
        is_dated = one.category in (await server.hello()).dated
        # What came in long after it was begun, while the server was away, is not what was meant.
        is_late = is_dated and self._world.clock() - erasure.began_at > _AT_ONCE
        before = erasure.older_than or (erasure.began_at if is_late else None)
        try:
            await server.erase(whose.name, one.category, before, whose.identity)
        except Unsupported:
            return replace(one, fate=Fate.IMPOSSIBLE)
        whole = await self._left(whose.name, one.category)
        older = whole
        if is_dated:
            older = await self._left(whose.name, one.category, erasure.older_than or erasure.began_at)
        if whole is None or older is None:
            return replace(one, fate=Fate.UNVERIFIED)
        newer = 0 if erasure.older_than is not None else whole - older
        return replace(one, after=older, newer=newer, fate=Fate.LEFT if older else Fate.ERASED)

    async def _left(self, account: str, category: str, before: datetime | None = None) -> int | None:
        """Return how much there is now; None when nobody can tell."""
        found = await self._world.server.inventory(account, [category], before=before)
        if category in found.absent:
            return 0
        holding = found.holding(category)
        if holding is None or (holding.partial and not holding.count):
            return None
        return holding.count

    async def _end_account(self, erasure: Erasure) -> Erasure:
        """Say goodbye once, then remove the account with what the server's own removal would leave.

        As soon as it is noted as begun it cannot be taken back; as soon as the goodbye is noted as
        told, the account may be gone.
        """
        world, whose, now = self._world, erasure.whose, self._world.clock()
        assert whose is not None  # noqa: S101 -- it is under way
        may_be_done = erasure.told_at is not None
        try:
            if erasure.told_at is None:
                held = await self.held(whose.name, await self.possible(ACCOUNT))
                counts = tuple(Counted(one.category, one.count, one.bytes) for one in held)
                if not await self._world.is_still_there(whose):
                    return await self._ended(replace(erasure, counts=counts), State.GONE, told=True)
                begun = replace(erasure, counts=counts, state=State.RUNNING, began_at=erasure.began_at or now)
                erasure = await self._save(begun)
                farewell = goodbye(world.policy, whose.account, erasure.reference, now)
                await world.messenger.tell(whose.account, farewell, erasure.language)
                erasure = await self._save(replace(erasure, told_at=now))
            erased = await world.server.erase(whose.name, ACCOUNT, None, whose.identity)
            await self._confirm_removal(whose.name)
        except (NoSuchAccount, Changed):
            # If it was tried before, it was done, and only the answer was lost.
            counts = tuple(replace(one, fate=Fate.UNVERIFIED) for one in erasure.counts)
            state = State.DONE if may_be_done else State.GONE
            return await self._ended(replace(erasure, counts=counts), state, told=True)
        left = {one.category: one.count for one in erased.left}
        counts = tuple(
            replace(one, after=left.get(one.category, 0), fate=Fate.LEFT if one.category in left else Fate.ERASED)
            for one in erasure.counts
        )
        erasure = await self._ended(replace(erasure, counts=counts), State.DONE, told=True)
        _LOG.info("%s: an account was removed, as its owner asked", erasure.reference)
        return erasure

    async def _confirm_removal(self, account: str) -> None:
        try:
            await self._world.server.inventory(account, [Category.ACCOUNT])
        except NoSuchAccount:
            return
        raise Unreachable("an account is still there after its removal")

    async def _ended(self, erasure: Erasure, state: State, *, told: bool = False) -> Erasure:
        now = self._world.clock()
        told_at = (erasure.told_at or now) if told else erasure.told_at
        ended = await self._save(replace(erasure, state=state, ended_at=now, told_at=told_at))
        self._world.measures.erased(erasure.what, state)
        return ended

    async def _save(self, erasure: Erasure) -> Erasure:
        if not await self._world.store.erasures.save(erasure):
            raise _Over
        return erasure
