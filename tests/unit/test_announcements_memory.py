"""An announcement takes as much memory for a hundred thousand accounts as for a thousand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def measured(accounts: int) -> dict[str, Any]:
    """What an announcement to so many took, in a process of its own."""
    command = [sys.executable, "-m", "tests.support.multitude", str(accounts)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["told"] == accounts
    assert found["letters"] == accounts + 1, "the report to the administrator is one more"
    return found


@pytest.mark.timeout(600)
def test_memory_does_not_grow_with_the_accounts() -> None:
    few, many = measured(1_000), measured(100_000)
    assert many["rss"] < 1.1 * few["rss"], (few, many)
