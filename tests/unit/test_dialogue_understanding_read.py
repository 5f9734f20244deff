"""What single texts are understood to mean: the language, the side that is asked, requests and names."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.dialogue.understanding import Understander
from bot.policy.vocabulary import ERASURES, Aspect, Intent, Label, Topic

_PHRASES = Path(__file__).resolve().parents[2] / "data/phrases"


@pytest.fixture(scope="module")
def understander() -> Understander:
    return Understander(
        {code: yaml.safe_load((_PHRASES / f"{code}.yaml").read_text("utf-8")) for code in ("en", "de")}.items()
    )


@pytest.mark.parametrize(
    ("text", "topic", "aspect"),
    [
        ("how long do you keep photos?", Topic.UPLOADS, Aspect.HOW_LONG),
        ("wie lange bleiben meine Bilder auf dem Server?", Topic.UPLOADS, Aspect.HOW_LONG),
        ("why do you store IP addresses", Topic.IP_ADDRESSES, Aspect.WHY),
        ("who can see my avatar", Topic.PROFILE, Aspect.WHO),
        ("wer sieht meine Kontaktliste", Topic.ROSTER, Aspect.WHO),
        ("can I turn off the message archive", Topic.ARCHIVE, Aspect.SWITCH_OFF),
        ("sind die Backups verschlüsselt", Topic.BACKUPS, Aspect.ENCRYPTED),
        ("on what legal basis do you keep messages", Topic.LEGAL_BASIS, Aspect.LEGAL_BASIS),
        ("wo stehen eure Server", Topic.DATA_LOCATION, Aspect.WHERE),
        ("how do I delete my account?", Topic.ACCOUNT_DELETION, Aspect.ERASE),
        ("what is in the log files", Topic.LOGS, Aspect.WHAT),
    ],
)
def test_topic_and_aspect(understander: Understander, text: str, topic: Topic, aspect: Aspect) -> None:
    read = understander.read(text)
    assert (read.ranked[0], read.aspect) == (topic, aspect)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("omemo", Topic.ENCRYPTION),
        ("mam", Topic.ARCHIVE),
        ("xep-0313", Topic.ARCHIVE),
        ("gdpr", Topic.RIGHTS),
        ("backup", Topic.BACKUPS),
        ("ip", Topic.IP_ADDRESSES),
        ("vcard", Topic.PROFILE),
        ("avatar ?", Topic.PROFILE),
    ],
)
@pytest.mark.parametrize("hint", [None, "de", "en", "tlh"])
def test_words_of_every_language(understander: Understander, text: str, topic: Topic, hint: str | None) -> None:
    read = understander.read(text, hint)
    assert read.ranked[0] == topic
    assert not read.recognised
    assert read.language == (hint if hint in {"de", "en"} else "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [("please speak german", "de"), ("sprich bitte englisch", "en"), ("auf französisch bitte", "fr")],
)
def test_the_language_asked_for(understander: Understander, text: str, language: str) -> None:
    read = understander.read(text)
    assert (read.ranked[0], read.argument) == (Intent.SET_LANGUAGE, language)


def test_only_a_request_for_a_language_has_an_argument(understander: Understander) -> None:
    assert understander.read("are german servers used to store my photos?").argument is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Hello! How long are backups kept?", Topic.BACKUPS),
        ("danke. und wer betreibt das hier?", Topic.CONTROLLER_CONTACT),
        ("hi", Intent.GREETING),
        ("vielen dank", Intent.THANKS),
    ],
)
def test_what_is_asked_counts_more_than_courtesy(understander: Understander, text: str, label: Label) -> None:
    assert understander.read(text).ranked[0] == label


@pytest.mark.parametrize(
    "text",
    [
        "what happens when I delete my account",
        "delete my account?",
        "I deleted my account yesterday",
        "the button 'delete my account' does not work",
        "delete the account of lisa",
        "delete lisa's account",
        "delete my boss's account",
        "delete my account on whatsapp",
        "lösche meine whatsapp bilder",
        "DELETE MY BOSS'S ACCOUNT",
        "clear my wife\u2019s chat history please",
        "please delete account lisa@example.org",
        "when will you delete my messages",
        "löscht ihr meine nachrichten?",
        "löscht ihr eigentlich alte nachrichten",
        "mein konto wurde gelöscht",
        "lösche das konto von lisa",
        "wann werden meine bilder gelöscht",
        "wie kann ich meine bilder löschen",
        "erase all users",
        "alle nutzer löschen",
    ],
)
def test_what_only_sounds_like_an_order(understander: Understander, text: str) -> None:
    assert understander.read(text).ranked[0] not in ERASURES


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("couldn't you delete my photos please", Intent.ERASE_UPLOADS),
        ("wouldn't you close my account, please", Intent.ERASE_ACCOUNT),
        ("könntest du nicht bitte meine alten nachrichten löschen", Intent.ERASE_ARCHIVE),
        ("не могли бы вы удалить мои файлы, пожалуйста", Intent.ERASE_UPLOADS),
    ],
)
def test_a_polite_negation_is_none(understanding: Understander, text: str, label: Label) -> None:
    assert understanding.read(text, "en").ranked[0] == label


@pytest.mark.parametrize(
    "text",
    [
        "o aplicativo do celular pode apagar meus arquivos?",
        "o pessoal do suporte pode excluir a minha conta",
        "will you delete my account just like that",
    ],
)
def test_a_question_about_what_somebody_does_is_no_request(understanding: Understander, text: str) -> None:
    assert understanding.read(text, "en").ranked[0] not in ERASURES


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("thanks for the help", Intent.THANKS),
        ("ok danke für deine hilfe", Intent.THANKS),
        ("thanks for the information!", Intent.THANKS),
        ("help", Intent.HELP),
        ("hi bot", Intent.GREETING),
        ("good evening bot", Intent.GREETING),
        ("hallo Bot", Intent.GREETING),
        ("salut le bot", Intent.GREETING),
        ("thanks bot", Intent.THANKS),
        ("hi, are you a bot?", Topic.BOT),
        ("bot", Topic.BOT),
    ],
)
def test_courtesy_is_told_from_what_is_meant(understanding: Understander, text: str, label: Label) -> None:
    assert understanding.read(text, "en").ranked[0] == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("tell me when alice was last online", Intent.OUT_OF_SCOPE),
        ("hat peter mir geschrieben", Intent.OUT_OF_SCOPE),
        ("can my boss see when i am online", Topic.PRESENCE),
        ("can my boss see whom i talk to", Topic.LOGS),
        ("remove me from the mailing list", Intent.ANNOUNCEMENTS_OFF),
        ("entferne mich aus dem verteiler", Intent.ANNOUNCEMENTS_OFF),
        ("my ex has my password, can he read my messages?", Topic.ENCRYPTION),
    ],
)
def test_questions_about_others_and_about_oneself(understanding: Understander, text: str, label: Label) -> None:
    assert understanding.read(text, "en").ranked[0] == label


def test_a_text_of_two_likely_languages_is_read_in_one_of_them() -> None:
    data = yaml.safe_load((_PHRASES / "en.yaml").read_text("utf-8"))
    both = Understander({"xx": data | {"common": []}, "en": data, "de": data}.items())
    read = both.read("photos you keep where they are", "xx")
    assert (read.language, read.recognised) == ("en", False)


@pytest.mark.parametrize(
    "text",
    [
        "my photos will be deleted",
        "i no longer want to delete my account",
        "não gostaria de excluir minha conta",
        "my photos get deleted",
        "my photos are in the trash",
        "my messages get purged",
        "messages need to be cleared",
        "my files have been cleared",
        "photos are taken off",
        "they take down my pictures",
        "you take my photos off",
        "the server wipes my files",
        "my account needs to be closed before that",
        "i see my account closed",
        "my history was cleared",
        "somebody wants my archive purged",
        "the app wants my photos wiped",
        "my files have to be removed",
        "my pictures vanish",
        "meine bilder kommen in die tonne",
        "meine bilder sind weg",
        "dass mein konto weg ist weiß ich",
        "ich weiß dass meine bilder weg sind",
        "ich hoffe dass mein archiv gelöscht wird",
        "mir wurde gesagt dass mein konto gelöscht wird",
        "ich finde es gut dass meine nachrichten gelöscht werden",
        "es heißt dass meine bilder gelöscht werden",
        "ich habe gehört dass mein konto verschwindet",
        "ich habe angst dass mein konto verschwindet",
        "schade dass meine bilder verschwinden",
        "mein profilbild verschwindet",
        "mein archiv verschwindet",
        "ich will meine bilder nicht weg",
        "ich möchte wissen dass meine bilder weg sind",
        "ich möchte sicher sein dass mein konto weg ist",
        "ich werde meine bilder los",
        "wie werde ich meine bilder los",
        "ich will mein konto wieder haben",
        "ich will raus aus dem raum und meine nachrichten lesen",
        "der admin will meine bilder weg haben",
        "mein chef möchte meine bilder weg",
        "mein konto beende ich später",
        "ich beende mein konto vielleicht",
        "i want out of the group chat",
        "cancel my account deletion",
        "cancel the deletion of my account",
        "i cancel my account next year",
        "do you want my account closed",
        "my archive is empty",
        "my history is clear",
        "the folder with my files is empty",
        "mein archiv ist leer",
        "meine bilder sollen nächste woche gelöscht werden",
    ],
)
def test_what_is_told_or_hoped_is_no_order(understanding: Understander, text: str) -> None:
    assert understanding.read(text, "en").ranked[0] not in ERASURES


def test_nothing_to_read(understander: Understander) -> None:
    for text in ("", "   ", "?!", "🙂"):
        read = understander.read(text, "de")
        assert read.ranked[0] is Intent.OUT_OF_SCOPE
        assert (read.language, read.recognised) == ("de", False)


def test_a_long_text_is_read_quickly_enough_to_be_read_at_all(understander: Understander) -> None:
    assert understander.read("how long do you keep photos? " * 20_000).ranked[0] is Topic.UPLOADS
