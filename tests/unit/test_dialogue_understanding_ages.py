"""How old something has to be: read where it is stated, asked for where it cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.understanding import Understander
from bot.dialogue.understanding.ages import AgePhrases, Ages
from bot.policy.vocabulary import ERASURES, Topic

AGES = Ages([AgePhrases(("older than {n} {unit}",), ("a",), {"day": ("day", "days")})])


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("delete messages older than 30 days", 30),
        ("Please delete all my messages that are older than 2 weeks!", 14),
        ("delete my photos older than a month", 30),
        ("erase my files more than 1 year old", 365),
        ("lösche nachrichten, die älter als 3 monate sind", 90),
        ("Lösch bitte meine Bilder, die älter sind als eine Woche", 7),
        ("lösche meine dateien älter als 10 Tage", 10),
        ("delete messages older than my dog", -1),
        ("delete messages older than thirty days", -1),
        ("lösche nachrichten die älter als mein hund sind", -1),
        ("verwijder al mijn berichten die ouder zijn dan 2 weken", 14),
        ("wis mijn foto's ouder dan één maand", 30),
        ("wis berichten ouder dan mijn hond", -1),
        ("delete my messages", None),
        ("lösche meine bilder", None),
    ],
)
def test_ages_are_read(understanding: Understander, text: str, days: int | None) -> None:
    read = understanding.read(text)
    assert read.erasing, read
    assert read.older_than == days


@pytest.mark.parametrize(
    "text",
    [
        "do you delete messages older than 30 days?",
        "don't delete my messages older than 30 days",
        "what happens to photos older than a week?",
        "löscht ihr nachrichten, die älter als 30 tage sind?",
        "delete bob's messages older than 30 days",
        "wissen jullie berichten die ouder zijn dan 30 dagen?",
    ],
)
def test_an_age_makes_no_question_an_order(understanding: Understander, text: str) -> None:
    read = understanding.read(text)
    assert not read.erasing
    assert read.ranked[0] not in ERASURES


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("удали сообщения старше месяца", 30),
        ("usuń wiadomości starsze niż rok", 365),
        ("lösche meine bilder, die älter als eine woche sind", 7),
        ("delete my photos older than a year", 365),
    ],
)
def test_an_age_without_a_number_is_one_of_it(understanding: Understander, text: str, days: int) -> None:
    assert understanding.read(text, "en").older_than == days


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("do you keep any photos older than 18 months?", Topic.UPLOADS),
        ("are there logs older than a week", Topic.LOGS),
        ("habt ihr backups die älter als 3 monate sind?", Topic.BACKUPS),
        ("what about messages older than my phone, are they kept?", Topic.ARCHIVE),
        ("is anything older than my photos kept?", Topic.UPLOADS),
    ],
)
def test_an_age_in_a_question_belongs_to_the_question(understanding: Understander, text: str, topic: Topic) -> None:
    assert understanding.read(text, "en").ranked[0] is topic


@pytest.mark.parametrize("text", ["plus d'un mois", "plus d\u2019un mois", "PLUS D'UN MOIS"])
def test_a_number_behind_an_apostrophe_is_read(text: str) -> None:
    age = Ages([AgePhrases(("plus d'{n} {unit}",), ("un",), {"month": ("mois",)})]).find(text)
    assert age is not None
    assert age.days == 30


@given(st.text(), st.integers(0, 99_999))
def test_no_text_around_an_age_makes_it_raise(text: str, number: int) -> None:
    age = AGES.find(f"{text} older than {number} days {text}")
    assert age is not None
    assert age.days is None or age.days >= 0
