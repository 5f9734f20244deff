"""What is learned from questions holds for others, too, and nothing learned makes an order of a question."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import files
from bot.commands import build
from bot.commands.build import understander
from bot.dialogue.understanding import PhraseError, Understander, Understanding
from bot.dialogue.understanding.learned import (
    ALWAYS,
    LABELS,
    UNIT,
    Weights,
    chances,
    named,
    names_of,
    of_concepts,
    of_words,
    scores_of,
    spelt,
)
from bot.dialogue.understanding.ranking import bits
from bot.policy.vocabulary import ERASURES, Topic
from tools import learn

Meant = Callable[[str], Understanding]
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru")


def questions(directory: str) -> list[dict[str, Any]]:
    paths = sorted((learn.QUESTIONS / directory).glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def part_right(asked: list[dict[str, Any]], meant: Meant, among: int = 1) -> float:
    read = [(one["labels"], meant(one["text"]).ranked[:among]) for one in asked]
    return sum(any(label in labels for label in ranked) for labels, ranked in read) / len(read)


KEPT = questions("kept")
"""Written by somebody who saw neither the program nor its words.  Never learned from; nothing is mended for them."""
ASKED = questions("asked")
FEW = 4
"""Words that two people may come upon by themselves: "moin"."""


def test_nothing_kept_was_learned() -> None:
    asked = [json.loads(line) for path in learn.sources() for line in path.read_text("utf-8").splitlines()]
    learned = {one["text"] for one in asked if len(one["text"].split()) > FEW}
    assert not learned & {one["text"] for one in KEPT}


@pytest.mark.parametrize(("languages", "least"), [(("en",), 0.84), (("de",), 0.82), (LANGUAGES, 0.85)])
def test_what_was_never_seen_is_understood(meant: Meant, languages: tuple[str, ...], least: float) -> None:
    asked = [one for one in KEPT if one["lang"] in languages]
    assert part_right(asked, meant) >= least
    assert part_right(asked, meant, among=3) >= 0.94


def test_what_was_learned_makes_a_difference(meant: Meant) -> None:
    """Without the files, rules decide alone: what is shipped must be better by far."""
    words = files.directory("data") / "phrases"
    rules = Understander([(one, files.data_of(words / f"{one}.yaml")) for one in ("de", "en")])
    asked = [one for one in KEPT if one["lang"] in rules.readers]
    assert part_right(asked, meant) >= part_right(asked, lambda text: rules.read(text, "en")) + 0.08


def test_no_question_is_taken_as_an_order_to_erase(meant: Meant) -> None:
    taken = [
        one["text"]
        for one in (*KEPT, *ASKED)
        if meant(one["text"]).ranked[0] in ERASURES and not ERASURES & set(one["labels"])
    ]
    assert taken == []


def test_orders_in_words_of_every_sort_are_understood(meant: Meant) -> None:
    orders = [one for one in ASKED if one["labels"][0] in ERASURES]
    missed = [one for one in orders if meant(one["text"]).ranked[0] not in one["labels"]]
    assert len(missed) <= 0.25 * len(orders)


@pytest.mark.parametrize("name", [*LANGUAGES, "concepts"])
def test_it_was_learned_from_the_questions_that_are_there(name: str) -> None:
    note = (learn.LEARNED / f"{name}.tsv").read_text("utf-8").partition("\n")[0]
    assert learn.digest() in note, "make learn"


def test_only_languages_with_phrases_have_something_learned() -> None:
    learned = {path.stem for path in Path(learn.LEARNED).glob("*.tsv")}
    assert learned - {"concepts"} == set(understander().readers)


def test_features_are_what_is_said_of_them() -> None:
    found = bits({"uploads", "ask_how_long", "export"})
    assert list(names_of(bits({"uploads", "ask_how_long"}))) == [
        ALWAYS,
        "uploads",
        "ask_how_long",
        "uploads ask_how_long",
    ]
    assert sorted(of_concepts(found)) == sorted(map(named, names_of(found)))
    assert list(of_words([("my", "photo")])) == ["my", "photo", "^ my", "my photo", "photo $"]
    # signs and courtesy are none: "thanks" behind a question changes nothing
    assert list(names_of(bits({"thanks", "closed", "bare"}))) == [ALWAYS]


def test_weights_are_added_up() -> None:
    weights = Weights(b"# a note\nphoto\tuploads 40 profile -8\nmy photo\tprofile 16\nphoto $\tuploads -127", spelt)
    scores = scores_of(weights.rows(map(spelt, of_words([("my", "photo")]))))
    nothing = scores[LABELS.index(Topic.LOGS)]
    assert scores[LABELS.index(Topic.UPLOADS)] == nothing - 87
    assert scores[LABELS.index(Topic.PROFILE)] == nothing + 8
    assert sum(score != nothing for score in scores) == 2
    assert chances([UNIT, 0])[0] == pytest.approx(0.731, abs=1e-3)


@pytest.mark.parametrize("weight", [127, -127])
def test_a_long_text_adds_up_to_no_nonsense(weight: int) -> None:
    weights = Weights(f"a\tuploads {weight}".encode(), spelt)
    scores = scores_of(weights.rows([spelt("a")] * 5000))
    difference = scores[LABELS.index(Topic.UPLOADS)] - scores[LABELS.index(Topic.PROFILE)]
    assert difference / weight == 255
    assert len(set(scores)) == 2


@pytest.mark.parametrize("line", [b"photo\tuploads", b"photo\tnothing 3", b"photo\tuploads many", b"a\tlogs -200"])
def test_a_broken_line_is_named(line: bytes) -> None:
    with pytest.raises(ValueError, match="line 2"):
        Weights(b"a\tuploads 1\n" + line, spelt)


def test_a_file_that_was_cut_off_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "concepts.tsv").write_bytes(b"uploads\tuploads 9\nexport\texpo")
    monkeypatch.setattr(build, "_LEARNED", tmp_path)
    with pytest.raises(files.BadFile, match=r"concepts\.tsv:2:1: this file is cut off; install"):
        understander()


def test_concepts_that_are_none_are_named() -> None:
    with pytest.raises(PhraseError, match=r"concepts\.tsv: line 1"):
        Understander([], learned={"concepts": b"nothing\tuploads 9\n"})
