"""Changes in words: one sentence each, with what was before and what comes."""

from bot.policy.wording.changes.sentence import sentence

__all__ = ["sentence"]
