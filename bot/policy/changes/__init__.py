"""What changed between two versions of a policy, computed from the facts.

`diff` compares statement by statement and field by field; the texts of both versions are never
compared to find out what changed.  Every kind of change has a `Severity`, decided by the rules in
`rules_data`, `rules_people` and `rules_services`; what no rule knows counts as material, so that
nothing which is added to the model later can change in silence.
"""

from bot.policy.changes.change import Change, Changes, Kind, Severity
from bot.policy.changes.compare import diff

__all__ = ["Change", "Changes", "Kind", "Severity", "diff"]
