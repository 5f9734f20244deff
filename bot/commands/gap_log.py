"""Counts what could not be answered, and writes the counts down now and then."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from bot.claims.gap import GapKind
from bot.store import Store

_EVERY = timedelta(minutes=1)
"""Between two writings: a flood of questions is no flood of transactions."""


class GapLog:
    """Counts what could not be answered; nothing of the text or of who asked is in it."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[GapKind, str, str]] = Counter()
        self._written: datetime | None = None

    async def note(self, kind: GapKind, label: str, language: str, store: Store | None, now: datetime) -> None:
        """Count one; raises `StoreError` when it is time to write and that fails: then nothing is lost."""
        self._counts[kind, label, language] += 1
        if store is not None and (self._written is None or now - self._written >= _EVERY):
            await self.write(store, now)

    async def write(self, store: Store, now: datetime) -> None:
        """Put the counts into the database; raises `StoreError`."""
        before, counted = self._written, self._counts
        # Taken out first: who comes while the database writes counts anew, and writes nothing twice.
        self._written, self._counts = now, Counter()
        try:
            if counted:
                await store.gaps.add(counted, now)
        except BaseException:
            self._written = before
            self._counts.update(counted)
            raise
