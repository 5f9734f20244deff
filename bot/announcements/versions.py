"""Which version of the policy is in force, which one is to come, and which there were."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bot import files
from bot.claims.version import KeptVersion, in_force, to_come
from bot.files import BadFile, Document, Problem
from bot.policy.changes import diff
from bot.policy.changes.following import doubts, follows, objections
from bot.policy.changes.same import digest, same
from bot.policy.model import Policy, policy_of
from bot.store import Store

_LOG = logging.getLogger("privacy-bot")

_INSTANT = timedelta(microseconds=1)


class History:
    """The versions of one policy.  `take` has to be called before anything else."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: tuple[KeptVersion, ...] = ()
        self._read: dict[bytes, Policy | None] = {}  # by digest

    @property
    def current(self) -> Policy:
        """The version in force: what the bot answers from."""
        kept = in_force(self._kept)
        policy = self.policy_of(kept.version) if kept is not None else None
        if policy is None:
            raise LookupError("no version of the policy was taken yet")
        return policy

    @property
    def upcoming(self) -> Policy | None:
        """The version that was read last, if its day is still to come."""
        coming = to_come(self._kept)
        return self.policy_of(coming[-1].version) if coming else None

    @property
    def versions(self) -> tuple[KeptVersion, ...]:
        """Those that were in force, the one that is, and those to come, in order."""
        coming = to_come(self._kept)
        return tuple(one for one in self._kept if one.since is not None or one in coming)

    def policy_of(self, version: str) -> Policy | None:
        """Return a version that is kept; None when it is not, or is not readable for this program any more."""
        kept = self._find(version)
        if kept is None:
            return None
        if kept.digest not in self._read:
            try:
                self._read[kept.digest] = policy_of(files.parse(kept.text, f"version {version}"))
            except BadFile as error:
                _LOG.warning("version %s of the policy, which was kept, cannot be read any more: %s", version, error)
                self._read[kept.digest] = None
        return self._read[kept.digest]

    async def take(self, policy: Policy, document: Document, now: datetime) -> None:
        """Take what the operator's file says: the version in force, the one to come, or a new one.

        Raises `BadFile` with every reason why it can be none of them: then all stays as it was, but
        for a version whose day has come.  Raises `StoreError`.
        """
        self._kept = await self._store.versions.all()
        known = self._find(policy.version)
        is_known = known is not None and self._states(known, policy)
        if known is not None and is_known:
            self._read[known.digest] = policy
        await self.turn(now)
        problems = await self._problems(policy, document, now.date(), is_known=is_known)
        if problems:
            raise BadFile(sorted(problems))
        await self._withdraw_others(policy.version)
        if not is_known:
            await self._add(policy, document, now)
        for one in to_come(self._kept):
            _LOG.info(
                "version %s of the policy comes into force on %s, until then %s is; to tell everybody, an admin writes "
                "to the bot: announce",
                one.version,
                one.effective,
                self.current.version,
            )

    async def turn(self, now: datetime) -> bool:
        """Put in force what has come to its day; return whether there was anything.  Raises `StoreError`."""
        due = [one for one in to_come(self._kept) if one.effective <= now.date() and self.policy_of(one.version)]
        for one in due:
            await self._store.versions.put_in_force(one.version, now)
            late = (now.date() - one.effective).days
            why = f"; that was {late} days ago: the bot was away, or the clock was set" if late else ""
            _LOG.info("version %s of the policy is in force since %s%s", one.version, one.effective, why)
        if due:
            self._kept = await self._store.versions.all()
        return bool(due)

    def _find(self, version: str) -> KeptVersion | None:
        return next((one for one in self._kept if one.version == version), None)

    def _states(self, known: KeptVersion, policy: Policy) -> bool:
        """Return whether a version that was kept states the same as *policy*, which has its name.

        Of what only an earlier program could read, this is believed.
        """
        if known.digest == digest(policy):
            return True
        before = self.policy_of(known.version)
        return before is None or same(before, policy)

    async def _problems(self, policy: Policy, document: Document, today: date, *, is_known: bool) -> list[Problem]:
        """Return why *policy*, which is in *document*, is neither in force, nor to come, nor can follow."""
        known, current, coming = self._find(policy.version), in_force(self._kept), to_come(self._kept)
        if current is None:
            return []
        if self.policy_of(current.version) is None:
            text = f"version '{current.version}' is in force, but cannot be read any more as it was kept"
            return [document.problem(("version",), f"{text}; put its file here until the next one's day has come")]
        found = []
        if known is not None and (known not in (current, *coming) or (known is current and not is_known)):
            text = f"there was another version '{known.version}' already, read on {known.seen_at:%Y-%m-%d}"
            found.append(document.problem(("version",), f"{text}; give this one a new name and a new first day"))
        elif not is_known:
            found += self._new_problems(policy, document, today)
        for one in coming:
            if one is known:
                if not is_known and await self._is_announced(one.version):
                    text = f"version '{one.version}' was announced, so it cannot be changed any more; make a new one"
                    found.append(document.problem(("version",), text))
            elif not follows(one.version, policy.version) and (
                known is not current or await self._is_announced(one.version)
            ):
                text = f"version '{policy.version}' does not come after '{one.version}', to come on {one.effective}"
                found.append(document.problem(("version",), f"{text}; give it a higher one"))
        return found

    def _new_problems(self, policy: Policy, document: Document, today: date) -> Iterator[Problem]:
        """Return why *policy* cannot follow what is in force."""
        yield from objections(diff(self.current, policy), document)
        if policy.effective < today:
            text = f"in force from {policy.effective}, which is past: nobody was told; write {today} or a later day"
            yield document.problem(("effective",), text)

    async def _withdraw_others(self, version: str) -> None:
        """Take back what was to come and nobody knows of: the file says something else now."""
        for one in to_come(self._kept):
            if one.version != version and not await self._is_announced(one.version):
                await self._store.versions.withdraw(one.version)
                _LOG.info("version %s of the policy does not come any more: the file holds %s", one.version, version)
        self._kept = await self._store.versions.all()

    async def _is_announced(self, version: str) -> bool:
        return await self._store.announcements.of_version(version) is not None

    async def _add(self, policy: Policy, document: Document, now: datetime) -> None:
        """Keep a new version, and put it in force if its day is there, or it is the first."""
        is_first = in_force(self._kept) is None
        if not is_first:
            for doubt in doubts(diff(self.current, policy), document):
                _LOG.warning("%s (a warning)", doubt)
        elif policy.effective > now.date():
            _LOG.warning("version %s is the first, so it is in force before %s", policy.version, policy.effective)
        # The order in which they came counts, also after the clock was set back.
        seen = max([now, *(one.seen_at + _INSTANT for one in self._kept)])
        since = now if is_first else None
        new = KeptVersion(policy.version, digest(policy), policy.effective, document.text, seen, since)
        await self._store.versions.keep(new)
        self._kept, self._read[new.digest] = await self._store.versions.all(), policy
        await self.turn(now)
