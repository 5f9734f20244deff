"""Programs in a process of their own, and the most memory that one took."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]


def apart(program: str, number: int) -> dict[str, Any]:
    """Run ``tests.support.PROGRAM`` with *number* as its argument; return the object that it printed as JSON.

    Raises:
        CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", f"tests.support.{program}", str(number)]
    done = subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def peak(process: int | str = "self") -> float:
    """Return the peak of resident memory of a process, in MB.

    Linux alone tells it for the program: what `getrusage` says of a child is at least what its parent took.
    """
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(f"{process} has no memory")
