"""The command line: what it prints, and its status."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.export import aesgcm_link
from bot.store import open_store
from demo.servers.process import reserved_ports
from tests.conftest import NOW, shipped
from tests.support.exports import romeo, write_encrypted


def test_ask_prints_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--policy", str(shipped("searx-chat")), "--lang", "de", "how long are photos kept?"]) == 0
    assert "7 Tage lang" in capsys.readouterr().out


def test_batch_reads_and_writes_json_lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        '{"id": "a", "lang": "en", "text": "do you sell my data?"}',
        "",
        '{"id": 7, "text": "löscht meine bilder?"}',
    ]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    assert main(["ask", "--batch", "--policy", str(shipped("searx-chat"))]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["id"] == "a"
    assert first["ranked"][0] == "third_parties"
    assert second["id"] == 7
    assert 1 <= len(second["ranked"]) <= 3


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"text": "x"}', '{"id": 1}', '{"id": 1, "text": 2}'])
def test_a_bad_line_is_named(line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f'{{"id": 1, "text": "x"}}\n{line}\n'))
    assert main(["ask", "--batch", "--policy", str(shipped("searx-chat"))]) == 2
    assert "line 2" in capsys.readouterr().err


def test_check_reports_every_problem_of_every_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 1\neffective: 2026-13-01\nlanguages: [en]\ndata: []\n")
    assert main(["policy", "check", str(shipped("starter")), str(bad), str(tmp_path / "none.yaml")]) == 2
    printed = capsys.readouterr()
    assert "starter.yaml: good" in printed.out
    assert f"{bad}:2:1:" in printed.err
    assert f"{bad}:4:1:" in printed.err
    assert "'controller' is missing" in printed.err
    assert "none.yaml:1:1: cannot be read" in printed.err


@pytest.mark.parametrize("name", ["searx-chat", "mail-and-chat", "starter"])
def test_shipped_policies_are_good(name: str) -> None:
    assert main(["policy", "check", str(shipped(name))]) == 0


def test_init_writes_a_policy_that_is_good_and_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "policy.yaml"
    assert main(["init", str(path)]) == 0
    assert main(["policy", "check", str(path)]) == 0
    path.write_text("mine")
    assert main(["init", str(path)]) == 2
    assert path.read_text() == "mine"
    assert "already" in capsys.readouterr().err
    assert main(["init", str(tmp_path / "missing" / "policy.yaml")]) == 2


@pytest.mark.parametrize("number", ["0", "-5", "many", "1.5", "٣"])
def test_a_sample_is_a_number_of_accounts(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["audit", "--config", "privacy-bot.yaml", f"--sample={number}"])
    assert ended.value.code == 2
    assert f"'{number}' is no number of accounts" in capsys.readouterr().err


def test_reference_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "reference"]) == 0
    assert "retention" in capsys.readouterr().out


def test_nothing_starts_with_a_broken_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "policy.yaml").write_text("version: 1\n")
    config = tmp_path / "bot.yaml"
    config.write_text("component: privacy.localhost\npolicy: policy.yaml\n")
    assert main(["run", "--config", str(config)]) == 2
    assert "policy.yaml:1:1: the key 'controller' is missing here" in capsys.readouterr().err
    assert not (tmp_path / "privacy-bot.db").exists()


def test_nothing_starts_when_the_port_for_metrics_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "policy.yaml").write_text(shipped("starter").read_text())
    (tmp_path / "secret").write_text("secret")
    config = tmp_path / "bot.yaml"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config.write_text(
            f"component: privacy.localhost\npolicy: policy.yaml\nsecret_file: secret\nmetrics: {{port: {port}}}\n"
        )
        assert main(["run", "--config", str(config)]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == (
        f"metrics: nothing can listen on port {port} of 127.0.0.1: Address already in use; "
        "set 'metrics: port' to a free port above 1023, or remove the section 'metrics'"
    )
    assert not (tmp_path / "privacy-bot.db").exists()


class Running:
    """The program, started for real, with its log line by line."""

    def __init__(self, directory: Path, port: int, secret: str = "secret") -> None:
        self.policy = directory / "policy.yaml"
        self.policy.write_text(shipped("starter").read_text())
        (directory / "bot.yaml").write_text(
            f"component: privacy.localhost\nserver: {{port: {port}}}\npolicy: policy.yaml\n"
        )
        command = [sys.executable, "-m", "bot", "run", "--config", str(directory / "bot.yaml")]
        environment = {**os.environ, "PRIVACY_BOT_SECRET": secret}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)

    def until(self, text: str) -> str:
        """Read the log until a line that contains *text*."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if text in line:
                return line
        raise AssertionError(f"the program ended before it said {text!r}")

    def stop(self) -> int:
        """Send SIGTERM; return the status."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.stderr is not None
        with self.process.stderr:
            self.process.stderr.read()
            return self.process.wait(20)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nobody listens, and nobody will."""
    with reserved_ports(1) as [port]:
        yield port


def test_refused_connection_is_one_clear_line_and_sigterm_ends_with_0(tmp_path: Path, closed_port: int) -> None:
    running = Running(tmp_path, closed_port)
    line = running.until("nobody listens there")
    assert "next attempt in" in line
    assert running.stop() == 0


def test_reload_takes_a_good_policy_and_leaves_the_old_one_for_a_broken_one(tmp_path: Path, closed_port: int) -> None:
    running = Running(tmp_path, closed_port)
    running.until("nobody listens there")
    starter, today = shipped("starter").read_text(), datetime.now(UTC).date().isoformat()
    new = starter.replace('version: "1"', 'version: "2"')
    running.policy.write_text(re.sub(r"^effective: [-\d]+", f"effective: {today}", new, flags=re.MULTILINE))
    running.process.send_signal(signal.SIGHUP)
    assert "version 2" in running.until("reloaded")
    running.policy.write_text("version: 3\n")
    running.process.send_signal(signal.SIGHUP)
    assert "policy.yaml:1:1" in running.until("'controller' is missing")
    assert "version 2 stays in force" in running.until("nothing was reloaded")
    assert running.stop() == 0


async def _refusing(condition: str) -> tuple[asyncio.Server, int]:
    """A server that ends every stream with an error."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' id='1' "
            b"xmlns:stream='http://etherx.jabber.org/streams' from='privacy.localhost'>"
        )
        await reader.readuntil(b"</handshake>")
        writer.write(
            f"<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
            "</stream:stream>".encode()
        )
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("not-authorized", "refuses the secret"),
        ("host-unknown", "does not know this component"),
        ("conflict", "only one bot"),
    ],
)
async def test_a_stream_error_says_what_to_do_and_never_the_secret(tmp_path: Path, condition: str, said: str) -> None:
    server, port = await _refusing(condition)
    async with server:
        running = Running(tmp_path, port, "hush-hush")
        line = await asyncio.to_thread(running.until, "next attempt")
        assert said in line
        assert "hush-hush" not in line
        assert await asyncio.to_thread(running.stop) == 0


async def test_a_copy_is_decrypted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy"
    target = await write_encrypted(romeo(), copy)
    link = aesgcm_link("https://upload.example.org/copy", target.iv, target.key)
    assert main(["decrypt", link, str(copy)]) == 0
    assert str(tmp_path / "copy.zip") in capsys.readouterr().out
    assert "manifest.json" in zipfile.ZipFile(tmp_path / "copy.zip").namelist()
    assert main(["decrypt", link, str(copy), str(tmp_path / "other")]) == 0
    assert (tmp_path / "other").read_bytes() == (tmp_path / "copy.zip").read_bytes()
    for wrong in ("nonsense", "0" * 88):
        assert main(["decrypt", wrong, str(copy), str(tmp_path / "wrong")]) == 2
    assert main(["decrypt", link, str(tmp_path / "absent")]) == 2
    assert main(["decrypt", link, str(copy), str(tmp_path / "no" / "where")]) == 2
    assert not (tmp_path / "wrong").exists()
    assert len(capsys.readouterr().err.splitlines()) == 4


def test_what_the_bot_remembers_is_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configuration = tmp_path / "bot.yaml"
    configuration.write_text("component: privacy.example.org\npolicy: policy.yaml\nstore: state.db\n")

    def ran(step: str, *more: str) -> tuple[int, str]:
        status = main(["store", step, *more, "--config", str(configuration)])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    assert ran("status") == (2, f"{tmp_path}/privacy-bot.key: the key cannot be read; the bot's first start makes it\n")
    (tmp_path / "privacy-bot.key").write_text(f"{b'k'.hex() * 32}\n")
    status, said = ran("status")
    assert (status, "there is no database yet" in said) == (2, True)

    async def remember() -> None:
        async with open_store(str(tmp_path / "state.db"), b"k" * 32) as store:
            await store.choose_language("romeo@example.org", "de", NOW)

    asyncio.run(remember())
    status, said = ran("status")
    assert status == 0
    assert re.search(r"^accounts +1$", said, re.MULTILINE)
    assert ran("check")[0] == 0
    assert ran("backup", str(tmp_path / "copy"))[0] == 0
    assert ran("backup", str(tmp_path / "copy"))[0] == 2
    (tmp_path / "privacy-bot.key").write_text(f"{b'x'.hex() * 32}\n")
    status, said = ran("check")
    assert (status, "another key" in said) == (1, True)
    status, said = ran("purge")
    assert (status, "privacy-bot run" in said) == (2, True)


def test_a_bot_that_starts_does_not_load_what_few_need() -> None:
    script = "import bot.__main__, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"slixmpp", "sqlalchemy"} <= loaded
    assert not loaded & {"aiohttp", "asyncpg", "cryptography", "prometheus_client", "pygments", "rich"}
