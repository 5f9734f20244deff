"""What the operator writes for everybody to know: every mistake with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.announcement_file import read_announcement
from bot.claims.announcement import BREACH_PARTS, Cause
from bot.files import BadFile

OFFERED = ("de", "en")

BREACH = """\
about: breach
nature: {en: Somebody copied the list of accounts., de: Jemand hat die Liste der Konten kopiert.}
contact: {en: Write to kim@example.org.}
consequences: You may get unwanted messages.
measures: The hole is closed. Change your password.
"""


def read(tmp_path: Path, text: str) -> tuple[Cause, dict[str, dict[str, str]]]:
    path = tmp_path / "news.yaml"
    path.write_text(text, encoding="utf-8")
    about, texts = read_announcement(path, "en", OFFERED)
    return about, {part: dict(said) for part, said in texts.items()}


def complaints(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(BadFile) as caught:
        read(tmp_path, text)
    return [str(problem).removeprefix(f"{tmp_path / 'news.yaml'}:") for problem in caught.value.problems]


def test_news_in_several_languages(tmp_path: Path) -> None:
    about, texts = read(tmp_path, "about: news\ntext: {en: The server moves., de: Der Server zieht um.}\n")
    assert about is Cause.NEWS
    assert texts == {"text": {"en": "The server moves.", "de": "Der Server zieht um."}}


def test_a_breach_with_all_that_the_law_asks_for(tmp_path: Path) -> None:
    about, texts = read(tmp_path, BREACH)
    assert about is Cause.BREACH
    assert tuple(texts) == BREACH_PARTS
    assert texts["consequences"] == {"en": "You may get unwanted messages."}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("about: news\ntext: {de: Der Server zieht um.}\n", "2:1:", "the text in 'en' is missing"),
        ("about: news\ntext: {en: Hello, fr: Bonjour}\n", "2:1:", "nobody can be told anything in 'fr'"),
        ("about: news\ntext: {en: ''}\n", "2:8:", "not an empty one"),
        ("about: news\ntext: {en: 'Hello {{name}}'}\n", "2:8:", "the placeholder"),
        ("about: news\n", "1:1:", "'text' is missing"),
        ("about: gossip\ntext: Hello\n", "1:1:", "'gossip' cannot be announced; write news or breach"),
        ("text: Hello\n", "1:1:", "'about' is missing"),
        (BREACH.replace("contact", "contakt"), "3:1:", "did you mean 'contact'?"),
        (BREACH.replace("measures: The hole is closed. Change your password.\n", ""), "1:1:", "'measures' is missing"),
        ("- a\n", "1:1:", "keys and values are needed"),
    ],
)
def test_mistakes_have_a_place_and_a_remedy(tmp_path: Path, text: str, place: str, said: str) -> None:
    found = complaints(tmp_path, text)
    assert any(one.startswith(place) and said in one for one in found), found
