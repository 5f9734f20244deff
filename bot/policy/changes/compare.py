"""Comparing two versions of a policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.policy.changes.change import Change, Changes, Kind, Pair, Severity, days
from bot.policy.changes.concerns import concerned
from bot.policy.changes.judge import Judge, Rules, material
from bot.policy.changes.same import paired, same
from bot.policy.changes.sections import SECTIONS, Section
from bot.policy.changes.singles import SINGLES, Single
from bot.policy.model import Policy


def diff(old: Policy, new: Policy) -> Changes:
    """Return what changed from *old* to *new*: nothing only when they state the same."""
    return Changes(old, new, tuple(_Comparison(old, new, *days(new)).changes()))


@dataclass(frozen=True, slots=True)
class _Comparison:
    old: Policy
    new: Policy
    last_day: date
    first_day: date

    def changes(self) -> Iterator[Change]:
        for name in Policy.model_fields:
            before, after = getattr(self.old, name), getattr(self.new, name)
            if same(before, after, name):
                continue
            if name in SECTIONS:
                yield from self._list(name, SECTIONS[name], before, after)
            else:
                yield from self._single(name, SINGLES.get(name, Single()), before, after)

    def _list(self, name: str, section: Section, before: Any, after: Any) -> Iterator[Change]:
        for one, other in paired(before, after, section.keys):
            if one is None or other is None:
                yield self._whole(name, section, one, other)
            else:
                yield from self._fields(name, section.rules, one, other)

    def _whole(self, name: str, section: Section, before: Any, after: Any) -> Change:
        if before is None:
            over, severity = self._is_over(after), section.added(after)
        else:
            over, severity = self._is_over(before), section.dropped(before)
        kind = Kind.ADDED if before is None else Kind.DROPPED
        return self._change(kind, name, None, Severity.WORDING if over else severity, before, after)

    def _is_over(self, statement: Any) -> bool:
        """Return whether a statement was true only before the new version: keeping or dropping it is tidiness."""
        until = getattr(statement, "valid_until", None)
        return until is not None and until <= self.last_day

    def _fields(self, name: str, rules: Rules, before: Any, after: Any) -> Iterator[Change]:
        pair = Pair(before, after, self.last_day, self.first_day)
        for field in type(after).model_fields:
            old, new = getattr(before, field), getattr(after, field)
            if not same(old, new, field):
                severity = rules.get(field, material)(old, new, pair)
                yield self._change(Kind.CHANGED, name, field, severity, before, after)

    def _single(self, name: str, single: Single, before: Any, after: Any) -> Iterator[Change]:
        if single.rules:
            empty = type(before or after).model_construct()
            found = list(self._fields(name, single.rules, before or empty, after or empty))
            yield from found or [self._of_policy(name, single.judge, before, after)]
        else:
            yield self._of_policy(name, single.judge, before, after)

    def _of_policy(self, name: str, judge: Judge, before: Any, after: Any) -> Change:
        pair = Pair(self.old, self.new, self.last_day, self.first_day)
        kind = Kind.ADDED if before is None else Kind.DROPPED if after is None else Kind.CHANGED
        return self._change(kind, name, None, judge(before, after, pair), before, after)

    def _change(
        self, kind: Kind, section: str, field: str | None, severity: Severity, before: Any, after: Any
    ) -> Change:
        categories = concerned(self.old, self.new, before, after)
        return Change(kind, section, field, severity, categories, before, after)
