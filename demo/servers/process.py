"""Start a program that listens on loopback, and stop it for sure."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

LOOPBACK = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 20.0
TAIL_BYTES = 3000


class StartError(RuntimeError):
    """A server did not come up; the text ends with the last lines it wrote."""


@contextmanager
def reserved_ports(number: int) -> Iterator[tuple[int, ...]]:
    """Distinct TCP ports on loopback that nobody else is given until the block ends, also while their server is down.

    A socket of ours is bound to each and never listens: whoever connects is refused until a server listens there.
    The kernel lets it, since both say SO_REUSEADDR; so do Prosody, ejabberd, PostgreSQL and the bot.
    """
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            each.bind((LOOPBACK, 0))
        yield tuple(each.getsockname()[1] for each in sockets)


def tail(*logs: Path) -> str:
    """The last lines of the files that exist."""
    return "\n".join(log.read_text(errors="replace")[-TAIL_BYTES:].strip() for log in logs if log.is_file())


def dies_with_us(command: Sequence[str]) -> list[str]:
    """The command, so that the kernel ends it when the thread that starts it is gone (PR_SET_PDEATHSIG)."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise StartError("setpriv is missing; on Debian it is in the package util-linux")
    return [setpriv, "--pdeathsig", "KILL", *command]


def start(command: Sequence[str], environment: Mapping[str, str], output: Path) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; what it prints goes to a file.

    Args:
        command: the program and its arguments.
        environment: variables added to ours.
        output: the file that receives standard output and standard error.
    """
    with output.open("ab") as out:
        return subprocess.Popen(
            dies_with_us(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            cwd=output.parent,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the process and its children to end, then make them; returns when they have."""
    try:
        _signal(process, signal.SIGTERM)
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and its children at once; returns when it has ended."""
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def wait_for_ports(process: subprocess.Popen[bytes], ports: Sequence[int], logs: Sequence[Path]) -> None:
    """Return when something listens on every port.

    Raises:
        StartError: the process ended, or a minute passed.
    """
    deadline = time.monotonic() + START_SECONDS
    for port in ports:
        while not _listening(port):
            if process.poll() is not None:
                raise StartError(f"it ended with status {process.returncode}:\n{tail(*logs)}")
            if time.monotonic() > deadline:
                raise StartError(f"it does not listen on port {port}:\n{tail(*logs)}")
            time.sleep(0.02)


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
