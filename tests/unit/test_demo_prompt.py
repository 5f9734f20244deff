"""What comes while a line is typed, at a real (pseudo) terminal."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.support.terminal import read_until

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import time
from rich.console import Console
from demo import screen
from demo.conversation import Answer
from pathlib import Path

def unasked(seconds):
    time.sleep(seconds)
    for name in ("first", "second"):
        if Path(name).exists():
            Path(name).unlink()
            return Answer(f"The {name} thing.")

screen.chat(lambda text: Answer(f"You said {text!r}."), unasked, None, Console(), "no server", "no policy")
"""


def test_a_half_line_survives_what_comes_in(tmp_path: Path) -> None:
    person, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "110", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        cwd=tmp_path,
        env=environment,
    ) as program:
        try:
            os.close(terminal)
            read_until(person, "Ctrl-D leaves.*> $")
            os.write(person, b"half a")
            read_until(person, "half a$")
            (tmp_path / "first").touch()
            read_until(person, r"The first thing\..*> half a$")
            os.write(person, b" line")
            (tmp_path / "second").touch()
            read_until(person, r"The second thing\..*> half a line$")
            os.write(person, b"\n")
            read_until(person, r"You said 'half a line'\..*> $")
            os.write(person, b"\x04")
            assert program.wait(30) == 0
        finally:
            program.kill()
    os.close(person)
