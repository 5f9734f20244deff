"""Recognises the language that somebody asks for: "auf Englisch bitte"."""

from __future__ import annotations

from bot.dialogue.understanding.reading import Reading

_NAMES: dict[str, str] = {
    **dict.fromkeys(("english", "englisch", "anglais", "ingles", "inglese", "engels", "angielski"), "en"),
    **dict.fromkeys(("german", "deutsch", "allemand", "aleman", "tedesco", "duits", "niemiecki"), "de"),
    **dict.fromkeys(("french", "franzosisch", "francais", "frances", "francese", "frans", "francuski"), "fr"),
    **dict.fromkeys(("spanish", "spanisch", "espagnol", "espanol", "spagnolo", "spaans", "hiszpanski"), "es"),
    **dict.fromkeys(("italian", "italienisch", "italien", "italiano", "italiaans", "wloski"), "it"),
    **dict.fromkeys(
        ("dutch", "niederlandisch", "hollandisch", "neerlandais", "nederlands", "olandese"), "nl"
    ),
    **dict.fromkeys(("polish", "polnisch", "polonais", "polaco", "polacco", "pools", "polski"), "pl"),
    **dict.fromkeys(
        ("portuguese", "portugiesisch", "portugais", "portugues", "portoghese", "portugees"), "pt"
    ),
    **dict.fromkeys(("russian", "russisch", "russe", "ruso", "russo", "rosyjski", "русски"), "ru"),
}


def language_named(reading: Reading) -> str | None:
    """Return the code of the first language that is named by a beginning of its name."""
    for stem in reading.stems:
        for name, code in _NAMES.items():
            if len(stem) >= 5 and (name.startswith(stem) or stem.startswith(name)):  # noqa: PLR2004
                return code
    return None
