"""What people ask, in words that the phrase data was not written from, is understood well enough."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.dialogue.understanding import Understander, Understanding
from bot.policy.vocabulary import ERASURES, Intent

_ROOT = Path(__file__).resolve().parents[2]
_QUESTIONS = [json.loads(line) for line in (_ROOT / "tests/data/blind_questions.jsonl").read_text("utf-8").splitlines()]
_LEAST_FIRST = 0.92
_LEAST_OFFERED = 0.98


@pytest.fixture(scope="module")
def understander() -> Understander:
    phrases = _ROOT / "data/phrases"
    return Understander({code: yaml.safe_load((phrases / f"{code}.yaml").read_text("utf-8")) for code in ("en", "de")})


def _asked(language: str) -> Iterator[tuple[dict[str, Any], str]]:
    return ((question, question["text"]) for question in _QUESTIONS if question["lang"] == language)


@pytest.mark.parametrize("language", ["en", "de"])
def test_most_questions_are_understood(understander: Understander, language: str) -> None:
    read = [(question["labels"], understander.read(text)) for question, text in _asked(language)]
    first = sum(found.ranked[0] in labels for labels, found in read)
    offered = sum(any(label in labels for label in found.ranked) for labels, found in read)
    assert first / len(read) >= _LEAST_FIRST
    assert offered / len(read) >= _LEAST_OFFERED


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_certain_is_right(understander: Understander, language: str) -> None:
    read = [(question["labels"], understander.read(text)) for question, text in _asked(language)]
    certain = [found.ranked[0] in labels for labels, found in read if found.certain]
    assert len(certain) / len(read) >= 0.85
    assert sum(certain) / len(certain) >= 0.94


def test_no_question_is_taken_as_an_order_to_erase(understander: Understander) -> None:
    taken = [
        question["text"]
        for question in _QUESTIONS
        if understander.read(question["text"]).ranked[0] in ERASURES - set(question["labels"])
    ]
    assert taken == []


def test_orders_to_erase_are_understood(understander: Understander) -> None:
    orders = [question for question in _QUESTIONS if question["labels"][0] in ERASURES]
    missed = [q["text"] for q in orders if understander.read(q["text"]).ranked[0] != q["labels"][0]]
    assert missed == []


def test_the_language_is_told_from_the_words(understander: Understander) -> None:
    def told(question: dict[str, Any]) -> Understanding:
        return understander.read(question["text"], hint="de" if question["lang"] == "en" else "en")

    wrong = [q["text"] for q in _QUESTIONS if (found := told(q)).recognised and found.language != q["lang"]]
    assert len(wrong) <= 0.02 * len(_QUESTIONS)


def _with_slips(text: str) -> Iterator[str]:
    words = text.split()
    for at, word in enumerate(words):
        if len(word) >= 7 and word.isalpha():
            middle = len(word) // 2
            for slip in (
                word[:middle] + word[middle + 1 :],
                word[:middle] + word[middle + 1] + word[middle] + word[middle + 2 :],
                word[:middle] + word[middle] + word[middle:],
            ):
                yield " ".join([*words[:at], slip, *words[at + 1 :]])


@pytest.mark.parametrize("language", ["en", "de"])
def test_one_slip_in_a_long_word_rarely_matters(understander: Understander, language: str) -> None:
    same = [
        understander.read(slipped).ranked[0] == understander.read(text).ranked[0]
        for _question, text in _asked(language)
        for slipped in _with_slips(text)
    ]
    assert len(same) > 200
    assert sum(same) / len(same) >= 0.93


def test_off_topic_is_said_first(understander: Understander) -> None:
    off = [q["text"] for q in _QUESTIONS if q["labels"] == ["OUT_OF_SCOPE"]]
    answered = [text for text in off if understander.read(text).ranked[0] is not Intent.OUT_OF_SCOPE]
    assert len(answered) <= 0.1 * len(off)
