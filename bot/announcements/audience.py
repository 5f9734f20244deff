"""Who is told what: in which language, since which version, or not at all and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.claims.announcement import Acquaintance, Announcement, Skipped
from bot.claims.version import KeptVersion
from bot.i18n import negotiate
from bot.policy.changes import Changes, Severity, diff
from bot.policy.model import Policy


class Versions(Protocol):
    """The versions of the policy."""

    @property
    def versions(self) -> tuple[KeptVersion, ...]:
        """Those that were in force, the one that is, and those to come, in order."""

    def policy_of(self, version: str) -> Policy | None:
        """Return a version that is kept; None when it is not, or is not readable any more."""


def before(versions: Versions, version: str) -> str | None:
    """Return the version that *version* takes the place of; None when there was none."""
    names = [one.version for one in versions.versions]
    index = names.index(version) if version in names else 0
    return names[index - 1] if index else None


@dataclass(frozen=True, slots=True)
class Variant:
    """What somebody is told: in a language, and of the policy what changed since a version."""

    language: str
    since: str | None = None


Judged: TypeAlias = Variant | Skipped


class Audience:
    """Judges for one announcement who is told what.

    *offered* are the languages that the bot speaks, *first* those of the policy, for people of whom
    no language is known.
    """

    def __init__(
        self, announcement: Announcement, versions: Versions, first: Sequence[str], offered: Sequence[str]
    ) -> None:
        self._announcement, self._versions = announcement, versions
        self._first, self._offered = tuple(first), tuple(offered)
        self._changes: dict[str, Changes | None] = {}
        self._languages: dict[str | None, str] = {}

    def judge(self, who: Acquaintance) -> Judged:
        """Return what somebody is told, or why nothing."""
        language = self._languages.get(who.language)
        if language is None:
            language = self._languages[who.language] = negotiate((who.language, *self._first), self._offered)
        version = self._announcement.version
        if version is None:
            return Skipped.OPTED_OUT if self._may_skip(who) else Variant(language)
        since = self._since(who.version)
        changes = None if since is None else self.changes(since)
        if since is None or changes is None or not changes.all:
            return Skipped.KNOWS
        if self._may_skip(who) and changes.severity is not Severity.MATERIAL:
            return Skipped.OPTED_OUT
        return Variant(language, since)

    def changes(self, since: str) -> Changes | None:
        """Return what changed from a version to the one that is announced; None when one of them is lost."""
        if since not in self._changes:
            old, new = self._versions.policy_of(since), self._versions.policy_of(self._announcement.version or "")
            self._changes[since] = None if old is None or new is None else diff(old, new)
        return self._changes[since]

    def _may_skip(self, who: Acquaintance) -> bool:
        return who.no_news and not self._announcement.mandatory

    def _since(self, told: str | None) -> str | None:
        """Return the version that somebody knows; None when it is the announced one, or a later one.

        Whoever was never told of any knows the one that was in force before: it was there when the bot came.
        """
        names, announced = [one.version for one in self._versions.versions], self._announcement.version or ""
        if told in names and announced in names and names.index(told) >= names.index(announced):
            return None
        known = told if told is not None and self._versions.policy_of(told) is not None else None
        return known or before(self._versions, announced)
