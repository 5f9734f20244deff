#!/usr/bin/env python3
"""Writes requirements.lock: the exact versions, with hashes, of everything the project and its tests use.

It calls uv, which it installs into the virtual environment when it is not there.  The hashes make
the file independent of where packages come from, so no index is named in it.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Write the lock file; the exit status is uv's."""
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--group", "dev"),
        *("--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade", "--quiet"),
        *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"),
        *("--output-file", "requirements.lock"),
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
