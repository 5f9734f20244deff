"""Where the tests' newer servers are fetched from: the machine's own mirrors."""

from pathlib import Path

import pytest

from tools import unpack_servers
from tools.unpack_servers import Apt, FetchError, Source, candidates, configured, upstream

DEB822 = """\
# the mirror
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
# a comment within
Components: main contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEYkey
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main
"""
ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/keys/debian.gpg] http://list.example/debian bookworm main contrib # ours
deb-src http://list.example/debian bookworm main
deb http://vendor.example/apt bookworm stable
"""


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def test_the_mirror_of_a_sources_file_is_used_with_its_key(etc: Path) -> None:
    (etc / "sources.list.d/debian.sources").write_text(DEB822)
    (only,) = candidates(configured(etc))
    assert only == (
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-backports\n"
        "Components: main\nSigned-By: -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEYkey\n"
        " -----END PGP PUBLIC KEY BLOCK-----\n"
    )


def test_the_mirror_of_a_list_file_is_used_with_its_options(etc: Path) -> None:
    (etc / "sources.list").write_text(ONE_LINE)
    (only,) = candidates(configured(etc))
    assert only == (
        "Types: deb\nURIs: http://list.example/debian\nSuites: bookworm bookworm-backports\n"
        "Components: main\nArchitectures: amd64\nSigned-By: /keys/debian.gpg\n"
    )


def test_files_that_apt_does_not_read_are_not_read(etc: Path) -> None:
    (etc / "sources.list.d/debian.sources.disabled").write_text(DEB822)
    assert list(configured(etc)) == []


def test_a_mirror_that_already_has_backports_comes_first_and_each_once() -> None:
    release = Source(("http://a.example/debian",), ("bookworm",), ("main",))
    backports = Source(("http://b.example/debian",), ("bookworm-backports",), ("main",))
    first, second = candidates([release, backports, release])
    assert "b.example" in first
    assert "a.example" in second


@pytest.mark.parametrize(
    ("version", "expected"), [("13.0.1-1~bpo12+1", "13.0.1"), ("1:25.2.3+dfsg-1", "25.2.3+dfsg"), ("", "")]
)
def test_upstream_versions(version: str, expected: str) -> None:
    assert upstream(version) == expected


def test_the_next_mirror_is_tried_and_the_last_reason_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def refuse(*_command: str, cwd: Path) -> str:
        tried.append((cwd.parent / "parts/mirror.sources").read_text())
        raise FetchError(f"{tried[-1]} has no backports")

    monkeypatch.setattr(unpack_servers, "run", refuse)
    with pytest.raises(FetchError, match="second has no backports"):
        Apt(tmp_path).prepare(["first", "second"])
    assert tried == ["first", "second"]


def test_no_mirror_is_told(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="no mirror of Debian bookworm is configured"):
        Apt(tmp_path).prepare([])


def test_only_packages_of_backports_are_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = (
        "Inst libyaml (0.2.5-1 Debian:12.11/oldstable [amd64])\n"
        "Inst erlang-p1-xml [1.1.49-2] (1.1.55-1~bpo12+1 Debian Backports:oldstable-backports [amd64])\n"
        "Inst ejabberd (24.12-3~bpo12+1 Debian Backports:oldstable-backports [amd64]) []\n"
        "Conf ejabberd (24.12-3~bpo12+1 Debian Backports:oldstable-backports [amd64])\n"
    )
    monkeypatch.setattr(unpack_servers, "run", lambda *_command, cwd: plan)  # noqa: ARG005
    assert Apt(tmp_path).newer("ejabberd") == {
        "erlang-p1-xml": "1.1.55-1~bpo12+1",
        "ejabberd": "24.12-3~bpo12+1",
    }
