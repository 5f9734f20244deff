"""A copy takes as much memory for a million messages as for ten thousand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def measured(messages: int) -> dict[str, Any]:
    """What a copy of so many took, in a process of its own."""
    command = [sys.executable, "-m", "tests.support.huge", str(messages)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["records"] == messages
    return found


@pytest.mark.timeout(600)
def test_memory_does_not_grow_with_the_archive() -> None:
    few, many = measured(10_000), measured(1_000_000)
    assert many["bytes"] > 50 * few["bytes"]
    assert many["rss"] < 1.1 * few["rss"], (few, many)
