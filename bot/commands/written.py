"""What is written out: a line of a command, the number of a choice, a code, or the words that were asked for."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.commands.services import Services
from bot.dialogue.command import DECLINED, Call
from bot.dialogue.memory import Remembered
from bot.dialogue.understanding.words import unaccented
from bot.i18n import Message, p_, translator

_NUMBER = re.compile(r"\s*(\d{1,2})\s*[.)]?\s*\Z")


def written_out(text: str, remembered: Remembered, services: Services) -> Call[Services] | None:
    """Return the call that *text* writes out, chooses by number, confirms by its code, or completes."""
    number = _NUMBER.match(text)
    if number and 0 < int(number[1]) <= len(remembered.lines):
        text = remembered.lines[int(number[1]) - 1]
    elif remembered.confirming:
        line, _space, code = remembered.confirming.rpartition(" ")
        said = bare(text)
        if said == code:
            text = remembered.confirming
        elif said in _said(_NO, services.languages):
            text = f"{line} {DECLINED}"
        elif said in _said(_YES, services.languages):
            text = line  # which asks again, for the code
    call = services.registry.parse(text)
    if call is None and remembered.awaiting and not declines(text, remembered, services):
        return services.registry.parse(f"{remembered.awaiting}{text}")
    return call


_NO, _YES = "no", "yes"
_ANSWERS: dict[str, Message] = {_NO: p_("answer", "no"), _YES: p_("answer", "yes")}


_AROUND = re.compile(r"^\W+|\W+$")


def bare(text: str) -> str:
    """Return *text* in small letters, without what stands around the words and the marks on letters ("si" for "sí")."""
    return unaccented(_AROUND.sub("", text).casefold())


@lru_cache(maxsize=16)
def _said(word: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Return a yes or no in every language."""
    return frozenset({word, *(bare(translator(language)(_ANSWERS[word])) for language in languages)})


def declines(text: str, remembered: Remembered, services: Services) -> bool:
    """Return whether somebody who was asked for free words wants to say none."""
    return remembered.awaiting != "" and bare(text) in _said(_NO, services.languages)
