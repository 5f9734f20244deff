"""Reading YAML: what a text means, and where a mistake stands."""

from pathlib import Path

import pytest

from bot import files
from bot.files import BadFile, Problem


def mistake(text: str) -> Problem:
    with pytest.raises(BadFile) as caught:
        files.parse(text, "f.yaml")
    [problem] = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("1.10", "1.10"),
        ("2026-01-01", "2026-01-01"),
        ("'true'", "true"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("~", None),
        ("''", ""),
    ],
)
def test_a_scalar_is_a_text_unless_it_is_true_false_or_nothing(written: str, meant: object) -> None:
    assert files.parse(f"key: {written}\n", "f.yaml").data == {"key": meant}


def test_norwegian_is_a_language_and_not_false() -> None:
    assert files.parse("no: hei\n", "f.yaml").data == {"no": "hei"}


def test_an_alias_stands_for_what_it_names() -> None:
    assert files.parse("a: &x [1]\nb: *x\n", "f.yaml").data == {"a": ["1"], "b": ["1"]}


def test_an_empty_file_is_nothing() -> None:
    assert files.parse("# only a comment\n", "f.yaml").data is None


def test_a_place_leads_to_the_key_and_falls_back_to_what_is_written_around_it() -> None:
    document = files.parse("a:\n  - b: 1\n    c: 2\n", "f.yaml")
    assert document.problem(("a", 0, "c"), "x") == Problem("f.yaml", 3, 5, "x")
    assert document.problem(("a", 0, "missing"), "x") == Problem("f.yaml", 2, 5, "x")
    assert document.problem(("a", "Branch", 0, "c"), "x") == Problem("f.yaml", 3, 5, "x")
    assert document.problem(("elsewhere",), "x") == Problem("f.yaml", 1, 1, "x")


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "'a' is given twice (first in line 1)"),
        ("a:\n\tb: 1\n", 2, 1, "indent with spaces"),
        ("a: 1\nb: x\x07y\n", 2, 5, "control character"),
        ('a: 1\nb: "x\\0y"\n', 2, 4, "control character"),
        ('a: "\\ud800"\n', 1, 4, "control character"),
        ("a: \ufeffb\n", 1, 4, "control character"),
        ("a: &x [*x]\n", 1, 4, "may not contain itself"),
        ("a: b: c\n", 1, 5, "put the text in quotes"),
        ("a: @home\n", 1, 4, "put it in quotes"),
        ("a: *home\n", 1, 4, "put it in quotes"),
        ("a: [1, 2\nb: 3\n", 2, 2, "bracket is not closed"),
        ("a: 'it\n", 2, 1, "never closed"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a file holds one"),
        ('a: "C:\\quark"\n', 1, 8, "use single quotes"),
        ("a: 1\n b: 2\n", 2, 3, "too many in this line"),
        ("a:\n  - 1\n b: 2\n", 3, 2, "indent it like its neighbours"),
        ("? [a]\n: b\n", 1, 3, "a key must be a single word"),
        ('a: "\\UFFFFFFFF"\n', 1, 1, "names no character"),
        ("[" * 3000, 1, 1, "inside each other"),
    ],
)
def test_a_mistake_is_told_in_plain_words_with_its_place(text: str, line: int, column: int, said: str) -> None:
    found = mistake(text)
    assert (found.line, found.column) == (line, column)
    assert said in found.text


def test_all_doubled_keys_are_told_at_once_in_order() -> None:
    with pytest.raises(BadFile) as caught:
        files.parse("a: {b: 1, b: 2}\na: 3\na: 4\n", "f.yaml")
    assert [(one.line, one.column) for one in caught.value.problems] == [(1, 11), (2, 1), (3, 1)]


def test_a_problem_reads_like_a_compilers_message() -> None:
    assert str(mistake("a: 1\na: 2\n")).startswith("f.yaml:2:1: the key 'a'")


def test_bytes_that_are_not_utf_8_are_told_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("a: 1\nb: für\n".encode("latin-1"))
    with pytest.raises(BadFile) as caught:
        files.read(path)
    assert str(caught.value).startswith(f"{path}:2:5: this is not UTF-8; save")


def test_a_byte_order_mark_at_the_start_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes("a: für\r\n".encode("utf-8-sig"))
    assert files.read(path).data == {"a": "für"}


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_a_bad_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadFile, match=r":1:1: cannot be read: (No such file|Is a directory)"):
        files.read(tmp_path / name)


def test_what_is_shipped_is_found() -> None:
    assert (files.directory("data") / "policies" / "starter.yaml").is_file()
    assert (files.directory("locales") / "de").is_dir()
