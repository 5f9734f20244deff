"""`privacy-bot policy diff`: what it prints, its status, and which pairs it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.__main__ import main
from tests.support.policies import LEAST, ROSTER

Ask: TypeAlias = Callable[..., tuple[int, str, str]]

OLD = LEAST + ROSTER
NEW = OLD.replace('"1"', '"2"').replace("2026-01-01", "2026-06-01").replace("roster}", "roster, retention: 7 days}")


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Compares two texts: status, standard output, standard error without the directory."""

    def compared(old: str, new: str, *options: str) -> tuple[int, str, str]:
        paths = [tmp_path / "old.yaml", tmp_path / "new.yaml"]
        for path, text in zip(paths, (old, new), strict=True):
            path.write_text(text, encoding="utf-8")
        status = main(["policy", "diff", *map(str, paths), *options])
        printed = capsys.readouterr()
        return status, printed.out, printed.err.replace(f"{tmp_path}/", "")

    return compared


def test_no_change(ask: Ask) -> None:
    assert ask(OLD, OLD) == (0, "Both versions of the policy state the same.\n", "")


def test_changes(ask: Ask) -> None:
    status, out, err = ask(OLD, NEW)
    assert (status, err) == (1, "")
    assert "We store your contact list for 7 days." in out
    assert "7 Tage lang" in ask(OLD, NEW, "--lang", "de-AT")[1]
    assert "for 7 days" in ask(OLD, NEW, "--lang", "xx")[1]


def test_for_programs(ask: Ask) -> None:
    status, out, _err = ask(OLD, NEW, "--json")
    found = json.loads(out)
    assert status == 1
    assert found["new"] == {"version": "2", "effective": "2026-06-01"}
    assert found["severity"] == "minor"
    assert {one["section"]: one["severity"] for one in found["changes"]} == {
        "version": "wording",
        "effective": "wording",
        "data": "minor",
    }
    [data] = [one for one in found["changes"] if one["section"] == "data"]
    assert (data["kind"], data["field"], data["categories"]) == ("changed", "retention", ["roster"])
    assert "for 7 days" in data["text"]
    assert json.loads(ask(OLD, OLD, "--json")[1])["severity"] is None


@pytest.mark.parametrize(
    ("old", "new", "good"),
    [
        ("1", "2", True),
        ("1.9", "1.10", True),
        ("2.1", "2.1.1", True),
        ("1", "1", False),
        ("2", "2.0", False),
        ("1.10", "1.9", False),
        ("spring", "spring", False),
        ("spring", "autumn", True),
        ("2", "3b", True),
    ],
)
def test_versions_follow_each_other(ask: Ask, old: str, new: str, *, good: bool) -> None:
    status, _out, err = ask(OLD.replace('"1"', f'"{old}"'), NEW.replace('"2"', f'"{new}"'))
    assert status == (1 if good else 2)
    assert ("new.yaml:1:1: version" in err) is not good
    assert ("order cannot be checked" in err) is (good and not (old + new).replace(".", "").isdigit())


def test_the_first_day_has_to_be_later(ask: Ask) -> None:
    status, out, err = ask(OLD, NEW.replace("2026-06-01", "2026-01-01"))
    assert (status, out) == (2, "")
    assert err.startswith("new.yaml:2:1: in force from 2026-01-01, which is not after 2026-01-01")


def test_a_broken_file_is_named_with_its_place(ask: Ask) -> None:
    status, out, err = ask(OLD, NEW.replace("category: roster", "category: rooster"))
    assert (status, out) == (2, "")
    assert err.startswith("new.yaml:5:")
    assert main(["policy", "diff", "/nowhere.yaml", "/nowhere.yaml"]) == 2


def test_a_lost_language_is_a_warning(ask: Ask) -> None:
    status, _out, err = ask(OLD, NEW.replace("[en, de]", "[en]"))
    assert status == 1
    assert err == ("new.yaml:3:1: de was there in the old version; who reads it gets your texts in en (a warning)\n")
