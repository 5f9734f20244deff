"""Policies for tests: the least that is valid, and what is wrong with a text."""

from pathlib import Path

import pytest

from bot import files
from bot.files import BadFile
from bot.policy.model import Policy, policy_of

FILE = "policy.yaml"
LEAST = """\
version: "1"
effective: 2026-01-01
languages: [en, de]
controller: {name: Kim Muster, email: kim@example.org}
"""
"""All that is required but `data`; its lines are 1 to 4."""
ROSTER = "data: [{category: roster}]\n"
SHIPPED = files.directory("data") / "policies"
REAL = Path(__file__).parent.parent / "data" / "real_policies.yaml"


def policy_from(text: str) -> Policy:
    """Return the policy that *text* is."""
    return policy_of(files.parse(text, FILE))


def complaints(text: str) -> list[str]:
    """Return what is wrong with *text*, problem by problem, as an operator reads it."""
    with pytest.raises(BadFile) as caught:
        policy_from(text)
    return [str(problem) for problem in caught.value.problems]
