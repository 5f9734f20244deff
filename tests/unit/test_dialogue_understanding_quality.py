"""What people ask, in words that the phrase data was not written from, is understood well enough."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.understanding import Understander, Understanding
from bot.policy.vocabulary import ERASURES, Aspect, Intent, Label, Topic

_DATA = Path(__file__).resolve().parents[1] / "data"
_QUESTIONS = [
    json.loads(line)
    for path in (_DATA / "blind_questions.jsonl", *sorted((_DATA / "blind").glob("*.jsonl")))
    for line in path.read_text("utf-8").splitlines()
]
_FIRST = {"de": 0.96, "en": 0.97, "es": 0.98, "fr": 0.98, "it": 0.97, "nl": 0.97, "pl": 0.98, "pt": 0.98, "ru": 0.98}
"""What part of the questions is understood at least, in every language that has some."""
_OFFERED = dict.fromkeys(_FIRST, 0.98)
"""Of what part the right answer is among those offered."""
Meant = Callable[[str], Understanding]


def _asked(language: str) -> Iterator[tuple[dict[str, Any], str]]:
    return ((question, question["text"]) for question in _QUESTIONS if question["lang"] == language)


def test_every_language_is_measured(understanding: Understander) -> None:
    assert set(_FIRST) == {question["lang"] for question in _QUESTIONS}
    assert all(understanding.read("", language).language == language for language in _FIRST)


@pytest.mark.parametrize("language", _FIRST)
def test_most_questions_are_understood_and_what_is_certain_is_right(meant: Meant, language: str) -> None:
    read = [(question["labels"], meant(text)) for question, text in _asked(language)]
    first = sum(found.ranked[0] in labels for labels, found in read)
    offered = sum(any(label in labels for label in found.ranked) for labels, found in read)
    certain = [found.ranked[0] in labels for labels, found in read if found.certain]
    assert first / len(read) >= _FIRST[language]
    assert offered / len(read) >= _OFFERED[language]
    assert len(certain) / len(read) >= 0.85
    assert sum(certain) / len(certain) >= 0.94


@pytest.mark.parametrize(
    "text",
    [
        "how long do you keep photos and how long do you keep logs?",
        "wie lange speichert ihr Fotos und wie lange Logs?",
        "¿cuánto tiempo guardáis las fotos y cuánto tiempo los logs?",
        "combien de temps gardez-vous les photos et combien de temps les logs ?",
        "per quanto tempo conservate le foto e per quanto tempo i log?",
        "hoe lang bewaren jullie foto's en hoe lang logs?",
        "jak długo trzymacie zdjęcia i jak długo logi?",
        "por quanto tempo vocês guardam as fotos e por quanto tempo os logs?",
        "сколько хранятся фотографии и сколько хранятся логи?",
    ],
)
def test_two_questions_in_one_sentence(meant: Meant, text: str) -> None:
    read = meant(text)
    assert [(part.ranked[0], part.aspect) for part in read.parts] == [
        (Topic.UPLOADS, Aspect.HOW_LONG),
        (Topic.LOGS, Aspect.HOW_LONG),
    ]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("how long do you keep logs and who sees them?", Topic.LOGS),
        ("kannst du mir sagen wie lang ihr logs speichert und wer die sieht?", Topic.LOGS),
        ("combien de temps gardez-vous les logs et qui peut les voir ?", Topic.LOGS),
        ("¿cuánto tiempo guardáis las fotos y quién las ve?", Topic.UPLOADS),
        ("per quanto tempo tenete le foto e chi le vede?", Topic.UPLOADS),
        ("hoe lang bewaren jullie logs en wie ziet ze?", Topic.LOGS),
        ("jak długo trzymacie logi i kto je widzi?", Topic.LOGS),
        ("quanto tempo vocês guardam as fotos e quem as vê?", Topic.UPLOADS),
        ("сколько хранятся логи и кто их видит?", Topic.LOGS),
    ],
)
def test_two_sides_of_one_thing(meant: Meant, text: str, topic: Topic) -> None:
    read = meant(text)
    assert [(part.ranked[0], part.aspect) for part in read.parts] == [(topic, Aspect.HOW_LONG), (topic, Aspect.WHO)]


def test_what_is_stored_and_how_long_is_one_question(meant: Meant) -> None:
    assert meant("do you store photos and for how long?").parts == ()


@pytest.mark.parametrize(
    "text",
    [
        *("and the backups?", "what about backups?", "und die Backups?", "was ist mit den Backups?"),
        *("¿y las copias de seguridad?", "¿qué pasa con las copias de seguridad?"),
        *("et les sauvegardes ?", "qu'en est-il des sauvegardes ?", "quant aux sauvegardes ?"),
        "e per i backup?",
        *("en de back-ups?", "hoe zit het met de reservekopieën?", "wat met de back-ups?"),
        *("а резервные копии?", "и резервные копии?", "а что с резервными копиями?"),
    ],
)
def test_what_goes_on_from_what_was_said(meant: Meant, text: str) -> None:
    read = meant(text)
    assert (read.ranked[0], read.continues) == (Topic.BACKUPS, True)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("what do you keep when I log in on my laptop?", Topic.ACCOUNT),
        ("werden bilder auf meinem laptop verschlüsselt gespeichert?", Topic.UPLOADS),
        ("combien de temps le cookie reste dans mon navigateur ?", Topic.WEBMAIL_COOKIES),
        ("erase my uploads, I have copies on my tablet", Intent.ERASE_UPLOADS),
    ],
)
def test_devices_and_browsers_that_are_mentioned_change_nothing(meant: Meant, text: str, label: Label) -> None:
    assert meant(text).ranked[0] is label


def test_no_question_is_taken_as_an_order_to_erase(meant: Meant) -> None:
    taken = [
        question["text"]
        for question in _QUESTIONS
        if meant(question["text"]).ranked[0] in ERASURES - set(question["labels"])
    ]
    assert taken == []


def test_orders_to_erase_are_understood(meant: Meant) -> None:
    orders = [question for question in _QUESTIONS if question["labels"][0] in ERASURES]
    missed = [q["lang"] for q in orders if meant(q["text"]).ranked[0] != q["labels"][0]]
    assert sum(language in {"de", "en"} for language in missed) <= 0.01 * len(orders)
    assert len(missed) <= 0.02 * len(orders)


def test_the_language_is_told_from_the_words(understanding: Understander) -> None:
    def told(question: dict[str, Any]) -> Understanding:
        return understanding.read(question["text"], hint="de" if question["lang"] == "en" else "en")

    wrong = [q["text"] for q in _QUESTIONS if (found := told(q)).recognised and found.language != q["lang"]]
    assert len(wrong) <= 0.02 * len(_QUESTIONS)


def test_off_topic_is_said_first(meant: Meant) -> None:
    off = [q["text"] for q in _QUESTIONS if q["labels"] == ["OUT_OF_SCOPE"]]
    answered = [text for text in off if meant(text).ranked[0] is not Intent.OUT_OF_SCOPE]
    assert len(answered) <= 0.1 * len(off)


@pytest.mark.parametrize(("text", "language"), [("thanks, bye", "en"), ("ok thanks", "en"), ("ok thanks", "nl")])
def test_words_of_many_languages_are_read_in_that_of_the_conversation(
    understanding: Understander, text: str, language: str
) -> None:
    read = understanding.read(text, language)
    assert (read.language, read.ranked[0]) == (language, Intent.THANKS)


def test_words_of_one_language_are_read_in_it_in_any_conversation(understanding: Understander) -> None:
    assert understanding.read("merci pour tout", "en").language == "fr"
