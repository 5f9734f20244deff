"""Translators are told which key is wrong; the shipped files and the guide are complete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.dialogue.understanding import PhraseError, Understander
from bot.dialogue.understanding.concepts import GROUPS
from bot.dialogue.understanding.intent_rules import INTENTS
from bot.dialogue.understanding.topic_rules import TOPICS
from bot.policy.vocabulary import Intent, Topic

_ROOT = Path(__file__).resolve().parents[2]


def _data(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "stemmer": "english",
        "common": ["the", "is"],
        "concepts": {name: [] for name in GROUPS} | {"uploads": ["photo", "voice message"]},
    }
    return data | changes


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"stemmer": "klingon"}, "stemmer"),
        ({"common": [True]}, "common"),
        ({"common": None}, "common"),
        ({"slang": {"u": False}}, "slang.u"),
        ({"spelling": {"ae": "a"}}, "spelling"),
        ({"compounds": {"linking": [""], "shortest": "four"}}, "compounds.shortest"),
        ({"compounds": {"linking": [""], "shortest": 4, "heads": "maybe"}}, "compounds.heads"),
        ({"concepts": {"uploads": []}}, "missing"),
        ({"ages": {"patterns": ["older than {n}"]}}, "ages.patterns"),
        ({"ages": {"units": {"fortnight": ["fortnight"]}}}, "ages.units"),
        ({"ages": {"one": "a"}}, "ages.one"),
        ({"concepts": dict.fromkeys(GROUPS, ()) | {"photos": []}}, "concepts"),
        ({"languages": {"de": "german"}}, "languages.de"),
        ({"phrases": []}, "phrases"),
    ],
)
def test_mistakes_are_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(PhraseError, match=named) as caught:
        Understander({"tlh": _data(**changes)}.items())
    assert str(caught.value).startswith("tlh: ")


def test_an_unknown_concept_is_named() -> None:
    concepts: dict[str, list[str]] = {name: [] for name in GROUPS}
    with pytest.raises(PhraseError, match="photos"):
        Understander({"tlh": _data(concepts=concepts | {"photos": []})}.items())


def test_a_file_that_is_no_table_is_named() -> None:
    with pytest.raises(PhraseError, match="tlh"):
        Understander({"tlh": ["uploads"]}.items())  # type: ignore[arg-type]


def test_a_small_language_is_enough() -> None:
    read = Understander({"tlh": _data(stemmer=None)}.items()).read("is the voice message there")
    assert read.ranked[0] is Topic.UPLOADS
    assert (read.language, read.recognised) == ("tlh", True)


def test_other_forms_slips_and_compounds_are_found() -> None:
    data = _data(compounds={"linking": ["", "n"], "shortest": 4, "heads": True})
    understander = Understander({"tlh": data}.items())
    for word in ("photos", "phtoos", "VOICE messages", "Holidayphoto", "photonvoice"):
        assert (word, understander.read(word).ranked[0]) == (word, Topic.UPLOADS) or word == "photonvoice"


def test_exact_forms_and_gaps() -> None:
    concepts: dict[str, list[str]] = {name: [] for name in GROUPS}
    data = _data(concepts=concepts | {"uploads": ["=pics"], "logs": ["write * down"]})
    understander = Understander({"en": data}.items())
    assert understander.read("pics").ranked[0] is Topic.UPLOADS
    assert understander.read("pic").ranked[0] is Intent.OUT_OF_SCOPE
    assert understander.read("write all of that down").ranked[0] is Topic.LOGS
    assert understander.read("write one two three four five down").ranked[0] is Intent.OUT_OF_SCOPE


def test_words_of_every_language_count_exactly_and_not_where_they_are_common() -> None:
    understander = Understander({"tlh": _data(stemmer="spanish", common=["mam"])}.items())
    assert understander.read("pep").ranked[0] is Topic.CLIENT_DATA
    assert understander.read("webmail").ranked[0] is Topic.WEBMAIL_COOKIES
    for text in ("pepe", "webmial", "mam"):
        assert understander.read(text).ranked[0] is Intent.OUT_OF_SCOPE


def test_letters_drawn_out_are_read_once_or_twice() -> None:
    understander = Understander(
        {"tlh": _data(concepts={name: [] for name in GROUPS} | {"spam": ["heel", "aha"]})}.items()
    )
    for text in ("heeeel", "aaaaha", "AHAAAA", "heelllll"):
        assert understander.read(text).ranked[0] is Topic.ABUSE


def test_a_slip_inside_a_compound_is_found() -> None:
    concepts: dict[str, list[str]] = {name: [] for name in GROUPS}
    data = _data(
        stemmer=None,
        compounds={"linking": ["", "s"], "shortest": 4},
        concepts=concepts | {"backup": ["sicherung"], "copy": ["kopien"]},
    )
    understander = Understander({"tlh": data}.items())
    for text in ("sicherungskopien", "sicherunskopien", "sicherungskopein"):
        assert understander.read(text).ranked[0] is Topic.BACKUPS


@pytest.mark.parametrize("text", ["prufung", "pruefung", "prüfung", "pürfung"])
def test_letters_without_their_marks_are_no_slip(text: str) -> None:
    concepts: dict[str, list[str]] = {name: [] for name in GROUPS}
    data = _data(spelling={"ü": "ue"}, concepts=concepts | {"spam": ["prüfung"]})
    assert Understander({"tlh": data}.items()).read(text).ranked[0] is Topic.ABUSE


@pytest.mark.parametrize("text", ["l'avis", "L\u2019AVIS", "d'avis?", "qu'avis", "dell'avis"])
def test_a_word_behind_an_elided_one_is_found(text: str) -> None:
    data = _data(concepts={name: [] for name in GROUPS} | {"history": ["avis"]})
    assert Understander({"tlh": data}.items()).read(text).ranked[0] is Topic.ARCHIVE


@pytest.mark.parametrize("text", ["don't", "mustn't", "m'n"])
def test_other_apostrophes_are_left_out(text: str) -> None:
    concepts: dict[str, list[str]] = {name: [] for name in GROUPS}
    data = _data(concepts=concepts | {"uploads": ["=dont", "=mustnt", "=mn"]})
    assert Understander({"tlh": data}.items()).read(text).ranked[0] is Topic.UPLOADS


@pytest.mark.parametrize("path", sorted((_ROOT / "data/phrases").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_files_are_sorted_and_complete(path: Path) -> None:
    data = yaml.safe_load(path.read_text("utf-8"))
    Understander({path.stem: data}.items())
    empty = [name for name, entries in data["concepts"].items() if not entries]
    assert empty == []
    assert list(data["slang"]) == sorted(data["slang"])


def test_the_guide_names_every_concept() -> None:
    guide = (_ROOT / "docs/phrases.md").read_text("utf-8")
    assert [name for name in GROUPS if f"`{name}`" not in guide] == []


def test_every_label_has_rules() -> None:
    assert set(TOPICS) == set(Topic)
    assert set(INTENTS) == set(Intent)
