"""The demo as a newcomer runs it: the real server, the real bot, one command."""

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.servers.find import Kind
from tests.support.terminal import read_until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Our variables, and a directory for temporary files that can be looked at afterwards."""
    return {**os.environ, "TMPDIR": str(tmp_path), "TERM": "xterm", "COLUMNS": "110"}


def command(kind: Kind, *options: str) -> list[str]:
    return [sys.executable, "-m", "demo", "--server", kind, *options]


def test_questions_in_a_pipe_get_plain_answers(kind: Kind, tmp_path: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command(kind),
        input="wie lange speichert ihr bilder?\n\nhow long do you keep pictures?\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    german, english = done.stdout.split("\n\n> how long do you keep pictures?\n")
    assert german.startswith("> wie lange speichert ihr bilder?\n")
    assert "7 Tage" in german
    assert "7 days" in english
    assert "\x1b" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_gets_a_conversation(kind: Kind, tmp_path: Path, environment: dict[str, str]) -> None:
    person, terminal = pty.openpty()
    with killed_in_the_end(command(kind), environment, terminal) as demo:
        os.close(terminal)
        seen = read_until(person, "Ctrl-D leaves.*Welcome to localhost!.*> $")
        os.write(person, b"wie lange speichert ihr bilder?\n")
        seen += read_until(person, "7 Tage.*> $")
        os.write(person, b"\x04")
        assert demo.wait(30) == 0
    os.close(person)
    assert "typing" in seen
    assert list(tmp_path.iterdir()) == []


def test_receipts_and_links_come_after_the_answers_in_a_pipe(kind: Kind, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command(kind),
        input="delete uploads\n{code}\nexport my data\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    parts = done.stdout.split("\n\n>")
    assert "erase this for good" in parts[0].lower()
    assert re.match(" [a-z]{6}\nI am erasing it now", parts[1])
    assert "\n< • Uploaded files: 1 file" in done.stdout
    assert re.search(r"^< aesgcm://\S+#[0-9a-f]+$", done.stdout, re.MULTILINE)


def test_receipts_and_links_appear_at_the_prompt(kind: Kind, environment: dict[str, str]) -> None:
    person, terminal = pty.openpty()
    with killed_in_the_end(command(kind), environment, terminal) as demo:
        os.close(terminal)
        read_until(person, "Ctrl-D leaves.*> $")
        os.write(person, b"delete uploads\n")
        asked = read_until(person, "To confirm.*> $")
        code = re.search("minutes: ([a-z]{6})", asked)
        assert code is not None
        os.write(person, f"{code[1]}\n".encode())
        read_until(person, "I am erasing it now.*nothing left.*> $")
        os.write(person, b"export my data\nhalf a line")
        read_until(person, r"aesgcm://\S+\s.*> half a line$")
        os.write(person, b"\x15\x04")
        assert demo.wait(30) == 0
    os.close(person)


def test_an_interrupted_demo_leaves_nothing(kind: Kind, tmp_path: Path, environment: dict[str, str]) -> None:
    with killed_in_the_end(command(kind), environment, subprocess.PIPE) as demo:
        assert demo.stdin is not None
        assert demo.stdout is not None
        demo.stdin.write(b"what do you store?\n")
        demo.stdin.flush()
        assert demo.stdout.readline() == b"> what do you store?\n"
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_policy_that_cannot_be_used_is_explained(kind: Kind, tmp_path: Path, environment: dict[str, str]) -> None:
    policy = tmp_path / "broken.yaml"
    policy.write_text("nonsense: 1\n")
    done = subprocess.run(
        command(kind, "--policy", str(policy)),
        input="what do you store?\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "broken.yaml" in done.stderr
    assert "nonsense" in done.stderr


@contextmanager
def killed_in_the_end(
    command: list[str], environment: dict[str, str], terminal: int
) -> Iterator[subprocess.Popen[bytes]]:
    """A program whose input and output is ``terminal``; a failed test does not wait for it."""
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, cwd=ROOT, env=environment
    ) as program:
        try:
            yield program
        finally:
            program.kill()
