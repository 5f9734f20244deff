"""The wheel: built, installed into an environment of its own, and tried."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from bot.prepared import prepared

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(directory),
        ".",
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = directory.glob("xmpp_privacy_bot-*.whl")
    return built


def test_the_wheel_holds_what_the_program_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "bot/py.typed",
        "bot/data/avatar.png",
        "bot/data/policies/starter.yaml",
        "bot/data/phrases/de.yaml",
        "bot/locales/de/LC_MESSAGES/bot.po",
    } <= names
    for source, suffix in (("bot/data/phrases/de.yaml", ".json"), ("bot/locales/de@formal/LC_MESSAGES/bot.po", ".mo")):
        assert str(prepared(Path(source), zipfile.ZipFile(wheel).read(source), suffix)) in names
    assert not any(name.startswith(("tests/", "demo/", "data/", "locales/")) for name in names)


def test_the_installed_program_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    # the dependencies are those of this environment; what is tried is the wheel itself
    venv.create(tmp_path / "env", symlinks=True)
    python = tmp_path / "env" / "bin" / "python"
    [site] = (tmp_path / "env" / "lib").glob("python*/site-packages")
    [here] = {path for path in sys.path if path.endswith("site-packages")}
    (site / "dependencies.pth").write_text(here + "\n")
    zipfile.ZipFile(wheel).extractall(site)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(python), "-P", "-m", "bot", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)

    assert run("init", "policy.yaml").returncode == 0
    assert run("policy", "check", "policy.yaml").returncode == 0
    asked = run("ask", "--policy", "policy.yaml", "--lang", "de", "how long are photos kept?")
    assert "7 Tage lang" in asked.stdout, asked.stderr
    where = subprocess.run(
        [str(python), "-P", "-c", "import bot; print(bot.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(site) in where.stdout
