"""`privacy-bot server-module`: what it writes, what it leaves alone, what it tells the operator."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bot import files
from bot.__main__ import main
from bot.server_modules import MODULES

KINDS = tuple(MODULES)
MAIN = {kind: module.files[0] for kind, module in MODULES.items()}


def shipped(kind: str) -> dict[str, bytes]:
    source = files.directory("data") / "server_modules" / kind
    return {str(path.relative_to(source)): path.read_bytes() for path in source.rglob("*") if path.is_file()}


def present(directory: Path) -> dict[str, bytes]:
    """Every file below a directory, hidden ones too."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def install(kind: str, directory: Path) -> int:
    return main(["server-module", kind, "--install", str(directory)])


def version(content: bytes) -> str:
    found = re.search(rb'VERSION.*"([\d.]+)"', content)
    assert found is not None
    return found[1].decode()


def with_version(content: bytes, other: str) -> bytes:
    changed = re.sub(rb'(VERSION.*")[\d.]+"', rb"\g<1>" + other.encode() + b'"', content, count=1)
    assert version(changed) == other
    return changed


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shipped_is_written_and_the_steps_follow(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(kind, tmp_path) == 0
    assert present(tmp_path) == shipped(kind)
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in tmp_path.rglob("*"))  # for the server's user
    printed = capsys.readouterr().out
    assert f"version {version(shipped(kind)[MAIN[kind]])} written" in printed
    assert "component: privacy.example.org" in printed


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_run_changes_nothing_and_says_so(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(kind, tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    capsys.readouterr()
    assert install(kind, tmp_path) == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times
    [line] = capsys.readouterr().out.splitlines()
    assert "is current already" in line


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("older", ["0.9", "0.10.2", "0.99.99.1"])
def test_an_older_one_is_updated(kind: str, older: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(kind, tmp_path)
    main_file = tmp_path / MAIN[kind]
    main_file.write_bytes(with_version(main_file.read_bytes(), older))
    capsys.readouterr()
    assert install(kind, tmp_path) == 0
    assert present(tmp_path) == shipped(kind)
    printed = capsys.readouterr().out
    assert f"updated from {older} to {version(shipped(kind)[MAIN[kind]])}" in printed
    assert {"prosody": "module:reload", "ejabberd": "module_upgrade"}[kind] in printed


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_one_of_the_same_version_is_restored(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(kind, tmp_path)
    with (tmp_path / MAIN[kind]).open("ab") as file:
        file.write(b"\n")
    capsys.readouterr()
    assert install(kind, tmp_path) == 0
    assert present(tmp_path) == shipped(kind)
    assert "had been changed" in capsys.readouterr().out


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("newer", ["99.0.0", "1.2.0.1", "1.10"])
def test_a_newer_one_is_left_alone(kind: str, newer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(kind, tmp_path)
    main_file = tmp_path / MAIN[kind]
    main_file.write_bytes(with_version(main_file.read_bytes(), newer))
    before = present(tmp_path)
    assert install(kind, tmp_path) == 2
    assert present(tmp_path) == before
    assert f"this is version {newer}, newer than" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in MODULES[kind].files])
@pytest.mark.parametrize("content", [b"", b"-- somebody's own, VERSION 1\n", b"\xff\x00 xmpp", b'VERSION, "0.1"'])
def test_the_file_of_somebody_else_is_left_alone(
    kind: str, name: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(content)
    assert install(kind, tmp_path) == 2
    assert present(tmp_path) == {name: content}
    assert f"{tmp_path / name}: this is a file of somebody else" in capsys.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_directory_is_not_made(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert install(kind, tmp_path / "none") == 2
    assert not (tmp_path / "none").exists()
    assert f"{tmp_path / 'none'}: there is no such directory" in capsys.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("mode", "what"), [(0o555, "written"), (0o000, "read")])
def test_without_permission_nothing_is_left_behind(
    kind: str, mode: int, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "closed" / "modules"
    directory.mkdir(parents=True)
    closed = directory if mode else directory.parent
    closed.chmod(mode)
    for above in (tmp_path, *tmp_path.parents[:3]):  # one more where several processes run the tests
        if above.name.startswith(("test_", "popen-", "pytest-")):
            above.chmod(0o755)
    user = os.geteuid()
    os.seteuid(user or 65534)  # root may write everywhere; nobody may not
    try:
        assert install(kind, directory) == 2
    finally:
        os.seteuid(user)
        closed.chmod(0o755)
    assert present(directory) == {}
    assert f"cannot be {what}: Permission denied; run this as a user who may" in capsys.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_a_directory_in_the_place_of_the_file(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / MAIN[kind]).mkdir(parents=True)
    assert install(kind, tmp_path) == 2
    assert present(tmp_path) == {}
    assert "cannot be read: Is a directory" in capsys.readouterr().err


def test_without_a_directory_the_steps_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    for kind in KINDS:
        names = ["--component", "data.chat.example", "--host", "people.example"]
        assert main(["server-module", kind, *names]) == 0
        printed = capsys.readouterr().out
        assert f"privacy-bot server-module {kind}" in printed
        assert "component: data.chat.example\n" in printed
        assert "host: people.example\n" in printed
        assert "example.org" not in printed
        assert "{" not in printed.replace('{ "privacy_bot" }', "")


@pytest.mark.parametrize(
    ("given", "component", "host"),
    [
        ([], "privacy.example.org", "example.org"),
        (["--host", "chat.example"], "privacy.chat.example", "chat.example"),
        (["--component", "bot.chat.example"], "bot.chat.example", "chat.example"),
    ],
)
def test_one_name_gives_the_other(
    given: list[str], component: str, host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["server-module", "prosody", *given])
    printed = capsys.readouterr().out
    assert f'VirtualHost "{host}"' in printed
    assert f'Component "{component}"' in printed


@pytest.mark.parametrize("name", ['a"b', "a b", "a@b", "", "a\\b", "{x}"])
def test_what_is_no_domain_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["server-module", "ejabberd", "--host", name])
    assert ended.value.code == 2
    assert "is no domain" in capsys.readouterr().err
