"""Finding servers, and ending processes, without a server."""

import importlib
import socket
import sys
from pathlib import Path

import pytest

from demo.servers import Installation, MissingServer, StartError, find, installations, process


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing: ``system`` and ``cache`` are its roots."""
    places = importlib.import_module("demo.servers.find")
    monkeypatch.setattr(places, "SYSTEM", tmp_path / "system")
    monkeypatch.setattr(places, "CACHE", tmp_path / "cache")
    return tmp_path


def add_prosody(root: Path, version: str) -> Installation:
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/prosody").touch()
    (root / "usr/lib/prosody").mkdir(parents=True)
    (root / "usr/lib/prosody/prosody.version").write_text(f"{version}\n")
    return Installation("prosody", version, root)


def add_ejabberd(root: Path, version: str) -> Installation:
    ebin = root / f"usr/lib/some-linux/ejabberd-{version}-1/ebin"
    ebin.mkdir(parents=True)
    (ebin / "ejabberd.app").write_text(f'{{application, ejabberd,\n  [{{vsn,"{version}-3~bpo12+1"}}]}}.')
    return Installation("ejabberd", version, root)


def test_installed_and_unpacked_servers_are_found(machine: Path) -> None:
    expected = (
        add_prosody(machine / "system", "0.12.3"),
        add_ejabberd(machine / "system", "23.01"),
        add_ejabberd(machine / "cache/ejabberd-24.12", "24.12"),
        add_prosody(machine / "cache/prosody-13.0.1", "13.0.1"),
    )
    assert installations() == expected
    assert find("prosody") == expected[0]
    assert find("prosody", "13.0") == expected[3]
    assert find("ejabberd", "24.12") == expected[2]


def test_a_version_is_not_found_by_its_first_digits(machine: Path) -> None:
    add_prosody(machine / "system", "13.01.1")
    with pytest.raises(MissingServer):
        find("prosody", "13.0")


@pytest.mark.usefixtures("machine")
def test_a_missing_server_says_what_to_run() -> None:
    assert installations() == ()
    with pytest.raises(MissingServer, match=r"Prosody is not installed.*tools/install_debian\.sh demo prosody"):
        find("prosody")
    with pytest.raises(MissingServer, match=r"ejabberd 24\.12 is not there.*tools/unpack_servers\.py"):
        find("ejabberd", "24.12")


def test_a_process_that_does_not_want_to_end_is_made_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on'); signal.pause()"
    monkeypatch.setattr(process, "STOP_SECONDS", 0.1)
    started = process.start([sys.executable, "-u", "-c", program], {}, tmp_path / "output")
    while "on" not in process.tail(tmp_path / "output"):
        assert started.poll() is None
    process.stop(started)
    assert started.returncode == -9


def test_a_program_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "output"
    started = process.start(["sh", "-c", "echo no such module >&2; exit 3"], {}, log)
    with process.reserved_ports(1) as ports, pytest.raises(StartError, match=r"(?s)status 3.*no such module"):
        process.wait_for_ports(started, ports, [log])


def test_a_reserved_port_belongs_to_its_server_also_while_that_is_down() -> None:
    with process.reserved_ports(1) as [port]:
        address = process.LOOPBACK, port
        for _start in range(2):
            with pytest.raises(OSError, match="in use"), socket.socket() as other:
                other.bind(address)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address)
            with socket.create_server(address) as listening, socket.create_connection(address) as person:
                listening.accept()[0].close()  # the port stays in TIME_WAIT, as that of a server that is restarted
                assert person.recv(1) == b""


def test_no_program_keeps_a_reserved_port_for_longer(tmp_path: Path) -> None:
    with process.reserved_ports(1) as [port]:
        started = process.start(["sleep", "60"], {}, tmp_path / "output")
    try:
        with socket.socket() as other:
            other.bind((process.LOOPBACK, port))
    finally:
        process.kill(started)
