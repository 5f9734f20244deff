"""What could be announced, whom it would reach, and how it would look: nothing is sent but to those who try it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime

from bot.announcements.audience import Audience, Variant, Versions, before
from bot.announcements.texts import Texts
from bot.claims.announcement import Acquaintance, Announcement, Cause, Counts, Refusal, Skipped, Stage
from bot.dialogue.reply import Reply
from bot.i18n import languages, negotiate
from bot.policy.changes import Severity, diff
from bot.rights.world import World

_PAGE = 1_000

_NEW = 0
"""The number of an announcement that is not kept."""

Progress = Callable[[int, int | None], None]
"""Told how many accounts are looked at, of how many."""


class Planner:
    """Prepares announcements.

    *settle* returns when what was just heard at logins is noted, and raises `StoreError`.
    """

    def __init__(self, world: World, versions: Versions, settle: Callable[[], Awaitable[None]]) -> None:
        self.world, self.versions, self._settle = world, versions, settle

    async def known(self, accounts: Collection[str]) -> Mapping[str, Acquaintance]:
        """Return what is known about each of *accounts* (bare JIDs), also from a login a moment ago.

        Raises `StoreError`.
        """
        await self._settle()
        return await self.world.store.acquaintances.of(accounts)

    def audience(self, one: Announcement) -> Audience:
        """Return who is told what of *one*."""
        return Audience(one, self.versions, self.world.policy.languages, languages())

    async def of_policy(self, *, anyway: bool = False, starts_at: datetime | None = None) -> Announcement | Refusal:
        """Return an announcement of the newest version of the policy, or why there is none to make.

        *anyway* is for what need not be told, and for what should have been told before.  Raises `StoreError`.
        """
        now = self.world.clock()
        begins = max(now, starts_at or now)
        name = self.versions.versions[-1].version
        known = before(self.versions, name)
        old, new = self.versions.policy_of(known or ""), self.versions.policy_of(name)
        if old is None or new is None:
            return Refusal.NOTHING
        kept = await self.world.store.announcements.of_version(name)
        if kept is not None and kept.stage is Stage.DONE:
            return Refusal.ANNOUNCED
        severity = diff(old, new).severity
        if not anyway and severity is Severity.MATERIAL and begins.date() >= new.effective:
            return Refusal.LATE
        if not anyway and severity in (None, Severity.WORDING):
            return Refusal.WORDING
        mandatory = severity is Severity.MATERIAL
        return Announcement(_NEW, Cause.POLICY, Stage.DRAFT, name, {}, mandatory, now, begins)

    def objection(self, one: Announcement, begins: datetime) -> Refusal | None:
        """Return why what was drafted some time ago cannot begin at that time.

        What was late already when it was drafted, was wanted all the same.
        """
        if one.version is None:
            return None
        new = self.versions.policy_of(one.version)
        if new is None or before(self.versions, one.version) is None:
            return Refusal.LOST
        is_late = one.mandatory and one.made_at.date() < new.effective <= begins.date()
        return Refusal.LATE if is_late else None

    def of_operator(self, cause: Cause, texts: Mapping[str, Mapping[str, str]]) -> Announcement:
        """Return an announcement of news or of a breach: *texts* by part, then by language."""
        now = self.world.clock()
        return Announcement(_NEW, cause, Stage.DRAFT, None, texts, cause is Cause.BREACH, now, now)

    def preview(self, one: Announcement, language: str) -> Reply:
        """Return what those are told who know the version before; raises `LookupError` when it is lost."""
        since = None if one.version is None else before(self.versions, one.version)
        texts = Texts(one, self.audience(one), self.world.policy)
        return texts.reply(Variant(language, since), self.world.clock().date())

    async def test(self, one: Announcement, account: str) -> None:
        """Send what everybody would be told to *account* (a bare JID) only; raises `ServerError` and `StoreError`."""
        known = (await self.known([account]))[account]
        language = negotiate((known.language, *self.world.policy.languages), languages())
        await self.world.messenger.tell(account, self.preview(one, language), language)

    async def count(self, one: Announcement, progress: Progress) -> Counts:
        """Count whom *one* would reach, and send nothing; raises `ServerError` and `StoreError`."""
        audience, server = self.audience(one), self.world.server
        told: Counter[str] = Counter()
        skipped: Counter[str] = Counter()
        cursor: str | None = None
        while True:
            page = await server.accounts(cursor, _PAGE)
            accounts = [f"{name}@{server.host}" for name in page.accounts]
            known = await self.known(accounts)
            for account in accounts:
                judged = audience.judge(known[account])
                if account != server.address:
                    counted, key = (skipped, judged.value) if isinstance(judged, Skipped) else (told, judged.language)
                    counted[key] += 1
            progress(sum(told.values()) + sum(skipped.values()), page.total)
            if page.next is None:
                return Counts(dict(told), dict(skipped), total=page.total)
            cursor = page.next
