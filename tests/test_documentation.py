"""The documentation says what is true: generated parts are current, everything is mentioned."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bot.__main__ import main
from bot.commands.catalogue import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_generated_parts_are_current() -> None:
    done = subprocess.run(
        [sys.executable, "tools/generated.py", "check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_and_every_target_is_in_the_readme() -> None:
    for command in COMMANDS:
        assert f"`{command.spoken}" in README, command.name
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test", "test-matrix", "check", "bench", "catalogues", "docs", "lock"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
        assert f"make {target}" in README, target


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_examples_of_the_readme_are_good(tmp_path: Path) -> None:
    """The configuration and the policy statement that the README shows are accepted."""
    examples = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    [config] = [one for one in examples if one.startswith("component:")]
    (tmp_path / "privacy-bot.yaml").write_text(config)
    [statement] = [one for one in examples if "category: room_archive" in one]
    policy = tmp_path / "policy.yaml"
    head = "version: '1'\neffective: 2026-01-01\nlanguages: [en]\ncontroller: {name: Jo, email: jo@example.org}\n"
    policy.write_text(f"{head}data:\n{statement}", encoding="utf-8")
    assert main(["policy", "check", str(policy)]) == 0
    (tmp_path / "secret.txt").write_text("")
    assert main(["run", "--config", str(tmp_path / "privacy-bot.yaml")]) == 2  # only the secret is missing


def test_the_changelog_has_the_version_under_way() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
