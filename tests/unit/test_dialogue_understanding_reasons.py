"""Orders to erase with a reason: what stands beside them takes nothing back, or it is no order."""

from __future__ import annotations

import pytest

from bot.dialogue.understanding import Understander
from bot.policy.vocabulary import ERASURES, Intent


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("delete my photos, I don't want them sitting on your disk", Intent.ERASE_UPLOADS),
        ("could you please erase my chat history? my partner and I broke up", Intent.ERASE_ARCHIVE),
        ("I moved to another server. Please close my account, thanks for the years!", Intent.ERASE_ACCOUNT),
        ("please delete my files but keep my messages", Intent.ERASE_UPLOADS),
        ("remove my profile, I don't like to show my name and birthday", Intent.ERASE_PROFILE),
        ("delete my account, I had it for three weeks and never needed it", Intent.ERASE_ACCOUNT),
        ("lösch meine Fotos, ich will sie nicht mehr auf eurem Server haben", Intent.ERASE_UPLOADS),
        ("Hiermit kündige ich meinen Zugang und bitte um vollständige Entfernung.", Intent.ERASE_ACCOUNT),
        ("Bitte löschen Sie meine Profilangaben, das Konto selbst möchte ich behalten.", Intent.ERASE_PROFILE),
        ("bitte lösch mein archiv, ich hab mich von meiner freundin getrennt", Intent.ERASE_ARCHIVE),
        ("Ich bin zu einem anderen Server umgezogen, bitte lösch mein Konto", Intent.ERASE_ACCOUNT),
    ],
)
def test_reasons_do_not_hide_an_order(understanding: Understander, text: str, label: Intent) -> None:
    read = understanding.read(text, "en")
    assert read.ranked[0] is label
    assert read.erasing


@pytest.mark.parametrize(
    "text",
    [
        *("I'm leaving tomorrow, do you delete my photos", "if I leave, delete my account", "don't, please, delete it"),
        *("delete my photos, no wait", "delete my account, I don't want that", "my account, don't delete my photos"),
        *("Bob is my husband, delete his account", "my brother's account: delete it, he moved to another server"),
        *("the admin told me, delete your account", "what happens when I say: delete my account"),
        "delete my photos, but do you keep a backup",
        *("this is my wife's profile, erase the profile", "never mind, delete my account"),
        *("my messages on other servers, delete the messages", "I am the administrator, delete my account"),
        *("ich gehe bald, löscht ihr dann meine fotos", "mein Konto löschen, das will ich nicht"),
        *(
            "das ist nicht mein Konto, lösch das Konto",
            "Ich finde gut, dass man meine Fotos löscht",
            "mein Konto löschen, wie geht das",
        ),
        *("lösch meine fotos, nein warte", "ich will nicht, dass meine fotos gelöscht werden"),
        *("nicht, ich bitte dich, meine fotos löschen", "das ist das konto von meiner frau, lösch das konto"),
        *("the hacker wrote: delete my account", "jemand schrieb: lösch mein konto"),
        *("lösch mein konto, war nur ein witz", "supprime mon compte, je rigole", "delete my account, just kidding"),
        *("falls ich mal weg bin, lösch mein Konto", "der admin sagte, lösch dein konto"),
    ],
)
def test_what_stands_beside_it_makes_it_no_order(understanding: Understander, text: str) -> None:
    read = understanding.read(text, "en")
    assert not read.erasing
    assert read.ranked[0] not in ERASURES


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I no longer need my photos and files, wipe my message archive", Intent.ERASE_ARCHIVE),
        ("bitte keine nachrichten mehr per mail, und lösch mein profil", Intent.ERASE_PROFILE),
        ("lösch meine nachrichten, die fotos will ich behalten", Intent.ERASE_ARCHIVE),
    ],
)
def test_what_is_erased_stands_in_the_order(understanding: Understander, text: str, label: Intent) -> None:
    ranked = understanding.read(text, "en").ranked
    assert ranked[0] is label or ranked[0] not in ERASURES
